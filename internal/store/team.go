package store

import (
	"context"
	"errors"

	"teamsheet/internal/profile"
)

// TeamOptions say what Team streams, and how.
type TeamOptions struct {
	Sorted       bool // by profile.SortKey (a download); otherwise in no particular order (cheaper)
	CompleteOnly bool // leave out deactivated people whose profiles are incomplete
}

// Team streams everybody. The profile is only valid during the call.
func (v *View) Team(ctx context.Context, o TeamOptions, each func(*profile.Profile) error) error {
	return v.TeamBlocks(ctx, o, func(people []profile.Profile) error {
		for i := range people {
			if err := each(&people[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// TeamBlocks is Team with many profiles at a time, for who has much to do with
// each: the next ones are read meanwhile. They are only valid during the call.
func (v *View) TeamBlocks(_ context.Context, o TeamOptions, each func([]profile.Profile) error) error {
	leaders, err := v.leaderKeys(o.Sorted)
	if err != nil {
		return wrap(err, "read leaders")
	}
	var late []profile.ID // people whose leaders are not among them
	err = v.h.streaming(func() error {
		ahead := newPeopleAhead()
		go ahead.read(func(add func(*profile.Profile) error) error {
			return v.h.readPeople(func(p *profile.Profile) error {
				var known bool
				if p.LeaderKey, known = leaders.of(p.LeaderID); !known {
					late = append(late, p.ID)
					return nil
				}
				return add(p)
			}, teamQuery(v.h.dialect, o), []any{v.orgID})
		})
		return ahead.each(each)
	})
	if err == nil {
		err = v.byKeys("p.id", uuidList, idTexts(late), "", func(p *profile.Profile) error { return each([]profile.Profile{*p}) })
	}
	return wrap(err, "read team")
}

func teamQuery(d dialect, o TeamOptions) string {
	where := " WHERE p.org_id = ?"
	if !o.Sorted {
		where = " WHERE " + d.wholeTeam()
	}
	if o.CompleteOnly {
		where += " AND NOT (p.deactivated AND p.incomplete)"
	}
	if o.Sorted {
		where += " ORDER BY p.sort_key, p.id"
	}
	return selectLeaderless + where
}

const (
	// peopleInBlock is how many profiles are handed over at a time.
	peopleInBlock = 256
	// peopleBlocks are being read, on their way, or being worked on.
	peopleBlocks = 4
)

// peopleAhead reads people on one goroutine while another works on those read
// before.
type peopleAhead struct {
	full, empty chan []profile.Profile
	stop        chan struct{}
	err         error // to be read when full is closed
	bug         any   // a panic while reading, which is the caller's
}

func newPeopleAhead() *peopleAhead {
	a := &peopleAhead{full: make(chan []profile.Profile, peopleBlocks), empty: make(chan []profile.Profile, peopleBlocks),
		stop: make(chan struct{})}
	for range peopleBlocks {
		a.empty <- make([]profile.Profile, 0, peopleInBlock)
	}
	return a
}

// read hands over what all gives, until there is no more or nobody wants it.
func (a *peopleAhead) read(all func(add func(*profile.Profile) error) error) {
	defer close(a.full)
	defer func() { a.bug = recover() }()
	block := <-a.empty
	a.err = all(func(p *profile.Profile) error {
		if len(block) == cap(block) {
			a.full <- block
			select {
			case block = <-a.empty:
			case <-a.stop:
				return errNotWanted
			}
		}
		block = appendPerson(block, p)
		return nil
	})
	if len(block) > 0 {
		a.full <- block
	}
}

// errNotWanted ends a reading whose people nobody wants any more.
var errNotWanted = errors.New("no more people are wanted")

// appendPerson copies a profile, into the memory of one that stood there before.
func appendPerson(block []profile.Profile, p *profile.Profile) []profile.Profile {
	block = block[:len(block)+1]
	kept := &block[len(block)-1]
	groups := kept.GroupIDs
	*kept = *p
	kept.GroupIDs = append(groups[:0], p.GroupIDs...)
	return block
}

// each works on the blocks, and returns when the reading has ended.
func (a *peopleAhead) each(work func([]profile.Profile) error) error {
	defer a.end()
	for block := range a.full {
		if err := work(block); err != nil {
			return err
		}
		a.empty <- block[:0]
	}
	if a.bug != nil {
		panic(a.bug)
	}
	return a.err
}

// end waits for the reading, whose connection is the caller's.
func (a *peopleAhead) end() {
	close(a.stop)
	for range a.full {
	}
}
