package profile

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Search is what somebody looks for in a list of people: words, each of which has
// to be found at the beginning of a word of a person's first or last name, of the
// local part of the email, or of the employee ID; or at the beginning of the whole
// email. Case, accents and the shape of apostrophes and hyphens make no
// difference. The zero value finds everybody.
type Search struct{ words []string }

// searchWords is how many words of a search are looked at: nobody has more to
// say about a person, and every word costs a look into the indexes.
const searchWords = 8

// NewSearch reads what was typed.
func NewSearch(text string) Search {
	var words []string
	for word := range strings.FieldsFuncSeq(searchFold(text), isGap) {
		if len(words) < searchWords && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return Search{words}
}

// Words are the different words in the order in which they were typed, folded as
// they are looked for. Read-only.
func (s Search) Words() []string { return s.words }

// Finds reports whether every word is found in p.
func (s Search) Finds(p *Profile) bool {
	missing := len(s.words)
	if missing == 0 {
		return true
	}
	found := make([]bool, missing)
	for beginning := range beginnings(p) {
		for i, word := range s.words {
			if !found[i] && strings.HasPrefix(beginning, word) {
				found[i] = true
				missing--
			}
		}
		if missing == 0 {
			return true
		}
	}
	return false
}

// SearchTermBytes is the longest search term: a longer word is found by its
// beginning and then looked at in the profile.
const SearchTermBytes = 60

// SearchTerm is the beginning of a word by which it is looked up.
func SearchTerm(word string) string { return cutBytes(word, SearchTermBytes) }

// IsAddressTerm reports whether a term can be the beginning of a whole email
// alone: it goes beyond the local part.
func IsAddressTerm(term string) bool { return strings.Contains(term, "@") }

// SearchTerms are the beginnings by which p is found, as far as an index of
// people's own keys does not find p by them: the sort key, the employee ID, and for
// an IsAddressTerm the email key begin with them. Ascending, none the beginning of
// another, each at most SearchTermBytes long.
func SearchTerms(p *Profile) []string {
	var terms []string
	sortKey, emailKey := SortKey(p), EmailKey(p.Email)
	for beginning := range beginnings(p) {
		term := SearchTerm(beginning)
		if !strings.HasPrefix(sortKey, term) && !strings.HasPrefix(p.EmployeeID, term) &&
			!(IsAddressTerm(term) && strings.HasPrefix(emailKey, term)) {
			terms = append(terms, term)
		}
	}
	slices.Sort(terms)
	return withoutBeginnings(terms)
}

// withoutBeginnings leaves out of sorted texts those that the next one begins
// with.
func withoutBeginnings(sorted []string) []string {
	var kept []string
	for i, text := range sorted {
		if i+1 == len(sorted) || !strings.HasPrefix(sorted[i+1], text) {
			kept = append(kept, text)
		}
	}
	return kept
}

// beginnings yields, folded, each word by which p is found, to the end of the
// text without gaps that it stands in: "o'brien" and "brien" of O'Brien.
func beginnings(p *Profile) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		email := searchFold(p.Email)
		if email != "" && !yield(email) {
			return
		}
		local := email[:max(strings.LastIndexByte(email, '@'), 0)]
		for _, text := range []string{searchFold(p.FirstName), searchFold(p.LastName), unspaced(p), local, searchFold(p.EmployeeID)} {
			if !eachBeginning(text, yield) {
				return
			}
		}
	}
}

// eachBeginning yields the words of a folded text; false when yield had enough.
func eachBeginning(text string, yield func(string) bool) bool {
	before := ' '
	for i, r := range text {
		if !isGap(r) && (isGap(before) || isWordPart(r) && !isWordPart(before)) {
			rest := text[i:]
			if end := strings.IndexFunc(rest, isGap); end >= 0 {
				rest = rest[:end]
			}
			if !yield(rest) {
				return false
			}
		}
		before = r
	}
	return true
}

// unspaced is the full name of somebody whose names are in scripts that write
// last and first name without a space between them; "" for others.
func unspaced(p *Profile) string {
	last, _ := utf8.DecodeLastRuneInString(p.LastName)
	first, _ := utf8.DecodeRuneInString(p.FirstName)
	if !unicode.In(last, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) ||
		!unicode.In(first, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
		return ""
	}
	return searchFold(p.LastName + p.FirstName)
}

// isGap: what separates words in a search, also where a name was copied from an
// address line: Silva, Ana <ana@example.com>.
func isGap(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`,;<>()"`, r)
}

func isWordPart(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || '0' <= r && r <= '9'
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.M)
}

// searchFold is the form in which texts are compared in a search: the letters of
// a sort key, and those that Unicode calls whole but a keyboard without them
// spells otherwise.
func searchFold(text string) string {
	if isASCII(text) {
		return strings.ToLower(text)
	}
	return spelledOut.Replace(plainLetters(text))
}

var spelledOut = strings.NewReplacer(
	"ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ł", "l", "ħ", "h", "ŧ", "t", "ı", "i",
	"\u2019", "'", "\u2018", "'", "\u02bc", "'", "\u2010", "-", "\u2013", "-", "\u2212", "-",
	"\u00ad", "", "\u200c", "", "\u200d", "",
)
