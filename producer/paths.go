package producer

import "teamsheet/internal/profile"

// ProfilePath is where a person's own page is, below the base URL: for the
// messages that lead there.
func ProfilePath(id profile.ID) string { return profileURL(id) }
