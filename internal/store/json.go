package store

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"teamsheet/internal/plan"
)

// jsonText is a list as it is stored, [] for none.
func jsonText[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "[]", nil
	}
	text, err := json.Marshal(list)
	if err != nil {
		return "", fmt.Errorf("write JSON: %w", err)
	}
	return string(text), nil
}

// changesText is jsonText of changes, without reflection: there may be millions.
func changesText(changes []plan.Change) string {
	text := make([]byte, 0, 64*len(changes)+2)
	text = append(text, '[')
	for i := range changes {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, `{"column":`...)
		text = appendJSON(text, changes[i].Column)
		text = append(text, `,"old":`...)
		text = appendJSON(text, changes[i].Old)
		text = append(text, `,"new":`...)
		text = appendJSON(text, changes[i].New)
		text = append(text, '}')
	}
	return string(append(text, ']'))
}

// appendJSON writes a JSON string (RFC 8259 §7).
func appendJSON(dst []byte, text string) []byte {
	const hex = "0123456789abcdef"
	if !utf8.ValidString(text) {
		text = string([]rune(text)) // a damaged byte becomes U+FFFD, as in encoding/json
	}
	dst = append(dst, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
