package plan

import (
	"slices"
	"strings"

	"teamsheet/internal/profile"
)

const (
	suggestionsMost = 3
	// managersMost is how many managers are compared with a leader nobody knows.
	managersMost = 100_000
	// suggestionWork bounds the comparisons for a file full of unknown leaders: the
	// first ones get suggestions, the others none.
	suggestionWork = 20_000_000
)

// suggestions finds the leader somebody may have meant.
type suggestions struct {
	collecting bool
	managers   int
	keys       []string
	candidates *profile.Candidates
	work       int
	made       map[uint32][]string // leader text → its suggestions
}

// add takes the keys of somebody who could lead.
func (s *suggestions) add(p *profile.Profile) {
	if !s.collecting || p.Deactivated || !p.CanManageTeam || s.managers >= managersMost {
		return
	}
	s.managers++
	for _, key := range []string{p.Email, p.EmployeeID} {
		if key != "" {
			s.keys = append(s.keys, strings.Clone(key)) // not to hold on to the people told with them
		}
	}
}

// done makes the keys ready, whatever the order in which they were told.
func (s *suggestions) done() {
	s.collecting = false
	slices.Sort(s.keys)
	s.keys = slices.Compact(s.keys)
	s.candidates = profile.NewCandidates(s.keys)
	s.made = map[uint32][]string{}
}

// near returns what the text of a Team Leader cell may have meant.
func (s *suggestions) near(number uint32, text string) []string {
	if s.candidates == nil {
		return nil
	}
	if made, ok := s.made[number]; ok {
		return made
	}
	if s.work += len(s.keys); s.work > suggestionWork {
		return nil
	}
	near := s.candidates.Nearest(text, suggestionsMost)
	s.made[number] = near
	return near
}
