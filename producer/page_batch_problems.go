package producer

import (
	"strconv"
	"strings"

	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
)

// groupsShown is how many causes stand on one page.
const groupsShown = 20

// cellsShown is how many cells are named for one cause.
const cellsShown = 8

// groupView is one cause with the rows that share it.
type groupView struct {
	Problem problem.Problem
	Rows    int
	Cells   []string
	More    int // rows whose cells are not named
	URL     string
}

func newGroupView(id string, g plan.Group) groupView {
	cells := g.Cells[:min(len(g.Cells), cellsShown)]
	return groupView{
		Problem: problem.Problem{Code: g.Code, Column: g.Column, Value: g.Value,
			Message: g.Message, Fix: g.Fix, Suggestions: g.Suggestions},
		Rows: g.Rows, Cells: cells, More: g.Rows - len(cells),
		URL: rowsURL(id, rowsQuery{Show: "problems", Column: g.Column, Code: string(g.Code), Value: g.Value}),
	}
}

func (v *batchView) addGroups(p batchParts) {
	for _, g := range p.groups {
		v.Groups = append(v.Groups, newGroupView(p.batch.ID, g))
	}
	if p.query.Causes > 0 {
		v.FirstGroups = batchURL(p.batch.ID) + "#problems"
	}
	if p.nextGroup > 0 {
		v.MoreGroups = batchURL(p.batch.ID) + "?causes=" + plainNumber(p.nextGroup) + "#problems"
	}
}

func plainNumber(n int) string { return strconv.Itoa(n) }

// codeWord says a code as words: "Leader not found".
func codeWord(code string) string {
	words := strings.ReplaceAll(code, "-", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + strings.ReplaceAll(words[1:], " id ", " ID ")
}
