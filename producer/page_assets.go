package producer

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
)

//go:embed static
var staticFiles embed.FS

// assets are the style sheets, scripts and pictures of the pages. Their address
// holds a hash of all their bytes, so that a browser may keep them for a year
// and still gets the new ones with a new program.
type assets struct {
	files fs.FS
	base  string // "/static/<hash>/"
}

func newAssets() (*assets, error) {
	files, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, fmt.Errorf("open the assets: %w", err)
	}
	sum := sha256.New()
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		fmt.Fprintf(sum, "%s\x00%d\x00", name, len(content))
		sum.Write(content)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the assets: %w", err)
	}
	return &assets{files: files, base: "/static/" + hex.EncodeToString(sum.Sum(nil))[:16] + "/"}, nil
}

// url of an asset by its name, such as "app.css".
func (a *assets) url(name string) string { return a.base + name }

// handler serves the assets. Another hash than today's is a page of an older
// or newer program: it gets today's bytes, but may not keep them.
func (a *assets) handler() http.Handler {
	server := http.FileServerFS(a.files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		if info, err := fs.Stat(a.files, name); err != nil || info.IsDir() {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		if r.URL.Path == a.url(name) {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		r.URL.Path = "/" + name
		server.ServeHTTP(w, r)
	})
}
