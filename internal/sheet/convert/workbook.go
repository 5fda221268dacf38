package convert

import (
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strings"

	"teamsheet/internal/sheet"
)

// book is a workbook (ISO/IEC 29500-1, SpreadsheetML).
type book struct {
	*archive
	sheets  []bookSheet
	active  int
	since04 bool // days are counted from 1904
	strings *texts
	styles  []dateForm // by the style's number
}

type bookSheet struct {
	name, part string
	hidden     bool
}

// convertWorkbook writes the sheet of a workbook that holds the team.
func convertWorkbook(out *sink, src Source, o Options) error {
	b, err := openBook(src, o)
	if err != nil {
		return err
	}
	defer b.strings.close()
	chosen, err := b.choose(o)
	if err != nil {
		return err
	}
	cells := &cellReader{book: b, limits: o.Limits}
	if err := cells.rows(b.sheets[chosen].part, out.row); err != nil {
		return err
	}
	out.report.Notes = append(b.notes(chosen), cells.notes()...)
	return nil
}

func openBook(src Source, o Options) (*book, error) {
	a, err := openArchive(src, o.Limits.Bytes)
	if err != nil {
		return nil, err
	}
	b := &book{archive: a, strings: &texts{folder: o.TempDir}}
	if err := b.open(o); err != nil {
		b.strings.close()
		return nil, err
	}
	return b, nil
}

func (b *book) open(o Options) error {
	main := "xl/workbook.xml"
	top, err := b.relations("")
	if err != nil {
		return err
	}
	for _, r := range top {
		if r.kind == "officeDocument" {
			main = r.target
		}
	}
	parts, err := b.relations(main)
	if err != nil {
		return err
	}
	if err := b.readSheets(main, parts); err != nil {
		return err
	}
	for _, r := range parts {
		switch r.kind {
		case "styles":
			err = b.readStyles(r.target)
		case "sharedStrings":
			err = b.strings.load(b.archive, r.target, o.Limits.CellChars)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readSheets reads the list of sheets, in their order.
func (b *book) readSheets(main string, parts map[string]relation) error {
	err := b.starts(main, func(start xml.StartElement) {
		switch start.Name.Local {
		case "sheet":
			if r, ok := parts[attribute(start, "id")]; ok && r.kind == "worksheet" && len(b.sheets) < maxParts {
				b.sheets = append(b.sheets, bookSheet{attribute(start, "name"), r.target, strings.Contains(strings.ToLower(attribute(start, "state")), "hidden")})
			}
		case "workbookPr":
			since := attribute(start, "date1904")
			b.since04 = since == "1" || since == "true"
		case "workbookView":
			_, _ = fmt.Sscanf(attribute(start, "activeTab"), "%d", &b.active) // absent: the first
		}
	})
	if err == nil && len(b.sheets) == 0 {
		err = fileError(brokenWorkbook())
	}
	return err
}

// lookedAt is how many sheets are searched for headers.
const lookedAt = 50

// choose returns the sheet to take: the first with a known header in its first
// row, else the one that was open when the workbook was saved.
func (b *book) choose(o Options) (int, error) {
	for i := range b.sheets[:min(len(b.sheets), lookedAt)] {
		known := false
		cells := &cellReader{book: b, limits: o.Limits}
		err := cells.rows(b.sheets[i].part, func(number int, row []string) error {
			known = number == 1 && slices.ContainsFunc(row, func(cell string) bool { return o.Limits.KnownHeader(strings.TrimSpace(cell)) })
			return errEnough
		})
		if known && (err == nil || errors.Is(err, errEnough)) {
			return i, nil
		}
	}
	if b.active >= 0 && b.active < len(b.sheets) {
		return b.active, nil
	}
	return 0, nil
}

// notes says which sheet was taken, when there was a choice.
func (b *book) notes(chosen int) []string {
	var others []string
	for i, s := range b.sheets {
		ours := b.sheets[chosen].name == sheet.TeamSheet && s.name == sheet.ReadMeSheet // of our own download
		if i != chosen && !s.hidden && !ours {
			others = append(others, "“"+s.name+"”")
		}
	}
	if len(others) == 0 {
		return nil
	}
	const named = 3
	if len(others) > named {
		others = append(others[:named], fmt.Sprintf("%d more", len(others)-named))
	}
	return []string{fmt.Sprintf("The workbook has more than one sheet. “%s” was taken; left out: %s.", b.sheets[chosen].name, strings.Join(others, ", "))}
}

// Application returns the program that made a workbook, in the words of the
// workbook (docProps/app.xml): "Microsoft Excel", "LibreOffice/24.8 …". "": it does
// not say.
func Application(src Source) string {
	const longest = 100
	a, err := openArchive(src, 1<<20)
	if err != nil {
		return ""
	}
	p, err := a.part("docProps/app.xml")
	if p == nil || err != nil {
		return ""
	}
	defer p.close()
	for {
		token, err := p.next()
		if err != nil {
			return ""
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "Application" {
			text, err := p.text(nil)
			if err != nil || len(text) > longest {
				return ""
			}
			return strings.TrimSpace(string(text))
		}
	}
}
