package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// table is a table of the document.
type table struct{ rows [][]string }

func newTable(header ...string) *table { return &table{rows: [][]string{header}} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// String is the table as Markdown, numbers to the right.
func (t *table) String() string {
	var text strings.Builder
	for i, row := range t.rows {
		text.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			text.WriteString("|---|" + strings.Repeat("---:|", len(row)-1) + "\n")
		}
	}
	return text.String()
}

const notMeasured = "–"

// spread writes the median of values with the least and the most of them.
func spread(values []float64, write func(float64) string) string {
	if len(values) == 0 {
		return notMeasured
	}
	middle, least, most := write(median(values)), write(slices.Min(values)), write(slices.Max(values))
	if least == most {
		return middle
	}
	return fmt.Sprintf("%s (%s–%s)", middle, least, most)
}

// digits writes a number with three digits that count, and never fewer than it has
// before its point.
func digits(n float64) string {
	if n == 0 {
		return "0"
	}
	behind := max(0, 2-int(math.Floor(math.Log10(math.Abs(n)))))
	return strconv.FormatFloat(n, 'f', min(behind, 4), 64)
}

func mebibytes(n float64) string { return digits(n / (1 << 20)) }

func milliseconds(n float64) string { return digits(n * 1000) }

// counted writes a number of things.
func counted(n float64) string { return grouped(int(math.Round(n))) }

// grouped writes a whole number in groups of three.
func grouped(n int) string {
	text := strconv.Itoa(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// The figures of a record as cells of a table.

func (r *record) seconds(name string) string { return spread(r.Figures[name], digits) }

func (r *record) millis(name string) string { return spread(r.Figures[name], milliseconds) }

func (r *record) mib(name string) string { return spread(r.Figures[name], mebibytes) }

func (r *record) number(name string) string { return spread(r.Figures[name], counted) }

func (r *record) ratio(of, by string) string { return spread(r.Figures.ratio(of, by), digits) }
