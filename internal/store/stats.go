package store

import (
	"context"
	"time"

	"teamsheet/internal/batch"
)

// Stats are numbers for operators, over all organizations.
type Stats struct {
	BatchesByState map[batch.State]int
	OldestWaiting  map[batch.State]time.Duration // of uploaded and confirmed
	MailsPending   int
	OldestMail     time.Duration
}

// Stats counts.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	h := s.reads(ctx)
	stats := Stats{BatchesByState: map[batch.State]int{}, OldestWaiting: map[batch.State]time.Duration{}}
	var counts []struct {
		State string
		Count int
	}
	if err := h.all(&counts, "SELECT state, count(*) AS count FROM batches GROUP BY state"); err != nil {
		return Stats{}, wrap(err, "count batches")
	}
	for _, c := range counts {
		stats.BatchesByState[batch.State(c.State)] = c.Count
	}
	if err := h.oldestWaiting(stats.OldestWaiting); err != nil {
		return Stats{}, err
	}
	if _, err := h.one(&stats.MailsPending, "SELECT count(*) FROM mails WHERE "+mailOpen); err != nil {
		return Stats{}, wrap(err, "count mails")
	}
	var oldest []time.Time
	if err := h.all(&oldest, "SELECT created_at FROM mails WHERE "+mailOpen+" ORDER BY created_at LIMIT 1"); err != nil {
		return Stats{}, wrap(err, "find oldest mail")
	}
	if len(oldest) > 0 {
		stats.OldestMail = h.now.Sub(oldest[0])
	}
	return stats, nil
}

func (h *handle) oldestWaiting(oldest map[batch.State]time.Duration) error {
	for state, column := range map[batch.State]string{batch.Uploaded: "uploaded_at", batch.Confirmed: "confirmed_at"} {
		var since []time.Time
		if err := h.all(&since, "SELECT "+column+" FROM batches WHERE state = ? ORDER BY "+column+" LIMIT 1", string(state)); err != nil {
			return wrap(err, "find oldest batch")
		}
		if len(since) > 0 {
			oldest[state] = h.now.Sub(since[0])
		}
	}
	return nil
}
