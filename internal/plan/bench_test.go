package plan

import (
	"fmt"
	"testing"

	"teamsheet/internal/profile"
)

const benchRows = 100_000

// bigTeam is a team of n people in groups of about twenty.
func bigTeam(n int) *team {
	org := manyAgents(0)
	for i := range n {
		p := agent(i+1, fmt.Sprintf("First%d", i), fmt.Sprintf("person.%d@example.com", i), fmt.Sprintf("%07d", i))
		p.Bio, p.Hometown, p.GroupIDs = "A few words about somebody who does something somewhere.", "Porto", []int32{1, 3}
		if i%20 == 0 {
			p.CanManageTeam = true
		} else {
			leader := i - i%20
			p.LeaderID, p.LeaderKey = idOf(leader+1), fmt.Sprintf("person.%d@example.com", leader)
		}
		org.people = append(org.people, p)
	}
	return org
}

// BenchmarkCheck judges a file of 100,000 rows against a team of as many, with so
// many percent of the rows changed, in one cell that concerns the row alone, or in
// all that concern others: email, employee ID and leader.
func BenchmarkCheck(b *testing.B) {
	org := bigTeam(benchRows)
	layout, _ := ReadHeader(org.download().header)
	for _, test := range []struct {
		name    string
		percent int
		edit    func(row [][]byte)
	}{
		{"0%", 0, nil},
		{"10% hometown", 10, func(row [][]byte) { row[profile.Hometown] = []byte("Faro") }},
		{"100% hometown", 100, func(row [][]byte) { row[profile.Hometown] = []byte("Faro") }},
		{"10% keys and leaders", 10, editKeys},
		{"100% keys and leaders", 100, editKeys},
	} {
		b.Run(test.name, func(b *testing.B) {
			rows := make([][][]byte, benchRows)
			for i, cells := range org.download().rows {
				rows[i] = bytesOf(cells)
				if i%100 < test.percent {
					test.edit(rows[i])
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				totals := org.bench(layout, rows)
				if totals.Counts.Invalid > 0 {
					b.Fatalf("%+v", totals.Groups[0])
				}
			}
		})
	}
}

func editKeys(row [][]byte) {
	row[profile.Email] = append([]byte("new."), row[profile.Email]...)
	row[profile.EmployeeID] = append([]byte("N"), row[profile.EmployeeID]...)
	if string(row[profile.CanManageTeam]) == "n" {
		row[profile.TeamLeader] = []byte("person.40@example.com")
	}
}

func (t *team) bench(layout *Layout, rows [][][]byte) Totals {
	c := NewChecker(Config{Layout: layout, Directory: t.directory, TeamSize: len(t.people)})
	for i, cells := range rows {
		c.AddRow(RowRef{i + 2, int64(i)}, cells, nil)
	}
	for _, p := range t.people {
		c.AddPerson(p)
	}
	c.TeamComplete()
	for needs := c.Needs(); !needs.Empty(); needs = c.Needs() {
		panic("the whole team was told")
	}
	for s := range c.Suspects() {
		c.Judge(s, rows[s.Offset], nil, t.people[s.Offset], nil)
	}
	c.Resolve()
	for _, id := range c.NamesWanted() {
		c.Name(t.people[int(id[13])<<16+int(id[14])<<8+int(id[15])-1])
	}
	for s := range c.Open() {
		c.Report(s, rows[s.Offset], nil, t.people[s.Offset], nil)
	}
	return c.Totals()
}

// BenchmarkAddRow and BenchmarkAddPerson are what every row costs that changes
// nothing.
func BenchmarkAddRow(b *testing.B) {
	org := bigTeam(1000)
	s := org.download()
	layout, _ := ReadHeader(s.header)
	c := NewChecker(Config{Layout: layout, Directory: org.directory})
	cells := bytesOf(s.rows[7])
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		cells[profile.UserID] = []byte(idOf(i).String())
		c.AddRow(RowRef{Row: i + 2}, cells, nil)
	}
}

func BenchmarkAddPerson(b *testing.B) {
	org := bigTeam(benchRows)
	s := org.download()
	layout, _ := ReadHeader(s.header)
	c := NewChecker(Config{Layout: layout, Directory: org.directory})
	for i, cells := range s.rows {
		c.AddRow(RowRef{Row: i + 2}, bytesOf(cells), nil)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.AddPerson(org.people[i%benchRows])
	}
}
