package producer

import (
	"strings"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// diffPart is a piece of a long text; Changed: the other text does not have it.
type diffPart struct {
	Text    string
	Changed bool
}

// diffWords is up to how many words two texts are compared word by word; what is
// longer is shown as changed from the first difference to the last. It bounds what
// a page of a hundred rows can cost.
const diffWords = 2000

// wordDiff cuts two texts where they differ, word by word.
func wordDiff(before, after string) (old, now []diffPart) {
	a, b := words(before), words(after)
	if len(a)+len(b) > diffWords {
		return roughDiff(before, after)
	}
	var numbers wordNumbers
	differ := diffmatchpatch.New()
	differ.DiffTimeout = 0 // the same page each time: the number of words is the bound
	for _, d := range differ.DiffMainRunes(numbers.of(a), numbers.of(b), false) {
		text := numbers.text(d.Text)
		switch d.Type {
		case diffmatchpatch.DiffDelete:
			old = appendPart(old, diffPart{text, true})
		case diffmatchpatch.DiffInsert:
			now = appendPart(now, diffPart{text, true})
		default:
			old, now = appendPart(old, diffPart{text, false}), appendPart(now, diffPart{text, false})
		}
	}
	return old, now
}

// roughDiff marks everything from the first difference to the last.
func roughDiff(before, after string) (old, now []diffPart) {
	a, b := []rune(before), []rune(after)
	head := commonHead(a, b)
	tail := commonTail(a[head:], b[head:])
	parts := func(text []rune) (out []diffPart) {
		for _, p := range []diffPart{{string(text[:head]), false}, {string(text[head : len(text)-tail]), true}, {string(text[len(text)-tail:]), false}} {
			out = appendPart(out, p)
		}
		return out
	}
	return parts(a), parts(b)
}

func appendPart(parts []diffPart, p diffPart) []diffPart {
	last := len(parts) - 1
	switch {
	case p.Text == "":
		return parts
	case last >= 0 && parts[last].Changed == p.Changed:
		parts[last].Text += p.Text
		return parts
	}
	return append(parts, p)
}

// words cuts a text into words, runs of spaces, and single signs; scripts without
// spaces between words are cut into their characters.
func words(text string) []string {
	var out []string
	start, kind := 0, 0
	for i, r := range text {
		now := kindOf(r)
		if i > start && (now != kind || now == kindSign) {
			out = append(out, text[start:i])
			start = i
		}
		kind = now
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}

const (
	kindWord = iota
	kindSpace
	kindSign
)

func kindOf(r rune) int {
	switch {
	case r == '\n':
		return kindSign
	case unicode.IsSpace(r):
		return kindSpace
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return kindSign
	case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r), r == '\'', r == '’', r == '\u200d':
		return kindWord
	}
	return kindSign
}

// wordNumbers gives each word a character of its own, so that a comparison of
// characters compares words.
type wordNumbers struct {
	known map[string]rune
	words []string
}

func (n *wordNumbers) of(words []string) []rune {
	if n.known == nil {
		n.known = make(map[string]rune, len(words))
	}
	out := make([]rune, len(words))
	for i, word := range words {
		number, known := n.known[word]
		if !known {
			number = rune(len(n.words) + 1)
			n.known[word], n.words = number, append(n.words, word)
		}
		out[i] = number
	}
	return out
}

func (n *wordNumbers) text(numbers string) string {
	var out strings.Builder
	for _, number := range numbers {
		out.WriteString(n.words[number-1])
	}
	return out.String()
}
