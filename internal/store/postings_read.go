package store

import (
	"encoding/binary"
	"errors"
	"slices"
)

// listReader reads a list in the order of its rows.
type listReader struct {
	h     *handle
	live  liveRun
	list  string
	shown int64 // rows that show none of these are passed over; 0: all are read
	after int   // so are rows up to this

	atOnce  int   // chunks to read next
	ready   []int // rows that were read, in order
	begun   int   // the first row of the last chunk: rows to come are greater
	drained bool  // nothing is to come
}

// firstChunks are enough for a page, where chunks do not overlap much.
const firstChunks = 3

func newListReader(h *handle, live liveRun, list string, shown int64, after int) *listReader {
	return &listReader{h: h, live: live, list: list, shown: shown, after: after, atOnce: firstChunks}
}

// peek is the next row.
func (r *listReader) peek() (row int, ok bool, err error) {
	for !r.drained && (len(r.ready) == 0 || r.ready[0] > r.begun) {
		if err := r.read(); err != nil {
			return 0, false, err
		}
	}
	if len(r.ready) == 0 {
		return 0, false, nil
	}
	return r.ready[0], true, nil
}

// read reads some chunks, twice as many each time, in the order of their first rows.
func (r *listReader) read() error {
	where := " WHERE org_id = ? AND batch_id = ? AND run = ? AND list = ? AND first_row > ? AND last_row > ?"
	args := append(r.live.args(), r.list, r.begun, r.after)
	if r.shown != 0 {
		where += " AND (shown & ?) <> 0"
		args = append(args, r.shown)
	}
	var chunks []struct {
		FirstRow int
		Numbers  []byte
	}
	if err := r.h.all(&chunks, "SELECT first_row, numbers FROM batch_postings"+where+" ORDER BY first_row LIMIT ?", append(args, r.atOnce)...); err != nil {
		return wrap(err, "read postings")
	}
	r.drained = len(chunks) < r.atOnce
	r.atOnce *= 2
	for _, chunk := range chunks {
		if err := r.add(chunk.Numbers); err != nil {
			return err
		}
		r.begun = chunk.FirstRow
	}
	if !slices.IsSorted(r.ready) {
		slices.Sort(r.ready)
	}
	return nil
}

func (r *listReader) add(numbers []byte) error {
	for row := 0; len(numbers) > 0; {
		number, size := binary.Uvarint(numbers)
		if size <= 0 {
			return errors.New("read postings: a chunk is damaged")
		}
		numbers = numbers[size:]
		row += int(number >> shownBits)
		if row > r.after && (r.shown == 0 || int64(number)&r.shown != 0) {
			r.ready = append(r.ready, row)
		}
	}
	return nil
}

// listsReader reads several lists as one; a row that stands in two comes once.
type listsReader []*listReader

// some are the next rows, at most so many; none: that was the last.
func (l listsReader) some(most int) ([]int, error) {
	rows := make([]int, 0, most)
	for len(rows) < most {
		row, ok, err := l.next()
		if err != nil || !ok {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (l listsReader) next() (row int, ok bool, err error) {
	for _, list := range l {
		at, there, err := list.peek()
		if err != nil {
			return 0, false, err
		}
		if there && (!ok || at < row) {
			row, ok = at, true
		}
	}
	for _, list := range l {
		if len(list.ready) > 0 && list.ready[0] == row {
			list.ready = list.ready[1:]
		}
	}
	return row, ok, nil
}
