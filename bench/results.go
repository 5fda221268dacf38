package main

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"teamsheet/internal/testkit/report"
)

// results are the measurements beside the document, the last of each part.
type results struct {
	Parts map[string]*record `json:"parts"`
}

// record is what one part has measured.
type record struct {
	MeasuredAt time.Time `json:"measured_at"`
	Rounds     int       `json:"rounds"`
	People     int       `json:"people"`
	Rows       int       `json:"rows"` // of a file with everybody in it
	Machine    machine   `json:"machine"`
	Figures    figures   `json:"figures"`
}

// figures are measurements by name, in the order in which they were made. A name
// ends in its unit: _s seconds, _B bytes, _n a number.
type figures map[string][]float64

func (f figures) add(name string, value float64) {
	const finest = 1e6 // microseconds
	f[name] = append(f[name], math.Round(value*finest)/finest)
}

// ratio divides what was measured together, one by one.
func (f figures) ratio(of, by string) []float64 {
	a, b := f[of], f[by]
	var ratios []float64
	for i := range min(len(a), len(b)) {
		ratios = append(ratios, a[i]/b[i])
	}
	return ratios
}

// median of values, of which there is at least one; of an even number the mean of
// the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// quantile is the value that a share of the values do not exceed.
func quantile(values []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}

// reportAt is the report whose document is at a path.
func reportAt(document string) report.Report {
	name := strings.ToLower(strings.TrimSuffix(filepath.Base(document), filepath.Ext(document)))
	return report.Report{Figures: filepath.Join(filepath.Dir(document), name+".json"), Document: document}
}

func readResults(document string) (*results, error) {
	kept := &results{Parts: map[string]*record{}}
	return kept, reportAt(document).Read(kept)
}

// write writes the measurements, and the document from them.
func (r *results) write(document string) error { return reportAt(document).Write(r, r.document) }
