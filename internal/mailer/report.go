package mailer

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"teamsheet/internal/batch"
	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/store"
	"teamsheet/internal/zone"
)

// topCauses is how many causes a mail names; the page has them all.
const topCauses = 5

// report is what one mail says, in the order in which it says it.
type report struct {
	Subject  string
	Headline string
	Lead     []string // paragraphs
	Facts    []fact
	Causes   []cause
	More     string // that there are further causes; "" none
	Page     string // address of the batch
	Steps    []step
	Footer   []string
	Settings string // address
}

type fact struct{ Label, Value string }

type cause struct {
	Rows       string // "62 rows", "The whole file"
	Column     string
	Value      string
	Message    string
	Fix        string
	DidYouMean string
	First      string // "D17, D18, D44 …"
}

type step struct {
	Number int
	Text   string
	URL    string // "" none
}

func steps(list ...step) []step {
	for i := range list {
		list[i].Number = i + 1
	}
	return list
}

func (m *Mailer) report(ctx context.Context, outgoing store.Mail) (*report, error) {
	org, err := m.source.Org(ctx, outgoing.OrgID)
	if err != nil {
		return nil, fmt.Errorf("load organization for mail: %w", err)
	}
	b, err := m.source.Batch(ctx, outgoing.OrgID, outgoing.BatchID)
	if fault.Is(err, fault.NotFound) {
		return nil, &Refused{fmt.Errorf("load batch for mail: %w", err)}
	}
	if err != nil {
		return nil, fmt.Errorf("load batch for mail: %w", err)
	}
	in, err := m.zoneOf(ctx, outgoing)
	if err != nil {
		return nil, err
	}
	r := &report{Facts: facts(b, in), Page: m.links.Batch(b.ID), Settings: m.links.Settings}
	switch outgoing.Kind {
	case store.MailRejected:
		groups, next, err := m.source.Groups(ctx, outgoing.OrgID, b.ID, 0, topCauses)
		if err != nil {
			return nil, fmt.Errorf("load problems for mail: %w", err)
		}
		m.rejected(r, b, groups, next != 0)
	case store.MailStale:
		m.stale(r, b)
	case store.MailApplied:
		applied(r, b)
	default:
		m.failed(r, b)
	}
	r.Subject = "[" + org.Name + "] " + r.Headline + " (" + b.File.Name + ")"
	r.Footer = []string{
		"You get this because you uploaded the file.",
		"Reference for support: batch " + b.ID + reference(b.RequestID) + ".",
	}
	return r, nil
}

// zoneOf is the time zone of the recipient; UTC when none was chosen.
func (m *Mailer) zoneOf(ctx context.Context, outgoing store.Mail) (*time.Location, error) {
	account, err := m.source.AccountByEmail(ctx, outgoing.Recipient)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, fmt.Errorf("load account for mail: %w", err)
	}
	if in, ok := zone.Load(account.TimeZone); ok && account.OrgID == outgoing.OrgID {
		return in, nil
	}
	return time.UTC, nil
}

const nothingSaved = "Nothing was saved. Your team is exactly as it was before."

func (m *Mailer) rejected(r *report, b batch.Batch, groups []plan.Group, more bool) {
	r.Headline = "Bulk update not saved: " + problemCount(b)
	r.Lead = []string{nothingSaved}
	for _, p := range b.FileProblems {
		r.Causes = append(r.Causes, fileCause(p))
	}
	for _, g := range groups {
		r.Causes = append(r.Causes, groupCause(g))
	}
	if len(r.Causes) > topCauses {
		r.Causes, more = r.Causes[:topCauses], true
	}
	if more {
		r.More = "There are more causes than these; the page of the bulk update lists them all."
	}
	if _, unread := b.Unread(); unread {
		r.Steps = steps(
			step{Text: "Mend your spreadsheet as said above."},
			step{Text: "Save it once more, as Unicode Text."},
			step{Text: "Upload it", URL: m.links.Upload(b.ID)},
		)
		return
	}
	if len(b.Highlights.Mends) > 0 {
		r.Steps = steps(
			step{Text: "Open the bulk update", URL: m.links.Batch(b.ID)},
			step{Text: "Choose what is offered under “Mend it here”: each button there mends many rows at once. Then look at the new preview."},
			step{Text: "For what is left, open the fix-up file: your file with the columns Result, Problem and How to fix", URL: m.links.FixUp(b.ID)},
			step{Text: "Correct the cells that it names, save it as Unicode Text, and upload it", URL: m.links.Upload(b.ID)},
		)
		return
	}
	r.Steps = steps(
		step{Text: "Open the fix-up file: your file with the columns Result, Problem and How to fix", URL: m.links.FixUp(b.ID)},
		step{Text: "Correct the cells that it names, and save it as Unicode Text."},
		step{Text: "Upload it", URL: m.links.Upload(b.ID)},
	)
}

func (m *Mailer) stale(r *report, b batch.Batch) {
	r.Headline = "Bulk update not saved: the team changed after the preview"
	r.Lead = []string{
		nothingSaved,
		"Between your preview and Confirm somebody changed the team, and the file would no longer do what you saw. There is nothing wrong with your file.",
	}
	r.Steps = steps(
		step{Text: "Open the bulk update", URL: m.links.Batch(b.ID)},
		step{Text: "Choose “Preview the same file again”. You need not upload it again."},
		step{Text: "Look at the new preview and confirm it."},
	)
}

func (m *Mailer) failed(r *report, b batch.Batch) {
	r.Headline = "Bulk update not saved: a fault on our side"
	r.Lead = []string{nothingSaved, "It was not your file: our machines had a fault, and we stopped trying."}
	if b.Failure != nil && b.Failure.Message != "" {
		r.Lead[1] = b.Failure.Message
	}
	r.Steps = steps(
		step{Text: "Open the bulk update", URL: m.links.Batch(b.ID)},
		step{Text: "Choose “Preview the same file again”. If the stored file is gone, upload it again."},
		step{Text: "If it fails again, give support the reference below."},
	)
}

func applied(r *report, b batch.Batch) {
	r.Headline = "Bulk update saved: " + count(b.Counts.Changed, "person", "people") + " changed"
	r.Lead = []string{"Every change of your preview was saved, all of them together."}
	for _, c := range b.ChangesByColumn {
		value := strconv.Itoa(c.Changed)
		if c.Cleared > 0 {
			value += fmt.Sprintf(" (%d cleared)", c.Cleared)
		}
		r.Facts = append(r.Facts, fact{c.Column, value})
	}
}

func facts(b batch.Batch, in *time.Location) []fact {
	uploaded := b.UploadedAt.In(in)
	list := []fact{
		{"File", b.File.Name},
		{"Uploaded", uploaded.Format("2 January 2006, 15:04 ") + zone.Abbreviation(uploaded)},
	}
	verb := "would change"
	if b.State == batch.Applied {
		verb = "changed"
	}
	if b.Counts.Rows > 0 {
		list = append(list, fact{"Rows", fmt.Sprintf("%s read, %s %s, %s unchanged, %s with problems",
			thousands(b.Counts.Rows), thousands(b.Counts.Changed), verb, thousands(b.Counts.Unchanged), thousands(b.Counts.Invalid))})
	}
	return list
}

func problemCount(b batch.Batch) string {
	problems := count(b.Problems, "problem", "problems")
	if b.Counts.Invalid == 0 {
		return problems + " with the file"
	}
	return problems + " in " + count(b.Counts.Invalid, "row", "rows")
}

func fileCause(p problem.Problem) cause {
	c := cause{Rows: "The whole file", Column: p.Column, Value: p.Value, Message: p.Message, Fix: p.Fix, First: p.Cell}
	c.DidYouMean = strings.Join(p.Suggestions, " or ")
	return c
}

func groupCause(g plan.Group) cause {
	const firstCells = 3
	c := cause{
		Rows: count(g.Rows, "row", "rows"), Column: g.Column, Value: shorten(g.Value),
		Message: g.Message, Fix: g.Fix, DidYouMean: strings.Join(g.Suggestions, " or "),
	}
	c.First = strings.Join(g.Cells[:min(firstCells, len(g.Cells))], ", ")
	if g.Rows > firstCells {
		c.First += " …"
	}
	return c
}

// shorten keeps a value to one line of a mail.
func shorten(value string) string {
	const longest = 60
	line := []rune(strings.Join(strings.Fields(value), " "))
	if len(line) <= longest {
		return string(line)
	}
	return string(line[:longest-1]) + "…"
}

func reference(requestID string) string {
	if requestID == "" {
		return ""
	}
	return ", request " + requestID
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands writes 104212 as 104,212.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
