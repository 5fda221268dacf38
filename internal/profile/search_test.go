package profile

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	people := map[string]Profile{
		"ana":    {FirstName: "Ana María", LastName: "Ångström-O'Brien", Email: "A.Brien2@Demo.example", EmployeeID: "EMP-00123"},
		"lukasz": {FirstName: "Łukasz", LastName: "Weiß", Email: "wl@demo.example"},
		"wang":   {FirstName: "美玲", LastName: "王", Email: "meiling.wang@demo.example"},
		"kim":    {FirstName: "민준", LastName: "김"},
		"hooft":  {FirstName: "Robert (Bob)", LastName: "van \u2019t Hooft", EmployeeID: "007"},
		"verma":  {FirstName: "प्रिया", LastName: "वर्मा"},
		"nobody": {ID: ID{15: 1}},
	}
	for search, want := range map[string]string{
		"":                                 "ana hooft kim lukasz nobody verma wang",
		" , ":                              "ana hooft kim lukasz nobody verma wang",
		"ana":                              "ana",
		"maria angst":                      "ana",
		"obrien":                           "",
		"O\u2019brien":                     "ana",
		"brien":                            "ana", // after the hyphen, after the apostrophe, in the email
		"angstrom-o'b":                     "ana",
		"rien":                             "",
		"a.brien2@demo.example":            "ana",
		"brien2":                           "ana",
		"demo":                             "",
		"@demo":                            "",
		"emp-001":                          "ana",
		"00123":                            "ana",
		"0123":                             "",
		"LUKASZ":                           "lukasz",
		"łuk weiss":                        "lukasz",
		"Weiß, Łukasz <wl@demo.example>":   "lukasz",
		"王":                                "wang",
		"王美玲":                              "wang",
		"美 王":                              "wang",
		"美玲王":                              "",
		"wang":                             "wang",
		"김민":                               "kim",
		"ki":                               "",
		"미":                                "kim", // as it is being typed
		"'t":                               "hooft",
		"hooft van":                        "hooft",
		"bob":                              "hooft",
		"00":                               "ana hooft",
		"ana hooft":                        "",
		"वर":                               "verma",
		"रि":                               "", // no word begins within one
		"00000000-0000-0000":               "",
		"a å m o b e 0 an ana unlooked-at": "ana", // words after the eighth
	} {
		var found []string
		for name, p := range people {
			if NewSearch(search).Finds(&p) {
				found = append(found, name)
			}
		}
		slices.Sort(found)
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%q finds %q, want %q", search, got, want)
		}
	}
}

func TestSearchTerms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		p    Profile
		want []string
	}{
		{Profile{FirstName: "Ana", LastName: "Silva", Email: "ana.silva@demo.example", EmployeeID: "00123"}, []string{"ana.silva"}},
		{Profile{FirstName: "Ana", LastName: "Silva", Email: "silva@demo.example", EmployeeID: "00123"}, []string{"ana"}},
		{Profile{FirstName: "Ana", LastName: "Silva", Email: "a.silva2@demo.example", EmployeeID: "E-1"}, []string{"1", "a.silva2", "ana", "e-1", "silva2"}},
		{Profile{FirstName: "Łucja", LastName: "Łoś"}, []string{"los", "lucja"}},
		{Profile{FirstName: "美玲", LastName: "王"}, []string{"王美玲", "美玲"}},
		{Profile{Email: "ana.silva@demo.example"}, []string{"silva"}},
		{Profile{FirstName: "Ana", Email: "éva@demo.example"}, []string{"eva@demo.example"}},
		{Profile{}, nil},
	} {
		diff(t, "terms of "+Label(&test.p), SearchTerms(&test.p), test.want)
	}
}

// Whoever a search finds is found by the beginning of each word in the terms or in
// the keys.
func TestSearchTermsAreEnough(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"a", "b", "é", "ł", "ß", "王", "美", "김", "1", " ", "-", "'", "\u2019", ".", "@", ",", "(", "\u0301", strings.Repeat("x", 59), "म"})
	text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "pieces"), "") })
	rapid.Check(t, func(t *rapid.T) {
		p := Profile{FirstName: text.Draw(t, "first"), LastName: text.Draw(t, "last"), Email: text.Draw(t, "email"), EmployeeID: text.Draw(t, "id")}
		keys := append(SearchTerms(&p), SortKey(&p), p.EmployeeID)
		for _, term := range SearchTerms(&p) {
			if term == "" || len(term) > SearchTermBytes || !utf8.ValidString(term) {
				t.Errorf("a term is %q", term)
			}
		}
		search := NewSearch(text.Draw(t, "search"))
		if !search.Finds(&p) {
			return
		}
		for _, word := range search.Words() {
			term := SearchTerm(word)
			found := slices.ContainsFunc(keys, func(key string) bool { return strings.HasPrefix(key, term) })
			if !found && !(IsAddressTerm(term) && strings.HasPrefix(EmailKey(p.Email), term)) {
				t.Errorf("%q is found in %+v, but not by %q", word, p, keys)
			}
		}
	})
}
