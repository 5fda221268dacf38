package producer

import (
	"context"
	"fmt"
	"io"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/store"
)

// noPlan is no plan's digest: confirming with it finds out what else is wrong.
const noPlan = "-"

// confirm moves a ready batch on to be saved, if its plan is still the one that
// was seen, and rings. plan "" (none was named): fault.Precondition, unless the
// batch could not be confirmed anyway. Other faults: those of store.Confirm.
func (s *Server) confirm(ctx context.Context, account store.Account, batchID, plan, requestID string) (batch.Batch, error) {
	named := plan
	if named == "" {
		named = noPlan
	}
	b, err := s.Store.Confirm(ctx, account.OrgID, batchID, named, account.ID, requestID)
	if plan == "" && fault.Is(err, fault.Stale) {
		return batch.Batch{}, fault.New(fault.Precondition, "if-match-missing",
			`Say which plan you confirm: send If-Match with the "plan" of the batch, in quotes.`)
	}
	if err != nil {
		return batch.Batch{}, fmt.Errorf("confirm batch: %w", err)
	}
	s.ringApply(ctx, b)
	return b, nil
}

// cancel ends a batch that has not been confirmed.
func (s *Server) cancel(ctx context.Context, account store.Account, batchID, requestID string) (batch.Batch, error) {
	b, err := s.Store.Cancel(ctx, account.OrgID, batchID, account.ID, requestID)
	if err != nil {
		return batch.Batch{}, fmt.Errorf("cancel batch: %w", err)
	}
	return b, nil
}

// previewAgain makes a new batch of the stored file of a finished one. Faults:
// Conflict "wrong-state" or "file-lost".
func (s *Server) previewAgain(ctx context.Context, account store.Account, batchID, requestID string) (batch.Batch, error) {
	old, err := s.Store.Batch(ctx, account.OrgID, batchID)
	if err != nil {
		return batch.Batch{}, fmt.Errorf("load batch: %w", err)
	}
	if !old.State.Final() {
		return batch.Batch{}, fault.Newf(fault.Conflict, "wrong-state",
			"This update is still %s. Once it is finished, its file can be previewed again.", old.State)
	}
	if err := s.checkStored(ctx, old.BlobKey); err != nil {
		return batch.Batch{}, err
	}
	b, _, err := s.Store.CreateBatch(ctx, store.NewBatch{
		ID: store.NewID(), OrgID: account.OrgID, AccountID: account.ID, AccountEmail: account.Email,
		File: old.File, BlobKey: old.BlobKey, Replaces: old.ID, RequestID: requestID,
	})
	if err != nil {
		return batch.Batch{}, fmt.Errorf("create batch: %w", err)
	}
	s.ringPreview(ctx, b)
	return b, nil
}

// previewInstead ends a batch that has not been confirmed and makes a new one of its
// stored file, which is looked for first. Between the two anything may fail: then the
// old one is cancelled, and its page offers the preview again.
func (s *Server) previewInstead(ctx context.Context, account store.Account, batchID, requestID string) (batch.Batch, error) {
	old, err := s.Store.Batch(ctx, account.OrgID, batchID)
	if err != nil {
		return batch.Batch{}, fmt.Errorf("load batch: %w", err)
	}
	if err := s.checkStored(ctx, old.BlobKey); err != nil {
		return batch.Batch{}, err
	}
	if _, err := s.cancel(ctx, account, batchID, requestID); err != nil {
		return batch.Batch{}, err
	}
	return s.previewAgain(ctx, account, batchID, requestID)
}

func (s *Server) checkStored(ctx context.Context, key string) error {
	file, err := s.openStored(ctx, key)
	if err != nil {
		return err
	}
	return file.Close()
}

// openStored opens the file of a batch; fault.Conflict "file-lost" when it is gone.
func (s *Server) openStored(ctx context.Context, key string) (io.ReadCloser, error) {
	file, err := s.Blobs.Open(ctx, key)
	if fault.Is(err, fault.NotFound) {
		return nil, errFileLost(err)
	}
	if err != nil {
		return nil, fmt.Errorf("open the stored file: %w", err)
	}
	return file, nil
}

// codeFileLost is the fault of a batch whose file is no longer stored.
const codeFileLost = "file-lost"

func errFileLost(err error) error {
	return fault.Wrap(err, fault.Conflict, codeFileLost, "The uploaded file is no longer stored. Upload it again.")
}

// ringPreview rings for the worker. A ring that fails is only logged: the
// reconciler finds the batch.
func (s *Server) ringPreview(ctx context.Context, b batch.Batch) {
	ctx = context.WithoutCancel(ctx)
	s.noteRing(ctx, b, s.Bell.Preview(ctx, b.ID, b.Generation, b.File.Size))
}

func (s *Server) ringApply(ctx context.Context, b batch.Batch) {
	ctx = context.WithoutCancel(ctx)
	s.noteRing(ctx, b, s.Bell.Apply(ctx, b.ID, b.Generation))
}

func (s *Server) noteRing(ctx context.Context, b batch.Batch, err error) {
	if err == nil {
		err = s.Store.Rung(ctx, b.ID, b.Generation)
	}
	if err != nil {
		s.Log.WarnContext(ctx, "ring failed; the reconciler will ring",
			"request_id", requestID(ctx), "batch_id", b.ID, "error", err)
	}
}
