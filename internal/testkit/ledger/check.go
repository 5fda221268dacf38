package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// Violation is an invariant that does not hold.
type Violation struct {
	Invariant string // its number in DESIGN §4 and its word
	What      string
}

// String is one line.
func (v Violation) String() string { return v.Invariant + ": " + v.What }

// The invariants of DESIGN §4.
const (
	lost     = "1 lost"
	twice    = "2 twice or half"
	overlaps = "3 overlap"
	reported = "4 report"
	foreign  = "5 foreign"
)

// Mails is what a mail server has accepted.
type Mails struct {
	// Accepted counts messages by Message-ID, without brackets and domain.
	Accepted map[string]int
	// Doubles is how many messages may have come once more: for each, a fault came
	// after the server had taken it and before that was written down.
	Doubles int
}

// Totals of a check.
type Totals struct {
	Batches int
	ByState map[string]int
	Edits   int
	Mails   int
	Crashes int // workers that batches have cost
	Doubles int // mails that were accepted more than once
}

// Check compares the entries with the database at the address (postgres://… or the
// path of an SQLite file). mails nil: mails are looked at in the outbox alone.
// Nothing may be going on any more.
func Check(ctx context.Context, address string, entries []Entry, mails *Mails) ([]Violation, Totals, error) {
	c, err := open(ctx, address)
	if err != nil {
		return nil, Totals{}, err
	}
	defer c.db.Close()
	c.read(entries)
	c.mails = mails
	for _, check := range []func() error{
		c.loadBatches, c.loadHistory, c.loadEdits,
		c.checkAccepted, c.checkOutcomes, c.checkAudit,
		c.checkHistories, c.checkVersions, c.checkValues,
		c.checkOverlaps, c.checkRevisions,
		c.checkReports, c.checkDeliveries,
		c.checkForeign,
	} {
		if err := check(); err != nil {
			return nil, Totals{}, fmt.Errorf("check ledger: %w", err)
		}
	}
	return c.found, c.totals(), nil
}

// Begin writes down where the organizations stand before anything happens.
func Begin(ctx context.Context, address string, book *Book) error {
	c, err := open(ctx, address)
	if err != nil {
		return err
	}
	defer c.db.Close()
	var e Entry
	var errs []error
	err = c.each(`SELECT CAST(id AS text), revision FROM orgs`, func() {
		errs = append(errs, book.Add(Entry{Kind: Began, Org: e.Org, Version: e.Version}))
	}, &e.Org, &e.Version)
	return errors.Join(append(errs, err)...)
}

// checker is one check.
type checker struct {
	ctx      context.Context
	db       *sql.DB
	postgres bool
	mails    *Mails

	uploaded  map[string]Entry // by batch
	confirmed map[string]bool
	settled   map[string]string // state by batch
	edited    []Entry
	began     map[string]int64 // revision by organization
	found     []Violation

	batches map[string]*batchRow
	// history is the version that an applied batch has made of a profile, by batch.
	history map[string]map[string]int64
	// edits are what edits say that they changed, by person and version.
	edits   map[string]map[int64]string
	doubles int
	outbox  int
}

type batchRow struct {
	id, org, state, failure, email string
	changed, crashes               int
	notify                         bool
}

func (b *batchRow) final() bool {
	return slices.Contains([]string{"rejected", "applied", "failed", "cancelled", "expired"}, b.state)
}

func open(ctx context.Context, address string) (*checker, error) {
	c := &checker{ctx: ctx, uploaded: map[string]Entry{}, confirmed: map[string]bool{}, settled: map[string]string{}, began: map[string]int64{}}
	driver := "sqlite"
	if strings.HasPrefix(address, "postgres") {
		driver, c.postgres = "pgx", true
	}
	var err error
	if c.db, err = sql.Open(driver, address); err == nil {
		err = c.db.PingContext(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("check ledger: reach the database: %w", err)
	}
	return c, nil
}

// read sorts the entries, and takes over what the client has seen itself.
func (c *checker) read(entries []Entry) {
	for _, e := range entries {
		switch e.Kind {
		case Began:
			c.began[e.Org] = e.Version
		case Uploaded:
			c.uploaded[e.Batch] = e
		case Confirmed:
			c.confirmed[e.Batch] = true
		case Settled:
			if before, seen := c.settled[e.Batch]; seen && before != e.State {
				c.breaks(lost, "batch %s was seen %s and then %s: a final state has changed", e.Batch, before, e.State)
			}
			c.settled[e.Batch] = e.State
		case Edited:
			c.edited = append(c.edited, e)
		case Broken:
			c.breaks(twice, "%s", e.Value)
		}
	}
}

func (c *checker) breaks(invariant, format string, args ...any) {
	c.found = append(c.found, Violation{invariant, fmt.Sprintf(format, args...)})
}

// each runs a query and calls row for each of its rows, once they are scanned into
// dest.
func (c *checker) each(query string, row func(), dest ...any) (err error) {
	rows, err := c.db.QueryContext(c.ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		row()
	}
	return rows.Err()
}

func (c *checker) loadBatches() error {
	c.batches = map[string]*batchRow{}
	var b batchRow
	return c.each(`SELECT CAST(b.id AS text), CAST(b.org_id AS text), b.state, coalesce(b.failure_code, ''), b.account_email,
			b.rows_changed, b.crashes, a.notify_applied
		FROM batches b JOIN accounts a ON a.org_id = b.org_id AND a.id = b.account_id`,
		func() { kept := b; c.batches[b.id] = &kept },
		&b.id, &b.org, &b.state, &b.failure, &b.email, &b.changed, &b.crashes, &b.notify)
}

func (c *checker) loadHistory() error {
	c.history = map[string]map[string]int64{}
	var batch, profile string
	var version int64
	return c.each(`SELECT CAST(batch_id AS text), CAST(profile_id AS text), version FROM profile_history ORDER BY version`, func() {
		if c.history[batch] == nil {
			c.history[batch] = map[string]int64{}
		}
		if before, seen := c.history[batch][profile]; seen {
			c.breaks(twice, "batch %s has changed profile %s twice, to versions %d and %d", batch, profile, before, version)
		}
		c.history[batch][profile] = version
	}, &batch, &profile, &version)
}

func (c *checker) totals() Totals {
	t := Totals{Batches: len(c.batches), ByState: map[string]int{}, Edits: c.editCount(), Mails: c.outbox, Doubles: c.doubles}
	for _, b := range c.batches {
		t.ByState[b.state]++
		t.Crashes += b.crashes
	}
	return t
}

func (c *checker) editCount() int {
	n := 0
	for _, versions := range c.edits {
		n += len(versions)
	}
	return n
}
