package producer

import (
	"context"
	"fmt"

	"teamsheet/internal/plan"
	"teamsheet/internal/profile"
	"teamsheet/internal/store"
)

// editProfile changes cells of one profile by the rules of a file, if it still
// has the version that the person saw. With problems nothing is saved and the
// report has them. source is "page" or "api". Faults: those of
// store.EditProfile.
func (s *Server) editProfile(
	ctx context.Context, account store.Account, id profile.ID, version int64,
	cells map[profile.Field]string, source string,
) (profile.Profile, *plan.RowReport, error) {
	edit := store.Edit{
		OrgID: account.OrgID, ProfileID: id, ActorID: account.ID, ActorEmail: account.Email,
		Source: source, IfVersion: version, RequestID: requestID(ctx),
	}
	saved, report, err := s.Store.EditProfile(ctx, edit, func(v *store.View, current *profile.Profile) (*plan.RowReport, error) {
		return judge(ctx, v, plan.NewEdit(current, cells, plan.Config{
			Directory: v.Directory(), ProfileURL: func(id profile.ID) string { return s.BaseURL + profileURL(id) },
		}))
	})
	if err != nil {
		return profile.Profile{}, nil, fmt.Errorf("edit profile: %w", err)
	}
	return saved, report, nil
}

// judge answers what the rules ask about other people, then has them decide.
func judge(ctx context.Context, v *store.View, edit *plan.Edit) (*plan.RowReport, error) {
	if err := supply(ctx, v, edit); err != nil {
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

// supply answers what the rules ask for: people by their ids one by one, anybody
// else by looking through the team.
func supply(ctx context.Context, v *store.View, edit *plan.Edit) error {
	add := func(p *profile.Profile) error {
		edit.AddPerson(p)
		return nil
	}
	for needs := edit.Needs(); !needs.Empty(); needs = edit.Needs() {
		err := v.People(ctx, needs.IDs, add)
		if len(needs.EmailKeys)+len(needs.EmployeeIDs)+len(needs.ReportsOf) > 0 || needs.Managers {
			err = v.Team(ctx, store.TeamOptions{}, add)
		}
		if err != nil {
			return err
		}
		edit.Answered(needs)
	}
	return nil
}
