package worker

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"teamsheet/internal/profile"
)

func drawProfile(t *rapid.T) *profile.Profile {
	p := &profile.Profile{}
	fields := reflect.ValueOf(p).Elem()
	for i := range fields.NumField() {
		field, name := fields.Field(i), fields.Type().Field(i).Name
		switch field.Interface().(type) {
		case string:
			field.SetString(rapid.OneOf(rapid.String(), rapid.Just(strings.Repeat("é", 3000))).Draw(t, name))
		case bool:
			field.SetBool(rapid.Bool().Draw(t, name))
		case int64:
			field.SetInt(rapid.Int64().Draw(t, name))
		case int32:
			field.SetInt(int64(rapid.Int32().Draw(t, name)))
		case profile.ID:
			field.Set(reflect.ValueOf(profile.ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, name))))
		case []int32:
			if ids := rapid.SliceOfN(rapid.Int32(), 0, 40).Draw(t, name); len(ids) > 0 {
				field.Set(reflect.ValueOf(ids))
			}
		default:
			t.Fatalf("a profile has a %s of type %s, which is not kept", name, field.Type())
		}
	}
	return p
}

// Every field of a profile comes back, in whatever order people are asked for.
func TestPeopleFileKeepsProfiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SampledFrom([]int{1, 20, rowsInPart, 3 * rowsInPart, partsMost * rowsInPart * 2}).Draw(rt, "rows")
		file := &peopleFile{folder: folder, rows: rows}
		defer func() { must(t, file.close()) }()
		people := rapid.SliceOfN(rapid.Custom(drawProfile), 1, 20).Draw(rt, "people")
		row := rapid.IntRange(0, rows-1)
		places, rowOf := make([]int64, len(people)), make([]int, len(people))
		for i, p := range people {
			var err error
			rowOf[i] = row.Draw(rt, "row")
			if places[i], err = file.add(rowOf[i], p); err != nil || places[i] == 0 {
				rt.Fatalf("place %d, error %v", places[i], err)
			}
		}
		for _, i := range rapid.Permutation(indexes(len(people))).Draw(rt, "order") {
			if rapid.Bool().Draw(rt, "for another row") {
				rowOf[i] = row.Draw(rt, "other row")
			}
			got, err := file.get(rowOf[i], places[i])
			if diff := cmp.Diff(people[i], got); err != nil || diff != "" {
				rt.Fatalf("error %v (-want +got):\n%s", err, diff)
			}
		}
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// A disk that does not keep what was written is found out.
func TestPeopleFileThatIsDamaged(t *testing.T) {
	t.Parallel()
	record := appendProfile(nil, &profile.Profile{FirstName: "Ana", GroupIDs: []int32{1, 2}})
	for length := range record {
		if _, err := readProfile(record[:length]); err == nil {
			t.Errorf("%d of %d bytes are a profile", length, len(record))
		}
	}
	if _, err := readProfile(append(record, 0)); err == nil {
		t.Error("one byte too many is not noticed")
	}
}

// However long the profiles are, no more of them is in memory than one part may
// have.
func TestPeopleFileIsBounded(t *testing.T) {
	t.Parallel()
	file := &peopleFile{folder: t.TempDir(), rows: 500}
	defer func() { must(t, file.close()) }()
	p := &profile.Profile{Bio: strings.Repeat("長", 20_000)}
	var places []int64
	for row := range file.rows {
		place, err := file.add(row, p)
		must(t, err)
		places = append(places, place)
	}
	for row, place := range places {
		got, err := file.get(row, place)
		if err != nil || got.Bio != p.Bio {
			t.Fatalf("row %d: error %v", row, err)
		}
	}
	if file.parts[0].size <= loadMost || cap(file.text) > loadMost {
		t.Errorf("a part of %d bytes took %d in memory", file.parts[0].size, cap(file.text))
	}
}
