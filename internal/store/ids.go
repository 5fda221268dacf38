package store

import (
	"strings"

	"github.com/google/uuid"

	"teamsheet/internal/profile"
)

// nobodysID is what an unreadable id becomes: it names nothing.
const nobodysID = "00000000-0000-0000-0000-000000000000"

// NewID makes a random id (UUIDv7, RFC 9562): ids made later sort later.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// uid brings an id from outside into canonical form.
func uid(id string) string {
	parsed, ok := profile.ParseID(id)
	if !ok || parsed.IsZero() {
		return nobodysID
	}
	return parsed.String()
}

// orNull stores an absent id as NULL.
func orNull(id string) any {
	if id == "" {
		return nil
	}
	return uid(id)
}

// textOrNull stores an absent text as NULL.
func textOrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// storable takes out of a text from outside what Postgres cannot hold.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}
