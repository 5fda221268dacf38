package profile

import (
	"slices"
	"testing"
)

func TestText(t *testing.T) {
	t.Parallel()
	p, d := testProfile(), testDirectory()
	p.GroupIDs = []int32{10, 11, 14, 15, 99} // 99 is gone
	var got []string
	for f := range Field(FieldCount) {
		got = append(got, Text(p, f, d))
	}
	diff(t, "texts", got, []string{
		"018f0000-0000-0000-0000-000000000042", "ana.silva@example.com", "00123", "Ana", "Silva", "Agent", "n", "standard", "rui@example.com",
		"y", "n", "y", "full-time", "2026-04-03", "Porto", "Portugal", "First line\nsecond\tline", "Billing;Night Shift;Ärzte;夜勤", "n", "7",
	})
}

func TestTextOfNobody(t *testing.T) {
	t.Parallel()
	d := testDirectory()
	for f := range Field(FieldCount) {
		want := ""
		if flagField(&Profile{}, f) != nil {
			want = "n"
		}
		diff(t, ColumnOf(f).Header, Text(&Profile{}, f, d), want)
	}
}

func TestAppendTextAppends(t *testing.T) {
	t.Parallel()
	p, d := testProfile(), testDirectory()
	for f := range Field(FieldCount) {
		diff(t, ColumnOf(f).Header, string(AppendText([]byte("before "), p, f, d)), "before "+Text(p, f, d))
	}
}

func TestReadingAProfileAllocatesNothing(t *testing.T) { // not parallel: it counts allocations
	p, d := testProfile(), testDirectory()
	cells := make([]string, FieldCount)
	for f := range Field(FieldCount) {
		cells[f] = Text(p, f, d)
	}
	buffer := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() {
		for f := range Field(FieldCount) {
			buffer = AppendText(buffer[:0], p, f, d)
			if !Same(p, f, cells[f], d) {
				t.Errorf("%s is not the same", ColumnOf(f).Header)
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestManyGroups(t *testing.T) {
	t.Parallel()
	var groups []Group
	var ids []int32
	for i := range int32(200) {
		groups = append(groups, Group{ID: i, Name: string('鿿' - i)})
		ids = append(ids, i)
	}
	p, d := &Profile{GroupIDs: ids}, NewDirectory(nil, groups)
	text := Text(p, Groups, d)
	read, unknown := parseGroups(text, d)
	if !slices.Equal(read, ids) || unknown != nil {
		t.Errorf("read %d groups, unknown %v", len(read), unknown)
	}
}
