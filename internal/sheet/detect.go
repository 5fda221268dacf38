package sheet

import (
	"bytes"
	"unicode/utf8"
)

// SniffLength is how many leading bytes Detect wants to see at most.
const SniffLength = 64 << 10

// Detect says what a file is from its first bytes: all of it, or SniffLength.
// Kind UTF16LE / UTF16BE: fine. Everything else has a Problem. UTF-16 without a
// byte order mark is not fine; DetectSheet knows better.
func Detect(head []byte) Format { return DetectSheet(head, nil) }

// DetectSheet is Detect, and takes UTF-16 without a byte order mark for fine
// where a cell of the first row is a header that is known.
func DetectSheet(head []byte, known func(header string) bool) Format {
	return detect(head, known).named()
}

// utf8Mark is U+FEFF in UTF-8.
const utf8Mark = "\xEF\xBB\xBF"

func detect(head []byte, known func(string) bool) Format {
	for _, look := range []func([]byte) (Format, bool){detectMark, detectSignature} {
		if format, ok := look(head); ok {
			return format
		}
	}
	if format, ok := detectUnmarked(head, known); ok {
		return format
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return Format{Kind: Binary}
	}
	return detectText(head, true)
}

// detectMark goes by a byte order mark.
func detectMark(head []byte) (Format, bool) {
	switch {
	case len(head) == 0:
		return Format{Kind: Empty}, true
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE, 0, 0}), bytes.HasPrefix(head, []byte{0, 0, 0xFE, 0xFF}):
		return Format{Kind: UTF32}, true
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return detectSeparator(head, UTF16LE, 2), true
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return detectSeparator(head, UTF16BE, 2), true
	case bytes.HasPrefix(head, []byte(utf8Mark)):
		return detectText(head[len(utf8Mark):], false).marked(), true
	}
	return Format{}, false
}

// detectSeparator tells a sheet whose columns are separated by tabs from one
// that has commas or semicolons instead.
func detectSeparator(head []byte, order Kind, mark int) Format {
	format := Format{Kind: order, mark: mark}
	if len(head) == mark {
		return Format{Kind: Empty}
	}
	lines := asciiLines(head[mark:], order)
	separator := separatorOf(lines)
	if separator == 0 || separator == '\t' {
		return format
	}
	format.Kind, format.separator = UTF16Delimited, separator
	return format
}

// asciiLines reduces UTF-16 to its ASCII, which is all that separators need.
func asciiLines(head []byte, order Kind) []byte {
	low, high := 0, 1
	if order == UTF16BE {
		low, high = 1, 0
	}
	text := make([]byte, 0, len(head)/2)
	for i := 0; i+1 < len(head); i += 2 {
		if head[i+high] == 0 && head[i+low] < utf8.RuneSelf {
			text = append(text, head[i+low])
		}
	}
	return text
}

// separatorOf returns what separates the columns: a tab if the first two lines
// that hold anything have one, else the comma or semicolon that the first has
// most of, else 0.
func separatorOf(text []byte) byte {
	first, second := firstLines(text)
	if bytes.IndexByte(first, '\t') >= 0 || bytes.IndexByte(second, '\t') >= 0 {
		return '\t'
	}
	commas, semicolons := bytes.Count(first, []byte{','}), bytes.Count(first, []byte{';'})
	switch {
	case commas == 0 && semicolons == 0:
		return 0
	case semicolons > commas:
		return ';'
	}
	return ','
}

func firstLines(text []byte) (first, second []byte) {
	isBreak := func(r rune) bool { return r == '\r' || r == '\n' }
	text = bytes.TrimLeftFunc(text, isBreak)
	end := bytes.IndexFunc(text, isBreak)
	if end < 0 {
		return text, nil
	}
	rest := bytes.TrimLeftFunc(text[end:], isBreak)
	if stop := bytes.IndexFunc(rest, isBreak); stop >= 0 {
		rest = rest[:stop]
	}
	return text[:end], rest
}

// unmarkedSample is how much is looked at to see UTF-16 without a mark.
const unmarkedSample = 4 << 10

// detectUnmarked finds UTF-16 and UTF-32 without a mark by the zero bytes that
// ASCII headers, tabs and line breaks have in them.
func detectUnmarked(head []byte, known func(string) bool) (Format, bool) {
	sample := head[:min(len(head), unmarkedSample)]
	var zeros [4]int
	for i, b := range sample {
		if b == 0 {
			zeros[i%4]++
		}
	}
	even, odd := zeros[0]+zeros[2], zeros[1]+zeros[3]
	few := len(sample) / 32 // what a stray NUL or two may come to
	switch {
	case areUTF32(zeros, len(sample)):
		return Format{Kind: UTF32}, true
	case odd > few && odd > 8*even:
		return unmarked(head, UTF16LE, known), true
	case even > few && even > 8*odd:
		return unmarked(head, UTF16BE, known), true
	}
	return Format{}, false
}

// areUTF32 reports whether the two bytes of every four that no text needs are
// zero, and the one that ASCII needs is not.
func areUTF32(zeros [4]int, length int) bool {
	most, few := length/4*9/10, length/32
	little := zeros[2] > most && zeros[3] > most && zeros[0] <= few
	big := zeros[0] > most && zeros[1] > most && zeros[3] <= few
	return little || big
}

func unmarked(head []byte, order Kind, known func(string) bool) Format {
	if format := detectSeparator(head, order, 0); format.Kind == UTF16Delimited || hasKnownHeader(head, order, known) {
		return format
	}
	return Format{Kind: UTF16Unmarked}
}

// hasKnownHeader reports whether the first row can be read exactly and has a
// known header in it.
func hasKnownHeader(head []byte, order Kind, known func(string) bool) bool {
	if known == nil {
		return false
	}
	tokens := tokenizer{limits: Limits{}.withDefaults()}
	tokens.src = newSource(bytes.NewReader(head), order, max(len(head), smallRead), DefaultBytes)
	row, err := tokens.next(1)
	if err != nil || len(row.Damage) > 0 {
		return false
	}
	for _, cell := range row.Cells {
		if known(string(bytes.TrimSpace(cell))) {
			return true
		}
	}
	return false
}
