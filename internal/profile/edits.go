package profile

// meter counts the edits between one text and others: letters put in, left out,
// exchanged, and neighbours swapped (optimal string alignment), up to a limit.
type meter struct {
	letters []rune
	mask    uint64
	limit   int
	before  []int // row i-2 of the table
	above   []int // row i-1
	row     []int // row i
}

func newMeter(letters []rune, limit int) *meter {
	width := len(letters) + 1
	return &meter{
		letters: letters, mask: maskOf(letters), limit: limit,
		before: make([]int, width), above: make([]int, width), row: make([]int, width),
	}
}

// edits returns the number of edits between the meter's text and other; any
// number over the limit means more than that. Their lengths must not differ by
// more than the limit.
func (m *meter) edits(other []rune) int {
	for j := range m.above {
		m.above[j] = j
	}
	for i := range other {
		if m.fillRow(other, i) > m.limit {
			return m.limit + 1
		}
		m.before, m.above, m.row = m.above, m.row, m.before
	}
	return m.above[len(m.letters)]
}

// fillRow fills the row of other[i], in the band around the diagonal that the
// limit leaves, with a number over the limit on either side of it, and returns
// the least number.
func (m *meter) fillRow(other []rune, i int) (least int) {
	far := m.limit + 1
	first, last := max(i+1-m.limit, 1), min(i+1+m.limit, len(m.letters))
	m.row[first-1] = far
	if first == 1 {
		m.row[0] = min(i+1, far)
	}
	if last < len(m.letters) {
		m.row[last+1] = far
	}
	least = m.row[first-1]
	for j := first; j <= last; j++ {
		m.row[j] = min(m.cell(other, i, j), far)
		least = min(least, m.row[j])
	}
	return least
}

// cell is the number of edits between other[:i+1] and letters[:j].
func (m *meter) cell(other []rune, i, j int) int {
	cost := 1
	if other[i] == m.letters[j-1] {
		cost = 0
	}
	edits := min(m.above[j]+1, m.row[j-1]+1, m.above[j-1]+cost)
	if i > 0 && j > 1 && other[i] == m.letters[j-2] && other[i-1] == m.letters[j-1] {
		edits = min(edits, m.before[j-2]+1)
	}
	return edits
}
