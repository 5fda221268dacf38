package sheet

// saying is what people are told about a kind of file. In message, {name} is the
// format's name and {separator} is "comma" or "semicolon".
type saying struct {
	name    string
	message string
	before  string // what comes before the menu steps
}

func sayings() map[Kind]saying {
	const (
		text     = "This file is {name}, not Unicode Text."
		workbook = "This file is an {name}, not Unicode Text."
		lossy    = text + " Letters that this old encoding lacks are already lost in it."
		goBack   = "Go back to the workbook from which you saved it."
		opened   = "Open it in your spreadsheet program and check that it is the right sheet."
		unpack   = "Unpack it first, and open the sheet that is in it."
	)
	return map[Kind]saying{
		UTF16LE:        {name: "Unicode Text"},
		UTF16BE:        {name: "Unicode Text"},
		UTF16Unmarked:  {"UTF-16 text without a byte order mark", "This file is {name}, and its first row has no header that we know.", ""},
		UTF16Delimited: {"UTF-16 text ({separator} separated)", "The columns of this file are separated by {separator}s, not by tabs.", "Leave the tabs as your spreadsheet program writes them."},
		UTF32:          {"text in UTF-32", "This file is {name}, which is not the UTF-16 of Unicode Text.", ""},
		UTF8CSV:        {"CSV in UTF-8 ({separator} separated)", text, ""},
		UTF8MarkCSV:    {"CSV UTF-8 ({separator} separated)", text, ""},
		UTF8Tab:        {"tab-separated text in UTF-8", text, ""},
		UTF8MarkTab:    {"tab-separated text in UTF-8 with a byte order mark", text, ""},
		UTF8Text:       {"plain text in UTF-8 without columns", text, ""},
		ANSIText:       {"Text (Tab delimited) in an 8-bit encoding (ANSI)", lossy, goBack},
		ANSICSV:        {"CSV ({separator} separated) in an 8-bit encoding (ANSI)", lossy, goBack},
		XLSX:           {"Excel workbook (.xlsx)", workbook, ""},
		XLSB:           {"Excel binary workbook (.xlsb)", workbook, ""},
		XLS:            {"Excel 97-2003 workbook (.xls), or a workbook with a password", "This file is an Excel 97-2003 workbook (.xls) or a workbook with a password, not Unicode Text.", ""},
		Locked:         {"workbook with a password", "This file is a {name}, not Unicode Text.", "Open it with its password."},
		ODS:            {"OpenDocument spreadsheet (.ods)", workbook, ""},
		FODS:           {"OpenDocument spreadsheet in XML (.fods)", workbook, ""},
		Numbers:        {"Apple Numbers document", workbook, ""},
		HTML:           {"web page (HTML)", "This file is a {name}, not Unicode Text.", opened},
		XMLSpreadsheet: {"XML spreadsheet", workbook, ""},
		XML:            {"XML file", workbook, opened},
		PDF:            {"PDF document", "This file is a {name}, not Unicode Text.", "A PDF cannot be turned back into the sheet: go to the workbook itself."},
		RTF:            {"rich text document (.rtf)", "This file is a {name}, not Unicode Text.", "Go back to the sheet in your spreadsheet program."},
		JSON:           {"JSON file", "This file is a {name}, not Unicode Text.", "Put its values into the downloaded sheet."},
		Zip:            {"zip archive", "This file is a {name}, not Unicode Text.", unpack},
		Compressed:     {"compressed archive", "This file is a {name}, not Unicode Text.", unpack},
		Binary:         {"file of another program", "This file is not a text file: it comes from another program or is damaged.", opened},
		Empty:          {"empty file", "This file is empty.", "Download the current team, edit it, and upload the file that you save."},
	}
}
