package producer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"teamsheet/internal/fault"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

func (s *Server) getProfile(w http.ResponseWriter, r *http.Request) error {
	id, err := profileID(r)
	if err != nil {
		return err
	}
	return s.writeProfile(w, r, id)
}

// patchProfile changes cells of one profile: an object of header keys and texts
// as in the sheet; true and false do for y and n, null clears.
func (s *Server) patchProfile(w http.ResponseWriter, r *http.Request) error {
	id, err := profileID(r)
	if err != nil {
		return err
	}
	current, err := s.Store.Profile(r.Context(), s.account(r).OrgID, id)
	if err != nil {
		return fmt.Errorf("load profile: %w", err)
	}
	version, err := ifVersion(r)
	if err != nil {
		return err
	}
	cells, found, err := readPatch(r, &current)
	if err != nil {
		return err
	}
	_, report, err := s.editProfile(r.Context(), s.account(r), id, version, cells, "api", found...)
	if err != nil {
		return err
	}
	if report != nil && len(report.Problems) > 0 {
		return &problemsError{problems: report.Problems}
	}
	return s.writeProfile(w, r, id)
}

func profileID(r *http.Request) (profile.ID, error) {
	id, ok := profile.ParseID(r.PathValue("id"))
	if !ok {
		return id, fault.New(fault.NotFound, "profile-not-found", "Nobody in your organization has this user ID.")
	}
	return id, nil
}

// ifVersion reads the version that the caller saw. What is not a version matches
// none.
func ifVersion(r *http.Request) (int64, error) {
	tag, present := ifMatch(r)
	if !present {
		return 0, fault.New(fault.Precondition, "if-match-missing",
			`Say which version you change: send If-Match with the "version" of the profile, in quotes.`)
	}
	if version, err := strconv.ParseInt(tag, 10, 64); err == nil {
		return version, nil
	}
	return -1, nil
}

// writeProfile answers with a profile: the texts of a download under the headers
// in snake_case, in the order of the sheet.
func (s *Server) writeProfile(w http.ResponseWriter, r *http.Request, id profile.ID) error {
	var body []byte
	err := s.Store.View(r.Context(), s.account(r).OrgID, func(v *store.View) error {
		found := false
		err := v.People(r.Context(), []profile.ID{id}, func(p *profile.Profile) error {
			found = true
			w.Header().Set("ETag", quoteTag(strconv.FormatInt(p.Version, 10)))
			var err error
			body, err = profileJSON(p, v.Directory())
			return err
		})
		if err == nil && !found {
			return fault.New(fault.NotFound, "profile-not-found", "Nobody in your organization has this user ID.")
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("load profile: %w", err)
	}
	w.Header().Set("Content-Type", typeJSON)
	_, _ = w.Write(body) // the caller has gone: nobody is left to tell
	return nil
}

func profileJSON(p *profile.Profile, d *profile.Directory) ([]byte, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	for i, column := range profile.Columns() {
		separator := `,"`
		if i == 0 {
			separator = `{"`
		}
		body.WriteString(separator + column.JSON + `":`)
		if err := encoder.Encode(profile.Text(p, column.Field, d)); err != nil {
			return nil, fmt.Errorf("encode profile: %w", err)
		}
		body.Truncate(body.Len() - 1) // the line break that Encode ends with
	}
	body.WriteString("}\n")
	return body.Bytes(), nil
}

// readPatch reads the cells to change. Keys that nobody can change, or that
// nobody knows, are problems like any other.
func readPatch(r *http.Request, current *profile.Profile) (map[profile.Field]string, []problem.Problem, error) {
	values, err := decodeObject(r.Body)
	if err != nil {
		return nil, nil, err
	}
	patch := patchReader{current: current, cells: make(map[profile.Field]string, len(values))}
	for _, value := range values {
		if err := patch.take(value); err != nil {
			return nil, nil, err
		}
	}
	return patch.cells, patch.problems, nil
}

// member of a JSON object.
type member struct {
	key   string
	value any
}

// decodeObject reads one JSON object and keeps the order of its members. A key
// that comes twice would leave open which value is meant.
func decodeObject(body io.Reader) ([]member, error) {
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, bodyFault(err)
	}
	if !utf8.Valid(text) {
		return nil, errJSON(nil)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if first, err := decoder.Token(); err != nil || first != json.Delim('{') {
		return nil, errJSON(err)
	}
	var members []member
	seen := map[string]bool{}
	for decoder.More() {
		key, err := decoder.Token()
		name, ok := key.(string)
		if err != nil || !ok || seen[name] {
			return nil, errJSON(err)
		}
		seen[name] = true
		var value any
		if err := decoder.Decode(&value); err != nil {
			return nil, errJSON(err)
		}
		if replaced(text, value) {
			return nil, errJSON(nil)
		}
		members = append(members, member{name, value})
	}
	if _, err := decoder.Token(); err != nil {
		return nil, errJSON(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errJSON(err)
	}
	return members, nil
}

// replaced reports whether the decoder put U+FFFD in place of an escaped half of a
// character: nobody meant that.
func replaced(body []byte, value any) bool {
	text, ok := value.(string)
	return ok && strings.Contains(text, "\uFFFD") && !bytes.Contains(body, []byte("\uFFFD"))
}

func errJSON(err error) error {
	return fault.Wrap(err, fault.BadRequest, "json-unreadable",
		`The body must be one JSON object, such as {"hometown":"Lisbon"}, with each key once.`)
}
