package producer

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed templates
var templateFiles embed.FS

// pages holds one template set per page, all of them parsed at the start: a
// fault in a template stops the program, not a request.
type pages struct {
	sets   map[string]*template.Template
	assets *assets
}

// newPages parses the templates and fingerprints the assets.
func newPages() (*pages, error) {
	assets, err := newAssets()
	if err != nil {
		return nil, err
	}
	base, err := template.New("").Funcs(templateFuncs(assets)).ParseFS(templateFiles, "templates/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the shared templates: %w", err)
	}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list the templates: %w", err)
	}
	p := &pages{sets: make(map[string]*template.Template, len(files)), assets: assets}
	for _, file := range files {
		if p.sets[pageName(file)], err = parsePage(base, file); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func parsePage(base *template.Template, file string) (*template.Template, error) {
	set, err := base.Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the shared templates: %w", err)
	}
	if set, err = set.ParseFS(templateFiles, file); err != nil {
		return nil, fmt.Errorf("parse %s: %w", file, err)
	}
	return set, nil
}

func pageName(file string) string { return strings.TrimSuffix(path.Base(file), ".html") }

// html renders a whole page, or with a fragment's name that part of it alone.
// The result is complete before the first byte is sent, so a page is never cut
// off in the middle.
func (p *pages) html(page, fragment string, view any) ([]byte, error) {
	set, ok := p.sets[page]
	if !ok {
		return nil, fmt.Errorf("no page is called %q", page)
	}
	var buffer bytes.Buffer
	if err := set.ExecuteTemplate(&buffer, fragment, view); err != nil {
		return nil, fmt.Errorf("render page %s: %w", page, err)
	}
	return buffer.Bytes(), nil
}

// show answers with a page.
func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, page string, view any) {
	s.showPart(w, r, status, page, "layout", view)
}

// showPart answers with a part of a page, for htmx.
func (s *Server) showPart(w http.ResponseWriter, r *http.Request, status int, page, fragment string, view any) {
	body, err := s.pages.html(page, fragment, view)
	if err != nil {
		s.Log.ErrorContext(r.Context(), "page not rendered", "page", page, "error", err)
		http.Error(w, "This page could not be shown. Nothing was changed.", http.StatusInternalServerError)
		return
	}
	if in, chosen := s.zoneOf(r); chosen {
		body = inZone(body, in)
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the browser has gone: nobody is left to tell
}
