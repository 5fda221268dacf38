package convert

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of the texts that cells share.
const (
	textsInMemory = 64 << 20 // bytes; the others wait in a temporary file
	textsMost     = 8 << 20  // texts
)

// texts are the texts that the cells of a workbook share, by their numbers.
type texts struct {
	folder string
	memory []byte
	spill  *os.File // continues memory
	ends   []int64
	waits  []byte // of the file, not written yet
	buffer []byte
}

func (t *texts) close() {
	if t.spill != nil {
		_ = t.spill.Close() // nameless: nothing stays
	}
}

// load reads the part of shared texts.
func (t *texts) load(a *archive, name string, cellChars int) error {
	p, err := a.part(name)
	if p == nil || err != nil {
		return err
	}
	defer p.close()
	for {
		token, err := p.next()
		if err == io.EOF {
			return t.flush()
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); !ok || start.Name.Local != "si" {
			continue
		}
		text, err := p.item(t.buffer[:0], cellChars)
		if err != nil {
			return err
		}
		t.buffer = text
		if err := t.add(text); err != nil {
			return err
		}
	}
}

func (t *texts) add(text []byte) error {
	if len(t.ends) == textsMost {
		return fileError(tooMuchInside())
	}
	end := int64(len(text))
	if len(t.ends) > 0 {
		end += t.ends[len(t.ends)-1]
	}
	t.ends = append(t.ends, end)
	if t.spill == nil && end <= textsInMemory {
		t.memory = append(t.memory, text...)
		return nil
	}
	t.waits = append(t.waits, text...)
	if len(t.waits) < textChunk {
		return nil
	}
	return t.flush()
}

// flush writes what waits to the temporary file, which loses its name at once:
// nothing is left behind if the process is killed.
func (t *texts) flush() error {
	if len(t.waits) == 0 {
		return nil
	}
	if t.spill == nil {
		file, err := os.CreateTemp(t.folder, "teamsheet-*.tmp")
		if err != nil {
			return fmt.Errorf("make a temporary file: %w", err)
		}
		if err := os.Remove(file.Name()); err != nil {
			return errors.Join(fmt.Errorf("make a temporary file: %w", err), file.Close())
		}
		t.spill = file
	}
	if _, err := t.spill.Write(t.waits); err != nil {
		return fmt.Errorf("write a temporary file: %w", err)
	}
	t.waits = t.waits[:0]
	return nil
}

// at returns the text with a number; false: there is none.
func (t *texts) at(number int) (text string, ok bool, err error) {
	if number < 0 || number >= len(t.ends) {
		return "", false, nil
	}
	from, to := int64(0), t.ends[number]
	if number > 0 {
		from = t.ends[number-1]
	}
	if to <= int64(len(t.memory)) {
		return string(t.memory[from:to]), true, nil
	}
	buffer := make([]byte, to-from)
	if _, err := t.spill.ReadAt(buffer, from-int64(len(t.memory))); err != nil && len(buffer) > 0 {
		return "", false, fmt.Errorf("read a temporary file: %w", err)
	}
	return string(buffer), true, nil
}

// item reads a rich text (CT_Rst), whose start was read last: the text of its runs,
// not how it is pronounced.
func (p *part) item(into []byte, cellChars int) ([]byte, error) {
	for depth := 1; depth > 0; {
		token, err := p.must()
		if err != nil {
			return into, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "t":
				if into, err = p.text(into); err != nil {
					return into, err
				}
			case "rPh":
				if err := p.skip(); err != nil {
					return into, err
				}
			default:
				depth++
			}
		case xml.EndElement:
			depth--
		}
		if len(into) > longestText(cellChars) {
			return into, fileError(cellTooLong(cellChars))
		}
	}
	return into, nil
}

// longestText in bytes of a cell, each of its characters written as _xHHHH_ twice.
func longestText(cellChars int) int { return cellChars * 14 }

// unescaped undoes the _xHHHH_ of a text (ST_Xstring, ISO/IEC 29500-1, 22.9.2.19),
// with which a workbook writes the code units that XML has not; false: it holds
// half of a character.
func unescaped(text string) (string, bool) {
	at := strings.Index(text, "_x")
	if at < 0 {
		return text, true
	}
	out := make([]byte, 0, len(text))
	sound := true
	for at >= 0 {
		out, text = append(out, text[:at]...), text[at:]
		r, size := escapedRune(text)
		switch {
		case size == 0:
			out, text = append(out, "_x"...), text[len("_x"):]
		default:
			sound = sound && !utf16.IsSurrogate(r)
			out, text = utf8.AppendRune(out, r), text[size:]
		}
		at = strings.Index(text, "_x")
	}
	return string(append(out, text...)), sound
}

// escapedRune reads _xHHHH_ at the start of text, or two that make one character;
// size 0: there is none.
func escapedRune(text string) (r rune, size int) {
	unit, ok := escapedUnit(text)
	if !ok {
		return 0, 0
	}
	const length = len("_xHHHH_")
	if low, ok := escapedUnit(text[length:]); ok && utf16.IsSurrogate(unit) {
		if r := utf16.DecodeRune(unit, low); r != utf8.RuneError {
			return r, 2 * length
		}
	}
	return unit, length
}

func escapedUnit(text string) (rune, bool) {
	if len(text) < len("_xHHHH_") || text[0] != '_' || text[1] != 'x' || text[6] != '_' {
		return 0, false
	}
	unit := rune(0)
	for _, c := range []byte(text[2:6]) {
		switch {
		case c >= '0' && c <= '9':
			unit = unit<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			unit = unit<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			unit = unit<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return unit, true
}
