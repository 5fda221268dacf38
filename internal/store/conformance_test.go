package store_test

import (
	"context"
	"path/filepath"
	"testing"

	"teamsheet/internal/store"
	"teamsheet/internal/store/storetest"
	"teamsheet/internal/testkit"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Suite(t, func(t *testing.T) string {
		url := "sqlite://" + filepath.Join(t.TempDir(), "store.db")
		if err := migrate(url); err != nil {
			t.Fatal(err)
		}
		return url
	})
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Suite(t, func(t *testing.T) string {
		return testkit.PostgresURL(t, testkit.Template("store", migrate))
	})
}

func migrate(url string) error {
	s, err := store.Open(context.Background(), url, store.Options{})
	if err != nil {
		return err
	}
	if err := s.Migrate(context.Background()); err != nil {
		return err
	}
	return s.Close()
}
