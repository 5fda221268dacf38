// Package blob keeps uploaded files: on a disk, or in an S3 bucket.
package blob

import (
	"context"
	"io"
	"iter"
	"time"
)

// Store keeps files under keys that the caller makes (random, never a person's
// file name). A key is written once. Open and Size of a missing key are
// fault.NotFound.
type Store interface {
	// Put streams r into key. When it returns nil, the whole file is durable;
	// otherwise nothing is kept. It returns the bytes written.
	Put(ctx context.Context, key string, r io.Reader) (int64, error)
	Open(ctx context.Context, key string) (io.ReadCloser, error)
	Delete(ctx context.Context, key string) error // of a missing key: nil
	List(ctx context.Context) iter.Seq2[Info, error]
	Ping(ctx context.Context) error
}

// Info of one stored file.
type Info struct {
	Key      string
	Size     int64
	Modified time.Time
}
