package plan

import (
	"hash/maphash"

	"teamsheet/internal/profile"
)

// hash128 stands for a text where keeping the text would take too much room. Two
// texts with the same hash are taken to be the same. The zero hash is no text.
type hash128 struct{ a, b uint64 }

func (h hash128) isZero() bool { return h == hash128{} }

// hasher makes 128 bits of two keyed 64-bit hashes. The keys are random and new
// for each checker, so that nobody can make a file whose texts collide; the
// hashes never leave the checker, so that they need not be the same twice.
type hasher struct{ one, two maphash.Seed }

func newHasher() hasher { return hasher{maphash.MakeSeed(), maphash.MakeSeed()} }

func (h *hasher) bytes(text []byte) hash128 {
	if len(text) == 0 {
		return hash128{}
	}
	return hash128{maphash.Bytes(h.one, text), maphash.Bytes(h.two, text)}
}

func (h *hasher) string(text string) hash128 {
	if text == "" {
		return hash128{}
	}
	return hash128{maphash.String(h.one, text), maphash.String(h.two, text)}
}

// row is the hash by which a row is compared with what a download writes for its
// one person. 64 bits are enough where nothing is looked up by them: that a row
// that differs is taken for the same has a chance of one in 2^64, each time.
func (h *hasher) row(text []byte) uint64 { return maphash.Bytes(h.one, text) }

// id is where an index looks for an id: 64 bits are enough, the id is compared.
func (h *hasher) id(id profile.ID) uint64 { return maphash.Bytes(h.one, id[:]) }

// emailBytes is the hash of the email's key. Text in small ASCII letters is its
// own key, and nearly all emails are: they cost no allocation.
func (h *hasher) emailBytes(email []byte) hash128 {
	if isOwnKey(email) {
		return h.bytes(email)
	}
	return h.string(profile.EmailKey(string(email)))
}

func (h *hasher) emailString(email string) hash128 {
	if isOwnKey(email) {
		return h.string(email)
	}
	return h.string(profile.EmailKey(email))
}

func isOwnKey[T string | []byte](email T) bool {
	for i := range len(email) {
		if c := email[i]; c >= 0x80 || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}
