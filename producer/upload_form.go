package producer

import (
	"bufio"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"teamsheet/internal/fault"
)

// formOverhead in bytes is what a form may send around its file.
const formOverhead = 64 << 10

// longestField in bytes of a form field beside the file.
const longestField = 4 << 10

// fileField is the form field that carries the file.
const fileField = "file"

// incomingFile is a file on its way in, from a form or as a bare body.
type incomingFile struct {
	Name   string
	Body   io.Reader
	Fields map[string]string // form fields that stand before the file
	rest   io.Reader         // of the request
}

// openUpload finds the file in a request without reading it: in the form field
// "file", or the bare body for any content type but a form's. Nothing is kept in
// memory or on disk. Faults: BadRequest "file-missing" and what reading a body
// can meet; a *sheet.FileError (file-too-large) when the caller announces it.
func (s *Server) openUpload(r *http.Request) (*incomingFile, error) {
	return openFile(r, s.MaxFileSize, tooLarge(s.MaxFileSize))
}

// openFile is openUpload of a file of at most so many bytes; large is what is said
// of one that the caller announces as larger.
func openFile(r *http.Request, most int64, large error) (*incomingFile, error) {
	if r.ContentLength > most+formOverhead {
		in := &incomingFile{rest: r.Body}
		if strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
			in.rest = nil // the caller sends nothing before it is asked to
		}
		return in, large
	}
	if body, ok := r.Body.(*meteredBody); ok {
		body.allow(most + formOverhead)
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "multipart/form-data" {
		return &incomingFile{Name: r.URL.Query().Get("name"), Body: r.Body, rest: r.Body}, nil
	}
	form, err := r.MultipartReader()
	if err != nil {
		return nil, fault.Wrap(err, fault.BadRequest, "form-unreadable",
			`The form cannot be read. Send multipart/form-data with the file in the field "file".`)
	}
	in, err := findFile(form)
	in.rest = r.Body
	if name := r.URL.Query().Get("name"); name != "" {
		in.Name = name
	}
	return in, err
}

func findFile(form *multipart.Reader) (*incomingFile, error) {
	in := &incomingFile{Fields: map[string]string{}}
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return in, errFileMissing()
		}
		if err != nil {
			return in, bodyFault(err)
		}
		if part.FormName() == fileField {
			return in, in.take(part)
		}
		value, err := io.ReadAll(io.LimitReader(part, longestField))
		if err != nil {
			return in, bodyFault(err)
		}
		in.Fields[part.FormName()] = string(value)
	}
}

// take makes the part the file. A browser sends a nameless empty part when
// nothing was chosen.
func (in *incomingFile) take(part *multipart.Part) error {
	content := bufio.NewReader(part)
	in.Name, in.Body = part.FileName(), content
	if in.Name == "" && peekEmpty(content) {
		return errFileMissing()
	}
	return nil
}

func errFileMissing() error {
	return fault.New(fault.BadRequest, "file-missing", `There is no file in the upload. Choose one (form field "file").`)
}

// A browser that is still sending when the connection is closed shows a network
// failure instead of our answer. So the rest of a refused file is read and thrown
// away, within reason.
const (
	drainMost = 256 << 20
	drainTime = time.Minute
)

// Drain reads on after a refusal, so that the caller gets to see it.
func (in *incomingFile) Drain() {
	if in == nil || in.rest == nil {
		return
	}
	if body, ok := in.rest.(*meteredBody); ok {
		body.allow(drainMost)
	}
	until := time.Now().Add(drainTime)
	buffer := make([]byte, 64<<10)
	for time.Now().Before(until) {
		if _, err := in.rest.Read(buffer); err != nil {
			return
		}
	}
}

const (
	longestFileName = 200 // characters
	unnamedFile     = "team.txt"
)

// cleanFileName keeps the last part of a file's name, without anything that
// cannot be seen. The name is only ever shown, never used as a path.
func cleanFileName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			return -1
		}
		return r
	}, norm.NFC.String(name))
	name = strings.TrimSpace(name)
	if name == "" || name == "." || name == ".." || name == "/" {
		return unnamedFile
	}
	if utf8.RuneCountInString(name) > longestFileName {
		name = string([]rune(name)[:longestFileName])
	}
	return name
}
