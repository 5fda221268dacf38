package plan

import (
	"testing"

	"pgregory.net/rapid"

	"teamsheet/internal/profile"
)

func TestIndexFindsWhatWasAdded(t *testing.T) {
	t.Parallel()
	const many = 3*chunkSize + 7
	var entries list[uint64]
	x := newIndex(func(key uint64) uint64 { return key / 15 * 0x9E3779B97F4A7C15 }, func(i uint32) uint64 { return *entries.at(i) })
	for key := range uint64(many) {
		entry, i := entries.add()
		*entry = key * 5
		x.add(*entry, i)
	}
	for key := range uint64(5 * many) {
		i, ok := x.find(key)
		if ok != (key%5 == 0) || ok && uint64(i) != key/5 {
			t.Fatalf("%d: %d, %v", key, i, ok)
		}
	}
	for first := uint64(0); first < 5*many; first += manyAtOnce {
		keys, found := make([]uint64, manyAtOnce), make([]uint32, manyAtOnce)
		for i := range keys {
			keys[i] = first + uint64(i)
		}
		x.findMany(keys, found)
		for i, key := range keys {
			if want, ok := x.find(key); ok != (found[i] != 0) || ok && found[i] != want+1 {
				t.Fatalf("%d: among many it is %d, alone %d, %v", key, found[i], want, ok)
			}
		}
	}
	if entries.count() != many || 5*x.used > 4*len(x.slots) {
		t.Errorf("%d entries, %d of %d slots", entries.count(), x.used, len(x.slots))
	}
}

// Two emails have the same hash when they have the same key, in whatever form
// they are given.
func TestEmailHashes(t *testing.T) {
	t.Parallel()
	hash := newHasher()
	email := rapid.StringMatching(`[aAbK\x{212A}ſß.]{0,2}@?(x\.org|X\.Org|ÄX\.de|äx\.de|xn--x-zfa\.de|)`)
	rapid.Check(t, func(rt *rapid.T) {
		a, b := email.Draw(rt, "a"), email.Draw(rt, "b")
		same := profile.EmailKey(a) == profile.EmailKey(b)
		if (hash.emailString(a) == hash.emailString(b)) != same || (hash.emailBytes([]byte(a)) == hash.emailString(b)) != same {
			rt.Fatalf("%q %q: %v", a, b, same)
		}
		if hash.emailString(a).isZero() != (a == "") {
			rt.Fatalf("%q", a)
		}
	})
}
