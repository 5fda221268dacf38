// Package blob keeps uploaded files: on a disk, or in an S3 bucket.
package blob

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"
	"time"

	"teamsheet/internal/fault"
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
	// List walks the files whose keys begin with prefix, in no certain order.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// DropUnfinished deletes what uploads have left that began before a time and broke
	// off with their process, and returns how many.
	DropUnfinished(ctx context.Context, before time.Time) (int, error)
	Ping(ctx context.Context) error
}

// Info of one stored file.
type Info struct {
	Key      string
	Size     int64
	Modified time.Time
}

// Open makes the store that a URL names: file:/folder or
// s3://ACCESS:SECRET@host[:port]/bucket[/prefix][?region=…&insecure=true].
func Open(ctx context.Context, address string) (Store, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("open blob store: its address is not a URL")
	}
	var s Store
	switch u.Scheme {
	case "file":
		s, err = OpenDisk(u.Opaque + u.Path)
	case "s3":
		s, err = OpenS3(ctx, u)
	default:
		err = fmt.Errorf("open blob store: no store for %s:", u.Scheme)
	}
	if err != nil {
		return nil, err
	}
	return harmed{s}, nil
}

// keyBytes is how many random bytes a key has.
const keyBytes = 16

// NewKey makes a key for a file.
func NewKey() string {
	var key [keyBytes]byte
	_, _ = rand.Read(key[:]) // never fails: crypto/rand crashes the program instead
	return hex.EncodeToString(key[:])
}

// Made reports whether a key is one of NewKey or WaitingKey. Whatever else is in a
// folder or a bucket is somebody else's.
func Made(key string) bool {
	return strings.HasPrefix(key, waitingPrefix) || IsKey(key)
}

// IsKey reports whether a text has the form of NewKey's.
func IsKey(text string) bool {
	key, err := hex.DecodeString(text)
	return err == nil && len(key) == keyBytes
}

func missing(err error) error {
	return fault.Wrap(err, fault.NotFound, "file-lost", "The stored file is no longer there.")
}

// validKey keeps keys to what is safe as a file name and an object name.
func validKey(key string) error {
	if key == "" || len(key) > 200 {
		return fmt.Errorf("blob key of %d bytes", len(key))
	}
	for _, c := range key {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return fmt.Errorf("blob key with %q", c)
		}
	}
	return nil
}
