package store

import (
	"fmt"
	"testing"

	"teamsheet/internal/profile"
)

// People who were there before they could be found by a search are found after
// the migration.
func TestTermsMigration(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		const people = termChunk + 100
		var orgs []string
		for _, name := range []string{"one", "two"} {
			org, err := s.CreateOrg(ctx, name)
			must(t, err)
			must(t, s.SetRoles(ctx, org.ID, []profile.Role{{ID: 1, Name: "Agent", Active: true}}))
			_, err = s.InsertPeople(ctx, org.ID, func(yield func(*profile.Profile) bool) {
				for n := range people {
					p := &profile.Profile{ID: profile.ID{1, 14: byte(n >> 8), 15: byte(n)}, FirstName: fmt.Sprintf("Zoé%d", n), LastName: name, RoleID: 1, GroupIDs: []int32{3}}
					if !yield(p) {
						return
					}
				}
			})
			must(t, err)
			orgs = append(orgs, org.ID)
		}
		provider, err := s.migrator()
		must(t, err)
		_, err = provider.DownTo(ctx, termsVersion-1)
		must(t, err)
		must(t, s.Migrate(ctx))
		for _, orgID := range orgs {
			for _, q := range []PeopleQuery{{Search: "zoe"}, {Search: "zoe", GroupID: 3}, {RoleID: 1}, {State: "incomplete"}} {
				page, err := s.People(ctx, orgID, q)
				must(t, err)
				if page.Total != people {
					t.Errorf("%+v finds %d people of %d", q, page.Total, people)
				}
			}
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
