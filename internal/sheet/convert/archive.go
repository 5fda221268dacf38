package convert

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"teamsheet/internal/sheet"
)

// Bounds of what a workbook may cost to read.
const (
	// directoryBytes is how much of the file may be read to find its parts: some
	// hundred thousand of them.
	directoryBytes = 8 << 20
	// inflation is how many bytes may be unpacked for each byte that an upload may
	// have: a sheet's XML is several times as long as its text.
	inflation = 4
	// tokenBytes is the longest piece of XML: the longest cell, each character
	// written by its number, is a third of it.
	tokenBytes = 1 << 20
)

// archive is the zip that a workbook is.
type archive struct {
	file  *boundedReaderAt
	parts map[string]*zip.File
	left  int64 // bytes that may still be unpacked
}

func openArchive(src Source, limit int64) (*archive, error) {
	bounded := &boundedReaderAt{in: src.File, left: directoryBytes}
	files, err := zip.NewReader(bounded, src.Size)
	if bounded.failed != nil {
		return nil, bounded.failed
	}
	if err != nil {
		return nil, fileError(brokenWorkbook())
	}
	bounded.open = true
	a := &archive{file: bounded, parts: make(map[string]*zip.File, len(files.File)), left: limit * inflation}
	for _, file := range files.File {
		a.parts[strings.ToLower(strings.TrimPrefix(file.Name, "/"))] = file
	}
	return a, nil
}

// part opens a part by its name; nil: it is not there.
func (a *archive) part(name string) (*part, error) {
	file, ok := a.parts[strings.ToLower(strings.TrimPrefix(name, "/"))]
	if !ok {
		return nil, nil
	}
	content, err := file.Open()
	if err != nil {
		return nil, a.explain(err)
	}
	p := &part{archive: a, content: content, in: content}
	p.xml = xml.NewDecoder(p)
	p.xml.Entity = map[string]string{}
	return p, nil
}

// boundedReaderAt bounds what is read until it is open, and remembers the file's
// own trouble, so that it is not taken for the workbook's.
type boundedReaderAt struct {
	in     io.ReaderAt
	left   int64
	open   bool
	failed error
}

func (b *boundedReaderAt) ReadAt(p []byte, offset int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 && !b.open {
		b.failed = fileError(tooMuchInside())
		return 0, b.failed
	}
	if offset < 0 {
		return 0, io.ErrUnexpectedEOF // a broken directory leads anywhere
	}
	n, err := b.in.ReadAt(p, offset)
	if err != nil && err != io.EOF {
		b.failed = fmt.Errorf("read the file: %w", err)
	}
	return n, err
}

// part reads the XML of a part piece by piece. It is the decoder's reader too, so
// that no piece can be longer than tokenBytes.
type part struct {
	archive *archive
	content io.ReadCloser
	in      io.Reader
	xml     *xml.Decoder
	buffer  [16 << 10]byte
	from    int
	to      int
	token   int // bytes of the piece that is read
	err     error
}

func (p *part) close() { _ = p.content.Close() } // was only read

// ReadByte gives the decoder its next byte.
func (p *part) ReadByte() (byte, error) {
	for p.from == p.to {
		if p.err != nil {
			return 0, p.err
		}
		n, err := p.in.Read(p.buffer[:])
		p.from, p.to, p.err = 0, n, err
		if p.archive.left -= int64(n); p.archive.left < 0 {
			p.err = fileError(tooMuchInside())
			return 0, p.err
		}
	}
	if p.token++; p.token > tokenBytes {
		p.err = fileError(brokenWorkbook())
		return 0, p.err
	}
	p.from++
	return p.buffer[p.from-1], nil
}

// Read makes it an io.Reader; the decoder reads bytes.
func (p *part) Read(b []byte) (int, error) {
	for i := range b {
		c, err := p.ReadByte()
		if err != nil {
			return i, err
		}
		b[i] = c
	}
	return len(b), nil
}

// next returns the next piece, valid until the next call; io.EOF at the end.
func (p *part) next() (xml.Token, error) {
	p.token = 0
	token, err := p.xml.RawToken()
	if err == nil || err == io.EOF && p.err == io.EOF {
		return token, err
	}
	if p.err != nil && p.err != io.EOF {
		err = p.err
	}
	return nil, p.archive.explain(err)
}

// explain tells trouble of reading the file from a workbook that is broken.
func (a *archive) explain(err error) error {
	var file *sheet.FileError
	switch {
	case a.file.failed != nil:
		return a.file.failed
	case errors.As(err, &file):
		return err
	}
	return fileError(brokenWorkbook())
}

// must is next where the part may not end yet.
func (p *part) must() (xml.Token, error) {
	token, err := p.next()
	if err == io.EOF {
		return nil, fileError(brokenWorkbook())
	}
	return token, err
}

// skip leaves out the rest of the element whose start was read last.
func (p *part) skip() error {
	for depth := 1; depth > 0; {
		token, err := p.must()
		if err != nil {
			return err
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// text returns the text of the element whose start was read last, without that of
// elements in it.
func (p *part) text(into []byte) ([]byte, error) {
	for {
		token, err := p.must()
		if err != nil {
			return into, err
		}
		switch token := token.(type) {
		case xml.CharData:
			into = append(into, token...)
		case xml.StartElement:
			if err := p.skip(); err != nil {
				return into, err
			}
		case xml.EndElement:
			return into, nil
		}
	}
}

// starts calls each for every element of a small part.
func (a *archive) starts(name string, each func(xml.StartElement)) error {
	p, err := a.part(name)
	if p == nil || err != nil {
		return err
	}
	defer p.close()
	for {
		token, err := p.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok {
			each(start)
		}
	}
}

func attribute(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// relation is what a part says of another one.
type relation struct{ kind, target string }

// relations of a part by their ids. The kind is the last word of its type, which
// the transitional and the strict form of the format (ISO/IEC 29500) share.
func (a *archive) relations(of string) (map[string]relation, error) {
	folder, base := path.Split(of)
	found := map[string]relation{}
	err := a.starts(folder+"_rels/"+base+".rels", func(start xml.StartElement) {
		if start.Name.Local != "Relationship" || len(found) > maxParts || attribute(start, "TargetMode") == "External" {
			return
		}
		target := attribute(start, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", folder, target)
		}
		found[attribute(start, "Id")] = relation{kind: path.Base(attribute(start, "Type")), target: strings.TrimPrefix(target, "/")}
	})
	return found, err
}

// maxParts is how many sheets, styles and the like are remembered.
const maxParts = 10_000
