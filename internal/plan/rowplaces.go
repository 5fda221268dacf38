package plan

import (
	"math"
	"sort"
)

// rowPlaces knows the numbers and offsets of the rows, which mostly follow from
// each other: a row costs four bytes in row.offset, not sixteen.
type rowPlaces struct {
	runs  []rowRun
	bases []int64          // offset of the first row of each chunk of the list of rows
	far   map[uint32]int64 // offsets too far from their base, which nearly no file has
}

// rowRun are rows whose numbers follow each other: none of them is blank.
type rowRun struct{ first, number uint32 }

// isFar stands in row.offset for an offset in rowPlaces.far.
const isFar = math.MaxUint32

// put notes where row i stands, the rows before having been put, and returns what
// to keep in row.offset.
func (p *rowPlaces) put(i uint32, ref RowRef) uint32 {
	if i == 0 || p.number(i) != ref.Row {
		p.runs = append(p.runs, rowRun{i, uint32(ref.Row)})
	}
	if i%chunkSize == 0 {
		p.bases = append(p.bases, ref.Offset)
	}
	distance := ref.Offset - p.bases[i/chunkSize]
	if distance >= 0 && distance < isFar {
		return uint32(distance)
	}
	if p.far == nil {
		p.far = map[uint32]int64{}
	}
	p.far[i] = ref.Offset
	return isFar
}

// number is the number of row i, as the spreadsheet shows it.
func (p *rowPlaces) number(i uint32) int {
	last := len(p.runs) - 1
	if p.runs[last].first > i {
		last = sort.Search(last, func(n int) bool { return p.runs[n].first > i }) - 1
	}
	return int(p.runs[last].number + i - p.runs[last].first)
}

// offset is where row i stands in the file.
func (p *rowPlaces) offset(i, short uint32) int64 {
	if short == isFar {
		return p.far[i]
	}
	return p.bases[i/chunkSize] + int64(short)
}
