package worker

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
)

// storedFile is an uploaded file that is read once from the start and then again
// at offsets. What comes first is kept on the local disk unless it is there
// already: neither the network nor the file store is to matter afterwards.
type storedFile struct {
	want   batch.File
	moving *stall
	stored io.ReadCloser
	in     io.Reader
	again  io.ReaderAt
	spool  *os.File // nil: the store's own file can be read at offsets
	hash   hash.Hash
	size   int64
	failed error // of the store or of the disk: not of what is in the file
}

// open opens the stored file of a batch. Whoever gets one closes it.
func (w *Worker) open(ctx context.Context, b *batch.Batch) (*storedFile, error) {
	f := &storedFile{want: b.File, moving: newStall(ctx, w.stallAfter), hash: sha256.New()}
	if err := f.open(w, b.BlobKey); err != nil {
		return nil, errors.Join(f.moving.explain(err), f.close())
	}
	return f, nil
}

func (f *storedFile) open(w *Worker, key string) (err error) {
	f.stored, err = w.Blobs.Open(f.moving.ctx, key)
	if fault.Is(err, fault.NotFound) {
		return fileLost(err)
	}
	if err != nil {
		return filesAway(err)
	}
	// One byte more than the file had is enough to see that it has grown.
	f.in = io.LimitReader(f.stored, f.want.Size+1)
	if local, ok := f.stored.(*os.File); ok {
		f.again = local
		return nil
	}
	f.spool, err = scratchFile(w.TempDir)
	f.again = f.spool
	return err
}

// scratchFile makes a file without a name: nothing is left behind if the process
// is killed.
func scratchFile(folder string) (*os.File, error) {
	file, err := os.CreateTemp(folder, "teamsheet-*.tmp")
	if err != nil {
		return nil, noSpool(err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(noSpool(err), file.Close())
	}
	return file, nil
}

// noSpool is trouble of the local disk, as opposed to that of the store.
func noSpool(err error) error {
	return fault.Wrap(err, fault.NoSpace, "no-spool", "The file could not be read.")
}

func filesAway(err error) error {
	return fault.Wrap(err, fault.Unavailable, "files-away", "The stored files cannot be reached.")
}

// Read reads on, keeping what it reads.
func (f *storedFile) Read(p []byte) (int, error) {
	if f.failed != nil {
		return 0, f.failed
	}
	f.moving.on()
	n, err := f.in.Read(p)
	f.size += int64(n)
	_, _ = f.hash.Write(p[:n]) // never fails
	if err != nil && !errors.Is(err, io.EOF) {
		f.failed = f.moving.explain(filesAway(fmt.Errorf("read stored file: %w", err)))
		return n, f.failed
	}
	if f.spool != nil {
		if _, spoolErr := f.spool.Write(p[:n]); spoolErr != nil {
			f.failed = noSpool(spoolErr)
			return n, f.failed
		}
	}
	return n, err
}

// verify reads what is left, and makes sure that the file is what was uploaded:
// whatever was found in it counts for nothing otherwise.
func (f *storedFile) verify() error {
	_, _ = io.Copy(io.Discard, f) // its error is f.failed
	sum, err := hex.DecodeString(f.want.SHA256)
	switch {
	case f.failed != nil:
		return f.failed
	case f.size != f.want.Size:
		return fileLost(fmt.Errorf("stored file has %d bytes of %d", f.size, f.want.Size))
	case err != nil || !bytes.Equal(sum, f.hash.Sum(nil)):
		return fileLost(errors.New("stored file has another hash"))
	}
	f.moving.pause()
	return nil
}

// ReadAt reads again what was read before.
func (f *storedFile) ReadAt(p []byte, offset int64) (int, error) { return f.again.ReadAt(p, offset) }

// abandon ends a read that waits for the file store.
func (f *storedFile) abandon() { f.moving.cancel(context.Canceled) }

func (f *storedFile) close() error {
	f.moving.end()
	var errs []error
	if f.stored != nil {
		_ = f.stored.Close() // was only read
	}
	if f.spool != nil {
		errs = append(errs, f.spool.Close())
	}
	return errors.Join(errs...)
}
