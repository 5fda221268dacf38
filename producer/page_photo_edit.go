package producer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"teamsheet/internal/blob"
	"teamsheet/internal/fault"
	"teamsheet/internal/photo"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// photosAtOnce is how many photos are made at a time: each may take a few hundred
// megabytes while it is decoded.
const photosAtOnce = 1

// photoView is the part of a profile's page about the photo.
type photoView struct {
	avatarView
	Action, Remove string
	MaxSize        int64
	Problem        string
}

// avatarView is a small picture of somebody, or their initials.
type avatarView struct{ URL, Initials string }

func newAvatarView(p *profile.Profile, kept store.Photo) avatarView {
	v := avatarView{Initials: profile.Initials(p)}
	if kept.Digest != "" {
		v.URL = photoURL(p.ID) + "/" + kept.Digest
	}
	return v
}

func newPhotoView(p *profile.Profile, kept store.Photo) photoView {
	return photoView{avatarView: newAvatarView(p, kept), Action: photoURL(p.ID), Remove: photoURL(p.ID) + "/remove", MaxSize: photo.MaxBytes}
}

func photoURL(id profile.ID) string { return profileURL(id) + "/photo" }

// photoSet takes an uploaded picture as somebody's photo.
func (s *Server) photoSet(w http.ResponseWriter, r *http.Request) {
	id, ok := profile.ParseID(r.PathValue("id"))
	if !ok {
		s.pageError(w, r, errNoProfile())
		return
	}
	in, err := openFile(r, photo.MaxBytes, photo.TooLarge())
	if err == nil {
		err = s.takePhoto(r, id, in)
	}
	if err != nil {
		in.Drain()
		s.refusePhoto(w, r, id, err)
		return
	}
	http.Redirect(w, r, profileURL(id)+"?saved="+savedPhoto, http.StatusSeeOther)
}

// takePhoto reads a picture, which is held in memory meanwhile, and keeps the photo
// that is made of it.
func (s *Server) takePhoto(r *http.Request, id profile.ID, in *incomingFile) error {
	leave, err := s.pictures.enter(s.account(r).OrgID)
	if err != nil {
		return err
	}
	defer leave()
	content, err := readPhoto(in)
	if err != nil {
		return err
	}
	if content, err = s.makePhoto(r.Context(), content); err != nil {
		return err
	}
	return s.keepPhoto(r, id, content)
}

// photoRemove takes somebody's photo away.
func (s *Server) photoRemove(w http.ResponseWriter, r *http.Request) {
	id, ok := profile.ParseID(r.PathValue("id"))
	if !ok {
		s.pageError(w, r, errNoProfile())
		return
	}
	if _, err := s.Store.SetPhoto(r.Context(), newEdit(r.Context(), s.account(r), id, 0, "page"), store.Photo{}); err != nil {
		s.pageError(w, r, fmt.Errorf("remove photo: %w", err))
		return
	}
	http.Redirect(w, r, profileURL(id)+"?saved="+savedNoPhoto, http.StatusSeeOther)
}

// readPhoto reads no more than a photo may have.
func readPhoto(in *incomingFile) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(in.Body, photo.MaxBytes+1))
	if err != nil {
		return nil, bodyFault(err)
	}
	return content, nil
}

// makePhoto makes the small picture when it is this one's turn.
func (s *Server) makePhoto(ctx context.Context, content []byte) ([]byte, error) {
	select {
	case s.photos <- struct{}{}:
		defer func() { <-s.photos }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to make a photo: %w", ctx.Err())
	}
	return photo.Make(content)
}

// keepPhoto stores a picture and then says whose it is: a file that nobody has is
// deleted some time later.
func (s *Server) keepPhoto(r *http.Request, id profile.ID, content []byte) error {
	ctx, account := r.Context(), s.account(r)
	if _, err := s.Store.Profile(ctx, account.OrgID, id); err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	kept := store.Photo{Key: blob.NewKey(), Digest: hex.EncodeToString(sum[:])}
	if err := s.Store.ExpectPhoto(ctx, account.OrgID, kept.Key); err != nil {
		return fmt.Errorf("expect photo: %w", err)
	}
	if _, err := s.Blobs.Put(ctx, kept.Key, bytes.NewReader(content)); err != nil {
		return fmt.Errorf("store photo: %w", err)
	}
	if _, err := s.Store.SetPhoto(ctx, newEdit(ctx, account, id, 0, "page"), kept); err != nil {
		return fmt.Errorf("save photo: %w", err)
	}
	return nil
}

// refusePhoto shows the profile with what is wrong with the picture beside the
// field. Trouble that is not the picture's gets a page of its own.
func (s *Server) refusePhoto(w http.ResponseWriter, r *http.Request, id profile.ID, err error) {
	code := fault.CodeOf(err)
	said := messageOf(err)
	switch {
	case code == "file-missing":
		said = "No picture was chosen. Choose one, then upload it."
	case code == "body-too-large":
		said = messageOf(photo.TooLarge())
	case !strings.HasPrefix(code, "photo-") && !strings.HasPrefix(code, "upload-"):
		s.pageError(w, r, err)
		return
	}
	a := s.answerTo(r, err)
	view, err := s.profileView(r, id)
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	view.Photo.Problem = said
	view.Problems = []formProblem{{For: "photo-file", Message: said}}
	view.Title = "Error: the photo was not taken – " + view.Name
	s.show(w, r, a.Status, "profile", view)
}

// photoMost in bytes bounds what is read of a stored photo.
const photoMost = 1 << 20

// photoShow serves a photo to whoever may see the team. Its address holds its
// digest, so that it never changes and a browser may keep it.
func (s *Server) photoShow(w http.ResponseWriter, r *http.Request) {
	id, ok := profile.ParseID(r.PathValue("id"))
	if !ok {
		s.pageError(w, r, errNoPhoto())
		return
	}
	kept, err := s.Store.Photos(r.Context(), s.account(r).OrgID, []profile.ID{id})
	if err == nil && (kept[id].Key == "" || kept[id].Digest != r.PathValue("digest")) {
		err = errNoPhoto()
	}
	var content []byte
	if err == nil {
		content, err = s.storedPhoto(r.Context(), kept[id].Key)
	}
	if err != nil {
		s.pageError(w, r, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", photo.ContentType)
	header.Set("Cache-Control", "private, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

func (s *Server) storedPhoto(ctx context.Context, key string) ([]byte, error) {
	file, err := s.Blobs.Open(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("open photo: %w", err)
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, photoMost))
	if err != nil {
		return nil, fmt.Errorf("read photo: %w", err)
	}
	return content, nil
}

func errNoPhoto() error {
	return fault.New(fault.NotFound, "not-found", "There is no such photo. It may have been changed or removed.")
}
