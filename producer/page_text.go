package producer

import (
	"regexp"
	"slices"
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
	Short []diffPart
	Whole []diffPart // nil when Short is everything
}

// excerpt cuts a long value after its first characters.
func excerpt(text string) excerptView {
	runes := []rune(text)
	if len(runes) <= longText {
		return excerptView{Short: appendPart(nil, diffPart{Text: text})}
	}
	return excerptView{Short: []diffPart{{Text: string(runes[:longText-20]) + "…"}}, Whole: []diffPart{{Text: text}}}
}

// excerptPair cuts two long values to what differs with some text around it, and
// marks the words that do, so that a changed word in a long biography can be seen.
// Short values are shown whole.
func excerptPair(before, after string) (excerptView, excerptView) {
	if before == "" || after == "" || !isLong(before) && !isLong(after) {
		return excerpt(before), excerpt(after)
	}
	old, now := wordDiff(before, after)
	return cutParts(old), cutParts(now)
}

func isLong(text string) bool { return utf8.RuneCountInString(text) > longText }

// cutParts keeps what differs with some text on either side, up to a length; what
// differs may itself be long and is then cut at its end.
func cutParts(parts []diffPart) excerptView {
	v := excerptView{Whole: parts}
	left, cut := longText+2*around, false
	for i, p := range parts {
		if left <= 0 {
			cut = true
			break
		}
		text := []rune(p.Text)
		if !p.Changed {
			text = shortened(text, i == 0, i == len(parts)-1)
		}
		if len(text) > left {
			text, cut = append(text[:left:left], '…'), true
		}
		left -= len(text)
		cut = cut || string(text) != p.Text
		v.Short = append(v.Short, diffPart{string(text), p.Changed})
	}
	if !cut {
		v.Whole = nil
	}
	return v
}

// shortened keeps the ends of a text that stand beside a difference.
func shortened(text []rune, first, last bool) []rune {
	head, tail := around, around
	if first {
		head = 0
	}
	if last {
		tail = 0
	}
	if len(text) <= head+tail+1 {
		return text
	}
	return slices.Concat(text[:head], []rune{'…'}, text[len(text)-tail:])
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
