package producer

import (
	"mime"
	"net/http"
	"testing"
)

func TestHistoryHoldsTheFiles(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	file := textOf([]string{"User ID", "Role"}, []string{r.home.profile.String(), "Pirate"})
	page := b.open("/bulk-update").form("/bulk-update").choose("équipe \"nov\".txt", file).send().is(http.StatusOK)
	id := page.url.Path[len("/bulk-update/"):]
	r.preview(id)
	history := b.open("/bulk-update/history").is(http.StatusOK, "Has problems", "admin@home.example")
	want := attributeOfLink(t, history, "Uploaded file "+r.batch(id).File.Name)
	response, err := b.client.Get(r.web.URL + want)
	r.must(err)
	defer func() { _ = response.Body.Close() }()
	_, fields, err := mime.ParseMediaType(response.Header.Get("Content-Disposition"))
	if got := b.open(want); err != nil || got.body != string(file) || fields["filename"] != r.batch(id).File.Name {
		t.Errorf("%q, %v: %q", fields["filename"], err, got.body)
	}
	history.follow("Fix-up file of " + r.batch(id).File.Name).is(http.StatusOK)
	b.open(page.url.Path).follow("Download the uploaded file").is(http.StatusOK)

	r.must(r.blobs.Delete(t.Context(), r.batch(id).BlobKey))
	b.open(page.url.Path).is(http.StatusOK, "the file is no longer stored")
	b.open(want).is(http.StatusConflict, "The uploaded file is no longer stored.")
}
