package profile

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	emails := []string{"ana.silva@example.com", "ana.silva@example.org", "rui.costa@example.com", "anna.silva@example.com"}
	tests := []struct {
		value      string
		candidates []string
		want       []string
	}{
		{"ana.silva@exmaple.com", emails, []string{"ana.silva@example.com", "anna.silva@example.com"}},
		{"ANA.SILVA@EXAMPLE.COM", emails, []string{"ana.silva@example.com", "anna.silva@example.com", "ana.silva@example.org"}},
		{"ana.silva@example.com", emails, []string{"anna.silva@example.com", "ana.silva@example.org"}}, // not the value itself
		{"somebody@else.example", emails, nil},
		{"Agnet", []string{"Agent", "Agenda"}, []string{"Agent"}},
		{"Agen", []string{"Agent", "Agenda"}, []string{"Agent"}},
		{"Full time", []string{"full-time", "part-time"}, []string{"full-time"}},
		{"ab", []string{"ac", "AB", "abc"}, []string{"AB"}}, {"", []string{"a", ""}, nil}, {"a", nil, nil},
		{"Équipe", []string{"equipe", "ÉQUIPE"}, []string{"ÉQUIPE", "equipe"}},
		{"夜勤組", []string{"夜勤", "朝勤組"}, []string{"夜勤", "朝勤組"}},
		{"123", []string{"0000123", "124", "00123"}, []string{"0000123", "00123", "124"}}, // zeros lost by a spreadsheet
		{"Billing", []string{"Billing ", "Biling", "Biling"}, []string{"Billing ", "Biling"}},
	}
	for _, test := range tests {
		diff(t, test.value, Nearest(test.value, test.candidates, 3), test.want)
	}
	diff(t, "at most", Nearest("aaaa", []string{"aaab", "aaac", "aaad"}, 2), []string{"aaab", "aaac"})
	diff(t, "none wanted", Nearest("aaaa", []string{"aaab"}, 0), []string(nil))
}

// The pruning and the band never change the answer: it is that of the plain table.
func TestNearestIsExact(t *testing.T) {
	t.Parallel()
	word := rapid.StringOfN(rapid.RuneFrom([]rune("abcdé夜 A1")), 0, 14, -1)
	rapid.Check(t, func(t *rapid.T) {
		value, candidates := word.Draw(t, "value"), rapid.SliceOf(word).Draw(t, "candidates")
		for range 8 {
			candidates = append(candidates, slip(t, value))
		}
		got := Nearest(value, candidates, len(candidates))
		letters := appendFolded(nil, value)
		for _, candidate := range candidates {
			near := plainEdits(letters, appendFolded(nil, candidate)) <= editsAllowed(len(letters)) && candidate != value
			if near != slices.Contains(got, candidate) && !isDigits(value) {
				t.Fatalf("%q for %q: near %v, got %q", candidate, value, near, got)
			}
		}
	})
}

// slip draws a text that is a few edits away from another, give or take.
func slip(t *rapid.T, text string) string {
	letters := []rune(text)
	for range rapid.IntRange(0, 5).Draw(t, "edits") {
		at := rapid.IntRange(0, len(letters)).Draw(t, "at")
		letter := rapid.RuneFrom([]rune("abcd")).Draw(t, "letter")
		switch kind := rapid.IntRange(0, 3).Draw(t, "kind"); {
		case kind == 0:
			letters = slices.Insert(letters, at, letter)
		case kind == 1 && at < len(letters):
			letters = slices.Delete(letters, at, at+1)
		case kind == 2 && at < len(letters):
			letters[at] = letter
		case kind == 3 && at+1 < len(letters):
			letters[at], letters[at+1] = letters[at+1], letters[at]
		}
	}
	return string(letters)
}

// plainEdits is the whole table of the optimal string alignment distance.
func plainEdits(a, b []rune) int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
		for j := range table[i] {
			table[i][j] = i + j
			if i == 0 || j == 0 {
				continue
			}
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			table[i][j] = min(table[i-1][j]+1, table[i][j-1]+1, table[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				table[i][j] = min(table[i][j], table[i-2][j-2]+1)
			}
		}
	}
	return table[len(a)][len(b)]
}

func manyEmails(n int) []string {
	emails := make([]string, n)
	for i := range emails {
		emails[i] = fmt.Sprintf("%s.%s%d@example.com", strings.Repeat(string(rune('a'+i%26)), 3+i%5), "person", i)
	}
	return emails
}

func BenchmarkNearest50000(b *testing.B) {
	candidates := NewCandidates(manyEmails(50_000))
	b.ReportAllocs()
	for b.Loop() {
		candidates.Nearest("bbbb.persno777@exmaple.com", 3)
	}
}

func BenchmarkNewCandidates50000(b *testing.B) {
	emails := manyEmails(50_000)
	b.ReportAllocs()
	for b.Loop() {
		NewCandidates(emails)
	}
}
