package profile

import (
	"cmp"
	"math/bits"
	"slices"
)

// maxSuggestions is how many values a message suggests at most.
const maxSuggestions = 3

// Nearest returns up to max of the candidates that are so near to value that a
// person would say "did you mean", nearest first. To ask about many values, make
// the Candidates once.
func Nearest(value string, candidates []string, max int) []string {
	return NewCandidates(candidates).Nearest(value, max)
}

// Candidates are texts among which the nearest to some value is looked for,
// prepared so that each question looks closely at only a few of them. It does not
// change once made.
type Candidates struct {
	texts    []string
	letters  []rune    // the folded letters of all, one after the other
	entries  []entry   // in the order of their lengths
	byLength []int     // byLength[n]: the first entry of n letters or more
	bare     zeroIndex // by number without leading zeros
}

type zeroIndex map[string][]int32

// entry is one candidate.
type entry struct {
	text  int32  // index in texts
	start int32  // in letters
	size  int32  // number of letters
	mask  uint64 // which letters it has: bit = letter modulo 64
}

// NewCandidates prepares texts for Nearest.
func NewCandidates(texts []string) *Candidates {
	c := &Candidates{texts: texts, bare: zeroIndex{}, entries: make([]entry, 0, len(texts))}
	size := 0
	for _, text := range texts {
		size += len(text)
	}
	c.letters = make([]rune, 0, size)
	for i, text := range texts {
		c.add(int32(i), text)
	}
	slices.SortStableFunc(c.entries, func(a, b entry) int { return cmp.Compare(a.size, b.size) })
	for at, e := range c.entries {
		for len(c.byLength) <= int(e.size) {
			c.byLength = append(c.byLength, at)
		}
	}
	return c
}

func (c *Candidates) add(index int32, text string) {
	start := len(c.letters)
	c.letters = appendFolded(c.letters, text)
	letters := c.letters[start:]
	c.entries = append(c.entries, entry{index, int32(start), int32(len(letters)), maskOf(letters)})
	if text != "" && text[0] == '0' && isDigits(text) {
		bare := withoutZeros(text)
		c.bare[bare] = append(c.bare[bare], index)
	}
}

// Nearest is the function Nearest among these candidates.
func (c *Candidates) Nearest(value string, max int) []string {
	hits := c.sameNumber(value)
	letters := appendFolded(nil, value)
	limit := editsAllowed(len(letters))
	meter := newMeter(letters, limit)
	for _, e := range c.ofLength(len(letters)-limit, len(letters)+limit) {
		if bits.OnesCount64(e.mask^meter.mask) > 2*limit {
			continue
		}
		if edits := meter.edits(c.letters[e.start : e.start+e.size]); edits <= limit {
			hits = append(hits, hit{e.text, edits})
		}
	}
	return c.best(hits, value, max)
}

// hit is a candidate that is near enough.
type hit struct {
	text  int32
	edits int
}

// sameNumber finds the numbers that differ from value in leading zeros alone,
// which are as near as can be whatever their length.
func (c *Candidates) sameNumber(value string) (hits []hit) {
	if !isDigits(value) {
		return nil
	}
	for _, text := range c.bare[withoutZeros(value)] {
		hits = append(hits, hit{text, 0})
	}
	return hits
}

// ofLength are the entries with at least low and at most high letters.
func (c *Candidates) ofLength(low, high int) []entry {
	return c.entries[c.firstOf(low):c.firstOf(high+1)]
}

func (c *Candidates) firstOf(length int) int {
	length = max(length, 0)
	if length >= len(c.byLength) {
		return len(c.entries)
	}
	return c.byLength[length]
}

// best returns the texts of the nearest hits; equals in the order of the candidates.
func (c *Candidates) best(hits []hit, value string, max int) (texts []string) {
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.edits, b.edits), cmp.Compare(a.text, b.text))
	})
	for _, h := range hits {
		text := c.texts[h.text]
		if len(texts) == max {
			break
		}
		if text != value && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// editsAllowed is how many slips a person makes in a word of so many letters
// without meaning another one. In one or two letters any slip makes another word.
func editsAllowed(letters int) int {
	switch {
	case letters < 3:
		return 0
	case letters < 6:
		return 1
	case letters < 12:
		return 2
	}
	return 3
}

func appendFolded(dst []rune, text string) []rune {
	for _, r := range text {
		dst = append(dst, foldRune(r))
	}
	return dst
}

// maskOf tells which letters there are. One edit changes at most two bits, so
// masks that differ more belong to texts that do.
func maskOf(letters []rune) (mask uint64) {
	for _, r := range letters {
		mask |= 1 << (uint(r) % 64)
	}
	return mask
}
