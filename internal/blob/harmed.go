package blob

import (
	"context"
	"io"

	"teamsheet/internal/sabotage"
)

// harmed is a store whose calls can go wrong, in a program that is built to be
// harmed by tests; in any other it passes everything on.
type harmed struct{ Store }

func (h harmed) Put(ctx context.Context, key string, r io.Reader) (int64, error) {
	if err := sabotage.Refuse("files"); err != nil {
		return 0, err
	}
	n, err := h.Store.Put(ctx, key, r)
	if err == nil {
		err = sabotage.Mishear("files")
	}
	return n, err
}

func (h harmed) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := sabotage.Refuse("files"); err != nil {
		return nil, err
	}
	return h.Store.Open(ctx, key)
}

func (h harmed) Delete(ctx context.Context, key string) error {
	if err := sabotage.Refuse("files"); err != nil {
		return err
	}
	if err := h.Store.Delete(ctx, key); err != nil {
		return err
	}
	return sabotage.Mishear("files")
}
