package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"

	"teamsheet/internal/profile"
	"teamsheet/internal/sheet"
)

const columnCount = profile.FieldCount

// sheetFile is a file to upload, and what has to come of it.
type sheetFile struct {
	path    string
	bytes   int64
	rows    int
	changed int
	invalid int
	changes string // path of the changes: lines of User ID, tab, Hometown
	town    string // of the people that are changed
}

// remove removes the file, when it is no longer needed.
func (f sheetFile) remove() error {
	if f.changes == "" {
		return os.Remove(f.path)
	}
	return errors.Join(os.Remove(f.path), os.Remove(f.changes))
}

// eachRow reads the rows of a sheet below its header, from 0. The header is row -1.
func eachRow(path string, each func(i int, row *sheet.Row) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	reader, err := sheet.NewReader(file, sheet.Limits{Bytes: 1 << 50, Rows: 1 << 40})
	if err != nil {
		return err
	}
	for i := -1; ; i++ {
		row, err := reader.Read()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = each(i, row)
		}
		if err != nil {
			return fmt.Errorf("%s, row %d: %w", path, i, err)
		}
	}
}

// outcome of a row of an edited sheet.
type outcome uint8

const (
	unchanged outcome = iota
	changed
	invalid
	leftOut
)

// editSheet writes an edited copy of a sheet. edit may change the cells of a row
// and says what has to come of it.
func editSheet(from, to string, edit func(i int, cells [][]byte) outcome) (made sheetFile, err error) {
	made = sheetFile{path: to, changes: to + ".changes"}
	out, err := os.Create(to)
	if err != nil {
		return made, err
	}
	defer func() { closing(&err, out.Close) }()
	changes, err := os.Create(made.changes)
	if err != nil {
		return made, err
	}
	defer func() { closing(&err, changes.Close) }()
	writer, list := sheet.NewWriter(out), bufio.NewWriter(changes)
	err = eachRow(from, func(i int, row *sheet.Row) error {
		if i < 0 {
			return writer.WriteBytes(row.Cells)
		}
		what := edit(i, row.Cells)
		if what == leftOut {
			return nil
		}
		made.count(what)
		if what == changed {
			_, _ = fmt.Fprintf(list, "%s\t%s\n", row.Cells[profile.UserID], row.Cells[profile.Hometown])
		}
		return writer.WriteBytes(row.Cells)
	})
	if err = errors.Join(err, writer.Flush(), list.Flush()); err != nil {
		return made, err
	}
	written, err := out.Stat()
	if err == nil {
		made.bytes = written.Size()
	}
	return made, err
}

func (f *sheetFile) count(what outcome) {
	f.rows++
	switch what {
	case changed:
		f.changed++
	case invalid:
		f.invalid++
	}
}

// editShare changes the Hometown of percent of the rows, evenly over the file.
func editShare(from, to string, percent int, town string) (sheetFile, error) {
	made, err := editSheet(from, to, func(i int, cells [][]byte) outcome {
		return move(cells, (i+1)*percent/100 > i*percent/100, town)
	})
	made.town = town
	return made, err
}

func move(cells [][]byte, whether bool, town string) outcome {
	if !whether {
		return unchanged
	}
	cells[profile.Hometown] = []byte(town)
	return changed
}

// selection is some of all rows of a sheet, evenly over it, and the change of a
// share of them.
type selection struct {
	all, some int
	percent   int // that move
	town      string
	// again is how often the same people have moved since the sheet was downloaded:
	// what is written is what a newer download would have.
	again int
}

// editSome takes a selection of the rows.
func editSome(from, to string, s selection) (sheetFile, error) {
	some := min(s.some, s.all)
	made, err := editSheet(from, to, func(i int, cells [][]byte) outcome {
		n := i * some / s.all
		if (i+1)*some/s.all == n {
			return leftOut
		}
		what := move(cells, (n+1)*s.percent/100 > n*s.percent/100, s.town)
		if what == changed && s.again > 0 {
			raise(cells, s.again)
		}
		return what
	})
	made.town = s.town
	return made, err
}

// raise raises the version of a row.
func raise(cells [][]byte, by int) {
	version, _ := strconv.Atoi(string(cells[profile.Version])) // it was downloaded
	cells[profile.Version] = strconv.AppendInt(nil, int64(version+by), 10)
}

// editWrong makes one row in a hundred wrong: a leader whom nobody knows, a date
// that is none, a role that is not there, in turns.
func editWrong(from, to string) (sheetFile, error) {
	wrong := []struct {
		field profile.Field
		value string
	}{{profile.TeamLeader, "nobody@nowhere.example"}, {profile.StartDate, "2026-02-30"}, {profile.RoleName, "Astronaut"}}
	return editSheet(from, to, func(i int, cells [][]byte) outcome {
		if i%100 != 99 {
			return unchanged
		}
		slip := wrong[i/100%len(wrong)]
		cells[slip.field] = []byte(slip.value)
		return invalid
	})
}

// shuffle writes the rows of a sheet in a random order, the same at each run.
func shuffle(from sheetFile, to string) (made sheetFile, err error) {
	offsets := make([]int64, 0, from.rows+1)
	if err := eachRow(from.path, func(i int, row *sheet.Row) error {
		if i >= 0 {
			offsets = append(offsets, row.Offset)
		}
		return nil
	}); err != nil {
		return made, err
	}
	order := rand.New(rand.NewPCG(1, 1)).Perm(len(offsets))
	offsets = append(offsets, from.bytes)
	in, err := os.Open(from.path)
	if err != nil {
		return made, err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return made, err
	}
	defer func() { closing(&err, out.Close) }()
	writer := bufio.NewWriterSize(out, 1<<20)
	copied, err := io.Copy(writer, io.NewSectionReader(in, 0, offsets[0])) // mark and header
	for _, n := range order {
		if err != nil {
			break
		}
		var part int64
		part, err = io.Copy(writer, io.NewSectionReader(in, offsets[n], offsets[n+1]-offsets[n]))
		copied += part
	}
	if err = errors.Join(err, writer.Flush()); err == nil && copied != from.bytes {
		err = fmt.Errorf("shuffle: %d bytes of %d", copied, from.bytes)
	}
	made = from
	made.path, made.changes = to, ""
	return made, err
}

// censusOf counts the rows of a sheet, and those of people of a town.
func censusOf(path, town string) (rows, inTown int, err error) {
	err = eachRow(path, func(i int, row *sheet.Row) error {
		if i < 0 {
			return nil
		}
		rows++
		if string(row.Cells[profile.Hometown]) == town {
			inTown++
		}
		return nil
	})
	return rows, inTown, err
}

// withOrg puts the id of the organization before every line.
func withOrg(lines io.Reader, orgID string) io.Reader {
	return &prefixed{lines: bufio.NewScanner(lines), prefix: orgID + "\t"}
}

type prefixed struct {
	lines  *bufio.Scanner
	prefix string
	rest   bytes.Buffer
}

func (p *prefixed) Read(into []byte) (int, error) {
	for p.rest.Len() < len(into) && p.lines.Scan() {
		p.rest.WriteString(p.prefix)
		p.rest.Write(p.lines.Bytes())
		p.rest.WriteByte('\n')
	}
	if err := p.lines.Err(); err != nil {
		return 0, err
	}
	return p.rest.Read(into)
}
