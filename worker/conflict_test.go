package worker

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
	"teamsheet/internal/testkit"
)

// contested are the fields that everybody changes; the people are 2, 3 and 4.
var contested = []profile.Field{profile.Hometown, profile.StateOrCountry, profile.Bio}

const firstContested, lastContested = 2, 4

// cellOf is a cell of the team.
type cellOf struct {
	person int
	field  profile.Field
}

// heldSheet is what an admin once downloaded, and what they have made of it.
type heldSheet struct {
	versions    map[int]int64
	base, cells map[cellOf]string
}

// conflicts is the model: what everybody has today, who changed it last, and the
// sheets of two admins.
type conflicts struct {
	*world
	random *rand.Rand
	now    map[cellOf]string
	by     map[cellOf]string
	admins []store.Account
	sheets []*heldSheet
	values int
	seen   map[string]int
}

// Two admins with sheets of different age, edits by hand and uploads, in any order:
// what somebody has not touched keeps the newer value, what two have changed is a
// problem that names the other, nobody's newer edit is overwritten unseen, and what
// is there already is nobody's fault (CONTRACT §2).
func TestNobodysNewerEditIsOverwritten(t *testing.T) {
	everywhere(t, func(t *testing.T, w *world) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		c := &conflicts{world: w, random: rand.New(rand.NewPCG(seed, 1)), now: map[cellOf]string{}, by: map[cellOf]string{}, seen: map[string]int{}}
		other, err := w.store.CreateAccount(w.ctx, store.Account{OrgID: w.org.ID, Email: "other@demo.example", CanManage: true})
		must(t, err)
		c.admins = []store.Account{w.account, other}
		for n := firstContested; n <= lastContested; n++ {
			p := w.profile(n)
			for _, f := range contested {
				c.now[cellOf{n, f}] = profile.Text(&p, f, nil)
			}
		}
		c.sheets = []*heldSheet{c.download(), c.download()}
		w.start(w.options())
		// Long enough for everything to have happened; seldom is it longer.
		for n := 0; n < 250 || n < 5000 && !c.sawEverything(); n++ {
			c.step()
			c.compare()
		}
		t.Logf("%v", c.seen)
		if !c.sawEverything() {
			t.Error("not everything has happened")
		}
	})
}

func (c *conflicts) sawEverything() bool {
	for _, kind := range []string{"change", "kept", "stale", "stale plan", "edit", "late edit"} {
		if c.seen[kind] == 0 {
			return false
		}
	}
	return true
}

func (c *conflicts) step() {
	admin := c.random.IntN(len(c.admins))
	switch c.random.IntN(8) {
	case 0:
		c.sheets[admin] = c.download()
	case 1, 2, 3:
		c.sheets[admin].cells[c.anyCell()] = c.anyValue()
	case 4, 5:
		c.editByHand(admin, c.anyCell())
	default:
		c.upload(admin)
	}
}

func (c *conflicts) anyCell() cellOf {
	return cellOf{firstContested + c.random.IntN(lastContested-firstContested+1), contested[c.random.IntN(len(contested))]}
}

// anyValue is new, or empty, or what somebody has today.
func (c *conflicts) anyValue() string {
	switch c.random.IntN(6) {
	case 0:
		return ""
	case 1:
		return c.now[c.anyCell()]
	}
	c.values++
	return fmt.Sprintf("value %d", c.values)
}

func (c *conflicts) download() *heldSheet {
	s := &heldSheet{versions: map[int]int64{}, base: maps.Clone(c.now), cells: maps.Clone(c.now)}
	for n := firstContested; n <= lastContested; n++ {
		s.versions[n] = c.profile(n).Version
	}
	return s
}

// editByHand changes a cell on the person's page; with a version that is old it is
// refused.
func (c *conflicts) editByHand(admin int, cell cellOf) {
	value, account := c.anyValue(), c.admins[admin]
	version := c.profile(cell.person).Version
	old := version > 1 && c.random.IntN(4) == 0
	if old {
		version--
	}
	_, _, err := c.store.EditProfile(c.ctx, store.Edit{OrgID: c.org.ID, ProfileID: personID(cell.person), ActorID: account.ID,
		ActorEmail: account.Email, Source: "api", IfVersion: version}, func(v *store.View, current *profile.Profile) (*plan.RowReport, error) {
		return plan.NewEdit(current, map[profile.Field]string{cell.field: value}, plan.Config{Directory: v.Directory()}).Finish(), nil
	})
	switch {
	case old && fault.Is(err, fault.Stale):
		c.seen["late edit"]++
	case old || err != nil:
		c.t.Errorf("an edit of version %d (old %v): %v", version, old, err)
	case c.now[cell] != value:
		c.seen["edit"]++
		c.now[cell], c.by[cell] = value, account.Email
	}
}

// asks is what a sheet comes to today.
type asks struct {
	changes map[cellOf]plan.Change
	stale   map[cellOf]string // who was quicker
	kept    map[cellOf]bool
}

func (c *conflicts) judge(s *heldSheet) asks {
	a := asks{changes: map[cellOf]plan.Change{}, stale: map[cellOf]string{}, kept: map[cellOf]bool{}}
	for cell, text := range s.cells {
		now, base := c.now[cell], s.base[cell]
		switch {
		case text == now:
		case now != base && text == base:
			a.kept[cell] = true
		case now != base:
			a.stale[cell] = c.by[cell]
		default:
			a.changes[cell] = plan.Change{Column: profile.ColumnOf(cell.field).Header, Old: now, New: text}
		}
	}
	return a
}

func (c *conflicts) upload(admin int) {
	c.account = c.admins[admin]
	s := c.sheets[admin]
	rows := [][]string{{"User ID", "Version"}}
	for _, f := range contested {
		rows[0] = append(rows[0], profile.ColumnOf(f).Header)
	}
	for n := firstContested; n <= lastContested; n++ {
		row := []string{personID(n).String(), strconv.FormatInt(s.versions[n], 10)}
		for _, f := range contested {
			row = append(row, s.cells[cellOf{n, f}])
		}
		rows = append(rows, row)
	}
	want := c.judge(s)
	b := c.world.upload(rows)
	testkit.Wait(c.t, "the preview", func() bool { b = c.batch(b.ID); return b.State != batch.Uploaded })
	c.wantPreview(b, want)
	if b.State == batch.Ready {
		c.decide(admin, b, s, want)
	}
}

func (c *conflicts) wantPreview(b batch.Batch, want asks) {
	state := batch.Ready
	if len(want.stale) > 0 {
		state = batch.Rejected
	}
	if b.State != state {
		c.t.Fatalf("the batch is %s, want %s: %+v", b.State, state, want)
	}
	got := asks{changes: map[cellOf]plan.Change{}, stale: map[cellOf]string{}, kept: map[cellOf]bool{}}
	for _, row := range c.rows(b.ID) {
		n := firstContested + row.Row - 2
		for _, change := range row.Changes {
			got.changes[cellNamed(n, change.Column)] = change
		}
		for _, p := range row.Problems {
			cell := cellNamed(n, p.Column)
			who := want.stale[cell]
			if p.Code != problem.StaleRow || who == "" || !strings.Contains(p.Message, who) {
				c.t.Errorf("%s of %d: %s %s; want %q named", p.Column, n, p.Code, p.Message, who)
			}
			got.stale[cell] = who
		}
		for _, w := range row.Warnings {
			if w.Code == problem.KeptNewer {
				got.kept[cellNamed(n, w.Column)] = true
			}
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(asks{}, cellOf{})); diff != "" {
		c.t.Fatalf("the preview (-want +got):\n%s", diff)
	}
	c.seen["change"] += len(want.changes)
	c.seen["stale"] += len(want.stale)
	c.seen["kept"] += len(want.kept)
}

func cellNamed(n int, column string) cellOf {
	f, _ := profile.FieldByHeader(column)
	return cellOf{n, f}
}

// decide confirms or cancels. Somebody may be quicker than the saving: then exactly
// what was shown is saved, or nothing.
func (c *conflicts) decide(admin int, b batch.Batch, s *heldSheet, shown asks) {
	if c.random.IntN(5) == 0 {
		_, err := c.store.Cancel(c.ctx, c.org.ID, b.ID, c.account.ID, "request")
		must(c.t, err)
		return
	}
	if c.random.IntN(3) == 0 {
		cell := c.anyCell()
		for changed := range shown.changes { // rather one that is about to be saved
			cell = changed
		}
		c.editByHand(1-admin, cell)
	}
	c.save(b.ID)
	testkit.Wait(c.t, "the saving", func() bool { b = c.batch(b.ID); return b.State.Final() })
	now := c.judge(s)
	same := len(now.stale) == 0 && maps.Equal(now.changes, shown.changes)
	switch {
	case b.State == batch.Applied && same:
		for cell, change := range shown.changes {
			c.now[cell], c.by[cell] = change.New, c.account.Email
		}
	case b.State == batch.Failed && !same && b.Failure.Code == batch.FailureStalePlan:
		c.seen["stale plan"]++
	default:
		c.t.Fatal(errors.New("the batch is "+string(b.State)), "the plan is the same:", same)
	}
}

// compare: everybody has what the model says.
func (c *conflicts) compare() {
	c.t.Helper()
	got := map[cellOf]string{}
	for n := firstContested; n <= lastContested; n++ {
		p := c.profile(n)
		for _, f := range contested {
			got[cellOf{n, f}] = profile.Text(&p, f, nil)
		}
	}
	if diff := cmp.Diff(c.now, got, cmp.AllowUnexported(cellOf{})); diff != "" {
		c.t.Fatalf("the team (-want +got):\n%s", diff)
	}
}
