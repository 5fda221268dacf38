package main

import (
	"testing"
)

func TestDownloadThatLacksWhatWasSaved(t *testing.T) {
	t.Parallel()
	path := writtenSheet(t, 30)
	must(t, (&team{newest: path, rows: 30, saved: sheetFile{town: "Porto", changed: 30}}).look())
	for name, wrong := range map[string]*team{
		"a row is missing":   {newest: path, rows: 31},
		"a change is lost":   {newest: path, rows: 30, saved: sheetFile{town: "Porto", changed: 31}},
		"nothing is changed": {newest: path, rows: 30, saved: sheetFile{town: "Braga", changed: 3}},
	} {
		if wrong.look() == nil {
			t.Errorf("%s, and nobody says so", name)
		}
	}
}
