// Package ledger tells whether anything was lost, done twice or half done: it
// compares what a client was told with what stands in the database, by SQL of its
// own. It shares no code with the program, so that a mistake in the program cannot
// hide itself here.
//
// A client writes down every answer as it comes (Book). After the faults, when
// everything has come to rest, Check finds what breaks an invariant of the design.
package ledger

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// Kind of an entry.
type Kind string

// The kinds.
const (
	// Began: Org had the revision Version before anything happened. See Begin.
	Began Kind = "began"
	// Uploaded: an upload was answered with 202. Changes are what the file changes.
	Uploaded Kind = "uploaded"
	// Confirmed: a confirm was answered with 202.
	Confirmed Kind = "confirmed"
	// Settled: the batch was seen in State, a final one.
	Settled Kind = "settled"
	// Edited: an edit by hand was answered with 200: Value stands in Column of
	// Profile since Version.
	Edited Kind = "edited"
	// Broken: the client itself has seen what must not be; Value says what.
	Broken Kind = "broken"
)

// Change is a value that a file sets.
type Change struct {
	Profile string `json:"profile"`
	Column  string `json:"column"` // as the database calls it
	Value   string `json:"value"`
}

// Entry is one answer.
type Entry struct {
	Kind    Kind     `json:"kind"`
	Batch   string   `json:"batch,omitempty"`
	State   string   `json:"state,omitempty"`
	Changes []Change `json:"changes,omitempty"`
	Org     string   `json:"org,omitempty"` // of an edit, and what began
	Profile string   `json:"profile,omitempty"`
	Column  string   `json:"column,omitempty"`
	Value   string   `json:"value,omitempty"`
	Version int64    `json:"version,omitempty"`
}

// Book is a file of entries. What is in it outlives the client. Its methods may be
// called from several goroutines.
type Book struct {
	mu   sync.Mutex
	file *os.File
}

// Open opens a book, and makes it if it is not there.
func Open(path string) (*Book, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	return &Book{file: file}, nil
}

// Add writes an entry.
func (b *Book) Add(e Entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write ledger: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write ledger: %w", err)
	}
	return nil
}

// Entries reads everything that was written.
func (b *Book) Entries() ([]Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	var entries []Entry
	for decoder := json.NewDecoder(bufio.NewReader(b.file)); ; {
		var e Entry
		err := decoder.Decode(&e)
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read ledger: %w", err)
		}
		entries = append(entries, e)
	}
}

// Close closes the file.
func (b *Book) Close() error { return b.file.Close() }
