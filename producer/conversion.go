package producer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"teamsheet/internal/blob"
	"teamsheet/internal/fault"
	"teamsheet/internal/sheet"
	"teamsheet/internal/sheet/convert"
	"teamsheet/internal/store"
)

// A file that was refused because it is no Unicode Text, but can be turned into
// it, waits in the blob store for its uploader's word, for a day. Everything after
// that is made anew from that one file: the first look, the download and the
// upload, which are the same bytes each time, so that nothing else is kept.

// conversionsAtOnce bounds how many files are converted at a time.
const conversionsAtOnce = 2

// offer is what can be done for a file that was refused.
type offer struct {
	ID     string // of the file that waits; "": it cannot be converted
	Why    string // why not, if that needs to be said
	Format sheet.Format
}

// offerConversion keeps a refused file if it can be converted. Trouble of keeping
// it is logged: the file is refused either way.
func (s *Server) offerConversion(ctx context.Context, account store.Account, refused *formatError) offer {
	o := offer{Format: refused.Format}
	switch refused.Format.Kind {
	case sheet.ANSIText, sheet.ANSICSV:
		o.Why = "It cannot be converted here: the file does not say which letters its bytes stand for, and a guess could change names."
		return o
	}
	if !convert.Can(refused.Format) || refused.whole == nil {
		return o
	}
	leave, err := s.uploads.enter(account.OrgID)
	if err != nil {
		return o
	}
	defer leave()
	letters := &utf8Reader{in: refused.whole}
	id := blob.NewKey()
	key := blob.WaitingKey(account.OrgID, account.ID, id)
	if _, err := s.Blobs.Put(ctx, key, letters); err != nil {
		s.Log.WarnContext(ctx, "refused file not kept", "request_id", requestID(ctx), "error", err)
		return o
	}
	if refused.Format.Kind != sheet.XLSX && !letters.sound() {
		s.dropBlob(ctx, key)
		o.Why = fmt.Sprintf("It cannot be converted here: from byte %s on it is not UTF-8, and nobody can tell which letters those bytes stand for.",
			number(int(letters.at+1)))
		return o
	}
	o.ID = id
	o.Format = s.formatByMaker(ctx, account, id, refused.Format)
	return o
}

// formatByMaker asks a workbook which program made it.
func (s *Server) formatByMaker(ctx context.Context, account store.Account, id string, format sheet.Format) sheet.Format {
	if format.Kind != sheet.XLSX {
		return format
	}
	file, err := s.openWaiting(ctx, account, id)
	if err != nil {
		return format
	}
	defer file.close()
	return format.MadeBy(convert.Application(file.source))
}

// waitingFile is a refused file that can be read at offsets.
type waitingFile struct {
	source convert.Source
	format sheet.Format
	close  func()
}

// openWaiting opens a file that waits for this very account. fault.NotFound: there
// is none, or no longer.
func (s *Server) openWaiting(ctx context.Context, account store.Account, id string) (*waitingFile, error) {
	if !blob.IsKey(id) {
		return nil, errNotWaiting(nil)
	}
	stored, err := s.Blobs.Open(ctx, blob.WaitingKey(account.OrgID, account.ID, id))
	if fault.Is(err, fault.NotFound) {
		return nil, errNotWaiting(err)
	}
	if err != nil {
		return nil, fmt.Errorf("open the waiting file: %w", err)
	}
	local, err := localFile(stored)
	if err != nil {
		return nil, fmt.Errorf("fetch the waiting file: %w", err)
	}
	file := &waitingFile{close: func() { _ = local.Close() }} // was only read
	info, err := local.Stat()
	if err == nil {
		file.source = convert.Source{File: &contextReaderAt{ctx, local}, Size: info.Size()}
		head := make([]byte, min(sheet.SniffLength, info.Size()))
		_, err = io.ReadFull(io.NewSectionReader(local, 0, info.Size()), head)
		file.format = sheet.DetectSheet(head, isHeader)
	}
	if err != nil {
		file.close()
		return nil, fmt.Errorf("read the waiting file: %w", err)
	}
	return file, nil
}

func errNotWaiting(err error) error {
	return fault.Wrap(err, fault.NotFound, "file-not-waiting", "This file is no longer kept. Upload it again, then convert it.")
}

// localFile is a stored file on this machine's disk: the store's own, or a copy
// without a name, of which nothing stays.
func localFile(stored io.ReadCloser) (*os.File, error) {
	if local, ok := stored.(*os.File); ok {
		return local, nil
	}
	defer func() { _ = stored.Close() }() // was only read
	file, err := os.CreateTemp("", "teamsheet-*.tmp")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if _, err := io.Copy(file, stored); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// convertWaiting writes a waiting file to w as Unicode Text, with the limits of the
// upload. Errors: those of openWaiting; *sheet.FileError; fault.Unavailable.
func (s *Server) convertWaiting(ctx context.Context, account store.Account, id string, w io.Writer) (convert.Report, error) {
	file, err := s.openWaiting(ctx, account, id)
	if err != nil {
		return convert.Report{}, err
	}
	defer file.close()
	select {
	case s.conversions <- struct{}{}:
		defer func() { <-s.conversions }()
	default:
		return convert.Report{}, fault.New(fault.Unavailable, "conversions-busy",
			"Too many files are being converted right now. Try again in a minute.")
	}
	return convert.Convert(w, file.source, file.format, convert.Options{Look: lookRows,
		Limits: sheet.Limits{Bytes: s.MaxFileSize, Rows: s.MaxRows, KnownHeader: isHeader}})
}

// convertedName is the name of a file once it is converted.
func convertedName(name string) string {
	name = cleanFileName(name)
	return strings.TrimSuffix(name, path.Ext(name)) + "-converted.txt"
}

// contextReaderAt ends reading when the request does.
type contextReaderAt struct {
	ctx context.Context
	in  io.ReaderAt
}

func (r *contextReaderAt) ReadAt(p []byte, offset int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.in.ReadAt(p, offset)
}

// utf8Reader finds out whether all that is read is UTF-8.
type utf8Reader struct {
	in   io.Reader
	at   int64 // bytes that are
	tail []byte
	bad  bool
}

func (r *utf8Reader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	r.look(p[:n])
	return n, err
}

// look checks whole characters; what was begun waits for its end.
func (r *utf8Reader) look(p []byte) {
	if r.bad {
		return
	}
	text := append(r.tail, p...)
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			text = text[1:]
			r.at++
			continue
		}
		if !utf8.FullRune(text) {
			break
		}
		c, size := utf8.DecodeRune(text)
		if c == utf8.RuneError && size == 1 {
			r.bad = true
			return
		}
		text = text[size:]
		r.at += int64(size)
	}
	r.tail = append(r.tail[:0], text...)
}

func (r *utf8Reader) sound() bool { return !r.bad && len(r.tail) == 0 }
