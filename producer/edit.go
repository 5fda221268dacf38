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
	edit := store.Edit{
		OrgID: account.OrgID, ProfileID: id, ActorID: account.ID, ActorEmail: account.Email,
		Source: source, IfVersion: version, RequestID: requestID(ctx),
	}
	saved, report, err := s.Store.EditProfile(ctx, edit, func(v *store.View, current *profile.Profile) (*plan.RowReport, error) {
		report, err := judge(ctx, v, plan.NewEdit(current, cells, plan.Config{
			Directory: v.Directory(), ProfileURL: func(id profile.ID) string { return s.BaseURL + profileURL(id) },
		}))
		if err == nil && len(found) > 0 {
			report.Problems = slices.Concat(found, report.Problems)
			report.Result, report.Mask = plan.Invalid, 0
		}
		return report, err
	})
	if err != nil {
		return profile.Profile{}, nil, fmt.Errorf("edit profile: %w", err)
	}
	return saved, report, nil
}

// judge answers what the rules ask about other people, then has them decide.
func judge(ctx context.Context, v *store.View, edit *plan.Edit) (*plan.RowReport, error) {
	if err := v.Supply(ctx, edit, func(p *profile.Profile) error {
		edit.AddPerson(p)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("load the people concerned: %w", err)
	}
	err := v.People(ctx, edit.NamesWanted(), func(p *profile.Profile) error {
		edit.Name(p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load names: %w", err)
	}
	return edit.Finish(), nil
}
