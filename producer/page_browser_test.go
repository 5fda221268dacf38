package producer

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"teamsheet/internal/auth"
	"teamsheet/internal/store"
)

// browser is a person without scripts: it follows links and sends forms, and
// nothing else.
type browser struct {
	t      *testing.T
	rig    *rig
	client *http.Client
}

func (r *rig) browser() *browser {
	jar, err := cookiejar.New(nil)
	r.must(err)
	return &browser{t: r.t, rig: r, client: &http.Client{Jar: jar, Transport: r.web.Client().Transport}}
}

const testPassword = "four words in a row"

// signedIn is the browser of the home admin, who has chosen a password and so is
// signed in.
func (r *rig) signedIn() *browser {
	r.t.Helper()
	return r.signedInAs(r.home.admin)
}

func (r *rig) signedInAs(account store.Account) *browser {
	r.t.Helper()
	b := r.browser()
	token, err := auth.NewPasswordLink(r.t.Context(), r.store, account)
	r.must(err)
	b.open("/password/"+token).form("/password/").set("password", testPassword).send()
	return b
}

// shownPage is what the browser shows.
type shownPage struct {
	b      *browser
	status int
	url    *url.URL
	body   string
	root   *html.Node
}

func (b *browser) open(path string) *shownPage {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.rig.web.URL+path, nil)
	b.rig.must(err)
	return b.do(request)
}

func (b *browser) do(request *http.Request) *shownPage {
	b.t.Helper()
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	response, err := b.client.Do(request)
	b.rig.must(err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	b.rig.must(err)
	root, err := html.Parse(bytes.NewReader(body))
	b.rig.must(err)
	return &shownPage{b: b, status: response.StatusCode, url: response.Request.URL, body: string(body), root: root}
}

// is checks the status and that the text stands on the page.
func (p *shownPage) is(status int, texts ...string) *shownPage {
	p.b.t.Helper()
	if p.status != status {
		p.b.t.Fatalf("%s: status %d, want %d: %s", p.url.Path, p.status, status, p.text())
	}
	for _, text := range texts {
		if !strings.Contains(p.text(), text) {
			p.b.t.Fatalf("%s does not say %q: %s", p.url.Path, text, p.text())
		}
	}
	return p
}

// rows are the numbers of the rows of a file that the page shows.
func (p *shownPage) rows() []string {
	var numbers []string
	for _, found := range shownRow.FindAllStringSubmatch(p.body, -1) {
		numbers = append(numbers, found[1])
	}
	return numbers
}

var shownRow = regexp.MustCompile(`<tr id="row-(\d+)"`)

// lacks checks that no text stands on the page.
func (p *shownPage) lacks(texts ...string) *shownPage {
	p.b.t.Helper()
	for _, text := range texts {
		if strings.Contains(p.text(), text) {
			p.b.t.Errorf("%s says %q: %s", p.url.Path, text, p.text())
		}
	}
	return p
}

func (p *shownPage) text() string {
	var out strings.Builder
	for n := range p.root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			out.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func (p *shownPage) title() string {
	for n := range p.root.Descendants() {
		if n.Data == "title" && n.FirstChild != nil {
			return n.FirstChild.Data
		}
	}
	return ""
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// elements with the tag.
func elements(root *html.Node, tag string) []*html.Node {
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			out = append(out, n)
		}
	}
	return out
}

// follow clicks the first link whose text holds the words.
func (p *shownPage) follow(words string) *shownPage {
	p.b.t.Helper()
	for _, a := range elements(p.root, "a") {
		if strings.Contains((&shownPage{root: a}).text(), words) {
			target, err := p.url.Parse(attribute(a, "href"))
			p.b.rig.must(err)
			return p.b.open(target.RequestURI())
		}
	}
	p.b.t.Fatalf("%s has no link %q: %s", p.url.Path, words, p.text())
	return nil
}

// pageForm is a form of the page as it would be sent.
type pageForm struct {
	page   *shownPage
	node   *html.Node
	values url.Values
	file   []byte
	name   string
}

// form finds a form by the beginning of its action.
func (p *shownPage) form(action string) *pageForm {
	p.b.t.Helper()
	f := p.findForm(action)
	if f == nil {
		p.b.t.Fatalf("%s has no form for %s: %s", p.url.Path, action, p.text())
	}
	return f
}

// findForm prefers the very action to one that begins so.
func (p *shownPage) findForm(action string) *pageForm {
	var found *html.Node
	for _, node := range elements(p.root, "form") {
		if attribute(node, "action") == action {
			found = node
			break
		}
		if found == nil && strings.HasPrefix(attribute(node, "action"), action) {
			found = node
		}
	}
	if found == nil {
		return nil
	}
	return &pageForm{page: p, node: found, values: formValues(found)}
}

// formValues are what a browser would send without a touch.
func formValues(node *html.Node) url.Values {
	values := url.Values{}
	for _, in := range elements(node, "input") {
		kind, name := attribute(in, "type"), attribute(in, "name")
		ticked := (kind != "checkbox" && kind != "radio") || has(in, "checked")
		if name != "" && kind != "file" && ticked {
			values.Add(name, attribute(in, "value"))
		}
	}
	for _, area := range elements(node, "textarea") {
		text := ""
		if area.FirstChild != nil {
			text = area.FirstChild.Data
		}
		values.Add(attribute(area, "name"), strings.ReplaceAll(text, "\n", "\r\n"))
	}
	for _, choice := range elements(node, "select") {
		options := elements(choice, "option")
		at := max(0, slices.IndexFunc(options, func(o *html.Node) bool { return has(o, "selected") }))
		if len(options) > 0 {
			values.Add(attribute(choice, "name"), attribute(options[at], "value"))
		}
	}
	return values
}

// set fills in a field, which has to be there.
func (f *pageForm) set(name string, values ...string) *pageForm {
	f.page.b.t.Helper()
	fields := slices.Concat(elements(f.node, "input"), elements(f.node, "textarea"), elements(f.node, "select"))
	if !slices.ContainsFunc(fields, func(n *html.Node) bool { return attribute(n, "name") == name }) {
		f.page.b.t.Fatalf("the form has no field %q", name)
	}
	f.values[name] = values
	return f
}

// choose puts a file into the form.
func (f *pageForm) choose(name string, content []byte) *pageForm {
	f.name, f.file = name, content
	return f
}

// send sends the form and shows what comes back.
func (f *pageForm) send() *shownPage {
	b := f.page.b
	b.t.Helper()
	method, action := strings.ToUpper(attribute(f.node, "method")), attribute(f.node, "action")
	target, err := f.page.url.Parse(action)
	b.rig.must(err)
	body, contentType := strings.NewReader(f.values.Encode()), "application/x-www-form-urlencoded"
	if method == http.MethodGet {
		target.RawQuery = f.values.Encode()
		return b.open(target.RequestURI())
	}
	if attribute(f.node, "enctype") == "multipart/form-data" {
		body, contentType = f.multipart()
	}
	request, err := http.NewRequestWithContext(b.t.Context(), method, target.String(), body)
	b.rig.must(err)
	request.Header.Set("Content-Type", contentType)
	return b.do(request)
}

func (f *pageForm) multipart() (*strings.Reader, string) {
	var out strings.Builder
	w := multipart.NewWriter(&out)
	for name, values := range f.values {
		for _, value := range values {
			f.page.b.rig.must(w.WriteField(name, value))
		}
	}
	part, err := w.CreateFormFile("file", f.name)
	f.page.b.rig.must(err)
	_, err = part.Write(f.file)
	f.page.b.rig.must(err)
	f.page.b.rig.must(w.Close())
	return strings.NewReader(out.String()), w.FormDataContentType()
}
