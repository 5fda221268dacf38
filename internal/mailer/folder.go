package mailer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wneessen/go-mail"
)

// folder keeps mails as files where there is no SMTP server: one .eml a mail,
// named after it, so that a repeated delivery is the same file.
type folder struct{ path string }

func newFolder(path string) (*folder, error) {
	if path == "" {
		return nil, errors.New("no SMTP server and no folder for mails")
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("make mail folder: %w", err)
	}
	return &folder{path}, nil
}

func (f *folder) deliver(_ context.Context, name string, message *mail.Msg) error {
	final := filepath.Join(f.path, filepath.Base(name)+".eml")
	unfinished, err := os.CreateTemp(f.path, ".*.part")
	if err != nil {
		return fmt.Errorf("write mail: %w", err)
	}
	_, err = message.WriteTo(unfinished)
	if err = errors.Join(err, unfinished.Sync(), unfinished.Close()); err == nil {
		err = os.Rename(unfinished.Name(), final)
	}
	if err != nil {
		_ = os.Remove(unfinished.Name()) // only an unfinished file would stay
		return fmt.Errorf("write mail: %w", err)
	}
	return f.sync()
}

// sync has the name of a new file outlive a loss of power, as the file does.
func (f *folder) sync() error {
	opened, err := os.Open(f.path)
	if err == nil {
		err = errors.Join(opened.Sync(), opened.Close())
	}
	if err != nil {
		return fmt.Errorf("write mail: %w", err)
	}
	return nil
}
