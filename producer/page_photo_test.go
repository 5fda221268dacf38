package producer

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"teamsheet/internal/photo"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

func somePicture(t *testing.T, shade uint8) []byte {
	t.Helper()
	picture := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range picture.Pix {
		picture.Pix[i] = shade
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// photoOn is the address of the photo that a page shows, "" for none.
func (p *shownPage) photoOn() string {
	for _, image := range elements(p.root, "img") {
		if src := attribute(image, "src"); strings.Contains(src, "/photo/") {
			return src
		}
	}
	return ""
}

// Pictures are held in memory: no more of an organization than there is room for.
func TestPicturesTakeTurns(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var leave func()
	for range picturesOfOrg {
		var err error
		leave, err = r.server.pictures.enter(r.home.org.ID)
		r.must(err)
	}
	form := r.signedIn().open(profileURL(r.home.profile)).form(photoURL(r.home.profile)).choose("me.png", somePicture(t, 10))
	form.send().is(http.StatusTooManyRequests, "are being uploaded right now")
	leave()
	form.send().is(http.StatusOK, "The photo was saved")
	form.send().is(http.StatusOK, "The photo was saved") // it has left again
}

func TestPhotoIsUploadedShownAndRemoved(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	id := r.home.profile
	address, form := profileURL(id), photoURL(id)
	page := b.open(address).is(http.StatusOK, "There is none: the initials stand for it.").lacks("Remove the photo")
	page.form(form).choose("me.png", somePicture(t, 10)).send().is(http.StatusOK, "The photo was saved", "Photo added", "by hand")
	first := b.open(address).photoOn()
	if list := b.open("/team?q=ana").photoOn(); first == "" || list != first {
		t.Errorf("the profile shows %q, the list %q", first, list)
	}
	page.form(form).choose("me.png", somePicture(t, 10)).send().is(http.StatusOK, "The photo was saved")
	shown := b.open(first).is(http.StatusOK)
	if config, err := jpeg.DecodeConfig(strings.NewReader(shown.body)); err != nil || config.Width != 30 {
		t.Errorf("%+v, %v", config, err)
	}
	page.form(form).choose("other.png", somePicture(t, 250)).send().is(http.StatusOK, "Photo changed")
	if second := b.open(address).photoOn(); second == first {
		t.Error("another photo has the same address")
	}
	b.open(first).is(http.StatusNotFound)
	b.open(address).form(form+"/remove").send().is(http.StatusOK, "The photo was removed", "Photo removed")
	if now := b.open(address).photoOn(); now != "" {
		t.Errorf("the profile shows %s", now)
	}
	if p := r.person(2); p.Version != 4 {
		t.Errorf("version %d after three changes", p.Version)
	}
}

func TestPhotoIsKeptByBrowsersAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	address := profileURL(r.home.profile)
	b.open(address).form(photoURL(r.home.profile)).choose("me.png", somePicture(t, 10)).send().is(http.StatusOK)
	src := b.open(address).photoOn()
	response, err := b.client.Get(r.web.URL + src)
	r.must(err)
	r.must(response.Body.Close())
	for key, want := range map[string]string{"Content-Type": photo.ContentType, "X-Content-Type-Options": "nosniff",
		"Cache-Control": "private, max-age=31536000, immutable", "Content-Security-Policy": pagePolicy} {
		if got := response.Header.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	r.browser().open(src).is(http.StatusOK, "Sign in")
	stranger := r.signedInAs(r.other.admin)
	stranger.open(src).is(http.StatusNotFound)
	stranger.post(photoURL(r.home.profile)+"/remove", url.Values{}).is(http.StatusNotFound)
	b.open(strings.Replace(src, r.home.profile.String(), personID(1, 3).String(), 1)).is(http.StatusNotFound)
	for _, path := range []string{address + "/photo/", address + "/photo/x", "/team/nobody/photo/x"} {
		b.open(path).is(http.StatusNotFound)
	}
}

func TestPhotoIsRefusedBesideTheField(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	page := b.open(profileURL(r.home.profile))
	for name, test := range map[string]struct {
		file   []byte
		status int
		says   string
	}{
		"":          {nil, http.StatusBadRequest, "No picture was chosen."},
		"me.heic":   {[]byte("\x00\x00\x00\x18ftypheic\x00\x00"), http.StatusUnsupportedMediaType, "This is a HEIC picture."},
		"evil.html": {[]byte("<script>alert(1)</script>"), http.StatusUnsupportedMediaType, "A photo has to be a JPEG, PNG, GIF or WebP."},
		"half.png":  {somePicture(t, 1)[:60], http.StatusUnprocessableEntity, "This picture cannot be read"},
		"large.jpg": {append([]byte("\xff\xd8\xff"), make([]byte, photo.MaxBytes)...), http.StatusRequestEntityTooLarge, "larger than 10 MiB"},
		"vast.jpg":  {make([]byte, photo.MaxBytes+2*formOverhead), http.StatusRequestEntityTooLarge, "larger than 10 MiB"},
		"wide.gif":  {[]byte("GIF89a\xff\xff\xff\xff\x00\x00\x00"), http.StatusRequestEntityTooLarge, "65535 by 65535 pixels"},
	} {
		refused := page.form(photoURL(r.home.profile)).choose(name, test.file).send().is(test.status, "There is a problem", test.says)
		if !hasID(refused.root, "photo-problem") || !strings.HasPrefix(refused.title(), "Error: ") {
			t.Errorf("%s: title %q", name, refused.title())
		}
	}
	if n := r.blobs.count(t); n > 0 || r.person(2).Version != 1 {
		t.Errorf("%d files were kept", n)
	}
}

// A file that could not be made a photo is found by whoever clears up.
func TestPhotoThatIsNotSavedLeavesALooseFile(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.signedIn()
	r.blobs.putErr = http.ErrHandlerTimeout
	b.open(profileURL(r.home.profile)).form(photoURL(r.home.profile)).choose("me.png", somePicture(t, 10)).send().
		is(http.StatusInternalServerError, "nothing was saved")
	loose, err := r.store.CondemnBlobs(t.Context(), -1, 10)
	r.must(err)
	if len(loose) != 1 {
		t.Errorf("%d loose files", len(loose))
	}
	photos, err := r.store.Photos(t.Context(), r.home.org.ID, []profile.ID{r.home.profile})
	r.must(err)
	if photos[r.home.profile] != (store.Photo{}) {
		t.Errorf("%+v", photos)
	}
}
