package plan

// index finds entries of a list by a key that stands in the entry itself. It
// costs about six bytes an entry, a Go map forty. At most one entry a key.
type index[K comparable] struct {
	slots []uint32 // number of the entry + 1; 0: free. A power of two.
	used  int
	hash  func(K) uint64
	key   func(entry uint32) K
}

const firstSlots = 64

func newIndex[K comparable](hash func(K) uint64, key func(uint32) K) *index[K] {
	return &index[K]{slots: make([]uint32, firstSlots), hash: hash, key: key}
}

func (x *index[K]) find(key K) (entry uint32, ok bool) {
	at := x.slot(key)
	return x.slots[at] - 1, x.slots[at] != 0
}

func (x *index[K]) has(key K) bool { return x.used > 0 && x.slots[x.slot(key)] != 0 }

// slot is where the key is, or where it would be put.
func (x *index[K]) slot(key K) int {
	mask := len(x.slots) - 1
	at := int(x.hash(key)) & mask
	for x.slots[at] != 0 && x.key(x.slots[at]-1) != key {
		at = (at + 1) & mask
	}
	return at
}

// add puts in an entry whose key the index does not have.
func (x *index[K]) add(key K, entry uint32) {
	if 4*(x.used+1) > 3*len(x.slots) {
		x.grow()
	}
	x.slots[x.slot(key)] = entry + 1
	x.used++
}

func (x *index[K]) grow() {
	old := x.slots
	x.slots = make([]uint32, 2*len(old))
	for _, taken := range old {
		if taken != 0 {
			x.slots[x.slot(x.key(taken-1))] = taken
		}
	}
}
