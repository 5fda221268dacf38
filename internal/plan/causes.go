package plan

import (
	"slices"

	"teamsheet/internal/profile"
)

// damageApart is how many values of one kind of damage are told apart.
const damageApart = 5

// damageTogether copies the groups, but puts those together that are one accident: a
// spreadsheet program that takes IDs for numbers, or writes dates in its own way, makes
// another wrong value in every row. A few are told apart, with what they were.
func damageTogether(apart []*Group) []Group {
	values := map[cause]int{}
	for _, g := range apart {
		values[g.kind()]++
	}
	together := map[cause]int{} // places in groups
	groups := make([]Group, 0, len(apart))
	for _, g := range apart {
		many, damage := profile.ManyDamaged(g.Code, g.Column)
		kind := g.kind()
		if !damage || values[kind] <= damageApart {
			groups = append(groups, *g)
			continue
		}
		at, known := together[kind]
		if !known {
			at = len(groups)
			together[kind] = at
			groups = append(groups, Group{Code: g.Code, Column: g.Column, Message: many.Message, Fix: many.Fix, Suggestions: []string{}})
		}
		all := &groups[at]
		all.Rows += g.Rows
		all.Cells = append(all.Cells, g.Cells[:min(len(g.Cells), groupCells-len(all.Cells))]...)
	}
	return slices.Clip(groups)
}

// kind is the cause without the value.
func (g *Group) kind() cause { return cause{code: g.Code, column: g.Column} }
