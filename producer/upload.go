package producer

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/blob"
	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
	"teamsheet/internal/sabotage"
	"teamsheet/internal/sheet"
	"teamsheet/internal/store"
)

// formatError refuses a file that is not Unicode Text. A *sheet.FileError is in
// its chain; the page shows the steps for the Format.
type formatError struct {
	Format sheet.Format
	whole  io.Reader // the file, not read yet
}

func (e *formatError) Error() string { return "the file is " + string(e.Format.Kind) }

func (e *formatError) Unwrap() error { return &sheet.FileError{Problem: e.Format.Problem()} }

// acceptUpload looks at the first bytes, streams the file into the blob store
// and makes a batch of it: file first, row second, ring last, so that nothing
// that was accepted can be lost. replaces is the batch that the file mends, "" if
// none; idempotencyKey "" if none.
//
// Errors: those of uploadTurns.enter; *formatError; *sheet.FileError (file-empty, file-too-large); faults of
// reading the body, of the blob store and of the store.
func (s *Server) acceptUpload(
	ctx context.Context, account store.Account, name string, body io.Reader,
	replaces, idempotencyKey, requestID string,
) (batch.Batch, error) {
	if err := s.checkReplaces(ctx, account.OrgID, replaces); err != nil {
		return batch.Batch{}, err
	}
	leave, err := s.uploads.enter(account.OrgID)
	if err != nil {
		return batch.Batch{}, err
	}
	defer leave()
	in := &fileReader{from: body, left: s.MaxFileSize, sum: sha256.New()}
	format, whole, err := sniff(in)
	if err == nil && !format.OK() {
		err = &formatError{Format: format, whole: whole}
	}
	if err != nil {
		s.OnUpload(UploadSeen{Format: string(format.Kind), Bytes: in.size})
		return batch.Batch{}, err
	}
	key := blob.NewKey()
	if err := s.storeFile(ctx, key, whole, in); err != nil {
		s.OnUpload(UploadSeen{Format: string(format.Kind), Bytes: in.size})
		return batch.Batch{}, err
	}
	sabotage.At("after_blob")
	b, err := s.createBatch(ctx, store.NewBatch{
		ID: store.NewID(), OrgID: account.OrgID, AccountID: account.ID, AccountEmail: account.Email,
		File:    batch.File{Name: cleanFileName(name), Size: in.size, SHA256: hex.EncodeToString(in.sum.Sum(nil))},
		BlobKey: key, Replaces: replaces, IdempotencyKey: idempotencyKey, RequestID: requestID,
	})
	s.OnUpload(UploadSeen{Format: string(format.Kind), Bytes: in.size, Accepted: err == nil})
	return b, err
}

// checkReplaces finds the batch that an upload says it mends, so that a stranger's
// id is not written down.
func (s *Server) checkReplaces(ctx context.Context, orgID, replaces string) error {
	if replaces == "" {
		return nil
	}
	if _, err := s.Store.Batch(ctx, orgID, replaces); err != nil {
		return fmt.Errorf("load the replaced batch: %w", err)
	}
	return nil
}

// sniff reads the head of the file, says what it is and gives the whole file
// back to read.
func sniff(in *fileReader) (sheet.Format, io.Reader, error) {
	head := make([]byte, sheet.SniffLength)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return sheet.Format{}, nil, in.fault(err)
	}
	if in.failed != nil {
		return sheet.Format{}, nil, in.fault(in.failed)
	}
	head = head[:n]
	return sheet.DetectSheet(head, isHeader), io.MultiReader(bytes.NewReader(head), in), nil
}

// isHeader reports whether a cell is a header of the sheet: that makes UTF-16
// without a byte order mark readable.
func isHeader(cell string) bool {
	_, ok := profile.FieldByHeader(cell)
	return ok
}

func (s *Server) storeFile(ctx context.Context, key string, whole io.Reader, in *fileReader) error {
	stored, err := s.Blobs.Put(ctx, key, whole)
	if in.failed != nil {
		return in.fault(in.failed)
	}
	if err != nil {
		return fmt.Errorf("store the file: %w", err)
	}
	if stored != in.size {
		s.dropBlob(ctx, key)
		return fmt.Errorf("store the file: %d bytes of %d were stored", stored, in.size)
	}
	return nil
}

// createBatch inserts the row and rings. When the row was not made the file is
// deleted again; when nobody knows whether it was made (a lost reply), or may yet be,
// it stays.
func (s *Server) createBatch(ctx context.Context, n store.NewBatch) (batch.Batch, error) {
	b, created, err := s.Store.CreateBatch(ctx, n)
	if err != nil {
		b, err = s.batchAfterAll(ctx, n, err)
		if err != nil {
			return batch.Batch{}, err
		}
		created = true
	}
	recordIn(ctx).subject = b.ID
	if !created {
		s.dropBlob(ctx, n.BlobKey)
		return b, nil
	}
	sabotage.At("after_insert")
	s.ringPreview(ctx, b)
	sabotage.At("after_ring")
	return b, nil
}

// afterwards bounds what is done once the caller's request no longer counts.
const afterwards = 10 * time.Second

func (s *Server) batchAfterAll(ctx context.Context, n store.NewBatch, cause error) (batch.Batch, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	b, err := s.Store.Batch(ctx, n.OrgID, n.ID)
	if err == nil {
		return b, nil
	}
	if fault.Is(err, fault.NotFound) && !errors.Is(cause, store.ErrOutcomeUnknown) {
		s.dropBlob(ctx, n.BlobKey)
	}
	return batch.Batch{}, fmt.Errorf("create batch: %w", cause)
}

// dropBlob deletes a file that no batch has. If that fails, the file stays: nobody
// can reach it, and the log says so.
func (s *Server) dropBlob(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	defer cancel()
	if err := s.Blobs.Delete(ctx, key); err != nil {
		s.Log.WarnContext(ctx, "file without a batch stays", "request_id", requestID(ctx), "error", err)
	}
}

// fileReader hashes and counts a file while it is read, keeps to the largest
// size, and remembers what went wrong on the caller's side.
type fileReader struct {
	from   io.Reader
	left   int64
	size   int64
	sum    hash.Hash
	failed error
}

var errFileTooLarge = errors.New("the file is larger than allowed")

func (f *fileReader) Read(p []byte) (int, error) {
	if f.failed != nil {
		return 0, f.failed
	}
	n, err := f.from.Read(p)
	f.left -= int64(n)
	f.size += int64(n)
	f.sum.Write(p[:n])
	if f.left < 0 {
		n, err = 0, errFileTooLarge
	}
	if err != nil && err != io.EOF {
		f.failed = err
	}
	return n, err
}

func (f *fileReader) fault(err error) error {
	if errors.Is(err, errFileTooLarge) {
		return tooLarge(f.size + f.left)
	}
	return bodyFault(err)
}

func tooLarge(most int64) error { return &sheet.FileError{Problem: sheet.TooLarge(most)} }

// peekEmpty reports whether nothing can be read, without taking anything.
func peekEmpty(r *bufio.Reader) bool {
	_, err := r.Peek(1)
	return err == io.EOF
}
