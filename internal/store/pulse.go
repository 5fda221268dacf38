package store

import (
	"context"
	"maps"
	"strconv"
	"sync"
	"time"

	"gorm.io/gorm"

	"teamsheet/internal/batch"
)

// pulse keeps heartbeats and rings. It never meets the locks of an apply: on
// Postgres it has tables and a connection of its own, on SQLite it is memory,
// which ends with the process as the embedded queue does.
type pulse interface {
	beat(ctx context.Context, run *Run, p batch.Progress, at time.Time) error
	rung(ctx context.Context, orgID, batchID string, generation int, at time.Time) error
	// signs of the given batches, for their present generations.
	signs(ctx context.Context, batches []batchRef) (map[string]sign, error)
	// lastBeat of a run; zero: it never beat.
	lastBeat(ctx context.Context, orgID, batchID string, run int64) (time.Time, error)
	// forgetBefore drops beats and rings older than a time.
	forgetBefore(ctx context.Context, old time.Time) error
}

// batchRef names a batch and the generation that is asked for.
type batchRef struct {
	orgID, batchID string
	generation     int
}

// sign of life of a batch's generation. Zero times: none.
type sign struct {
	progress       batch.Progress
	beatAt, rungAt time.Time
}

// pulseTable is the pulse on Postgres. Its statements commit by themselves: a
// beat that is written twice is one beat.
type pulseTable struct {
	db      *gorm.DB
	dialect dialect
}

func (t *pulseTable) handle(ctx context.Context) *handle {
	return &handle{ctx: ctx, db: t.db.WithContext(ctx), dialect: t.dialect}
}

func (t *pulseTable) beat(ctx context.Context, run *Run, p batch.Progress, at time.Time) error {
	h := t.handle(ctx)
	now, args := h.instant(at)
	return h.do("INSERT INTO heartbeats (org_id, batch_id, run, generation, phase, done, total, beat_at)"+
		" VALUES (?, ?, ?, ?, ?, ?, ?, "+now+") ON CONFLICT (org_id, batch_id, run) DO UPDATE SET"+
		" phase = excluded.phase, done = excluded.done, total = excluded.total, beat_at = excluded.beat_at",
		append([]any{run.Batch.OrgID, run.Batch.ID, run.Number, run.Batch.Generation, string(p.Phase), p.Done, p.Total}, args...)...)
}

func (t *pulseTable) rung(ctx context.Context, orgID, batchID string, generation int, at time.Time) error {
	h := t.handle(ctx)
	now, args := h.instant(at)
	return h.do("INSERT INTO rings (org_id, batch_id, generation, rung_at) VALUES (?, ?, ?, "+now+")"+
		" ON CONFLICT (org_id, batch_id) DO UPDATE SET generation = excluded.generation, rung_at = excluded.rung_at"+
		" WHERE rings.generation <= excluded.generation", append([]any{orgID, batchID, generation}, args...)...)
}

// signRow is a row of signs.
type signRow struct {
	BatchID string
	Phase   *string
	Done    *int
	Total   *int
	BeatAt  *time.Time
	RungAt  *time.Time
}

func (t *pulseTable) signs(ctx context.Context, batches []batchRef) (map[string]sign, error) {
	var orgs, ids, generations []string
	for _, b := range batches {
		orgs = append(orgs, b.orgID)
		ids = append(ids, b.batchID)
		generations = append(generations, strconv.Itoa(b.generation))
	}
	var rows []signRow
	if err := t.handle(ctx).all(&rows, "SELECT want.batch_id, h.phase, h.done, h.total, h.beat_at, r.rung_at"+
		" FROM unnest(?::uuid[], ?::uuid[], ?::integer[]) AS want (org_id, batch_id, generation)"+
		" LEFT JOIN LATERAL (SELECT * FROM heartbeats b WHERE b.org_id = want.org_id AND b.batch_id = want.batch_id"+
		" AND b.generation = want.generation ORDER BY b.beat_at DESC LIMIT 1) h ON true"+
		" LEFT JOIN rings r ON r.org_id = want.org_id AND r.batch_id = want.batch_id AND r.generation = want.generation",
		t.dialect.list(orgs), t.dialect.list(ids), t.dialect.list(generations)); err != nil {
		return nil, err
	}
	found := make(map[string]sign, len(rows))
	for i := range rows {
		found[rows[i].BatchID] = rows[i].sign()
	}
	return found, nil
}

func (r *signRow) sign() sign {
	var found sign
	if r.BeatAt != nil {
		found.beatAt = r.BeatAt.UTC()
		found.progress = batch.Progress{Phase: batch.Phase(*r.Phase), Done: *r.Done, Total: *r.Total}
	}
	if r.RungAt != nil {
		found.rungAt = r.RungAt.UTC()
	}
	return found
}

func (t *pulseTable) lastBeat(ctx context.Context, orgID, batchID string, run int64) (time.Time, error) {
	var beatAt time.Time
	_, err := t.handle(ctx).one(&beatAt, "SELECT beat_at FROM heartbeats WHERE org_id = ? AND batch_id = ? AND run = ?",
		orgID, batchID, run)
	return beatAt.UTC(), err
}

func (t *pulseTable) forgetBefore(ctx context.Context, old time.Time) error {
	for _, statement := range []string{"DELETE FROM heartbeats WHERE beat_at < ?", "DELETE FROM rings WHERE rung_at < ?"} {
		if err := t.handle(ctx).do(statement, old); err != nil {
			return err
		}
	}
	return nil
}

// pulseMemory is the pulse of an embedded database.
type pulseMemory struct {
	mu    sync.Mutex
	beats map[string]map[int64]memoryBeat // by batch and run
	rings map[string]memoryRing
}

type memoryBeat struct {
	generation int
	progress   batch.Progress
	at         time.Time
}

type memoryRing struct {
	generation int
	at         time.Time
}

func newPulseMemory() *pulseMemory {
	return &pulseMemory{beats: map[string]map[int64]memoryBeat{}, rings: map[string]memoryRing{}}
}

func (m *pulseMemory) beat(_ context.Context, run *Run, p batch.Progress, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	runs := m.beats[run.Batch.ID]
	if runs == nil {
		runs = map[int64]memoryBeat{}
		m.beats[run.Batch.ID] = runs
	}
	runs[run.Number] = memoryBeat{run.Batch.Generation, p, at}
	return nil
}

func (m *pulseMemory) rung(_ context.Context, _, batchID string, generation int, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rings[batchID].generation <= generation {
		m.rings[batchID] = memoryRing{generation, at}
	}
	return nil
}

func (m *pulseMemory) signs(_ context.Context, batches []batchRef) (map[string]sign, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := make(map[string]sign, len(batches))
	for _, b := range batches {
		found[b.batchID] = m.signOf(b)
	}
	return found, nil
}

func (m *pulseMemory) signOf(b batchRef) sign {
	var newest sign
	for _, beat := range m.beats[b.batchID] {
		if beat.generation == b.generation && beat.at.After(newest.beatAt) {
			newest = sign{progress: beat.progress, beatAt: beat.at}
		}
	}
	if ring, ok := m.rings[b.batchID]; ok && ring.generation == b.generation {
		newest.rungAt = ring.at
	}
	return newest
}

func (m *pulseMemory) lastBeat(_ context.Context, _, batchID string, run int64) (time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.beats[batchID][run].at, nil
}

func (m *pulseMemory) forgetBefore(_ context.Context, old time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for batchID, runs := range m.beats {
		maps.DeleteFunc(runs, func(_ int64, beat memoryBeat) bool { return beat.at.Before(old) })
		if len(runs) == 0 {
			delete(m.beats, batchID)
		}
	}
	maps.DeleteFunc(m.rings, func(_ string, ring memoryRing) bool { return ring.at.Before(old) })
	return nil
}
