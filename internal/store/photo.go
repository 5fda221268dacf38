package store

import (
	"context"
	"time"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
)

// Photo is where somebody's photo is kept.
type Photo struct {
	Key    string // in the blob store; nobody else's
	Digest string // SHA-256 of the file, in hexadecimal
}

// LooseBlob is a file of the blob store that nothing refers to.
type LooseBlob struct{ OrgID, Key string }

// photoColumn is what the history calls a photo; no sheet has such a column.
const photoColumn = "Photo"

// ExpectPhoto notes a key before its file is stored, so that the file is found and
// deleted if it never becomes a photo.
func (s *Store) ExpectPhoto(ctx context.Context, orgID, key string) error {
	return s.inTx(ctx, shortWrite, func(h *handle) error { return h.loosen(orgID, key) })
}

func (h *handle) loosen(orgID, key string) error {
	return wrap(h.do("INSERT INTO loose_blobs (org_id, blob_key, since, condemned) VALUES (?, ?, ?, ?)", uid(orgID), key, h.now, false), "note a loose file")
}

// SetPhoto makes an expected file somebody's photo; the zero Photo takes theirs
// away. changed is false when they have that very picture already, or none to take
// away. The version goes up and the history says so; IfVersion is not looked at,
// since no field of a form depends on the photo. The file of an earlier photo is
// loose from then on.
//
// Faults: those of EditProfile; fault.Conflict "photo-expired" when the file was
// expected too long ago.
func (s *Store) SetPhoto(ctx context.Context, e Edit, photo Photo) (changed bool, err error) {
	edit := &editing{Edit: e, store: s}
	limits := shortWrite
	limits.lock, limits.turn = editWait, editWait
	err = s.inTx(ctx, limits, func(h *handle) error {
		changed, err = edit.setPhoto(h, photo)
		return err
	})
	if err != nil {
		return false, edit.explain(ctx, err)
	}
	return changed, nil
}

func (e *editing) setPhoto(h *handle, photo Photo) (changed bool, err error) {
	if _, err := h.lockOrg(e.OrgID); err != nil {
		return false, err
	}
	e.entered = true
	person, err := h.lockPerson(e.OrgID, e.ProfileID)
	if err != nil {
		return false, err
	}
	before, err := h.photos(e.OrgID, []profile.ID{person.ID})
	if err != nil {
		return false, err
	}
	old := before[person.ID]
	if old.Digest == photo.Digest {
		return false, nil
	}
	if err := e.replacePhoto(h, old, photo); err != nil {
		return false, err
	}
	return true, e.notePhoto(h, person.Version+1, photoWord(old, photo))
}

func photoWord(old, photo Photo) string {
	switch {
	case photo.Key == "":
		return "removed"
	case old.Key == "":
		return "added"
	}
	return "changed"
}

// replacePhoto makes the new file referred to and the old one loose.
func (e *editing) replacePhoto(h *handle, old, photo Photo) error {
	org, id := uid(e.OrgID), e.ProfileID.String()
	if old.Key != "" {
		if err := h.do("DELETE FROM profile_photos WHERE org_id = ? AND profile_id = ?", org, id); err != nil {
			return wrap(err, "take photo away")
		}
		if err := h.loosen(e.OrgID, old.Key); err != nil {
			return err
		}
	}
	if photo.Key == "" {
		return nil
	}
	expected, err := h.exec("DELETE FROM loose_blobs WHERE org_id = ? AND blob_key = ? AND NOT condemned", org, photo.Key)
	if err != nil {
		return wrap(err, "find the photo's file")
	}
	if expected != 1 {
		return fault.New(fault.Conflict, "photo-expired", "The upload took too long. Upload the photo again.")
	}
	return wrap(h.do("INSERT INTO profile_photos (org_id, profile_id, blob_key, digest) VALUES (?, ?, ?, ?)", org, id, photo.Key, photo.Digest), "save photo")
}

// notePhoto writes the version, the history, the revision and the audit entry.
func (e *editing) notePhoto(h *handle, version int64, word string) error {
	if err := h.do("UPDATE profiles SET version = ?, updated_at = ? WHERE org_id = ? AND id = ?", version, h.now, uid(e.OrgID), e.ProfileID.String()); err != nil {
		return wrap(err, "raise version")
	}
	if err := e.addEdit(h, version, []plan.Change{{Column: photoColumn, New: word}}); err != nil {
		return err
	}
	if err := h.raiseRevision(e.OrgID); err != nil {
		return err
	}
	return h.audit(AuditEntry{OrgID: e.OrgID, ActorID: e.ActorID, Action: "photo." + word, Subject: e.ProfileID.String(), RequestID: e.RequestID})
}

// Photos reads the photos of those people who have one.
func (s *Store) Photos(ctx context.Context, orgID string, ids []profile.ID) (map[profile.ID]Photo, error) {
	return s.reads(ctx).photos(orgID, ids)
}

func (h *handle) photos(orgID string, ids []profile.ID) (map[profile.ID]Photo, error) {
	photos := make(map[profile.ID]Photo)
	if len(ids) == 0 {
		return photos, nil
	}
	var rows []struct {
		ProfileID       profile.ID
		BlobKey, Digest string
	}
	if err := h.all(&rows, "SELECT p.profile_id, p.blob_key, p.digest FROM profile_photos p WHERE p.org_id = ? AND "+
		h.dialect.inList("p.profile_id", uuidList), uid(orgID), h.dialect.list(idTexts(ids))); err != nil {
		return nil, wrap(err, "read photos")
	}
	for _, row := range rows {
		photos[row.ProfileID] = Photo{Key: row.BlobKey, Digest: row.Digest}
	}
	return photos, nil
}

// CondemnBlobs lists files to delete: those that have been loose for longer than
// age, which can no longer become anybody's photo from then on. Once the files are
// gone, tell DropBlobs.
func (s *Store) CondemnBlobs(ctx context.Context, age time.Duration, limit int) ([]LooseBlob, error) {
	var list []LooseBlob
	err := s.repeatable(ctx, func(h *handle) error {
		list = nil
		var rows []struct{ OrgID, BlobKey string }
		if err := h.all(&rows, "SELECT b.org_id, b.blob_key FROM loose_blobs b WHERE b.since < ? ORDER BY b.since, b.org_id, b.blob_key LIMIT ?"+
			h.dialect.forUpdate("b")+h.dialect.skipLocked(), h.now.Add(-age), limit); err != nil {
			return wrap(err, "list loose files")
		}
		for _, row := range rows {
			if err := h.do("UPDATE loose_blobs SET condemned = ? WHERE org_id = ? AND blob_key = ?", true, row.OrgID, row.BlobKey); err != nil {
				return wrap(err, "condemn loose files")
			}
			list = append(list, LooseBlob{row.OrgID, row.BlobKey})
		}
		return nil
	})
	return list, err
}

// DropBlobs forgets condemned files that are deleted.
func (s *Store) DropBlobs(ctx context.Context, list []LooseBlob) error {
	if len(list) == 0 {
		return nil
	}
	return s.repeatable(ctx, func(h *handle) error {
		for _, b := range list {
			if err := h.do("DELETE FROM loose_blobs WHERE org_id = ? AND blob_key = ? AND condemned", uid(b.OrgID), b.Key); err != nil {
				return wrap(err, "forget loose files")
			}
		}
		return nil
	})
}
