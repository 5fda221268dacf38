package producer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/sheet"
	"teamsheet/internal/store"
)

// mend makes a fix-up file of a sheet without a server.
func mend(t *testing.T, file []byte, problems ...store.RowProblems) ([][]string, error) {
	t.Helper()
	var out bytes.Buffer
	f, err := newFixUp(bytes.NewReader(file), &out, sheet.Limits{KnownHeader: isHeader})
	if err != nil {
		return nil, err
	}
	if err := f.add(problems); err != nil {
		return nil, err
	}
	if err := f.end(); err != nil {
		return nil, err
	}
	return rowsOf(t, out.Bytes()), nil
}

func wrongRole(row int) store.RowProblems {
	return store.RowProblems{Row: row, Version: 7, Problems: []problem.Problem{{Code: problem.RoleUnknown, Row: row,
		Column: "Role", Cell: fmt.Sprintf("B%d", row), Value: "Pirate", Message: "No role is called that.", Fix: "Enter a role.", Suggestions: []string{"Agent", "Pilot"}}}}
}

func TestFixUpKeepsTheFileAndAddsWhatIsWrong(t *testing.T) {
	t.Parallel()
	stale := store.RowProblems{Row: 3, Version: 9, Problems: []problem.Problem{
		{Code: problem.StaleRow, Row: 3, Column: "Role", Cell: "B3", Message: "Somebody changed it.", Fix: "Choose."},
		{Code: problem.UserNotFound, Row: 3, Message: "Nobody has this.", Fix: "Check it."},
	}}
	tests := []struct {
		name     string
		in, want [][]string
		problems []store.RowProblems
	}{
		{
			"three columns at the end, blank rows blank, short rows filled up",
			[][]string{{"Email", "Role"}, {"a@b.example", "Pirate"}, {"", ""}, {"c@d.example"}, {"", ""}},
			[][]string{
				{"Email", "Role", "Result", "Problem", "How to fix"},
				{"a@b.example", "Pirate", "problem", "Role (B2): No role is called that.", "Enter a role. Did you mean Agent or Pilot?"},
				{"", "", "", "", ""},
				{"c@d.example", "", "ok", "", ""},
				{"", "", "", "", ""},
			},
			[]store.RowProblems{wrongRole(2)},
		},
		{
			"earlier columns are written over where they stand",
			[][]string{{"Email", "Problem", "Role", "result "}, {"a@b.example", "old", "Pirate", "problem"}, {"x", "old", "Agent", "problem"}},
			[][]string{
				{"Email", "Problem", "Role", "Result", "How to fix"},
				{"a@b.example", "Role (B2): No role is called that.", "Pirate", "problem", "Enter a role. Did you mean Agent or Pilot?"},
				{"x", "", "Agent", "ok", ""},
			},
			[]store.RowProblems{wrongRole(2)},
		},
		{
			"a stale row gets today's version, others keep theirs; several problems are numbered",
			[][]string{{"Version", "Role"}, {"3", "Pirate"}, {"4", "Agent"}},
			[][]string{
				{"Version", "Role", "Result", "Problem", "How to fix"},
				{"3", "Pirate", "problem", "Role (B2): No role is called that.", "Enter a role. Did you mean Agent or Pilot?"},
				{"9", "Agent", "problem", "1. Role (B3): Somebody changed it. 2. Nobody has this.", "1. Choose. 2. Check it."},
			},
			[]store.RowProblems{wrongRole(2), stale},
		},
		{
			"what stands right of the header is not lost; empty columns there are",
			[][]string{{"Email", "Role", "", ""}, {"a", "b", "", "far out", ""}, {"c", "d", "", "", ""}},
			[][]string{
				{"Email", "Role", "Result", "Problem", "How to fix"},
				{"a", "b", "ok", "", "", "", "far out"},
				{"c", "d", "ok", "", ""},
			},
			nil,
		},
		{
			"nothing below the header",
			[][]string{{"Email"}},
			[][]string{{"Email", "Result", "Problem", "How to fix"}},
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := mend(t, textOf(test.in...), test.problems...)
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestFixUpOfProblemsThatAreNotOfThisFile(t *testing.T) {
	t.Parallel()
	file := textOf([]string{"Email", "Role"}, []string{"a@b.example", "Pirate"})
	if _, err := mend(t, file, wrongRole(9)); err == nil {
		t.Error("a row behind the end was found")
	}
	if _, err := mend(t, file, wrongRole(2), wrongRole(2)); err == nil {
		t.Error("a row was found twice")
	}
	var wrong *sheet.FileError
	if _, err := mend(t, file[:len(file)-1], wrongRole(2)); !errors.As(err, &wrong) {
		t.Errorf("a cut-off file: %v", err)
	}
}

// utf16BE turns a written sheet around and leaves the byte order mark.
func utf16BE(file []byte) []byte {
	out := make([]byte, len(file))
	for i := 0; i+1 < len(file); i += 2 {
		out[i], out[i+1] = file[i+1], file[i]
	}
	return out
}

// TestFixUpGoesRoundAndRound uploads a sheet with problems, mends nothing, uploads
// its fix-up file, and the fix-up file of that: the rows stay where they are, the
// problems too, and the third file is the second.
func TestFixUpGoesRoundAndRound(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ana, bo := r.home.profile.String(), personID(1, 3).String()
	rows := [][]string{
		{"Role", "How to fix", "User ID", "Bio", "Version", "Chat Channel"},
		{"Pirate", "earlier", ana, "first\n\tsecond \"line\"", "1", "maybe"},
		{"", "", "", "", "", ""},
		{"", "", "", "", "", ""},
		{"Agent", "earlier", bo, "=1+1", "", "y"},
		{"Agent", "", "", "'t Hooft", "", "n"},
	}
	for name, file := range map[string][]byte{"little endian": textOf(rows...), "big endian": utf16BE(textOf(rows...))} {
		t.Run(name, func(t *testing.T) { testRounds(t, r.in(t), file, rows) })
	}
}

func testRounds(t *testing.T, r *rig, file []byte, rows [][]string) {
	first := r.preview(r.upload(file)["id"].(string))
	if first.State != batch.Rejected || first.Counts.Blank != 2 {
		t.Fatalf("%+v", first)
	}
	answer := r.call("GET", "/api/v1/batches/"+first.ID+"/fixup", nil)
	answer.is(200)
	if got := answer.header.Get("Content-Disposition"); got != "attachment; filename=team-fix-up.txt" {
		t.Errorf("Content-Disposition: %s", got)
	}
	mended := rowsOf(t, answer.body)
	for i, row := range rows {
		got := slices.Clone(mended[i][:len(row)])
		want := slices.Clone(row)
		if i > 0 {
			got[1], want[1] = "", "" // the earlier How to fix
		}
		if !slices.Equal(got, want) {
			t.Errorf("row %d: %q, want %q", i+1, got, want)
		}
	}
	if got := mended[1][6]; got != "problem" {
		t.Errorf("Result: %q", got)
	}
	if !strings.Contains(mended[1][7], "Role (A2): ") || !strings.Contains(mended[1][7], "Chat Channel (F2): ") {
		t.Errorf("Problem: %q", mended[1][7])
	}
	second := r.preview(r.upload(answer.body)["id"].(string))
	again := r.call("GET", "/api/v1/batches/"+second.ID+"/fixup", nil)
	if again.is(200); !bytes.Equal(again.body, answer.body) {
		t.Errorf("the fix-up file of the fix-up file differs:\n%q\n%q", mended, rowsOf(t, again.body))
	}
	if fmt.Sprint(second.Counts, second.FileProblems) != fmt.Sprint(first.Counts, first.FileProblems) {
		t.Errorf("%+v\n%+v", second.Counts, first.Counts)
	}
	if one, two := r.problemsOf(first.ID), r.problemsOf(second.ID); one != two {
		t.Errorf("problems differ:\n%s\n%s", one, two)
	}
}

func (r *rig) problemsOf(id string) string {
	r.t.Helper()
	var all strings.Builder
	r.must(r.store.RowProblems(r.t.Context(), r.home.org.ID, id, func(some []store.RowProblems) error {
		for _, p := range some {
			fmt.Fprintf(&all, "%+v\n", p)
		}
		return nil
	}))
	return all.String()
}

// TestFixUpOfAStaleRow: whoever mends it has seen what the other person did.
func TestFixUpOfAStaleRow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ana := r.home.profile.String()
	r.call("PATCH", "/api/v1/profiles/"+ana, strings.NewReader(`{"hometown":"Faro"}`), "If-Match", `"1"`).is(200)
	b := r.preview(r.uploaded([]string{"User ID", "Hometown", "Version"}, []string{ana, "Lisbon", "1"}))
	answer := r.call("GET", "/api/v1/batches/"+b.ID+"/fixup", nil)
	answer.is(200)
	mended := rowsOf(t, answer.body)
	if mended[1][2] != "2" || mended[1][3] != "problem" {
		t.Fatalf("%q", mended)
	}
	if again := r.preview(r.upload(answer.body)["id"].(string)); again.State != batch.Ready {
		t.Errorf("state %s", again.State)
	}
}

func TestNoFixUpFile(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	waiting := r.uploaded([]string{"User ID"}, []string{"x"})
	r.call("GET", "/api/v1/batches/"+waiting+"/fixup", nil).fails(409, "wrong-state")

	// A file that breaks off inside a character is only found out by reading it.
	file := textOf([]string{"User ID"}, []string{"x"})
	cut := r.upload(file[:len(file)-1])["id"].(string)
	r.reject(cut, problem.Problem{Code: problem.FileTruncated, Message: "The file ends early.", Fix: "Save it again."})
	detail := r.call("GET", "/api/v1/batches/"+cut+"/fixup", nil).fails(409, "no-fix-up-file")["detail"].(string)
	if !strings.HasSuffix(detail, "The file ends early. Save it again.") {
		t.Errorf("%s", detail)
	}
	// The same when the stored problems do not say so.
	quiet := r.upload(file[:len(file)-1])["id"].(string)
	r.reject(quiet, problem.Problem{Code: problem.HeaderUnknown, Row: 1, Message: "x", Fix: "y"})
	r.call("GET", "/api/v1/batches/"+quiet+"/fixup", nil).fails(409, "no-fix-up-file")
}

// reject ends the preview of a batch with a problem of the whole file.
func (r *rig) reject(id string, p problem.Problem) {
	r.t.Helper()
	run, ok, err := r.store.StartRun(r.t.Context(), id, r.batch(id).Generation, batch.Uploaded)
	r.must(err)
	if !ok {
		r.t.Fatal("not uploaded")
	}
	_, err = r.store.FinishPreview(r.t.Context(), run, plan.Totals{FileProblems: []problem.Problem{p}}, 1)
	r.must(err)
}

// TestFixUpOfDamagedCells: what cannot be read does not keep the rest back.
func TestFixUpOfDamagedCells(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	file := utf16LE("User ID\tHometown\tBio\r\n" + r.home.profile.String() + "\tx\x00y\t\"open\r\n" + personID(1, 3).String() + "\tLisbon\t\"open\r\n")
	file = append(file, 'a', 0, 0x00, 0xd8, '\t', 0, 'b', 0, '\r', 0, '\n', 0) // half a character
	b := r.preview(r.upload(file)["id"].(string))
	if b.State != batch.Rejected {
		t.Fatalf("state %s", b.State)
	}
	answer := r.call("GET", "/api/v1/batches/"+b.ID+"/fixup", nil)
	answer.is(200)
	if rows := rowsOf(t, answer.body); len(rows) != 4 || rows[2][1] != "Lisbon" || rows[1][3] != "problem" {
		t.Errorf("%q", rows)
	}
}

func TestFixUpStreamsWhenTheReaderBreaks(t *testing.T) {
	t.Parallel()
	file := textOf([]string{"Email"}, []string{"a@b.example"})
	broken := errors.New("bucket is away")
	f, err := newFixUp(io.MultiReader(bytes.NewReader(file), brokenReader{broken}), io.Discard, sheet.Limits{})
	if err == nil {
		err = f.end()
	}
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

type brokenReader struct{ err error }

func (b brokenReader) Read([]byte) (int, error) { return 0, b.err }
