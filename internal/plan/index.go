package plan

import "math/bits"

// index finds entries of a list by a key that stands in the entry itself. It
// costs about seven bytes an entry, a Go map forty. At most one entry a key.
//
// A slot has a tag beside it, some bits of the key's hash: most slots that are
// another key's are passed over without a look at their entries, which lie all
// over the memory.
type index[K comparable] struct {
	tags  []uint8  // 0: free
	slots []uint32 // number of the entry
	used  int
	hash  func(K) uint64
	key   func(entry uint32) K
}

const firstSlots = 64

func newIndex[K comparable](hash func(K) uint64, key func(uint32) K) *index[K] {
	x := &index[K]{hash: hash, key: key}
	x.resize(firstSlots)
	return x
}

// reserve makes room for so many entries in all, exactly: an index whose size is
// known is not grown, and wastes nothing.
func (x *index[K]) reserve(entries int) {
	if needed := entries + entries/4 + firstSlots; needed > len(x.tags) {
		x.resize(needed)
	}
}

func (x *index[K]) find(key K) (entry uint32, ok bool) {
	if x.used == 0 {
		return 0, false
	}
	at, _, found := x.look(key)
	return x.slots[at], found
}

func (x *index[K]) has(key K) bool {
	_, ok := x.find(key)
	return ok
}

// look is where the key is, or where it would be put, under that tag.
func (x *index[K]) look(key K) (at int, tag uint8, found bool) {
	at, tag = x.place(x.hash(key))
	for x.tags[at] != 0 {
		if x.tags[at] == tag && x.key(x.slots[at]) == key {
			return at, tag, true
		}
		at = x.next(at)
	}
	return at, tag, false
}

// place is the first slot of a hash, by its high bits, and its tag, by its low
// ones.
func (x *index[K]) place(hash uint64) (at int, tag uint8) {
	high, _ := bits.Mul64(hash, uint64(len(x.tags)))
	return int(high), uint8(hash) | 0x80
}

func (x *index[K]) next(at int) int {
	if at++; at < len(x.tags) {
		return at
	}
	return 0
}

// add puts an entry in, unless there is one with its key: that one is returned.
func (x *index[K]) add(key K, entry uint32) (first uint32, taken bool) {
	if 5*(x.used+1) > 4*len(x.tags) {
		x.resize(2 * len(x.tags))
	}
	at, tag, found := x.look(key)
	if found {
		return x.slots[at], true
	}
	x.tags[at], x.slots[at] = tag, entry
	x.used++
	return entry, false
}

func (x *index[K]) resize(slots int) {
	tags, entries := x.tags, x.slots
	x.tags, x.slots = make([]uint8, slots), make([]uint32, slots)
	for i, tag := range tags {
		if tag == 0 {
			continue
		}
		at, _ := x.place(x.hash(x.key(entries[i])))
		for x.tags[at] != 0 {
			at = x.next(at)
		}
		x.tags[at], x.slots[at] = tag, entries[i]
	}
}

// manyAtOnce is how many keys findMany takes at most.
const manyAtOnce = 64

// findMany is find for some keys at once: found gets one more than the entry of
// each, 0 for none. It goes in steps whose looks do not wait for each other, so
// that the memory answers many at once; find waits three times for each key.
func (x *index[K]) findMany(keys []K, found []uint32) {
	var at [manyAtOnce]int
	var tag [manyAtOnce]uint8
	for i := range keys {
		at[i], tag[i] = x.place(x.hash(keys[i]))
	}
	for i := range keys {
		for x.tags[at[i]] != 0 && x.tags[at[i]] != tag[i] {
			at[i] = x.next(at[i])
		}
		tag[i] = x.tags[at[i]]
	}
	for i := range keys {
		if found[i] = 0; tag[i] != 0 {
			found[i] = x.slots[at[i]] + 1
		}
	}
	for i, key := range keys {
		if found[i] == 0 || x.key(found[i]-1) == key {
			continue
		}
		// Another key with the same tag stands before it.
		if entry, ok := x.find(key); ok {
			found[i] = entry + 1
		} else {
			found[i] = 0
		}
	}
}
