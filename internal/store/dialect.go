package store

import (
	"encoding/json"
	"strings"
	"time"
)

// dialect is everything about SQL that the two databases say differently.
type dialect interface {
	embedded() bool
	// inList is a condition that column is one of a list; list makes its one argument.
	inList(column, kind string) string
	list(values []string) any
	// lookUp reads rows for each pair of a list, one after another by an index, whatever
	// the database knows of the sizes of its tables. where is about s, a pair of the
	// kind; pairs makes the arguments of the list, which come first.
	lookUp(of pairKind, columns, from, where string) string
	pairs(list []pair) []any
	// contains is a condition that a text holds another as it stands.
	contains(column string) string
	// forUpdate and skipLocked end a SELECT that locks its rows; of names the table.
	forUpdate(of string) string
	skipLocked() string
	// sweep ends a SELECT of rows to delete: those that another sweeper holds are his.
	sweep() string
	// limits are statements that bound the transaction they begin.
	limits(l limits) (sql string, args []any)
	// checkNow makes deferred constraints speak before COMMIT; "" where there are none.
	checkNow() string
	// parksKeys says that uniqueness is checked row by row: keys that swap have to
	// be put aside first.
	parksKeys() bool
	// joinMany prepares a transaction for a join with most of the team, of which
	// the planner cannot know: the rows of a plan are minutes old. "": nothing to do.
	joinMany() string
	// joinFew prepares a transaction for statements that look up entries of indexes,
	// of whose number the planner cannot know; joinAny ends that. "": nothing to do.
	joinFew() string
	joinAny() string
	// termTable is a table of entries of profile_terms; termArgs makes its arguments.
	termTable() string
	termArgs(entries []termEntry) []any
	// rawRows reports whether a query can be read from the connection itself.
	rawRows() bool
	// wholeTeam binds a query of everybody to the organization.
	wholeTeam() string
	// clock is an expression for the database's own time, by which machines agree; "":
	// this machine is alone, or its time was given.
	clock() string
	// hasTable counts tables of this name.
	hasTable() string
}

// limits of a write transaction. Zero: none.
type limits struct {
	lock, statement, idle time.Duration
	// turn bounds the wait of a writer on SQLite; what it then does takes its time.
	turn time.Duration
	// unhurried: the commit need not wait for the disk. What it has written may be
	// lost by a crash of the database, but not while anything committed later stays.
	unhurried bool
}

// Kinds of list elements.
const (
	uuidList = "uuid"
	textList = "text"
)

// pair is an element of a list to look up by: ids or numbers.
type pair [2]string

// pairKind is what pairs are, and the columns of s.
type pairKind int

const (
	rowRange     pairKind = iota // first, last: row numbers
	sinceVersion                 // profile_id, version
)

type postgresDialect struct {
	givenTime bool // by Options.Now
}

func (d postgresDialect) clock() string {
	if d.givenTime {
		return ""
	}
	return "clock_timestamp()"
}

func (postgresDialect) embedded() bool { return false }

func (postgresDialect) inList(column, kind string) string {
	return column + " = ANY (?::" + kind + "[])"
}

// list writes an array literal: GORM would spread a slice over many parameters.
func (postgresDialect) list(values []string) any {
	var b strings.Builder
	b.WriteByte('{')
	for i, value := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(arrayEscaper.Replace(value))
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}

// lookUp has an OFFSET as a fence: without one, and without statistics, the planner
// takes a whole batch for a single row, and scans it.
func (postgresDialect) lookUp(of pairKind, columns, from, where string) string {
	pairs := [...]string{
		rowRange:     "unnest(?::integer[], ?::integer[]) AS s (first, last)",
		sinceVersion: "unnest(?::uuid[], ?::bigint[]) AS s (profile_id, version)",
	}
	return "SELECT l.* FROM " + pairs[of] + " CROSS JOIN LATERAL (SELECT " + columns + " FROM " + from + " WHERE " + where + " OFFSET 0) l"
}

func (postgresDialect) pairs(list []pair) []any {
	arrays := make([]any, len(pair{}))
	for side := range arrays {
		array := []byte{'{'}
		for i := range list {
			if i > 0 {
				array = append(array, ',')
			}
			array = append(array, list[i][side]...)
		}
		arrays[side] = string(append(array, '}'))
	}
	return arrays
}

func (postgresDialect) contains(column string) string { return "strpos(" + column + ", ?) > 0" }

func (postgresDialect) forUpdate(of string) string { return " FOR NO KEY UPDATE OF " + of }

func (postgresDialect) skipLocked() string { return " SKIP LOCKED" }

func (postgresDialect) sweep() string { return " FOR UPDATE SKIP LOCKED" }

// client_connection_check_interval frees the locks of a dead program's
// transaction in a second instead of at the end of its statement.
func (postgresDialect) limits(l limits) (sql string, args []any) {
	sql = "SELECT set_config('lock_timeout', ?, true), set_config('statement_timeout', ?, true)," +
		" set_config('idle_in_transaction_session_timeout', ?, true)," +
		" set_config('client_connection_check_interval', '1000', true)"
	if l.unhurried {
		sql += ", set_config('synchronous_commit', 'off', true)"
	}
	return sql, []any{milliseconds(l.lock), milliseconds(l.statement), milliseconds(l.idle)}
}

func (postgresDialect) checkNow() string { return "SET CONSTRAINTS ALL IMMEDIATE" }

func (postgresDialect) parksKeys() bool { return false }

func (postgresDialect) joinMany() string {
	return "SELECT set_config('enable_nestloop', 'off', true), set_config('work_mem', '64MB', true)"
}

func (postgresDialect) joinFew() string {
	return "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true)," +
		" set_config('enable_hashagg', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)"
}

func (postgresDialect) joinAny() string {
	return "SELECT set_config(name, reset_val, true) FROM pg_settings" +
		" WHERE name IN ('enable_seqscan', 'enable_hashjoin', 'enable_hashagg', 'enable_mergejoin', 'jit')"
}

func (postgresDialect) termTable() string {
	return "(SELECT * FROM unnest(?::text[], ?::text[], ?::uuid[]) AS entry (term, sort_key, profile_id))"
}

func (d postgresDialect) termArgs(entries []termEntry) []any {
	terms, keys, ids := make([]string, len(entries)), make([]string, len(entries)), make([]string, len(entries))
	for i, e := range entries {
		terms[i], keys[i], ids[i] = e.term, e.sortKey, e.id.String()
	}
	return []any{d.list(terms), d.list(keys), d.list(ids)}
}

func (postgresDialect) rawRows() bool { return true }

func (postgresDialect) wholeTeam() string { return "p.org_id = ?" }

func (postgresDialect) hasTable() string {
	return "SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass(?)"
}

type sqliteDialect struct{}

func (sqliteDialect) clock() string { return "" }

func (sqliteDialect) embedded() bool { return true }

func (sqliteDialect) inList(column, _ string) string {
	return column + " IN (SELECT value FROM json_each(?))"
}

func (sqliteDialect) list(values []string) any {
	if values == nil {
		return "[]"
	}
	text, err := json.Marshal(values)
	if err != nil {
		panic("store: strings are always JSON: " + err.Error())
	}
	return string(text)
}

// lookUp has a CROSS JOIN, which SQLite makes from left to right.
func (sqliteDialect) lookUp(of pairKind, columns, from, where string) string {
	names := [...]string{rowRange: "(first, last)", sinceVersion: "(profile_id, version)"}
	return "WITH s " + names[of] + " AS (SELECT value ->> 0, value ->> 1 FROM json_each(?))" +
		" SELECT " + columns + " FROM s CROSS JOIN " + from + " WHERE " + where
}

func (sqliteDialect) pairs(list []pair) []any {
	if list == nil {
		list = []pair{}
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic("store: strings are always JSON: " + err.Error())
	}
	return []any{string(text)}
}

func (sqliteDialect) contains(column string) string { return "instr(" + column + ", ?) > 0" }

// SQLite has one writer: whoever writes holds every lock there is.
func (sqliteDialect) forUpdate(string) string { return "" }

func (sqliteDialect) skipLocked() string { return "" }

func (sqliteDialect) sweep() string { return "" }

func (sqliteDialect) limits(limits) (string, []any) { return "", nil }

func (sqliteDialect) checkNow() string { return "" }

func (sqliteDialect) joinMany() string { return "" }

func (sqliteDialect) joinFew() string { return "" }

func (sqliteDialect) joinAny() string { return "" }

func (sqliteDialect) termTable() string {
	return "(SELECT value ->> 0 AS term, value ->> 1 AS sort_key, value ->> 2 AS profile_id FROM json_each(?))"
}

func (d sqliteDialect) termArgs(entries []termEntry) []any {
	rows := make([]string, len(entries))
	for i, e := range entries {
		rows[i] = d.list([]string{e.term, e.sortKey, e.id.String()}).(string)
	}
	return []any{"[" + strings.Join(rows, ",") + "]"}
}

func (sqliteDialect) rawRows() bool { return false }

func (sqliteDialect) parksKeys() bool { return true }

// The plus keeps SQLite from walking an index in random order of the table.
func (sqliteDialect) wholeTeam() string { return "+p.org_id = ?" }

func (sqliteDialect) hasTable() string {
	return "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
}

// arrayEscaper escapes an element of an array literal (PostgreSQL manual §8.15.2).
var arrayEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
