package plan

// list grows by chunks, so that adding never copies what is there and a million
// entries never stand in memory twice.
type list[T any] struct {
	chunks []*[chunkSize]T
	size   int
}

const chunkSize = 1 << 12

func (l *list[T]) add() (*T, uint32) {
	if l.size == len(l.chunks)*chunkSize {
		l.chunks = append(l.chunks, new([chunkSize]T))
	}
	i := uint32(l.size)
	l.size++
	return l.at(i), i
}

func (l *list[T]) at(i uint32) *T { return &l.chunks[i/chunkSize][i%chunkSize] }

// count is the number of entries.
func (l *list[T]) count() uint32 { return uint32(l.size) }
