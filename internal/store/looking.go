package store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"teamsheet/internal/fault"
	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
)

// selection is which lists hold the rows that a query asks for.
type selection struct {
	lists  []string // none: there are no such rows
	shown  int64    // rows have to show one of these; 0: anything
	valued string   // list of the value that is asked for, if it is told apart; "": any value
}

// selectionOf reads a query. A column, a code or a value that nothing can have
// selects nothing.
func selectionOf(q RowsQuery) (selection, error) {
	shown, ok := shows(q.Show)
	if !ok {
		return selection{}, fault.New(fault.BadRequest, "show-unknown", "Rows can be shown by problems, changes, warnings or all.")
	}
	in := columnOf(q.Column)
	switch {
	case q.Column != "" && !in.ok:
		return selection{}, nil
	case q.Code != "":
		return selectionOfCode(q, shown, in), nil
	case in.ok:
		return selection{lists: listsOfViews(shown, func(view int) string { return columnList(view, in.field) }), shown: shown}, nil
	case shown == 0:
		return selection{lists: []string{listAll}}, nil
	}
	return selection{lists: listsOfViews(shown, func(view int) string { return views[view] })}, nil
}

func selectionOfCode(q RowsQuery, shown int64, in column) selection {
	c := cause{code: problem.Code(q.Code), in: in}
	if !slices.Contains(problem.Codes(), c.code) {
		return selection{}
	}
	wanted := selection{lists: []string{c.list()}, shown: shown}
	if q.Value != "" && in.ok {
		wanted.valued = c.of(q.Value).list()
	}
	return wanted
}

// shows reads the name of a view; 0 is all of them.
func shows(name string) (shown int64, ok bool) {
	if name == "" || name == "all" {
		return 0, true
	}
	view := slices.Index(views[:], name)
	return 1 << max(view, 0), view >= 0
}

func listsOfViews(shown int64, list func(view int) string) []string {
	var lists []string
	for view := range views {
		if shown == 0 || shown&(1<<view) != 0 {
			lists = append(lists, list(view))
		}
	}
	return lists
}

// looking is the search for one page of rows.
type looking struct {
	h     *handle
	live  liveRun
	q     RowsQuery
	limit int
	lists listsReader
	found []plan.RowReport
}

// open opens the lists. A value that is told apart has its own; any other is
// looked for among all of its code and column.
func (l *looking) open(wanted selection) error {
	if wanted.valued != "" {
		told, err := l.h.hasList(l.live, wanted.valued)
		if err != nil {
			return err
		}
		if told {
			wanted.lists = []string{wanted.valued}
		}
	}
	for _, list := range wanted.lists {
		l.lists = append(l.lists, newListReader(l.h, l.live, list, wanted.shown, l.q.After))
	}
	return nil
}

func (h *handle) hasList(live liveRun, list string) (bool, error) {
	var row int
	found, err := h.one(&row, "SELECT first_row FROM batch_postings WHERE org_id = ? AND batch_id = ? AND run = ? AND list = ? LIMIT 1",
		append(live.args(), list)...)
	return found, wrap(err, "look for a list")
}

// page looks until it has one row more than the page, which says that there is a
// next one, or has looked through enough.
func (l *looking) page() (rows []plan.RowReport, next int, err error) {
	most, last, step := l.most(), 0, l.limit+1
	for most > 0 && len(l.found) <= l.limit {
		numbers, err := l.lists.some(min(step, most))
		if err != nil {
			return nil, 0, err
		}
		if len(numbers) == 0 {
			return l.found, 0, nil
		}
		most, last, step = most-len(numbers), numbers[len(numbers)-1], 4*step
		if err := l.look(numbers); err != nil {
			return nil, 0, err
		}
	}
	if len(l.found) > l.limit {
		l.found = l.found[:l.limit]
		last = l.found[l.limit-1].Row
	}
	return l.found, last, nil
}

// Most rows to look through in one query, for what no list knows: a text, and a
// value that is not told apart, for which each row has to be read whole.
const (
	searchedMost = 20_000
	comparedMost = 4000
)

func (l *looking) most() int {
	if l.byValue() {
		return comparedMost
	}
	return searchedMost
}

func (l *looking) byValue() bool { return l.q.Code != "" && l.q.Value != "" }

// look adds what fits of some rows to the page.
func (l *looking) look(numbers []int) error {
	var err error
	if text := strings.ToLower(storable(l.q.Search)); text != "" {
		if numbers, err = l.h.rowsWith(l.live, numbers, text); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(numbers, l.limit+1) {
		kept, err := l.h.keptRows(l.live, some)
		if err != nil {
			return err
		}
		for i := range kept {
			row, err := kept[i].report()
			if err != nil {
				return err
			}
			if l.fits(&row) {
				l.found = append(l.found, row)
			}
		}
		if len(l.found) > l.limit {
			return nil
		}
	}
	return nil
}

// fits looks at the value itself: a list goes by its hash, or does not know it.
func (l *looking) fits(row *plan.RowReport) bool {
	if !l.byValue() {
		return true
	}
	in := columnOf(l.q.Column)
	same := func(p problem.Problem) bool {
		return string(p.Code) == l.q.Code && p.Value == l.q.Value && (!in.ok || columnOf(p.Column) == in)
	}
	return slices.ContainsFunc(row.Problems, same) || slices.ContainsFunc(row.Warnings, same)
}

// rowsWith are those of the rows in which a text is found, in order.
func (h *handle) rowsWith(live liveRun, numbers []int, text string) ([]int, error) {
	var found []int
	err := h.all(&found, h.dialect.lookUp(rowRange, "r.row_no", "batch_rows r", rowsOfRun+" AND "+h.dialect.contains("r.search")),
		append(h.rowArgs(live, numbers), text)...)
	slices.Sort(found)
	return found, wrap(err, "search rows")
}

// keptRows reads rows by their numbers, in order.
func (h *handle) keptRows(live liveRun, numbers []int) ([]keptRow, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	var kept []keptRow
	err := h.all(&kept, h.dialect.lookUp(rowRange, "r.row_no, r.profile_id, r.version, r.shown, r.mask, r.name, r.changes, r.problems, r.warnings",
		"batch_rows r", rowsOfRun), h.rowArgs(live, numbers)...)
	slices.SortFunc(kept, func(a, b keptRow) int { return cmp.Compare(a.RowNo, b.RowNo) })
	return kept, wrap(err, "read rows")
}

// rowsOfRun are the rows of a run in a range of numbers; rowArgs are its arguments.
const rowsOfRun = "r.org_id = ? AND r.batch_id = ? AND r.run = ? AND r.row_no BETWEEN s.first AND s.last"

// rowArgs ask for rows by their numbers. Those that follow one another are one
// range, which costs an index a tenth of finding each.
func (h *handle) rowArgs(live liveRun, numbers []int) []any {
	var ranges []pair
	for first := 0; first < len(numbers); {
		end := first + 1
		for end < len(numbers) && numbers[end] == numbers[end-1]+1 {
			end++
		}
		ranges = append(ranges, pair{strconv.Itoa(numbers[first]), strconv.Itoa(numbers[end-1])})
		first = end
	}
	return append(h.dialect.pairs(ranges), live.args()...)
}
