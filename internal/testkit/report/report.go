// Package report keeps what was measured as JSON beside a document that is made
// from it. A part of the document is written by people: it promises that this part
// stays as it is, and that no figures are lost where the document cannot be written.
package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The marks around what is written by hand.
const (
	HandBegin = "<!-- by hand: -->"
	HandEnd   = "<!-- /by hand -->"
)

// Report is where figures and their document are.
type Report struct{ Figures, Document string }

// Read reads the figures kept so far; where there are none yet, it leaves into as
// it is.
func (r Report) Read(into any) error {
	text, err := os.ReadFile(r.Figures)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("read earlier figures: %w", err)
	}
	return nil
}

// Write writes the figures, and the document from them. hand is what was written
// by hand so far, with its marks: compose puts it where it belongs.
func (r Report) Write(figures any, compose func(hand string) string) error {
	text, err := json.MarshalIndent(figures, "", " ")
	if err != nil {
		return fmt.Errorf("encode figures: %w", err)
	}
	if err := write(r.Figures, append(text, '\n')); err != nil {
		return err
	}
	hand, err := r.hand()
	if err != nil {
		return err
	}
	return write(r.Document, []byte(compose(hand)))
}

func write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

var errMark = errors.New("one of the marks of what is written by hand is missing: it would be lost")

// hand is what is written by hand in the document, with its marks.
func (r Report) hand() (string, error) {
	document, err := os.ReadFile(r.Document)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read what is written by hand: %w", err)
	}
	_, rest, begun := strings.Cut(string(document), HandBegin)
	text, _, ended := strings.Cut(rest, HandEnd)
	switch {
	case begun && ended:
		return HandBegin + text + HandEnd, nil
	case begun || strings.Contains(string(document), HandEnd):
		return "", fmt.Errorf("%s: %w", r.Document, errMark)
	}
	return HandBegin + "\n" + HandEnd, nil
}
