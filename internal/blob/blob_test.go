package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"teamsheet/internal/blob"
	"teamsheet/internal/fault"
)

// suite is what every store promises.
func suite(t *testing.T, open func(t *testing.T) blob.Store) {
	t.Helper()
	tests := map[string]func(*testing.T, blob.Store){
		"what was put is what is opened":    putOpen,
		"a missing key is not found":        missingKey,
		"a broken upload leaves nothing":    brokenUpload,
		"a cancelled upload leaves nothing": cancelledUpload,
		"delete, twice":                     deleteTwice,
		"list":                              list,
		"waiting files are dropped":         dropWaiting,
		"bad keys":                          badKeys,
		"unfinished uploads are dropped":    dropUnfinished,
		"many at once":                      manyAtOnce,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func TestDisk(t *testing.T) {
	t.Parallel()
	suite(t, func(t *testing.T) blob.Store {
		store, err := blob.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "a", "files"))
		if err != nil {
			t.Fatal(err)
		}
		return store
	})
}

func content(n int) []byte { return bytes.Repeat([]byte("0123456789abcdef"), n/16+1)[:n] }

// dropUnfinished leaves what is whole.
func dropUnfinished(t *testing.T, store blob.Store) {
	if _, err := store.Put(t.Context(), "whole", bytes.NewReader(content(100))); err != nil {
		t.Fatal(err)
	}
	if n, err := store.DropUnfinished(t.Context(), time.Now().Add(time.Hour)); err != nil || n != 0 {
		t.Errorf("dropped %d: %v", n, err)
	}
	if got := read(t, store, "whole"); len(got) != 100 {
		t.Errorf("%d bytes are left", len(got))
	}
}

func TestDiskDropsUnfinishedFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := blob.OpenDisk(dir)
	if err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, "broken.part")
	if err := os.WriteFile(left, content(10), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		before time.Time
		want   int
	}{{time.Now().Add(-time.Hour), 0}, {time.Now().Add(time.Hour), 1}, {time.Now().Add(time.Hour), 0}} {
		if n, err := store.DropUnfinished(t.Context(), test.before); err != nil || n != test.want {
			t.Errorf("dropped %d, want %d: %v", n, test.want, err)
		}
	}
}

func read(t *testing.T, store blob.Store, key string) []byte {
	t.Helper()
	r, err := store.Open(t.Context(), key)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatalf("read: %v", err)
	}
	return got
}

func keys(t *testing.T, store blob.Store) []string {
	t.Helper()
	var found []string
	for info, err := range store.List(t.Context(), "") {
		if err != nil {
			t.Fatalf("list: %v", err)
		}
		found = append(found, info.Key)
	}
	return found
}

func putOpen(t *testing.T, store blob.Store) {
	for key, size := range map[string]int{"empty": 0, "small": 17, "large": 20 << 20} {
		want := content(size)
		n, err := store.Put(t.Context(), key, bytes.NewReader(want))
		if err != nil || n != int64(size) {
			t.Fatalf("put %s: %d, %v", key, n, err)
		}
		if got := read(t, store, key); !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes came back, not the %d put", key, len(got), size)
		}
	}
	if err := store.Ping(t.Context()); err != nil {
		t.Errorf("ping: %v", err)
	}
}

func missingKey(t *testing.T, store blob.Store) {
	if _, err := store.Open(t.Context(), "nothing"); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want not found", err)
	}
}

func brokenUpload(t *testing.T, store blob.Store) {
	broken := io.MultiReader(bytes.NewReader(content(1<<20)), iotest.ErrReader(io.ErrUnexpectedEOF))
	if _, err := store.Put(t.Context(), "broken", broken); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want the reader's error", err)
	}
	if found := keys(t, store); len(found) > 0 {
		t.Errorf("it left %q", found)
	}
	if _, err := store.Put(t.Context(), "broken", bytes.NewReader(content(5))); err != nil {
		t.Errorf("a second try: %v", err)
	}
}

func cancelledUpload(t *testing.T, store blob.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	r := io.MultiReader(bytes.NewReader(content(1<<20)), readerFunc(func([]byte) (int, error) {
		cancel()
		return 0, nil
	}))
	if _, err := store.Put(ctx, "cancelled", r); err == nil {
		t.Error("it was stored")
	}
	if found := keys(t, store); len(found) > 0 {
		t.Errorf("it left %q", found)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func deleteTwice(t *testing.T, store blob.Store) {
	if _, err := store.Put(t.Context(), "k", bytes.NewReader(content(5))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := store.Delete(t.Context(), "k"); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	if _, err := store.Open(t.Context(), "k"); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want not found", err)
	}
}

func dropWaiting(t *testing.T, store blob.Store) {
	waits := blob.WaitingKey("org", "account", "id")
	for _, key := range []string{"a", "wait", waits} {
		if _, err := store.Put(t.Context(), key, bytes.NewReader(content(3))); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		in   time.Duration
		want int
	}{{blob.WaitingLife - time.Hour, 0}, {blob.WaitingLife + time.Hour, 1}, {blob.WaitingLife + time.Hour, 0}} {
		if n, err := blob.DropWaiting(t.Context(), store, time.Now().Add(test.in)); n != test.want || err != nil {
			t.Errorf("after %s: %d dropped, %v; want %d", test.in, n, err, test.want)
		}
	}
	if left := keys(t, store); len(left) != 2 {
		t.Errorf("left: %v", left)
	}
}

func list(t *testing.T, store blob.Store) {
	want := map[string]int64{"a-1": 3, "B_2": 70}
	for key, size := range want {
		if _, err := store.Put(t.Context(), key, bytes.NewReader(content(int(size)))); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for info, err := range store.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if n++; want[info.Key] != info.Size || info.Modified.IsZero() {
			t.Errorf("listed %+v", info)
		}
	}
	if n != len(want) {
		t.Errorf("listed %d, want %d", n, len(want))
	}
	for _, err := range store.List(t.Context(), "") {
		if err != nil {
			t.Error(err)
		}
		break // stopping early is allowed
	}
}

func badKeys(t *testing.T, store blob.Store) {
	for _, key := range []string{"", "../x", "a/b", "a.b", "ä", "a b", string(content(201))} {
		if _, err := store.Put(t.Context(), key, bytes.NewReader(nil)); err == nil {
			t.Errorf("put %q was accepted", key)
		}
		if _, err := store.Open(t.Context(), key); err == nil {
			t.Errorf("open %q was accepted", key)
		}
	}
}

func manyAtOnce(t *testing.T, store blob.Store) {
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			key := "k" + string(rune('a'+i))
			if _, err := store.Put(t.Context(), key, bytes.NewReader(content(1000+i))); err != nil {
				t.Errorf("put %s: %v", key, err)
			}
		})
	}
	group.Wait()
	if found := keys(t, store); len(found) != 8 {
		t.Errorf("found %q", found)
	}
}

func TestKeyIsWrittenOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	store, err := blob.OpenDisk(folder)
	if err != nil {
		t.Fatal(err)
	}
	blocked, done := make(chan struct{}), make(chan error)
	go func() {
		_, err := store.Put(t.Context(), "k", readerFunc(func([]byte) (int, error) { <-blocked; return 0, io.EOF }))
		done <- err
	}()
	for {
		if _, err := os.Stat(filepath.Join(folder, "k.part")); err == nil {
			break
		}
	}
	if _, err := store.Put(t.Context(), "k", bytes.NewReader(nil)); err == nil {
		t.Error("two uploads shared one key")
	}
	close(blocked)
	if err := <-done; err != nil {
		t.Errorf("the first upload: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"ftp://x/y", "file:", "s3://host", "://", "s3:///bucket"} {
		if _, err := blob.Open(t.Context(), address); err == nil {
			t.Errorf("%q was accepted", address)
		}
	}
}
