package sheet

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Excel's limits of a drop-down that is written into its rule, of the texts of a
// prompt and of their titles, in UTF-16 code units.
const (
	inlineListChars  = 255
	promptChars      = 255
	promptTitleChars = 32
)

// look is the styles of a workbook.
type look struct{ text, locked, header, wrapped int }

func newLook(file *excelize.File) (look, error) {
	const asText = 49 // the built-in number format "@"
	thin := []excelize.Border{{Type: "bottom", Color: "1F3A5F", Style: 1}}
	top := &excelize.Alignment{Vertical: "top"}
	var l look
	for _, style := range []struct {
		id    *int
		style excelize.Style
	}{
		{&l.text, excelize.Style{NumFmt: asText, Alignment: top}},
		{&l.locked, excelize.Style{NumFmt: asText, Alignment: top, Font: &excelize.Font{Color: "6B6B6B"}, Fill: solid("EDEDED")}},
		{&l.header, excelize.Style{NumFmt: asText, Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: solid("1F3A5F"), Border: thin}},
		{&l.wrapped, excelize.Style{NumFmt: asText, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
	} {
		id, err := file.NewStyle(&style.style)
		if err != nil {
			return look{}, err
		}
		*style.id = id
	}
	return l, nil
}

func solid(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

// writeReadMe writes the second sheet: the paragraphs, then a line for each
// column that has something to say.
func writeReadMe(file *excelize.File, look look, paragraphs []string, columns []WorkbookColumn) error {
	if _, err := file.NewSheet(ReadMeSheet); err != nil {
		return err
	}
	stream, err := file.NewStreamWriter(ReadMeSheet)
	if err != nil {
		return err
	}
	if err := stream.SetColWidth(1, 1, 24); err != nil {
		return err
	}
	if err := stream.SetColWidth(2, 2, 90); err != nil {
		return err
	}
	row := 0
	write := func(style int, left, right string) error {
		row++
		return stream.SetRow(fmt.Sprintf("A%d", row), []any{
			excelize.Cell{StyleID: style, Value: Escape(left)}, excelize.Cell{StyleID: style, Value: Escape(right)},
		})
	}
	for _, paragraph := range paragraphs {
		if err := write(look.wrapped, "", paragraph); err != nil {
			return err
		}
	}
	if err := write(look.header, "Column", "What to enter"); err != nil {
		return err
	}
	for _, column := range columns {
		if err := write(look.wrapped, column.Header, column.Help); err != nil {
			return err
		}
	}
	return stream.Flush()
}

// addDropDowns gives the columns with choices their drop-downs, and every header
// its help as a prompt. Another value can still be entered, after a warning: the
// preview says what is right, not Excel.
func addDropDowns(file *excelize.File, columns []WorkbookColumn) error {
	for i, column := range columns {
		letters, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if column.Help != "" {
			prompt := excelize.NewDataValidation(true)
			prompt.SetSqref(letters + "1")
			prompt.SetInput(cutUnits(column.Header, promptTitleChars), cutUnits(column.Help, promptChars))
			if err := file.AddDataValidation(TeamSheet, prompt); err != nil {
				return err
			}
		}
		if len(column.Choices) == 0 {
			continue
		}
		list := excelize.NewDataValidation(true)
		list.SetSqref(fmt.Sprintf("%s2:%s%d", letters, letters, workbookRows))
		list.SetError(excelize.DataValidationErrorStyleWarning, cutUnits(column.Header, promptTitleChars), "This is not one of the values in the list.")
		if err := setChoices(file, list, i, column.Choices); err != nil {
			return err
		}
		if err := file.AddDataValidation(TeamSheet, list); err != nil {
			return err
		}
	}
	return nil
}

// setChoices writes the choices into the rule, or, where they are too long for
// that or hold a comma, into a column of the hidden sheet.
func setChoices(file *excelize.File, list *excelize.DataValidation, column int, choices []string) error {
	escaped := make([]string, len(choices))
	for i, choice := range choices {
		escaped[i] = Escape(choice)
	}
	if fitsInline(escaped) {
		return list.SetDropList(escaped)
	}
	if err := addChoicesSheet(file); err != nil {
		return err
	}
	letters, err := excelize.ColumnNumberToName(column + 1)
	if err != nil {
		return err
	}
	for i, choice := range escaped {
		if err := file.SetCellStr(choicesSheet, fmt.Sprintf("%s%d", letters, i+1), choice); err != nil {
			return err
		}
	}
	list.SetSqrefDropList(fmt.Sprintf("%s!$%s$1:$%s$%d", choicesSheet, letters, letters, len(escaped)))
	return nil
}

func fitsInline(choices []string) bool {
	units := len(choices) - 1
	for _, choice := range choices {
		if strings.ContainsAny(choice, ",\"\r\n\t") || choice != strings.TrimSpace(choice) || choice == "" {
			return false
		}
		units += unitCount(choice)
	}
	return units <= inlineListChars
}

func addChoicesSheet(file *excelize.File) error {
	if at, err := file.GetSheetIndex(choicesSheet); err != nil || at >= 0 {
		return err
	}
	if _, err := file.NewSheet(choicesSheet); err != nil {
		return err
	}
	return file.SetSheetVisible(choicesSheet, false)
}

func unitCount(text string) int {
	units := 0
	for _, r := range text {
		units += utf16.RuneLen(r)
	}
	return units
}

// cutUnits cuts a text to at most limit UTF-16 code units, at a whole character.
func cutUnits(text string, limit int) string {
	if unitCount(text) <= limit {
		return text
	}
	units := 1 // the ellipsis
	for at, r := range text {
		if units += utf16.RuneLen(r); units > limit {
			return text[:at] + "…"
		}
	}
	return text
}
