package sheet

import (
	"strings"

	"teamsheet/internal/problem"
)

// Kind of a file format, stable for metrics.
type Kind string

// The kinds. The first two can be read.
const (
	UTF16LE        Kind = "utf-16le"
	UTF16BE        Kind = "utf-16be"
	UTF16Unmarked  Kind = "utf-16-unmarked"
	UTF16Delimited Kind = "utf-16-delimited" // commas or semicolons instead of tabs
	UTF32          Kind = "utf-32"
	UTF8CSV        Kind = "utf-8-csv"
	UTF8MarkCSV    Kind = "utf-8-bom-csv"
	UTF8Tab        Kind = "utf-8-tab"
	UTF8MarkTab    Kind = "utf-8-bom-tab"
	UTF8Text       Kind = "utf-8-text"
	ANSIText       Kind = "ansi-text"
	ANSICSV        Kind = "ansi-csv"
	XLSX           Kind = "xlsx"
	XLSB           Kind = "xlsb"
	XLS            Kind = "xls"
	Locked         Kind = "locked-workbook"
	ODS            Kind = "ods"
	FODS           Kind = "fods"
	Numbers        Kind = "numbers"
	HTML           Kind = "html"
	XMLSpreadsheet Kind = "xml-spreadsheet"
	XML            Kind = "xml"
	PDF            Kind = "pdf"
	RTF            Kind = "rtf"
	JSON           Kind = "json"
	Zip            Kind = "zip"
	Compressed     Kind = "compressed"
	Binary         Kind = "binary"
	Empty          Kind = "empty"
)

// Format is what a file is. Detect makes it.
type Format struct {
	Kind Kind
	// Name for people: "CSV UTF-8 (comma separated)", "Excel workbook (.xlsx)" …
	Name string

	mark      int    // bytes of the byte order mark
	separator byte   // between columns; 0: none was seen
	ascii     bool   // nothing beyond ASCII was seen: many programs may have written it
	maker     string // the program that made it, as far as is known
	sure      bool   // maker is what the file itself says
}

// OK reports whether the file can be read as Unicode Text.
func (f Format) OK() bool { return f.Kind == UTF16LE || f.Kind == UTF16BE }

// Mark is how many bytes of the file are its byte order mark.
func (f Format) Mark() int { return f.mark }

// Separator is what was seen between the columns of a text: a tab, a comma, a
// semicolon; 0: nothing.
func (f Format) Separator() byte { return f.separator }

// Problem is file-encoding (or file-empty, file-delimiter) with the message and
// the menu steps of the program that made such a file. A file that is fine has
// the zero Problem.
func (f Format) Problem() problem.Problem {
	if f.OK() {
		return problem.Problem{}
	}
	said := sayings()[f.Kind]
	p := problem.Problem{Code: problem.FileEncoding, Message: f.fill(said.message), Fix: said.before}
	switch f.Kind {
	case Empty:
		p.Code = problem.FileEmpty
		return p
	case UTF16Delimited:
		p.Code = problem.FileDelimiter
	}
	for _, program := range f.Steps() {
		if program.Likely {
			p.Fix = strings.TrimSpace(p.Fix + " In " + program.Program + ": " + strings.Join(program.Steps, " "))
		}
	}
	return p
}

// named gives the format its name.
func (f Format) named() Format {
	f.Name = f.fill(sayings()[f.Kind].name)
	return f
}

// fill puts in what the table of sayings leaves open.
func (f Format) fill(text string) string {
	word := "comma"
	if f.separator == ';' {
		word = "semicolon"
	}
	return strings.NewReplacer("{name}", f.Name, "{separator}", word).Replace(text)
}
