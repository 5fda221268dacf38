package plan

import (
	"testing"

	"pgregory.net/rapid"
)

// Whatever the gaps between rows and the lengths of rows, each is found where it
// was put.
func TestRowPlacesFindEveryRow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var places rowPlaces
		var put []RowRef
		var short []uint32
		ref := RowRef{Row: 1}
		steps := rapid.SliceOfN(rapid.SampledFrom([]int64{0, 1, 2, 400, isFar - 1, isFar, 1 << 40}), 1, 40).Draw(rt, "steps")
		for i := range uint32(chunkSize + 40) {
			step := steps[int(i)%len(steps)]
			ref.Row += 1 + int(step%3)/2
			ref.Offset += step
			put, short = append(put, ref), append(short, places.put(i, ref))
		}
		for i, want := range put {
			got := RowRef{places.number(uint32(i)), places.offset(uint32(i), short[i])}
			if got != want {
				rt.Fatalf("row %d: %+v, want %+v", i, got, want)
			}
		}
	})
}
