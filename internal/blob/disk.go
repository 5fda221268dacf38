package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"teamsheet/internal/fault"
)

// Disk keeps files in one folder.
type Disk struct {
	root *os.Root
	path string
}

const unfinished = ".part"

// OpenDisk opens the folder, and makes it if it is not there. What an earlier
// process left unfinished stays until DropUnfinished: another may be writing.
func OpenDisk(path string) (*Disk, error) {
	if path == "" {
		return nil, errors.New("open blob folder: no path")
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make blob folder: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("open blob folder: %w", err)
	}
	return &Disk{root: root, path: path}, nil
}

// Put writes beside the final name, syncs file and folder, and renames: a crash
// at any point leaves either the whole file or an unfinished one without a key.
func (d *Disk) Put(ctx context.Context, key string, r io.Reader) (int64, error) {
	if err := validKey(key); err != nil {
		return 0, err
	}
	part := key + unfinished
	n, err := d.write(ctx, part, key, r)
	if err == nil {
		err = d.syncFolder()
	}
	return n, diskFault(err)
}

func (d *Disk) write(ctx context.Context, part, key string, r io.Reader) (int64, error) {
	file, err := d.root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(file, &contextReader{ctx, r})
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = d.root.Rename(part, key)
	}
	if err != nil {
		_ = d.root.Remove(part) // if even that fails, an unfinished file stays, without a key
	}
	return n, err
}

func (d *Disk) syncFolder() error {
	folder, err := d.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Open opens a stored file: an *os.File, which can be read at offsets too.
func (d *Disk) Open(_ context.Context, key string) (io.ReadCloser, error) {
	if err := validKey(key); err != nil {
		return nil, err
	}
	file, err := d.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(err)
	}
	return file, err
}

// Delete removes a stored file; one that is not there is fine.
func (d *Disk) Delete(_ context.Context, key string) error {
	if err := validKey(key); err != nil {
		return err
	}
	if err := d.root.Remove(key); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete stored file: %w", err)
	}
	return nil
}

// List walks the stored files, unfinished ones left out.
func (d *Disk) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		entries, err := os.ReadDir(d.path)
		if err != nil {
			yield(Info{}, fmt.Errorf("list stored files: %w", err))
			return
		}
		for _, entry := range entries {
			if !strings.HasPrefix(entry.Name(), prefix) {
				continue
			}
			info, err := entry.Info()
			if errors.Is(err, fs.ErrNotExist) || entry.IsDir() || strings.HasSuffix(entry.Name(), unfinished) {
				continue
			}
			if err := errors.Join(err, ctx.Err()); err != nil {
				yield(Info{}, err)
				return
			}
			if !yield(Info{Key: entry.Name(), Size: info.Size(), Modified: info.ModTime()}, nil) {
				return
			}
		}
	}
}

// DropUnfinished deletes unfinished files.
func (d *Disk) DropUnfinished(ctx context.Context, before time.Time) (int, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return 0, fmt.Errorf("list unfinished files: %w", err)
	}
	dropped := 0
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), unfinished) {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			continue
		}
		if err == nil {
			err = d.root.Remove(entry.Name())
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return dropped, fmt.Errorf("drop unfinished file: %w", err)
		}
		dropped++
	}
	return dropped, nil
}

// Ping reports whether the folder can be written to.
func (d *Disk) Ping(context.Context) error {
	file, err := os.CreateTemp(d.path, "ping*"+unfinished)
	if err != nil {
		return fmt.Errorf("write to blob folder: %w", err)
	}
	return errors.Join(file.Close(), os.Remove(filepath.Clean(file.Name())))
}

func diskFault(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.Wrap(err, fault.NoSpace, "no-space", "There is no room left to store the file. Nothing was saved; try again later.")
	}
	return fmt.Errorf("store file: %w", err)
}

// contextReader ends a copy when the context does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
