package plan

import (
	"bytes"
	"strconv"

	"teamsheet/internal/profile"
)

// judgeCells judges every cell by the rules that need the row alone.
func (d *draft) judgeCells() {
	for _, column := range d.c.columns.known {
		if d.damaged.Has(column.field) {
			continue
		}
		clean, trimmed := profile.Clean(cellAt(d.cells, column.at))
		if trimmed {
			d.warn(column.field, profile.Trimmed(column.field))
		}
		switch {
		case column.field == profile.UserID: // see judgeMatch
		case column.field == profile.Version:
			d.judgeVersion(string(clean))
		case len(clean) == 0 || !d.isToday(column.field, clean):
			d.judgeCell(column.field, string(clean))
		}
	}
}

// isToday reports, at no cost, whether a cell is what the download writes today.
func (d *draft) isToday(f profile.Field, clean []byte) bool {
	d.c.scratch = profile.AppendText(d.c.scratch[:0], d.before, f, d.c.config.Directory)
	return d.matched && bytes.Equal(d.c.scratch, clean)
}

// judgeCell judges one cell: what is the same as today is never a problem, but
// for what must not be empty.
func (d *draft) judgeCell(f profile.Field, clean string) {
	same := d.matched && profile.Same(d.before, f, clean, d.c.config.Directory)
	if !same && d.judgePast(f, clean) {
		return
	}
	if clean == "" && profile.ColumnOf(f).Required {
		d.problem(f, profile.RequiredEmpty(f, d.staysDeactivated()))
		return
	}
	if !same {
		d.setCell(f, clean)
	}
}

// setCell judges a cell that would change something.
func (d *draft) setCell(f profile.Field, clean string) {
	findings := profile.Set(&d.after, f, clean, d.c.config.Directory)
	for _, finding := range findings {
		if d.matched {
			finding = profile.SuggestStored(finding, f, clean, d.before, d.c.config.Directory)
		}
		d.problem(f, finding)
	}
	switch {
	case len(findings) > 0:
	case f == profile.TeamLeader:
		d.leader = d.matched || clean != ""
	case d.matched:
		d.asked = d.asked.With(f)
	}
}

// judgePast looks at a cell whose field somebody changed after the row was
// downloaded. done: the cell asks for nothing.
func (d *draft) judgePast(f profile.Field, clean string) (done bool) {
	then, changed := d.changedSince(f)
	if !changed {
		return false
	}
	today := profile.Text(d.before, f, d.c.config.Directory)
	if d.wasSame(f, clean, then) {
		d.warn(f, profile.KeptNewer(f, then.By, then.At, today))
		d.row.setIf(newerEmail, f == profile.Email)
		d.row.setIf(newerEmployee, f == profile.EmployeeID)
		return true
	}
	d.problem(f, profile.StaleRow(f, then.By, then.At, today, clean))
	scratch := d.after
	for _, finding := range profile.Set(&scratch, f, clean, d.c.config.Directory) {
		d.problem(f, finding)
	}
	return true
}

// judgeVersion: a version is what a download wrote, of this profile or nothing.
func (d *draft) judgeVersion(clean string) {
	if clean == "" {
		return
	}
	version, err := strconv.ParseInt(clean, 10, 64)
	if err != nil || version < 1 || d.matched && version > d.before.Version {
		d.problem(profile.Version, profile.VersionUnknown(profile.Text(d.before, profile.Version, d.c.config.Directory)))
	}
}

// staysDeactivated reports whether the message of an incomplete deactivated
// person fits. On their own page there is no row to take out.
func (d *draft) staysDeactivated() bool {
	return d.before.Deactivated && !d.c.config.OwnPage && !d.row.is(saysActive)
}
