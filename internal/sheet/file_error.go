package sheet

import "teamsheet/internal/problem"

// FileError is a problem of the whole file that ends the reading.
type FileError struct{ Problem problem.Problem }

// Error is for the log: the code and the place, never what the file holds.
func (e *FileError) Error() string {
	if e.Problem.Cell == "" {
		return "sheet: " + string(e.Problem.Code)
	}
	return "sheet: " + string(e.Problem.Code) + " at " + e.Problem.Cell
}
