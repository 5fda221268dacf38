package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// browser sees the pages of a site as the admin of an organization.
type browser struct {
	site   *site
	client *http.Client
}

const benchPassword = "a quiet harbour at dawn"

// signIn chooses the admin's first password and signs in with it.
func signIn(ctx context.Context, s *site, o *org) (*browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	w := &browser{site: s, client: &http.Client{Jar: jar}}
	if err := w.post(ctx, o.link, url.Values{"password": {benchPassword}}); err != nil {
		return nil, fmt.Errorf("choose a password: %w", err)
	}
	if err := w.post(ctx, "/sign-in", url.Values{"email": {o.email}, "password": {benchPassword}}); err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	return w, nil
}

func (w *browser) post(ctx context.Context, path string, form url.Values) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.site.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.do(request)
}

// see returns after how many seconds a page is there, to its last byte.
func (w *browser) see(ctx context.Context, path string) (float64, error) {
	begun := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.site.url+path, nil)
	if err == nil {
		err = w.do(request)
	}
	return time.Since(begun).Seconds(), err
}

// do makes a request that has to end at a page, and not at the one to sign in.
func (w *browser) do(request *http.Request) error {
	response, err := w.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	at := response.Request.URL.Path
	if response.StatusCode != http.StatusOK || at == "/sign-in" && request.URL.Path != at && !strings.HasPrefix(request.URL.Path, "/password/") {
		return fmt.Errorf("%s %s came to %d at %s", request.Method, request.URL.Path, response.StatusCode, at)
	}
	return nil
}
