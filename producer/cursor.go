package producer

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"teamsheet/internal/fault"
)

// Cursors are opaque: base64url of a letter for the list and the place in it.
// Whatever stands in one is checked again where it is used.
func writeCursor(list byte, place string) *string {
	if place == "" {
		return nil
	}
	cursor := base64.RawURLEncoding.EncodeToString([]byte(string(list) + place))
	return &cursor
}

func readCursor(r *http.Request, list byte) (place string, err error) {
	after := r.URL.Query().Get("after")
	if after == "" {
		return "", nil
	}
	text, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil || len(text) < 2 || text[0] != list {
		return "", errCursor()
	}
	return string(text[1:]), nil
}

func readNumberCursor(r *http.Request, list byte) (int, error) {
	place, err := readCursor(r, list)
	if err != nil || place == "" {
		return 0, err
	}
	number, err := strconv.Atoi(place)
	if err != nil || number < 0 || strings.HasPrefix(place, "+") {
		return 0, errCursor()
	}
	return number, nil
}

func writeNumberCursor(list byte, next int) *string {
	if next == 0 {
		return nil
	}
	return writeCursor(list, strconv.Itoa(next))
}

func errCursor() error {
	return fault.New(fault.BadRequest, "cursor-unknown", `"after" takes the "next" of the page before, unchanged.`)
}

// The lengths of a page of any list.
const (
	usualLimit = 100
	mostLimit  = 500
)

func readLimit(r *http.Request) (int, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return usualLimit, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 {
		return 0, fault.Newf(fault.BadRequest, "limit-range", `"limit" takes a number from 1 to %d.`, mostLimit)
	}
	return min(limit, mostLimit), nil
}
