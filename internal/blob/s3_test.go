package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"teamsheet/internal/blob"
	"teamsheet/internal/testkit"
)

func TestS3(t *testing.T) {
	t.Parallel()
	server := testkit.StartS3(t)
	t.Run("store", func(t *testing.T) {
		suite(t, func(t *testing.T) blob.Store { return openS3(t, server.URL(), t.Name()) })
	})
	for name, test := range map[string]func(*testing.T, string){
		"parts of a broken upload go": brokenParts,
		"a client that goes away":     brokenAsAClientBreaksIt,
		"prefixes do not meet":        prefixes,
		"a bucket that is not there":  noBucket,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, server.URL())
		})
	}
}

// openS3 opens the bucket under a prefix that is a test's own.
func openS3(t *testing.T, address, prefix string) *blob.S3 {
	t.Helper()
	u := parse(t, address)
	u.Path += "/" + strings.Map(func(r rune) rune {
		if r == ' ' || r == ',' {
			return '-'
		}
		return r
	}, prefix)
	store, err := blob.OpenS3(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// moreThanAPart is a file of which a part has been sent when it breaks off.
const moreThanAPart = 20 << 20

// What a store has been sent of a file that breaks off is not listed, but would
// be kept, and paid for, until somebody clears it away.
func brokenParts(t *testing.T, address string) {
	store := openS3(t, address, "parts")
	ctx, cancel := context.WithCancel(t.Context())
	for name, rest := range map[string]io.Reader{
		"fails":     iotest.ErrReader(errors.New("the line is down")),
		"cancelled": readerFunc(func([]byte) (int, error) { cancel(); return 0, nil }),
	} {
		if _, err := store.Put(ctx, name, io.MultiReader(bytes.NewReader(content(moreThanAPart)), rest)); err == nil {
			t.Errorf("%s: it was stored", name)
		}
	}
	if found := keys(t, store); len(found) > 0 {
		t.Errorf("it left %q", found)
	}
	for upload := range client(t, address).ListIncompleteUploads(t.Context(), parse(t, address).Path[1:], "parts/", true) {
		t.Errorf("parts of %s are left, %v", upload.Key, upload.Err)
	}
}

// A client that goes away in the middle reads as io.ErrUnexpectedEOF, which is
// also how a last part that is not full reads.
func brokenAsAClientBreaksIt(t *testing.T, address string) {
	store := openS3(t, address, "away")
	for name, size := range map[string]int{"nothing": 0, "small": 17, "a part": 16 << 20, "more": moreThanAPart} {
		broken := io.MultiReader(bytes.NewReader(content(size)), iotest.ErrReader(io.ErrUnexpectedEOF))
		if _, err := store.Put(t.Context(), strings.ReplaceAll(name, " ", "-"), broken); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: got %v, want the reader's error", name, err)
		}
		// An upload's body tells of it once, and then only that it has ended.
		once := io.MultiReader(bytes.NewReader(content(size)), &failsOnce{})
		if _, err := store.Put(t.Context(), strings.ReplaceAll(name, " ", "-"), once); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s, told once: got %v, want the reader's error", name, err)
		}
	}
	if found := keys(t, store); len(found) > 0 {
		t.Errorf("it left %q", found)
	}
}

type failsOnce struct{ told bool }

func (f *failsOnce) Read([]byte) (int, error) {
	if f.told {
		return 0, io.EOF
	}
	f.told = true
	return 0, io.ErrUnexpectedEOF
}

func prefixes(t *testing.T, address string) {
	one, two := openS3(t, address, "one"), openS3(t, address, "one-more")
	if _, err := one.Put(t.Context(), "k", bytes.NewReader(content(5))); err != nil {
		t.Fatal(err)
	}
	if found := keys(t, two); len(found) > 0 {
		t.Errorf("the other prefix shows %q", found)
	}
	if _, err := two.Open(t.Context(), "k"); err == nil {
		t.Error("the other prefix opens it")
	}
}

func noBucket(t *testing.T, address string) {
	u := parse(t, address)
	u.Path = "/elsewhere"
	if _, err := blob.OpenS3(t.Context(), u); err == nil || !strings.Contains(err.Error(), `"elsewhere"`) {
		t.Errorf("got %v, want that there is no bucket of this name", err)
	}
	u.Path, u.User = "/files", url.UserPassword("nobody", "nothing")
	if _, err := blob.OpenS3(t.Context(), u); err == nil {
		t.Error("wrong keys opened the bucket")
	}
}

// client looks at the bucket without the store under test.
func client(t *testing.T, address string) *minio.Client {
	t.Helper()
	u := parse(t, address)
	secret, _ := u.User.Password()
	c, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(u.User.Username(), secret, "")})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
