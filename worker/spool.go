package worker

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
)

// spool copies a stored file to a local one, which is the file's only while it is
// open, and verifies on the way that it is what was uploaded. Rows are read twice,
// the second time at their offsets, and neither the network nor the store is to
// matter then.
func (w *Worker) spool(ctx context.Context, b *batch.Batch, p *pulse) (*os.File, error) {
	var local *os.File
	err := p.during(ctx, func() error {
		moving := newStall(ctx, w.stallAfter)
		defer moving.end()
		var err error
		local, err = w.fetch(moving, b, p)
		return moving.explain(err)
	})
	return local, err
}

// fetch is spool for as long as bytes come.
func (w *Worker) fetch(moving *stall, b *batch.Batch, p *pulse) (*os.File, error) {
	stored, err := w.Blobs.Open(moving.ctx, b.BlobKey)
	if fault.Is(err, fault.NotFound) {
		return nil, fileLost(err)
	}
	if err != nil {
		return nil, filesAway(err)
	}
	defer stored.Close()
	local, err := os.CreateTemp(w.TempDir, "teamsheet-*.txt")
	if err != nil {
		return nil, fault.Wrap(err, fault.NoSpace, "no-spool", "The file could not be read.")
	}
	// Without a name, nothing is left behind if the process is killed.
	if err := os.Remove(local.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("spool file: %w", err), local.Close())
	}
	if err := copyVerified(moving, local, stored, b.File, p); err != nil {
		return nil, errors.Join(err, local.Close())
	}
	return local, nil
}

func filesAway(err error) error {
	return fault.Wrap(err, fault.Unavailable, "files-away", "The stored files cannot be reached.")
}

// copyVerified copies at most one byte more than the file had, enough to see that
// it has grown.
func copyVerified(moving *stall, local *os.File, stored io.Reader, want batch.File, p *pulse) error {
	hash := sha256.New()
	target := &spoolWriter{moving: moving, file: local, pulse: p}
	size, err := io.Copy(io.MultiWriter(target, hash), io.LimitReader(stored, want.Size+1))
	switch {
	case target.failed != nil:
		return target.failed
	case err != nil:
		return filesAway(fmt.Errorf("read stored file: %w", err))
	case size != want.Size:
		return fileLost(fmt.Errorf("stored file has %d bytes of %d", size, want.Size))
	}
	sum, err := hex.DecodeString(want.SHA256)
	if err != nil || !bytes.Equal(sum, hash.Sum(nil)) {
		return fileLost(errors.New("stored file has another hash"))
	}
	return nil
}

// spoolWriter tells trouble of the local disk from trouble of the store, and
// beats.
type spoolWriter struct {
	moving *stall
	file   *os.File
	pulse  *pulse
	failed error
}

func (s *spoolWriter) Write(chunk []byte) (int, error) {
	s.moving.on()
	if s.failed = s.pulse.beat(s.moving.ctx); s.failed != nil {
		return 0, s.failed
	}
	n, err := s.file.Write(chunk)
	if err != nil {
		s.failed = fault.Wrap(err, fault.NoSpace, "no-spool", "The file could not be read.")
	}
	return n, err
}
