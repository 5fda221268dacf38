package producer

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// segment is a piece of somebody's text as a page shows it. A Mark stands for a
// character that cannot be seen; Name says in words which one.
type segment struct {
	Text string
	Mark bool
	Name string
}

// visible cuts text into what can be read and what has to be pointed out: line
// breaks, tabs, spaces that are not the usual one, characters without a width.
func visible(text string) []segment {
	var out []segment
	start := 0
	for i, r := range text {
		mark, name := markOf(r)
		if mark == "" {
			continue
		}
		if i > start {
			out = append(out, segment{Text: text[start:i]})
		}
		out = append(out, segment{Text: mark, Mark: true, Name: name})
		start = i + utf8.RuneLen(r)
	}
	if start < len(text) {
		out = append(out, segment{Text: text[start:]})
	}
	return out
}

// markOf returns what stands for an invisible character, "" for any other.
func markOf(r rune) (mark, name string) {
	switch r {
	case '\n':
		return "↵", "line break"
	case '\r':
		return "↵", "carriage return"
	case '\t':
		return "⇥", "tab"
	case '\u00a0', '\u202f':
		return "␣", "non-breaking space"
	case '\u200b', '\u2060', '\ufeff':
		return "·", "space without width"
	}
	if r != ' ' && unicode.Is(unicode.Zs, r) {
		return "␣", "unusual space"
	}
	if unicode.IsControl(r) || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069') {
		return "�", "control character"
	}
	return "", ""
}

// longText is from how many characters on a page shows only a part of a value.
const longText = 140

// around is how many characters stay on either side of what is different.
const around = 40

// excerptView is a value cut to the part that matters, with the whole behind it.
type excerptView struct {
	Short string
	Whole string // "" when Short is everything
}

// excerpt cuts a long value after its first characters.
func excerpt(text string) excerptView {
	runes := []rune(text)
	if len(runes) <= longText {
		return excerptView{Short: text}
	}
	return excerptView{Short: string(runes[:longText-20]) + "…", Whole: text}
}

// excerptPair cuts two long values around the first and last place where they
// differ, so that a changed word in a long biography can be seen.
func excerptPair(before, after string) (excerptView, excerptView) {
	a, b := []rune(before), []rune(after)
	if len(a) <= longText && len(b) <= longText {
		return excerptView{Short: before}, excerptView{Short: after}
	}
	head := commonHead(a, b)
	tail := commonTail(a[head:], b[head:])
	return cutAround(a, head, tail), cutAround(b, head, tail)
}

func commonHead(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func commonTail(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// cutAround keeps what differs with some text on either side; what differs may
// itself be long and is then cut at its end.
func cutAround(text []rune, head, tail int) excerptView {
	from, to := max(0, head-around), min(len(text), len(text)-tail+around)
	to = min(to, from+longText+2*around)
	if from == 0 && to == len(text) {
		return excerptView{Short: string(text)}
	}
	var short strings.Builder
	if from > 0 {
		short.WriteString("…")
	}
	short.WriteString(string(text[from:to]))
	if to < len(text) {
		short.WriteString("…")
	}
	return excerptView{Short: short.String(), Whole: string(text)}
}

// linkedText is a piece of a sentence; with URL it leads to a page of this site.
type linkedText struct{ Text, URL string }

// profileLink is the address of a profile's page as messages write it.
var profileLink = regexp.MustCompile(`https?://[^\s"<>]*?(/team/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})`)

// linked makes the addresses of profiles in a message into links. The link keeps
// only the path, so whatever a message quotes, it stays on this site.
func linked(sentence string) []linkedText {
	var out []linkedText
	start := 0
	for _, at := range profileLink.FindAllStringSubmatchIndex(sentence, -1) {
		if at[0] > start {
			out = append(out, linkedText{Text: sentence[start:at[0]]})
		}
		out = append(out, linkedText{Text: "open the profile", URL: sentence[at[2]:at[3]]})
		start = at[1]
	}
	if start < len(sentence) {
		out = append(out, linkedText{Text: sentence[start:]})
	}
	return out
}
