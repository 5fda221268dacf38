package producer

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/batch"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                      "",
		"Ana Silva":             "Ana Silva",
		"one\ntwo":              "one[↵ line break]two",
		"\ttab":                 "[⇥ tab]tab",
		"a\u00a0b\u202fc":       "a[␣ non-breaking space]b[␣ non-breaking space]c",
		"a\u3000b":              "a[␣ unusual space]b",
		"x\u200b":               "x[· space without width]",
		"a\u202eb\u2066":        "a[� control character]b[� control character]",
		"ليلى 佐藤 👩‍👩 caf\u00e9": "ليلى 佐藤 👩‍👩 caf\u00e9",
	} {
		var got strings.Builder
		for _, s := range visible(text) {
			if s.Mark {
				fmt.Fprintf(&got, "[%s %s]", s.Text, s.Name)
			} else {
				got.WriteString(s.Text)
			}
		}
		if got.String() != want {
			t.Errorf("visible(%q) = %q, want %q", text, got.String(), want)
		}
	}
}

// marked writes parts with the changed ones in brackets.
func marked(parts []diffPart) string {
	var out strings.Builder
	for _, p := range parts {
		if p.Changed {
			out.WriteString("[" + p.Text + "]")
		} else {
			out.WriteString(p.Text)
		}
	}
	return out.String()
}

func TestWordDiff(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ before, after, old, now string }{
		"a word":                  {"likes green tea", "likes black tea", "likes [green] tea", "likes [black] tea"},
		"a word more":             {"likes tea", "likes strong tea", "likes tea", "likes [strong ]tea"},
		"two places":              {"one two three four", "one 2 three 4", "one [two] three [four]", "one [2] three [4]"},
		"a sign":                  {"tea, cake", "tea; cake", "tea[,] cake", "tea[;] cake"},
		"letters with marks":      {"cafe\u0301 noir", "cafe\u0301 au lait", "cafe\u0301 [noir]", "cafe\u0301 [au lait]"},
		"a script without spaces": {"東京に住む", "大阪に住む", "[東京]に住む", "[大阪]に住む"},
		"all of it":               {"abc", "xyz", "[abc]", "[xyz]"},
		"nothing":                 {"abc", "abc", "abc", "abc"},
		"right to left":           {"تحب الشاي", "تحب القهوة", "تحب [الشاي]", "تحب [القهوة]"},
		"a line break":            {"one\ntwo", "one two", "one[\n]two", "one[ ]two"},
	} {
		old, now := wordDiff(test.before, test.after)
		if marked(old) != test.old || marked(now) != test.now {
			t.Errorf("%s: %s → %s, want %s → %s", name, marked(old), marked(now), test.old, test.now)
		}
	}
}

func TestLongTextsAreComparedRoughly(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("word ", diffWords/2)
	old, now := wordDiff(many+"old end", many+"new end")
	if marked(old) != many+"[old] end" || marked(now) != many+"[new] end" {
		t.Errorf("%s → %s", marked(old), marked(now))
	}
}

func TestExcerptPair(t *testing.T) {
	t.Parallel()
	a, z := strings.Repeat("a", 100), strings.Repeat("z", 100)
	long := a + " OLD " + strings.Repeat("m", 200) + " same " + z
	old, now := excerptPair(long, strings.Replace(long, "OLD", "NEWER WORDS", 1))
	tail := " " + strings.Repeat("m", around-1) + "…"
	head := "…" + strings.Repeat("a", around-1) + " "
	if got := marked(old.Short); got != head+"[OLD]"+tail {
		t.Errorf("old: %s", got)
	}
	if got := marked(now.Short); got != head+"[NEWER WORDS]"+tail {
		t.Errorf("now: %s", got)
	}
	if got := marked(now.Whole); got != strings.Replace(long, "OLD", "[NEWER WORDS]", 1) {
		t.Errorf("whole: %s", got)
	}
	if short, _ := excerptPair("Porto", "Lisbon"); marked(short.Short) != "Porto" || short.Whole != nil {
		t.Errorf("short values are cut: %+v", short)
	}
	if empty, whole := excerptPair("", long); empty.Short != nil || marked(whole.Whole) != long || !strings.HasPrefix(marked(whole.Short), "aaa") {
		t.Errorf("from nothing: %+v, %+v", empty, whole)
	}
	if same, _ := excerptPair(long, long); marked(same.Whole) != long {
		t.Errorf("the same twice: %+v", same)
	}
}

func FuzzExcerptPair(f *testing.F) {
	f.Add("Porto", "Lisbon")
	f.Add(strings.Repeat("é", 300), strings.Repeat("é", 299)+"x")
	f.Add(strings.Repeat("ab", 200), "")
	f.Add(strings.Repeat("one two ", 60), strings.Repeat("one 2 ", 60))
	f.Fuzz(func(t *testing.T, before, after string) {
		for i, e := range excerptBoth(before, after) {
			if n := len([]rune(joined(e.Short))); n > longText+2*around+2 {
				t.Errorf("an excerpt of %d characters", n)
			}
			if whole := []string{before, after}[i%2]; e.Whole != nil && joined(e.Whole) != string([]rune(whole)) && joined(e.Whole) != whole {
				t.Errorf("the whole of %q is %q", whole, joined(e.Whole))
			}
		}
	})
}

func joined(parts []diffPart) string {
	var out strings.Builder
	for _, p := range parts {
		out.WriteString(p.Text)
	}
	return out.String()
}

func excerptBoth(before, after string) []excerptView {
	a, b := excerptPair(before, after)
	return []excerptView{a, b, excerpt(before), excerpt(after)}
}

func TestLinked(t *testing.T) {
	t.Parallel()
	id := sampleID(1).String()
	for sentence, want := range map[string][]linkedText{
		"Nothing to follow.": {{Text: "Nothing to follow."}},
		"Do it there: https://team.example/base/team/" + id + ".": {{Text: "Do it there: "}, {"open the profile", "/team/" + id}, {Text: "."}},
		"https://evil.example/elsewhere":                          {{Text: "https://evil.example/elsewhere"}},
	} {
		if diff := cmp.Diff(want, linked(sentence)); diff != "" {
			t.Errorf("%s: %s", sentence, diff)
		}
	}
}

func TestNumbersInWords(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		number(0): "0", number(999): "999", number(1000): "1,000", number(104212): "104,212", number(-1234): "-1,234", number(-123): "-123",
		count(1, "row", "rows"): "1 row", count(2, "row", "rows"): "2 rows", count(0, "row", "rows"): "0 rows",
		fileSize(0): "0 bytes", fileSize(1023): "1023 bytes", fileSize(1 << 30): "1 GiB", fileSize(18_204_112): "17.4 MiB",
		ageWords(0): "none", ageWords(time.Second): "1 second", ageWords(3 * time.Minute): "3 minutes", ageWords(5 * time.Hour): "5 hours",
		codeWord("leader-not-found"): "Leader not found", codeWord("employee-id-taken"): "Employee ID taken", codeWord(""): "",
		savedWords("", 3): "", savedWords("0", 0): "Nothing was changed", savedWords("1", 0): "Saved: 1 field was changed",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A screen reader hears a phase and its quarters, each once.
func TestProgressIsAnnouncedByQuarters(t *testing.T) {
	t.Parallel()
	b := sampleBatch(batch.Uploaded)
	heard, said := heardProgress{}, []string{}
	for _, p := range []batch.Progress{{}, {Phase: batch.Reading, Done: 1, Total: 100}, {Phase: batch.Reading, Done: 30, Total: 100}, {Phase: batch.Reading, Done: 40, Total: 100},
		{Phase: batch.Reading, Done: 100, Total: 100}, {Phase: batch.Comparing, Done: 1, Total: 100}, {Phase: batch.Comparing, Done: 99, Total: 100}} {
		b.Progress = p
		var v *progressView
		v, heard = newProgressView(b, 0, heard, sampleTime)
		if v.Announce != "" {
			said = append(said, v.Announce)
		}
	}
	want := []string{"Reading rows: 25 percent", "Reading rows: 100 percent", "Comparing with the team: 0 percent", "Comparing with the team: 75 percent"}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Error(diff)
	}
}

func TestTimeLeftIsReckonedFromWhatWasSeen(t *testing.T) {
	t.Parallel()
	b := sampleBatch(batch.Uploaded)
	var heard heardProgress
	show := func(at time.Duration, p batch.Progress) string {
		b.Progress = p
		var v *progressView
		v, heard = newProgressView(b, 2, heard, sampleTime.Add(at))
		return v.Left + v.Ahead
	}
	for _, step := range []struct {
		at   time.Duration
		p    batch.Progress
		want string
	}{
		{0, batch.Progress{}, "2 files are before it."},
		{time.Second, batch.Progress{Phase: batch.Reading, Done: 1000, Total: 101_000}, ""},
		{3 * time.Second, batch.Progress{Phase: batch.Reading, Done: 3000, Total: 101_000}, ""}, // too early to tell
		{11 * time.Second, batch.Progress{Phase: batch.Reading, Done: 11_000, Total: 101_000}, "about 2 minutes left in this step"},
		{21 * time.Second, batch.Progress{Phase: batch.Reading, Done: 61_000, Total: 101_000}, "about 20 seconds left in this step"},
		{30 * time.Second, batch.Progress{Phase: batch.Reading, Done: 100_000, Total: 101_000}, "a few seconds left in this step"},
		{31 * time.Second, batch.Progress{Phase: batch.Comparing, Done: 0, Total: 101_000}, ""}, // another speed
	} {
		if got := show(step.at, step.p); got != step.want {
			t.Errorf("after %s: %q, want %q", step.at, got, step.want)
		}
	}
}

// The sum at the top of a preview adds up, whatever the state.
func TestCountsAddUp(t *testing.T) {
	t.Parallel()
	for _, state := range []batch.State{batch.Ready, batch.Rejected, batch.Confirmed, batch.Applied, batch.Failed, batch.Cancelled, batch.Expired} {
		v := newBatchView(sampleParts(state, rowsQuery{}))
		if c := v.Counts; c.Rows != c.Changed+c.Unchanged+c.Invalid {
			t.Errorf("%s: %+v", state, c.Counts)
		}
	}
}

// Confirm is offered only when nothing is red and something changes.
func TestConfirmIsOfferedOnlyWhenItCanBeDone(t *testing.T) {
	t.Parallel()
	for _, state := range []batch.State{batch.Uploaded, batch.Ready, batch.Rejected, batch.Confirmed, batch.Applied, batch.Failed, batch.Cancelled, batch.Expired} {
		bottom := newBatchView(sampleParts(state, rowsQuery{})).Bottom
		if offered := bottom != nil && bottom.Confirm != ""; offered != (state == batch.Ready) {
			t.Errorf("%s: offered %v", state, offered)
		}
	}
	same := sampleParts(batch.Ready, rowsQuery{})
	same.batch.Counts.Changed = 0
	if newBatchView(same).Bottom != nil {
		t.Error("a plan without a change can be confirmed")
	}
}

func TestMergeFormKeepsWhatOthersSaved(t *testing.T) {
	t.Parallel()
	now := cells{profile.FirstName: "Ana", profile.Hometown: "Braga", profile.Bio: "same", profile.StateOrCountry: "Spain"}
	sent := cells{profile.FirstName: "Anna", profile.Hometown: "Faro", profile.Bio: "same", profile.StateOrCountry: "Portugal"}
	past := plan.Past{profile.Hometown: {Text: "Porto", By: "o@x.example"}, profile.Bio: {Text: "older"}, profile.StateOrCountry: {Text: "Portugal"}}
	merged, conflict := mergeForm(sent, now, past)
	want := conflictView{Both: []bothView{{Column: "Hometown", For: "f-hometown", Now: "Braga", Yours: "Faro", By: "o@x.example"}}, Newer: []string{"State or Country"}}
	if diff := cmp.Diff(want, *conflict); diff != "" {
		t.Error(diff)
	}
	for f, text := range map[profile.Field]string{profile.FirstName: "Anna", profile.Hometown: "Faro", profile.Bio: "same", profile.StateOrCountry: "Spain"} {
		if merged[f] != text {
			t.Errorf("%s is %q, want %q", profile.ColumnOf(f).Header, merged[f], text)
		}
	}
}
