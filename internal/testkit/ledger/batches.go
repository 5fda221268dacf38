package ledger

import (
	"cmp"
	"fmt"
	"slices"
)

// checkAccepted: every upload that was answered 202 exists and reaches a final
// state. One that is ready and that nobody has confirmed waits for a person.
func (c *checker) checkAccepted() error {
	for id := range c.uploaded {
		b := c.batches[id]
		switch {
		case b == nil:
			c.breaks(lost, "batch %s was answered with 202 and is not there", id)
		case !b.final() && (b.state != "ready" || c.confirmed[id]):
			c.breaks(lost, "batch %s was answered with 202 and is still %s", id, b.state)
		}
	}
	return nil
}

// checkOutcomes: what was confirmed is applied or failed, and a final state that
// was seen stands.
func (c *checker) checkOutcomes() error {
	for id := range c.confirmed {
		if b := c.batches[id]; b != nil && b.state != "applied" && b.state != "failed" {
			c.breaks(lost, "batch %s was confirmed and is %s", id, b.state)
		}
	}
	for id, state := range c.settled {
		if b := c.batches[id]; b != nil && b.state != state {
			c.breaks(lost, "batch %s was seen %s and is %s: a final state has changed", id, state, b.state)
		}
	}
	return nil
}

// checkAudit: each outcome was written down once, and it is the one that stands.
func (c *checker) checkAudit() error {
	outcomes := map[string][]string{}
	var batch, action string
	if err := c.each(`SELECT subject, action FROM audit WHERE action IN
		('batch.rejected', 'batch.applied', 'batch.failed', 'batch.cancelled', 'batch.expired')`,
		func() { outcomes[batch] = append(outcomes[batch], action) }, &batch, &action); err != nil {
		return err
	}
	for id, b := range c.batches {
		told := outcomes[id]
		switch {
		case b.final() && len(told) != 1:
			c.breaks(twice, "batch %s is %s and has %d outcomes: %v", id, b.state, len(told), told)
		case b.final() && told[0] != "batch."+b.state:
			c.breaks(twice, "batch %s is %s and %s is written down", id, b.state, told[0])
		case !b.final() && len(told) > 0:
			c.breaks(twice, "batch %s is %s and has the outcome %v", id, b.state, told)
		}
	}
	return nil
}

// checkHistories: an applied batch has changed every row of its plan and nobody
// else; any other has changed none.
func (c *checker) checkHistories() error {
	for id, b := range c.batches {
		changed := c.history[id]
		switch {
		case b.state != "applied" && len(changed) > 0:
			c.breaks(twice, "batch %s is %s and has changed %d profiles", id, b.state, len(changed))
		case b.state == "applied" && len(changed) != b.changed:
			c.breaks(twice, "batch %s is applied, its plan has %d rows and %d profiles were changed", id, b.changed, len(changed))
		}
		if e, known := c.uploaded[id]; known && b.state == "applied" {
			c.compareWithFile(b, e, changed)
		}
	}
	for id := range c.history {
		if c.batches[id] == nil {
			c.breaks(twice, "profiles were changed by batch %s, which is not there", id)
		}
	}
	return nil
}

// compareWithFile looks whether those were changed whom the file changes.
func (c *checker) compareWithFile(b *batchRow, e Entry, changed map[string]int64) {
	inFile := map[string]bool{}
	for _, change := range e.Changes {
		inFile[change.Profile] = true
	}
	if len(inFile) != len(changed) {
		c.breaks(twice, "batch %s is applied, its file changes %d profiles and %d were changed", b.id, len(inFile), len(changed))
	}
	for profile := range changed {
		if !inFile[profile] {
			c.breaks(twice, "batch %s has changed profile %s, who is not in its file", b.id, profile)
		}
	}
}

// checkOverlaps: two applied batches of one organization do not overlap: one was
// before the other for every profile that both have changed.
func (c *checker) checkOverlaps() error {
	before := c.orderOfBatches()
	const seen, done = 1, 2
	state := map[string]int{}
	var visit func(id string)
	visit = func(id string) {
		state[id] = seen
		for next := range before[id] {
			switch state[next] {
			case seen:
				c.breaks(overlaps, "batch %s was applied before batch %s for some profiles, and after it for others", id, next)
			case done:
			default:
				visit(next)
			}
		}
		state[id] = done
	}
	for id := range before {
		if state[id] == 0 {
			visit(id)
		}
	}
	return nil
}

// orderOfBatches tells of each batch which others came next for some profile.
func (c *checker) orderOfBatches() map[string]map[string]bool {
	type step struct {
		version int64
		batch   string
	}
	steps := map[string][]step{}
	for id, changed := range c.history {
		for profile, version := range changed {
			if b := c.batches[id]; b != nil {
				who := person(b.org, profile)
				steps[who] = append(steps[who], step{version, id})
			}
		}
	}
	before := map[string]map[string]bool{}
	for _, of := range steps {
		slices.SortFunc(of, func(a, b step) int { return cmp.Compare(a.version, b.version) })
		for i := 1; i < len(of); i++ {
			from, to := of[i-1].batch, of[i].batch
			if before[from] == nil {
				before[from] = map[string]bool{}
			}
			before[from][to] = true
		}
	}
	return before
}

// checkRevisions: an organization's revision counts what has changed it.
func (c *checker) checkRevisions() error {
	changes := map[string]int64{}
	for _, b := range c.batches {
		if b.state == "applied" && b.changed > 0 {
			changes[b.org]++
		}
	}
	var org string
	var count int64
	if err := c.each(`SELECT CAST(org_id AS text), count(*) FROM profile_edits GROUP BY org_id`,
		func() { changes[org] += count }, &org, &count); err != nil {
		return err
	}
	return c.each(`SELECT CAST(id AS text), revision FROM orgs`, func() {
		if count != c.began[org]+changes[org] {
			c.breaks(overlaps, "organization %s began with revision %d and has %d after %d changes", org, c.began[org], count, changes[org])
		}
	}, &org, &count)
}

// checkForeign: nothing of one organization points at another's.
func (c *checker) checkForeign() error {
	for what, query := range map[string]string{
		"rows of a batch":      "batch_rows t WHERE t.profile_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM profiles o WHERE o.org_id = t.org_id AND o.id = t.profile_id)",
		"entries of a history": "profile_history t WHERE NOT EXISTS (SELECT 1 FROM profiles o WHERE o.org_id = t.org_id AND o.id = t.profile_id)",
		"edits":                "profile_edits t WHERE NOT EXISTS (SELECT 1 FROM profiles o WHERE o.org_id = t.org_id AND o.id = t.profile_id)",
		"runs":                 "runs t JOIN batches o ON o.id = t.batch_id WHERE o.org_id <> t.org_id",
		"mails":                "mails t JOIN batches o ON o.id = t.batch_id WHERE o.org_id <> t.org_id",
	} {
		var count int
		if err := c.each("SELECT count(*) FROM "+query, func() {}, &count); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if count > 0 {
			c.breaks(foreign, "%d %s belong to another organization", count, what)
		}
	}
	return nil
}
