package plan

import (
	"slices"
	"unicode/utf8"

	"teamsheet/internal/batch"
	"teamsheet/internal/profile"
)

// highlights gathers what a preview shows before its rows.
type highlights struct {
	deactivated, reactivated int
	examples                 [profile.FieldCount][]batch.Example
}

// add takes the changes of a row in; those of a row with problems are not made, and
// are examples all the same, as they are counted.
func (h *highlights) add(d *draft) {
	at := 0
	for f := range d.asked.All() {
		change := &d.report.Changes[at]
		at++
		if f == profile.Deactivated && d.report.Result == Changed {
			h.deactivated += oneIf(d.after.Deactivated)
			h.reactivated += oneIf(!d.after.Deactivated)
		}
		if len(h.examples[f]) < batch.ExamplesKept {
			h.addExample(f, change)
		}
	}
}

// addExample keeps a change that is unlike those that are kept already.
func (h *highlights) addExample(f profile.Field, change *Change) {
	example := batch.Example{Old: cutShort(change.Old), New: cutShort(change.New)}
	if !slices.Contains(h.examples[f], example) {
		h.examples[f] = append(h.examples[f], example)
	}
}

// cutShort cuts a text after batch.ExampleLength characters.
func cutShort(text string) string {
	if len(text) <= batch.ExampleLength || utf8.RuneCountInString(text) <= batch.ExampleLength {
		return text
	}
	at := 0
	for i := range text {
		if at == batch.ExampleLength-1 {
			return text[:i] + "…"
		}
		at++
	}
	return text
}

// highlights of the file; mostly are the columns that mostly change.
func (c *Checker) highlights(mostly profile.Fields) batch.Highlights {
	h := &c.tally.highlights
	out := batch.Highlights{Deactivated: h.deactivated, Reactivated: h.reactivated, Mends: c.mends(mostly)}
	for f, examples := range h.examples {
		if len(examples) > 0 {
			if out.Examples == nil {
				out.Examples = map[string][]batch.Example{}
			}
			out.Examples[profile.ColumnOf(profile.Field(f)).Header] = examples
		}
	}
	return out
}
