package batch

// Highlights is what a preview says of a whole file beside its counts: what
// deserves a look first, examples, and what can be mended at one click. Its size
// depends on the columns, never on the file. The zero value highlights nothing.
type Highlights struct {
	Deactivated int                  `json:"deactivated"` // people who would no longer be active
	Reactivated int                  `json:"reactivated"`
	Examples    map[string][]Example `json:"examples"` // by header, at most ExamplesKept each
	Mends       []Mend               `json:"mends"`
}

// ExamplesKept is how many changes of a column are kept as examples.
const ExamplesKept = 3

// ExampleLength is after how many characters a text of an example is cut.
const ExampleLength = 60

// Example is a change of one cell; long texts are cut.
type Example struct {
	Old string `json:"old"`
	New string `json:"new"`
}

// MendKind is a way to mend a file without opening it.
type MendKind string

// The ways to mend.
const (
	// MendEmployeeIDs puts the stored value into cells where a spreadsheet program
	// damaged it.
	MendEmployeeIDs MendKind = "employee-ids"
	// MendDates does so for dates that a spreadsheet program wrote in its own way.
	MendDates MendKind = "dates"
	// MendColumn takes a whole column out, so that everybody keeps the stored value.
	MendColumn MendKind = "column"
	// MendIncomplete takes the rows of deactivated people out whose profiles lack a
	// required field.
	MendIncomplete MendKind = "incomplete"
)

// Mend is one offer to mend a file.
type Mend struct {
	Kind   MendKind `json:"kind"`
	Column string   `json:"column"` // header; "" for MendIncomplete
	Count  int      `json:"count"`  // cells, and rows for MendIncomplete
}

// Name tells one offer of a file from the others.
func (m Mend) Name() string {
	if m.Kind == MendColumn || m.Kind == MendDates {
		return string(m.Kind) + ":" + m.Column
	}
	return string(m.Kind)
}

// drasticPercent of the team is how much may be deactivated and cleared before the
// number has to be typed.
const drasticPercent = 5

// Drastic returns how many people a ready batch deactivates and how many values it
// clears, together, if that is more than 5 % of the team; otherwise 0. Every person
// of the file of a ready batch is one of the team.
func (b *Batch) Drastic() int {
	takesAway := b.Highlights.Deactivated
	for _, c := range b.ChangesByColumn {
		takesAway += c.Cleared
	}
	if team := b.Counts.Rows + b.NotInFile; 100*takesAway > drasticPercent*team {
		return takesAway
	}
	return 0
}
