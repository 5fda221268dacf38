package profile

import (
	"encoding/json"
	"testing"
)

func TestParseID(t *testing.T) {
	t.Parallel()
	const canonical = "018f2a3b-4c5d-7e6f-8091-a2b3c4d5e6f7"
	for _, text := range []string{canonical, "018F2A3B-4C5D-7E6F-8091-A2B3C4D5E6F7"} {
		id, ok := ParseID(text)
		if !ok || id.String() != canonical {
			t.Errorf("ParseID(%q) = %v, %v", text, id, ok)
		}
	}
	for _, text := range []string{"", "018f2a3b4c5d7e6f8091a2b3c4d5e6f7", canonical + "0", "018f2a3b-4c5d-7e6f-8091-a2b3c4d5e6fg", "{18f2a3b-4c5d-7e6f-8091-a2b3c4d5e6f}", "018f2a3b+4c5d-7e6f-8091-a2b3c4d5e6f7"} {
		if id, ok := ParseID(text); ok {
			t.Errorf("ParseID(%q) = %v", text, id)
		}
	}
	diff(t, "nobody", ID{}.String(), "")
}

func TestIDAsJSON(t *testing.T) {
	t.Parallel()
	for _, id := range []ID{{}, {1, 2, 15: 3}} {
		text, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		read := ID{9}
		if err := json.Unmarshal(text, &read); err != nil || read != id {
			t.Errorf("%s read as %v, %v", text, read, err)
		}
	}
	var id ID
	if err := json.Unmarshal([]byte(`"ana@example.com"`), &id); err == nil || err.Error() != "not a profile id: 15 bytes" {
		t.Errorf("the error must not repeat the text: %v", err)
	}
}

func TestIDInADatabase(t *testing.T) {
	t.Parallel()
	id := ID{1, 2, 15: 3}
	stored, err := id.Value()
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []any{stored, []byte(id.String()), id[:]} {
		var read ID
		if err := read.Scan(source); err != nil || read != id {
			t.Errorf("%v read as %v, %v", source, read, err)
		}
	}
	read := id
	if err := read.Scan(nil); err != nil || !read.IsZero() {
		t.Errorf("NULL read as %v, %v", read, err)
	}
	if stored, err := (ID{}).Value(); stored != nil || err != nil {
		t.Errorf("nobody is stored as %v, %v", stored, err)
	}
	if err := read.Scan(7); err == nil {
		t.Error("a number is no id")
	}
}
