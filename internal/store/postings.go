package store

import (
	"encoding/binary"
	"hash/fnv"
	"strconv"

	"teamsheet/internal/plan"
	"teamsheet/internal/problem"
	"teamsheet/internal/profile"
)

// The kept rows of a run can be a million, and a page of them asks for those with
// one column or one cause. So the numbers of the rows that have something in
// common are gathered in lists (posting lists, as in a search index) while the
// rows are written. A list is kept in chunks; a page reads a few of them, and then
// the rows by their numbers.

const (
	// chunkNumbers is how many row numbers one chunk holds: some kilobytes, and more
	// than a page of rows.
	chunkNumbers = 4096
	// gatheredMost is how many bytes of numbers a run holds in memory before it
	// cuts every list, however short its chunk.
	gatheredMost = 4 << 20
	// valuesMost is how many values with a problem have a list of their own: those
	// that a plan tells apart, and maybe some more. A value that comes later is
	// looked for in the rows of its code and column, as is one with a warning.
	valuesMost = 10_000
	// shownBits is how many bits of an entry say what its row shows.
	shownBits = 3
)

// listAll is the list of all kept rows. Those of a view have its name; those of a
// column in a view, "changes/7", the number of the field too; those of a cause are
// "=code", "=code/7" and "=code/7/hash of the value".
const listAll = "all"

func columnList(view int, f profile.Field) string { return views[view] + "/" + strconv.Itoa(int(f)) }

// cause is a code, anywhere or in one column, there maybe with one value.
type cause struct {
	code   problem.Code
	in     column
	valued bool
	value  uint64 // hash of the value
}

// column is a field, or none.
type column struct {
	field profile.Field
	ok    bool
}

func columnOf(header string) (c column) {
	c.field, c.ok = profile.FieldByHeader(header)
	return c
}

// of is the cause narrowed to one value.
func (c cause) of(value string) cause {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(value)) // never fails
	c.valued, c.value = true, hash.Sum64()
	return c
}

func (c cause) list() string {
	name := "=" + string(c.code)
	if c.in.ok {
		name += "/" + strconv.Itoa(int(c.in.field))
	}
	if c.valued {
		name += "/" + strconv.FormatUint(c.value, 36)
	}
	return name
}

// posting is the chunk of a list that is being gathered.
type posting struct {
	list        string
	numbers     []byte // as the migration describes them
	count       int
	first, last int
	shown       int64 // all that any of the rows shows
}

// add adds a row; cut is called with the chunk when it is full, or when the row
// stands before its last one. A row that is there already is not added again.
func (p *posting) add(row int, shown int64, cut func(*posting)) (bytes int) {
	if p.count > 0 && row == p.last {
		return 0
	}
	if p.count == chunkNumbers || row < p.last {
		cut(p)
	}
	if p.count == 0 {
		p.first = row
	}
	before := len(p.numbers)
	p.numbers = binary.AppendUvarint(p.numbers, uint64(row-p.last)<<shownBits|uint64(shown))
	p.last, p.shown = row, p.shown|shown
	p.count++
	return len(p.numbers) - before
}

// postings gathers the lists of a run. Rows come in any number of ascending
// passes: those that are judged alone, then those that depend on others. So the
// chunks of a list may overlap.
type postings struct {
	all      posting
	views    [len(views)]posting
	columns  [len(views)][profile.FieldCount]posting
	causes   map[cause]*posting
	values   int               // how many of causes have a value
	headers  map[string]column // looked up once
	gathered int               // bytes in chunks that are not cut
	cut      []posting         // chunks that are not written yet
}

func newPostings() *postings {
	p := &postings{all: posting{list: listAll}, causes: map[cause]*posting{}, headers: map[string]column{}}
	for view := range views {
		p.views[view].list = views[view]
		for f := range p.columns[view] {
			p.columns[view][f].list = columnList(view, profile.Field(f))
		}
	}
	return p
}

// gather adds kept rows to their lists.
func (p *postings) gather(rows []*plan.RowReport) {
	for _, row := range rows {
		p.add(row)
		if p.gathered > gatheredMost {
			p.each(p.cutOne)
		}
	}
}

func (p *postings) add(r *plan.RowReport) {
	shown := shown(r)
	put := func(list *posting) { p.gathered += list.add(r.Row, shown, p.cutOne) }
	put(&p.all)
	for view := range p.views {
		if shown&(1<<view) != 0 {
			put(&p.views[view])
		}
	}
	for i := range r.Changes {
		if in := p.column(r.Changes[i].Column); in.ok {
			put(&p.columns[viewChanges][in.field])
		}
	}
	for i := range r.Problems {
		p.addCause(viewProblems, &r.Problems[i], put)
	}
	for i := range r.Warnings {
		p.addCause(viewWarnings, &r.Warnings[i], put)
	}
}

func (p *postings) addCause(view int, found *problem.Problem, put func(*posting)) {
	c := cause{code: found.Code}
	put(p.cause(c))
	if c.in = p.column(found.Column); !c.in.ok {
		return
	}
	put(&p.columns[view][c.in.field])
	put(p.cause(c))
	if found.Code.Warns() || found.Value == "" {
		return
	}
	c = c.of(found.Value)
	if _, known := p.causes[c]; !known {
		if p.values == valuesMost {
			return
		}
		p.values++
	}
	put(p.cause(c))
}

func (p *postings) column(header string) column {
	c, known := p.headers[header]
	if !known {
		c = columnOf(header)
		p.headers[header] = c
	}
	return c
}

func (p *postings) cause(c cause) *posting {
	list := p.causes[c]
	if list == nil {
		list = &posting{list: c.list()}
		p.causes[c] = list
	}
	return list
}

// cutOne ends a chunk: it waits to be written, and its list begins another.
func (p *postings) cutOne(chunk *posting) {
	if chunk.count == 0 {
		return
	}
	p.cut = append(p.cut, *chunk)
	p.gathered -= len(chunk.numbers)
	*chunk = posting{list: chunk.list}
}

func (p *postings) each(do func(*posting)) {
	do(&p.all)
	for view := range views {
		do(&p.views[view])
		for f := range p.columns[view] {
			do(&p.columns[view][f])
		}
	}
	for _, list := range p.causes {
		do(list)
	}
}

// rest are all chunks that are not written, the last of each list too.
func (p *postings) rest() []posting {
	rest := p.cut[:len(p.cut):len(p.cut)]
	p.each(func(chunk *posting) {
		if chunk.count > 0 {
			rest = append(rest, *chunk)
		}
	})
	return rest
}

// addPostings writes chunks of the lists of a run.
func (h *handle) addPostings(run *Run, chunks []posting) error {
	w := h.bulk("batch_postings", []string{"org_id", "batch_id", "run", "list", "first_row", "last_row", "shown", "numbers"})
	for i := range chunks {
		chunk := &chunks[i]
		w.text(run.Batch.OrgID)
		w.text(run.Batch.ID)
		w.integer(run.Number)
		w.text(chunk.list)
		w.integer(int64(chunk.first))
		w.integer(int64(chunk.last))
		w.integer(chunk.shown)
		w.bytes(chunk.numbers)
		if err := w.end(); err != nil {
			return wrap(err, "write postings")
		}
	}
	return wrap(w.flush(), "write postings")
}
