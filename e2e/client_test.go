package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"teamsheet/internal/testkit"
)

// client calls the API with one person's token.
type client struct {
	t     *testing.T
	url   string
	token string
}

// batchJSON is a batch as the API shows it, as far as these tests look.
type batchJSON struct {
	ID       string  `json:"id"`
	Kind     string  `json:"kind"`
	State    string  `json:"state"`
	Replaces *string `json:"replaces"`
	Plan     *string `json:"plan"`
	File     struct {
		Name string `json:"name"`
		Size int64  `json:"size"`
	} `json:"file"`
	Counts struct {
		Rows      int `json:"rows"`
		Changed   int `json:"changed"`
		Unchanged int `json:"unchanged"`
		Invalid   int `json:"invalid"`
		Warnings  int `json:"warnings"`
		Blank     int `json:"blank"`
	} `json:"counts"`
	ChangesByColumn []struct {
		Column  string `json:"column"`
		Changed int    `json:"changed"`
		Cleared int    `json:"cleared"`
	} `json:"changes_by_column"`
	Failure *struct {
		Code string `json:"code"`
	} `json:"failure"`
}

type problemJSON struct {
	Code        string   `json:"code"`
	Row         int      `json:"row"`
	Column      string   `json:"column"`
	Cell        string   `json:"cell"`
	Value       string   `json:"value"`
	Message     string   `json:"message"`
	Fix         string   `json:"fix"`
	Suggestions []string `json:"suggestions"`
}

type rowJSON struct {
	Row      int           `json:"row"`
	Name     string        `json:"name"`
	Result   string        `json:"result"`
	Problems []problemJSON `json:"problems"`
	Changes  []struct {
		Column string `json:"column"`
		Old    string `json:"old"`
		New    string `json:"new"`
	} `json:"changes"`
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// call makes one request; header are pairs of name and value.
func (c *client) call(method, path string, body []byte, header ...string) answer {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	httpClient := http.Client{Timeout: testkit.Limit}
	response, err := httpClient.Do(request)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatalf("%s %s: read the answer: %v", method, path, err)
	}
	return answer{status: response.StatusCode, header: response.Header, body: read}
}

// want makes a request that has to be answered with a status.
func (c *client) want(status int, method, path string, body []byte, header ...string) answer {
	c.t.Helper()
	got := c.call(method, path, body, header...)
	if got.status != status {
		c.t.Fatalf("%s %s: %d, want %d: %s", method, path, got.status, status, got.body)
	}
	return got
}

func decode[T any](t *testing.T, from answer) T {
	t.Helper()
	var value T
	if err := json.Unmarshal(from.body, &value); err != nil {
		t.Fatalf("decode %s: %v", from.body, err)
	}
	return value
}

// download is the team as Unicode Text; query "" or "?complete=1".
func (c *client) download(query string) table {
	c.t.Helper()
	return readTable(c.t, c.want(http.StatusOK, http.MethodGet, "/api/v1/team.txt"+query, nil).body)
}

// upload sends a file and returns its batch.
func (c *client) upload(name string, file []byte) batchJSON {
	c.t.Helper()
	got := c.want(http.StatusAccepted, http.MethodPost, "/api/v1/batches?name="+url.QueryEscape(name), file,
		"Content-Type", "application/octet-stream")
	uploaded := decode[batchJSON](c.t, got)
	if location := got.header.Get("Location"); !strings.HasSuffix(location, "/api/v1/batches/"+uploaded.ID) {
		c.t.Errorf("Location %q does not lead to batch %s", location, uploaded.ID)
	}
	return uploaded
}

func (c *client) batch(id string) batchJSON {
	c.t.Helper()
	return decode[batchJSON](c.t, c.want(http.StatusOK, http.MethodGet, "/api/v1/batches/"+id, nil))
}

// settle waits until a batch is where only a person, or nobody, moves it on.
func (c *client) settle(id string) batchJSON {
	c.t.Helper()
	deadline := time.Now().Add(testkit.Limit)
	for time.Now().Before(deadline) {
		b := decode[batchJSON](c.t, c.want(http.StatusOK, http.MethodGet, "/api/v1/batches/"+id+"?wait=20s", nil))
		if b.State != "uploaded" && b.State != "confirmed" {
			return b
		}
	}
	c.t.Fatalf("batch %s does not settle: %+v", id, c.batch(id))
	return batchJSON{}
}

// preview uploads a file and waits for what becomes of it.
func (c *client) preview(name string, file []byte) batchJSON {
	c.t.Helper()
	return c.settle(c.upload(name, file).ID)
}

// confirm confirms the plan of a batch that is ready.
func (c *client) confirm(b batchJSON) {
	c.t.Helper()
	if b.State != "ready" || b.Plan == nil {
		c.t.Fatalf("batch is %s, want ready: %s", b.State, c.explain(b.ID))
	}
	c.want(http.StatusAccepted, http.MethodPost, "/api/v1/batches/"+b.ID+"/confirm", nil, "If-Match", `"`+*b.Plan+`"`)
}

// apply confirms a batch and waits until it is applied.
func (c *client) apply(b batchJSON) batchJSON {
	c.t.Helper()
	c.confirm(b)
	done := c.settle(b.ID)
	if done.State != "applied" {
		c.t.Fatalf("batch is %s (%+v), want applied", done.State, done.Failure)
	}
	return done
}

// rows are the first 500 rows of a batch: show is problems, changes, warnings or all.
func (c *client) rows(id, show string) []rowJSON {
	c.t.Helper()
	got := c.want(http.StatusOK, http.MethodGet, "/api/v1/batches/"+id+"/rows?limit=500&show="+show, nil)
	return decode[struct {
		Rows []rowJSON `json:"rows"`
	}](c.t, got).Rows
}

// explain is what a batch says of its problems, for the message of a failed test.
func (c *client) explain(id string) string {
	c.t.Helper()
	return string(c.call(http.MethodGet, "/api/v1/batches/"+id+"/problems", nil).body)
}
