package sheet

import (
	"bytes"
	"unicode/utf8"
)

// detectText tells kinds of text in bytes apart; there is no NUL in it. Without a
// UTF-8 mark in front, bytes that are not UTF-8 are text in a code page.
func detectText(head []byte, guess bool) Format {
	if format, ok := detectMarkup(head); ok {
		return format
	}
	separator := separatorOf(head)
	ascii := isASCII(head)
	switch {
	case !ascii && guess && !isUTF8(head):
		return detectANSI(head, separator)
	case separator == '\t':
		return Format{Kind: UTF8Tab, separator: separator, ascii: ascii}
	case separator != 0:
		return Format{Kind: UTF8CSV, separator: separator, ascii: ascii}
	}
	return Format{Kind: UTF8Text, ascii: ascii}
}

// marked turns a kind of UTF-8 text into the one with a byte order mark.
func (f Format) marked() Format {
	f.mark = len(utf8Mark)
	switch f.Kind {
	case UTF8CSV:
		f.Kind = UTF8MarkCSV
	case UTF8Tab:
		f.Kind = UTF8MarkTab
	}
	return f
}

func detectANSI(head []byte, separator byte) Format {
	if mostlyControl(head) {
		return Format{Kind: Binary}
	}
	if separator == ',' || separator == ';' {
		return Format{Kind: ANSICSV, separator: separator}
	}
	return Format{Kind: ANSIText, separator: separator}
}

// mostlyControl reports whether more than one byte in fifty is a control
// character that no text has.
func mostlyControl(head []byte) bool {
	controls := 0
	for _, b := range head {
		if b < ' ' && b != '\t' && b != '\r' && b != '\n' && b != ctrlZ {
			controls++
		}
	}
	return controls > len(head)/50
}

func isASCII(head []byte) bool {
	for _, b := range head {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// isUTF8 reports whether head is the beginning of valid UTF-8; a full head may
// end in the middle of a character.
func isUTF8(head []byte) bool {
	if utf8.Valid(head) {
		return true
	}
	if len(head) < SniffLength {
		return false
	}
	for cut := 1; cut < utf8.UTFMax; cut++ {
		tail := head[len(head)-cut:]
		if utf8.RuneStart(tail[0]) {
			return !utf8.FullRune(tail) && utf8.Valid(head[:len(head)-cut])
		}
	}
	return false
}

// detectMarkup knows web pages, XML and what else begins with words of its own.
func detectMarkup(head []byte) (Format, bool) {
	text := bytes.ToLower(bytes.TrimSpace(head[:min(len(head), unmarkedSample)]))
	switch {
	case bytes.HasPrefix(text, []byte("<!doctype html")), bytes.HasPrefix(text, []byte("<html")),
		bytes.HasPrefix(text, []byte("<table")), bytes.HasPrefix(text, []byte("<head")),
		bytes.HasPrefix(text, []byte("mime-version:")):
		return Format{Kind: HTML}, true
	case bytes.HasPrefix(text, []byte("<?xml")), bytes.HasPrefix(text, []byte("<workbook")), bytes.HasPrefix(text, []byte("<office:")):
		return Format{Kind: kindOfXML(text)}, true
	case bytes.HasPrefix(text, []byte("{\\rtf")):
		return Format{Kind: RTF}, true
	case bytes.HasPrefix(text, []byte("{\"")), bytes.HasPrefix(text, []byte("[{")), bytes.HasPrefix(text, []byte("{\n")), bytes.HasPrefix(text, []byte("{\r")):
		return Format{Kind: JSON}, true
	}
	return Format{}, false
}

func kindOfXML(text []byte) Kind {
	switch {
	case bytes.Contains(text, []byte("office:spreadsheet")), bytes.Contains(text, []byte("excel.sheet")):
		return XMLSpreadsheet
	case bytes.Contains(text, []byte("office:document")):
		return FODS
	case bytes.Contains(text, []byte("<html")):
		return HTML
	}
	return XML
}
