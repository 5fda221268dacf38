package store

import (
	"context"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/profile"
)

// NewBatch is an upload that has been received and stored.
type NewBatch struct {
	ID                             string // made by the caller (NewID)
	OrgID, AccountID, AccountEmail string
	File                           batch.File
	BlobKey                        string
	Replaces                       string // "" none
	IdempotencyKey                 string // "" none; the account's own
	RequestID                      string
}

// CreateBatch inserts it as uploaded. The same idempotency key with the same file
// returns the batch made then and created false; with another file:
// fault.Rejected "idempotency-key-reused". Replaces must name a batch of the same
// organization: fault.NotFound.
func (s *Store) CreateBatch(ctx context.Context, n NewBatch) (b batch.Batch, created bool, err error) {
	err = s.repeatable(ctx, func(h *handle) error {
		if err := h.needReplaced(n); err != nil {
			return err
		}
		inserted, err := h.exec("INSERT INTO batches (org_id, id, kind, state, replaces, file_name, file_size, file_sha256,"+
			" blob_key, account_id, account_email, idempotency_key, request_id, uploaded_at)"+
			" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			uid(n.OrgID), uid(n.ID), string(batch.KindUpdate), string(batch.Uploaded), orNull(n.Replaces),
			storable(n.File.Name), n.File.Size, n.File.SHA256, n.BlobKey, uid(n.AccountID), n.AccountEmail,
			textOrNull(storable(n.IdempotencyKey)), storable(n.RequestID), h.now)
		if err != nil {
			return wrap(err, "create batch")
		}
		if b, err = h.madeBatch(n, inserted > 0); err != nil {
			return err
		}
		// A try whose reply was lost has made the batch with this id.
		created = b.ID == uid(n.ID)
		if inserted == 0 {
			return nil
		}
		return h.audit(AuditEntry{OrgID: n.OrgID, ActorID: n.AccountID, Action: "batch.uploaded", Subject: b.ID, RequestID: n.RequestID})
	})
	if err != nil {
		return batch.Batch{}, false, err
	}
	return b, created, nil
}

func (h *handle) needReplaced(n NewBatch) error {
	if n.Replaces == "" {
		return nil
	}
	_, err := h.batch(" WHERE b.org_id = ? AND b.id = ?", uid(n.OrgID), uid(n.Replaces))
	return err
}

// madeBatch reads what was inserted, or what stood in its way.
func (h *handle) madeBatch(n NewBatch, inserted bool) (batch.Batch, error) {
	const byID = " WHERE b.org_id = ? AND b.id = ?"
	if inserted || n.IdempotencyKey == "" {
		return h.batch(byID, uid(n.OrgID), uid(n.ID))
	}
	b, err := h.batch(" WHERE b.org_id = ? AND b.account_id = ? AND b.idempotency_key = ?",
		uid(n.OrgID), uid(n.AccountID), storable(n.IdempotencyKey))
	if err != nil {
		return batch.Batch{}, err
	}
	if b.File.SHA256 != n.File.SHA256 || b.File.Size != n.File.Size {
		return batch.Batch{}, fault.New(fault.Rejected, "idempotency-key-reused",
			"This Idempotency-Key was used for another file. Send a new key with a new file.")
	}
	return b, nil
}

// Batch reads a batch, with the progress of its task.
func (s *Store) Batch(ctx context.Context, orgID, id string) (batch.Batch, error) {
	b, err := s.reads(ctx).batch(" WHERE b.org_id = ? AND b.id = ?", uid(orgID), uid(id))
	if err != nil {
		return batch.Batch{}, err
	}
	list := []batch.Batch{b}
	if err := s.addProgress(ctx, list); err != nil {
		return batch.Batch{}, err
	}
	return list[0], nil
}

// Batches lists batches, newest first; after is the cursor of the previous page,
// "" the first. Unknown ones: fault.BadRequest.
func (s *Store) Batches(ctx context.Context, orgID, after string, limit int) (list []batch.Batch, next string, err error) {
	limit = pageLimit(limit)
	where := &conditions{}
	where.add("b.org_id = ?", uid(orgID))
	if after != "" {
		if _, ok := profile.ParseID(after); !ok {
			return nil, "", unknownCursor()
		}
		where.add("b.id < ?", uid(after))
	}
	// Ids are made in the order of time, so the newest has the greatest.
	list, err = s.reads(ctx).batches(where.sql()+" ORDER BY b.id DESC LIMIT ?", append(where.args, limit+1)...)
	if err != nil {
		return nil, "", err
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, s.addProgress(ctx, list)
}

// addProgress puts the progress of running tasks into waiting batches.
func (s *Store) addProgress(ctx context.Context, list []batch.Batch) error {
	var waiting []batchRef
	for i := range list {
		if b := &list[i]; b.State.Waiting() {
			waiting = append(waiting, batchRef{b.OrgID, b.ID, b.Generation})
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	signs, err := s.pulse.signs(ctx, waiting)
	if err != nil {
		return wrap(err, "read progress")
	}
	for i := range list {
		if sign, ok := signs[list[i].ID]; ok && sign.progress.Phase != "" {
			list[i].Progress = sign.progress
		}
	}
	return nil
}

// Begun is when the first organization was made: no stored file of this database is
// older. found is false when there is none, and so no file either.
func (s *Store) Begun(ctx context.Context) (at time.Time, found bool, err error) {
	found, err = s.reads(ctx).one(&at, "SELECT created_at FROM orgs ORDER BY created_at LIMIT 1")
	return at.UTC(), found, wrap(err, "look for the first organization")
}

// FilesNeeded tells of each of the stored files (by blob key) that the database knows
// whether it is needed: by a batch that is unfinished or finished after a time, as
// somebody's photo or on its way to be one. A file that is not in the answer is
// nobody's.
func (s *Store) FilesNeeded(ctx context.Context, keys []string, after time.Time) (needed map[string]bool, err error) {
	var files []struct {
		BlobKey string
		Needed  int
	}
	among, list := s.dialect.inList("blob_key", "text"), s.dialect.list(keys)
	if err := s.reads(ctx).all(&files, "SELECT f.blob_key, max(f.needed) AS needed FROM ("+
		"SELECT blob_key, CASE WHEN finished_at IS NULL OR finished_at > ? THEN 1 ELSE 0 END AS needed FROM batches WHERE "+among+
		" UNION ALL SELECT blob_key, 1 FROM profile_photos WHERE "+among+
		" UNION ALL SELECT blob_key, 1 FROM loose_blobs WHERE "+among+") f GROUP BY f.blob_key", stored(after), list, list, list); err != nil {
		return nil, wrap(err, "look for whose files they are")
	}
	needed = make(map[string]bool, len(files))
	for _, file := range files {
		needed[file.BlobKey] = file.Needed > 0
	}
	return needed, nil
}

// Rung notes that the doorbell was rung for the generation.
func (s *Store) Rung(ctx context.Context, batchID string, generation int) error {
	var orgID string
	found, err := s.reads(ctx).one(&orgID, "SELECT org_id FROM batches WHERE id = ?", uid(batchID))
	if err != nil {
		return wrap(err, "load batch")
	}
	if !found {
		return notFound("batch")
	}
	return wrap(s.pulse.rung(ctx, orgID, uid(batchID), generation, s.now()), "note ring")
}
