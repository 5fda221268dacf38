package store

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// bulk takes rows of one table, value by value, and writes them inside a
// transaction in the way that is fastest on its database.
type bulk interface {
	text(string)
	null()
	integer(int64)
	boolean(bool)
	time(time.Time)
	bytes([]byte)
	end() error   // of a row
	flush() error // of what is still kept
}

// bulk begins writing rows into the columns of a table.
func (h *handle) bulk(table string, columns []string) bulk {
	if h.dialect.embedded() {
		return &insertBulk{h: h, table: table, columns: columns}
	}
	return &copyBulk{h: h, statement: "COPY " + table + " (" + strings.Join(columns, ", ") + ") FROM STDIN"}
}

// copyBulk writes COPY in text form straight to the connection (PostgreSQL
// manual, COPY, "Text Format").
type copyBulk struct {
	h         *handle
	statement string
	buffer    []byte
	inRow     bool
}

// copyChunk is how many bytes are kept before they are sent.
const copyChunk = 2 << 20

func (b *copyBulk) next() {
	if b.buffer == nil {
		b.buffer = b.h.copies.get()
	}
	if b.inRow {
		b.buffer = append(b.buffer, '\t')
	}
	b.inRow = true
}

func (b *copyBulk) text(value string) {
	b.next()
	b.buffer = appendCopyText(b.buffer, value)
}

func (b *copyBulk) null() {
	b.next()
	b.buffer = append(b.buffer, '\\', 'N')
}

func (b *copyBulk) integer(value int64) {
	b.next()
	b.buffer = strconv.AppendInt(b.buffer, value, 10)
}

func (b *copyBulk) boolean(value bool) {
	b.next()
	if value {
		b.buffer = append(b.buffer, 't')
	} else {
		b.buffer = append(b.buffer, 'f')
	}
}

func (b *copyBulk) time(value time.Time) {
	b.next()
	b.buffer = value.UTC().AppendFormat(b.buffer, "2006-01-02 15:04:05.999999Z07:00")
}

// bytes writes the hex form (PostgreSQL manual §8.4.1); its backslash is escaped.
func (b *copyBulk) bytes(value []byte) {
	b.next()
	b.buffer = append(b.buffer, `\\x`...)
	b.buffer = hex.AppendEncode(b.buffer, value)
}

func (b *copyBulk) end() error {
	b.buffer = append(b.buffer, '\n')
	b.inRow = false
	if len(b.buffer) < copyChunk {
		return nil
	}
	return b.flush()
}

func (b *copyBulk) flush() error {
	if len(b.buffer) == 0 {
		return nil
	}
	err := b.h.raw(func(connection *pgx.Conn) error {
		_, err := connection.PgConn().CopyFrom(b.h.ctx, bytes.NewReader(b.buffer), b.statement)
		return err
	})
	b.h.copies.put(b.buffer)
	b.buffer = nil
	return b.h.note(err)
}

// copyBuffers are used again by the next COPY: a million rows are a thousand.
type copyBuffers struct{ pool sync.Pool }

func (c *copyBuffers) get() []byte {
	if kept, ok := c.pool.Get().(*[]byte); ok {
		return *kept
	}
	return nil
}

func (c *copyBuffers) put(buffer []byte) {
	buffer = buffer[:0]
	c.pool.Put(&buffer)
}

// appendCopyText escapes a value: backslash, and what ends a value or a row.
func appendCopyText(dst []byte, value string) []byte {
	start := 0
	for i := range len(value) {
		c := value[i]
		if c > '\r' && c != '\\' {
			continue
		}
		escape := c
		switch c {
		case '\\':
		case '\t':
			escape = 't'
		case '\n':
			escape = 'n'
		case '\r':
			escape = 'r'
		default:
			continue
		}
		dst = append(append(dst, value[start:i]...), '\\', escape)
		start = i + 1
	}
	return append(dst, value[start:]...)
}

// insertBulk writes INSERT statements of many rows.
type insertBulk struct {
	h         *handle
	table     string
	columns   []string
	statement string // of insertRows rows
	values    []any
}

// insertRows is how many rows one INSERT has.
const insertRows = 64

func (b *insertBulk) text(value string)    { b.values = append(b.values, value) }
func (b *insertBulk) null()                { b.values = append(b.values, nil) }
func (b *insertBulk) integer(value int64)  { b.values = append(b.values, value) }
func (b *insertBulk) boolean(value bool)   { b.values = append(b.values, value) }
func (b *insertBulk) time(value time.Time) { b.values = append(b.values, value) }
func (b *insertBulk) bytes(value []byte)   { b.values = append(b.values, value) }

func (b *insertBulk) end() error {
	if len(b.values) < insertRows*len(b.columns) {
		return nil
	}
	return b.flush()
}

func (b *insertBulk) flush() error {
	rows := len(b.values) / len(b.columns)
	if rows == 0 {
		return nil
	}
	statement := b.statement
	if rows != insertRows {
		statement = b.insert(rows)
	} else if statement == "" {
		b.statement = b.insert(rows)
		statement = b.statement
	}
	_, err := b.h.tx.ExecContext(b.h.ctx, statement, b.values...)
	b.values = b.values[:0]
	return b.h.note(err)
}

func (b *insertBulk) insert(rows int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(b.columns)), ", ") + ")"
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES %s", b.table, strings.Join(b.columns, ", "),
		strings.TrimSuffix(strings.Repeat(row+", ", rows), ", "))
}
