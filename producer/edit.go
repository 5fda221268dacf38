package producer

import (
	"context"
	"fmt"
	"slices"

	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// editProfile changes cells of one profile by the rules of a file, if it still
// has the version that the person saw. With problems nothing is saved and the
// report has them, those already found before its own. source is "page" or "api".
// Faults: those of store.EditProfile.
func (s *Server) editProfile(
	ctx context.Context, account store.Account, id profile.ID, version int64,
	cells map[profile.Field]string, source string, found ...problem.Problem,
) (profile.Profile, *plan.RowReport, error) {
	saved, report, err := s.Store.EditProfile(ctx, newEdit(ctx, account, id, version, source), s.judgeCells(ctx, cells, found...))
	if err != nil {
		return profile.Profile{}, nil, fmt.Errorf("edit profile: %w", err)
	}
	return saved, report, nil
}

func newEdit(ctx context.Context, account store.Account, id profile.ID, version int64, source string) store.Edit {
	return store.Edit{OrgID: account.OrgID, ProfileID: id, ActorID: account.ID, ActorEmail: account.Email,
		Source: source, IfVersion: version, RequestID: requestID(ctx)}
}

// judgeCells judges the cells of one profile.
func (s *Server) judgeCells(ctx context.Context, cells map[profile.Field]string, found ...problem.Problem) store.Judge {
	return func(v *store.View, current *profile.Profile) (*plan.RowReport, error) {
		edit := plan.NewEdit(current, cells, s.rulesFor(v))
		if err := ask(ctx, v, edit); err != nil {
			return nil, err
		}
		report := edit.Finish()
		if len(found) > 0 {
			report.Problems = slices.Concat(found, report.Problems)
			report.Result, report.Mask = plan.Invalid, 0
		}
		return report, nil
	}
}

func (s *Server) rulesFor(v *store.View) plan.Config {
	return plan.Config{Directory: v.Directory(), ProfileURL: func(id profile.ID) string { return s.BaseURL + profileURL(id) }}
}

// rules ask about other people before they decide: a plan.Edit or a
// plan.Reassignment.
type rules interface {
	store.Asker
	AddPerson(*profile.Profile)
	NamesWanted() []profile.ID
	Name(*profile.Profile)
}

// ask answers everything that the rules ask about other people.
func ask(ctx context.Context, v *store.View, r rules) error {
	if err := v.Supply(ctx, r, func(p *profile.Profile) error {
		r.AddPerson(p)
		return nil
	}); err != nil {
		return fmt.Errorf("load the people concerned: %w", err)
	}
	err := v.People(ctx, r.NamesWanted(), func(p *profile.Profile) error {
		r.Name(p)
		return nil
	})
	if err != nil {
		return fmt.Errorf("load names: %w", err)
	}
	return nil
}
