package profile

import "testing"

func TestInitials(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]Profile{
		"AS": {FirstName: "ana", LastName: "Silva"}, "ÇÖ": {FirstName: "çelik", LastName: "Öz"}, "美佐": {FirstName: "美咲", LastName: "佐藤"},
		"E\u0301B": {FirstName: "e\u0301mile", LastName: "\"B\""}, "P": {LastName: "Prince"}, "G": {Email: "gone@example.com", EmployeeID: "7"},
		"7": {EmployeeID: "-7"}, "": {FirstName: "—", Email: "", EmployeeID: "?"},
	} {
		if got := Initials(&p); got != want {
			t.Errorf("%q %q: %q, want %q", p.FirstName, p.LastName, got, want)
		}
	}
}
