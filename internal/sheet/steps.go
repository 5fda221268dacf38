package sheet

import "strings"

// ProgramSteps are the menu steps with which a program saves Unicode Text, or
// with which its users get there.
type ProgramSteps struct {
	Program string   // "Excel for Windows"
	Steps   []string // whole sentences, in order
	Likely  bool     // the program that most likely made the file
}

// Programs, as they are named to people.
const (
	excelWindows = "Excel for Windows"
	excelMac     = "Excel for Mac"
	excelWeb     = "Excel on the web"
	libreOffice  = "LibreOffice"
	googleSheets = "Google Sheets"
	appleNumbers = "Apple Numbers"
)

// MadeBy is the format with the program that the file itself names: the
// Application of a workbook's properties. A name that is not known changes nothing.
func (f Format) MadeBy(application string) Format {
	for _, known := range []struct{ begins, program string }{
		{"Microsoft Macintosh Excel", excelMac},
		{"Microsoft Excel Online", excelWeb},
		{"Microsoft Excel", excelWindows},
		{"LibreOffice", libreOffice},
		{"OpenOffice", libreOffice},
		{"Collabora", libreOffice},
		{"Google", googleSheets},
		{"Numbers", appleNumbers},
		{"Apple Numbers", appleNumbers},
	} {
		if strings.HasPrefix(application, known.begins) {
			f.maker, f.sure = known.program, true
			return f
		}
	}
	return f
}

// LikelyOn is the format with the program that most likely made it on a system:
// the name of its system as browsers give it in User-Agent (RFC 9110, 10.1.5). What
// the file itself tells counts for more.
func (f Format) LikelyOn(userAgent string) Format {
	if f.MakerKnown() || f.likelyProgram() != excelWindows {
		return f
	}
	for _, known := range []struct{ system, program string }{
		{"CrOS", googleSheets},
		{"Windows", excelWindows},
		{"iPhone", excelMac}, // whose users open it there or on the web
		{"iPad", excelMac},
		{"Macintosh", excelMac},
		{"Android", excelWeb},
		{"Linux", libreOffice},
	} {
		if strings.Contains(userAgent, known.system) {
			f.maker = known.program
			return f
		}
	}
	return f
}

// MakerKnown reports whether the file itself tells which program made it.
func (f Format) MakerKnown() bool {
	switch f.Kind {
	case ODS, FODS, Numbers:
		return true
	}
	return f.sure
}

// Steps lists the steps for every program that we know; the one that most likely
// made the file is marked. None is for an empty file or one that is fine.
func (f Format) Steps() []ProgramSteps {
	programs := programSteps()
	likely := f.likelyProgram()
	for i := range programs {
		programs[i].Likely = programs[i].Program == likely
	}
	return programs
}

func (f Format) likelyProgram() string {
	if f.maker != "" {
		return f.maker
	}
	switch f.Kind {
	case UTF16LE, UTF16BE, Empty:
		return ""
	case ODS, FODS, UTF16Delimited:
		return libreOffice
	case Numbers:
		return appleNumbers
	case UTF8CSV, UTF8Tab:
		if !f.ascii { // Excel marks its UTF-8, and writes ASCII in its older formats
			return googleSheets
		}
	}
	return excelWindows
}

func programSteps() []ProgramSteps {
	return []ProgramSteps{
		{Program: excelWindows, Steps: []string{
			"Choose File > Save As (or Save a Copy).",
			`Under "Save as type", choose "Unicode Text (*.txt)", then Save.`,
			"If Excel says that only the active sheet is saved, choose OK; if it says that features may be lost, choose Yes.",
			"Close the file in Excel, then upload it.",
		}},
		{Program: excelMac, Steps: []string{
			"Choose File > Save As.",
			`Under "File Format", choose "UTF-16 Unicode Text (.txt)", then Save.`,
			"Close the file in Excel, then upload it.",
		}},
		{Program: excelWeb, Steps: []string{
			"Unicode Text is not offered there. Choose Editing > Open in Desktop App.",
			`There, choose File > Save As and "Unicode Text (*.txt)" (on a Mac "UTF-16 Unicode Text (.txt)"), then upload that file.`,
		}},
		{Program: libreOffice, Steps: []string{
			`Choose File > Save As and the file type "Text CSV (.csv)", tick "Edit filter settings", then Save.`,
			"If it asks about the format, keep Text CSV.",
			`Set Character set to "Unicode (UTF-16)", Field delimiter to "{Tab}" and String delimiter to a double quote ("), then OK.`,
			"Upload that file.",
		}},
		{Program: googleSheets, Steps: []string{
			"Unicode Text is not offered there. Choose File > Download > Microsoft Excel (.xlsx).",
			`Open that file in Excel and save it as "Unicode Text (*.txt)", or in LibreOffice as Text CSV in "Unicode (UTF-16)" with {Tab} between fields.`,
			"Upload the file that you saved there.",
		}},
		{Program: appleNumbers, Steps: []string{
			"Unicode Text is not offered there. Choose File > Export To > Excel.",
			`Open that file in Excel and save it as "UTF-16 Unicode Text (.txt)", or in LibreOffice as Text CSV in "Unicode (UTF-16)" with {Tab} between fields.`,
			"Upload the file that you saved there.",
		}},
	}
}
