package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// partSize of a multipart upload: 16 MiB is held in memory for each upload, and
// S3's 10,000 parts allow 160 GiB.
const partSize = 16 << 20

// S3 keeps files in a bucket, under a prefix.
type S3 struct {
	client *minio.Client
	bucket string
	prefix string
}

// OpenS3 connects to s3://ACCESS:SECRET@host/bucket/prefix. Without keys in the
// URL they come from the environment or the machine's role, as S3 clients do.
func OpenS3(ctx context.Context, u *url.URL) (*S3, error) {
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if u.Host == "" || bucket == "" {
		return nil, errors.New("open bucket: the address has the form s3://host/bucket")
	}
	keys := credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.IAM{}})
	if secret, given := u.User.Password(); given {
		keys = credentials.NewStaticV4(u.User.Username(), secret, "")
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds:  keys,
		Secure: u.Query().Get("insecure") != "true",
		Region: u.Query().Get("region"),
	})
	if err != nil {
		return nil, fmt.Errorf("open bucket: %w", err)
	}
	s := &S3{client: client, bucket: bucket, prefix: strings.TrimSuffix(prefix, "/")}
	if s.prefix != "" {
		s.prefix += "/"
	}
	return s, s.Ping(ctx)
}

// Put streams in parts; an upload that fails is aborted and leaves no object.
func (s *S3) Put(ctx context.Context, key string, r io.Reader) (int64, error) {
	if err := validKey(key); err != nil {
		return 0, err
	}
	stored, err := s.client.PutObject(ctx, s.bucket, s.prefix+key, &brokenReader{r: &contextReader{ctx, r}}, -1, minio.PutObjectOptions{
		PartSize: partSize, ContentType: "application/octet-stream", SendContentMd5: true,
	})
	if err != nil {
		return 0, fmt.Errorf("store file: %w", err)
	}
	return stored.Size, nil
}

// brokenReader keeps a file that breaks off from being stored as if it were whole.
// The client takes io.ErrUnexpectedEOF, which is what the body of an upload says
// when its sender goes away, for the end of the file; and it drops an error that
// comes with bytes that fill its buffer. So the error is wrapped, and stays.
type brokenReader struct {
	r   io.Reader
	err error
}

func (b *brokenReader) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF {
		b.err = fmt.Errorf("read file: %w", err)
		err = b.err
	}
	return n, err
}

// Open opens a stored file.
func (s *S3) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := validKey(key); err != nil {
		return nil, err
	}
	object, err := s.client.GetObject(ctx, s.bucket, s.prefix+key, minio.GetObjectOptions{})
	if err != nil {
		return nil, fmt.Errorf("open stored file: %w", err)
	}
	if _, err := object.Stat(); err != nil {
		_ = object.Close() // nothing was read
		if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
			return nil, missing(err)
		}
		return nil, fmt.Errorf("open stored file: %w", err)
	}
	return object, nil
}

// Delete removes a stored file; one that is not there is fine.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := validKey(key); err != nil {
		return err
	}
	if err := s.client.RemoveObject(ctx, s.bucket, s.prefix+key, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("delete stored file: %w", err)
	}
	return nil
}

// List walks the stored files.
func (s *S3) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for object := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix + prefix, Recursive: true}) {
			if object.Err != nil {
				yield(Info{}, fmt.Errorf("list stored files: %w", object.Err))
				return
			}
			if !yield(Info{strings.TrimPrefix(object.Key, s.prefix), object.Size, object.LastModified}, nil) {
				return
			}
		}
	}
}

// DropUnfinished aborts uploads in parts that nobody goes on with.
func (s *S3) DropUnfinished(ctx context.Context, before time.Time) (int, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dropped := 0
	for upload := range s.client.ListIncompleteUploads(ctx, s.bucket, s.prefix, true) {
		if upload.Err != nil {
			return dropped, fmt.Errorf("list unfinished files: %w", upload.Err)
		}
		if !upload.Initiated.Before(before) {
			continue
		}
		if err := s.client.RemoveIncompleteUpload(ctx, s.bucket, upload.Key); err != nil {
			return dropped, fmt.Errorf("drop unfinished file: %w", err)
		}
		dropped++
	}
	return dropped, nil
}

// Ping reports whether the bucket is there.
func (s *S3) Ping(ctx context.Context) error {
	found, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return fmt.Errorf("reach bucket: %w", err)
	}
	if !found {
		return fmt.Errorf("reach bucket: there is no bucket %q", s.bucket)
	}
	return nil
}
