package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// mutant is the program without some of its safeguards, and a trial that has to
// fail for it: a trial that cannot fail shows nothing.
type mutant struct {
	without string
	means   string
	trial   trial
	seconds int
	// breaks is the number of the invariant that does not hold then; "": others hold
	// in its place, and nothing is to go wrong.
	breaks string
}

func mutants() []mutant {
	few := usually()
	few.orgs = 4
	under := func(name string) trial {
		for _, t := range trials(options{}) {
			if t.name == name {
				t.shape.orgs = few.orgs
				return t
			}
		}
		panic("no trial " + name)
	}
	calm := trial{name: "work", shape: few, harm: func(ctx context.Context, _ *rig) error { <-ctx.Done(); return nil }}
	return []mutant{
		{"fence", "an apply does not look again under its locks", overtaking(), 0, ""},
		{"fence,revision", "… nor whether the team has changed", overtaking(), 0, ""},
		{"fence,revision,version,history,state", "… nor at the versions of rows, the key of the history and the batch's state", overtaking(), 0, "2"},
		{"count", "the counts of an apply are not compared", calm, 8, ""},
		{"revision,count", "an apply of an old plan, whose counts are not compared", calm, 10, "2"},
		{"one-transaction", "an apply commits twice", crashing("points", false, []int{20}, somePoints("mid_update"), 1), 0, "2"},
		{"reconciler", "nobody rings again", under("redis"), 20, "1"},
		{"commit-reply", "a lost answer to COMMIT counts as yes", under("postgres-path"), 25, "1"},
		{"mail-key", "mails have no key of their own", keyless(), 0, ""},
		{"fence,state", "a preview that was overtaken ends all the same", overtakingPreviews(), 0, "2"},
		{"fence,state,mail-key", "… and mails have no key of their own", keyless(), 0, "4"},
		{"outbox", "no mail is put out", calm, 8, "4"},
		{"mark-sent", "a mail that was sent is not marked", calm, 8, "4"},
	}
}

// breaks tells whether an invariant, by its number, does not hold.
func (r result) breaks(invariant string) bool {
	return slices.ContainsFunc(r.Words, func(words string) bool { return strings.HasPrefix(words, invariant) })
}

// keyless is a trial of overtaken previews in which nothing keeps a batch from having
// a mail twice.
func keyless() trial {
	t := overtakingPreviews()
	t.prepare = func(ctx context.Context, r *rig) error {
		return onServer(ctx, r.database, "ALTER TABLE mails DROP CONSTRAINT mails_once")
	}
	return t
}

// withoutTitle begins the title of a trial of a mutant.
const withoutTitle = "Without: "

const mutantRest = 20 * time.Second

// runMutants shows of each mutant whether the ledger finds it. It returns how many
// were not as they should be.
func runMutants(ctx context.Context, o options) (wrong int, err error) {
	for _, m := range mutants() {
		if !o.wants(m.without) {
			continue
		}
		t := m.trial
		t.shape.without, t.rest = m.without, mutantRest
		t.title = withoutTitle + m.means
		found, err := t.run(ctx, o, o.seed, time.Duration(m.seconds)*time.Second)
		if err != nil {
			return wrong, err
		}
		found.Spared = m.breaks == ""
		verdict := "found, as it has to be"
		switch {
		case found.Spared && found.Violations == 0:
			verdict = "nothing goes wrong: other safeguards hold"
		case found.Spared:
			verdict = "WRONG: other safeguards should hold"
			wrong++
		case !found.breaks(m.breaks):
			verdict = "WRONG: it does not break invariant " + m.breaks
			wrong++
		}
		o.say("without %s (%s): %d violations: %s", m.without, m.means, found.Violations, verdict)
		found.tell(o)
		if o.document != "" {
			if err := merge(o.document, found); err != nil {
				return wrong, err
			}
		}
	}
	if wrong > 0 {
		return wrong, fmt.Errorf("%d mutants are not as they should be", wrong)
	}
	return 0, nil
}
