package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"teamsheet/internal/sabotage"
)

// Limits of write transactions. A short one waits for locks less long than a
// request may take.
var (
	shortWrite = limits{lock: 10 * time.Second, statement: time.Minute, idle: 30 * time.Second}
	longWrite  = limits{lock: 30 * time.Second, statement: time.Hour, idle: 10 * time.Minute}
	// draftWrite is for what counts only with a later transaction, which is on the
	// disk no sooner than this one.
	draftWrite = limits{lock: shortWrite.lock, statement: shortWrite.statement, idle: shortWrite.idle, unhurried: true}
)

// commitTimeout bounds COMMIT, which no caller can cancel: a cancelled one has
// an unknown outcome.
const commitTimeout = 30 * time.Second

// handle is a way to the database: the pool for single reads, or one
// transaction. Inside a transaction it is the only way: the outer one would hang
// on SQLite and read another state on Postgres.
type handle struct {
	ctx     context.Context
	db      *gorm.DB
	dialect dialect
	now     time.Time
	at      func(point string)
	tx      *sql.Tx // nil outside a transaction
	conn    *sql.Conn
	failed  error // the first error: it ends the transaction
	reading bool  // the rows of a query are being read
	mark    mark
	copies  *copyBuffers // of the store; nil outside a transaction
}

// reads is a handle for single reads outside a transaction.
func (s *Store) reads(ctx context.Context) *handle {
	s.lookAtClock(ctx)
	return &handle{ctx: ctx, db: s.read.WithContext(ctx), dialect: s.dialect, now: s.now()}
}

// consistent makes reads that belong together see one state of the database.
func (s *Store) consistent(ctx context.Context, read func(*handle) error) error {
	s.lookAtClock(ctx)
	t, err := s.begin(ctx, s.read, s.snapshot())
	if err != nil {
		return wrap(err, "begin reading")
	}
	defer t.end()
	return read(t.handle)
}

// exec runs a statement and returns how many rows it changed.
func (h *handle) exec(sql string, args ...any) (int64, error) {
	if h.reading {
		return 0, h.note(errStreaming)
	}
	result := h.db.Exec(sql, args...)
	return result.RowsAffected, h.note(result.Error)
}

// do is exec for a statement whose count says nothing.
func (h *handle) do(sql string, args ...any) error {
	_, err := h.exec(sql, args...)
	return err
}

// one reads the first row into dest, a struct or a single value.
func (h *handle) one(dest any, sql string, args ...any) (found bool, err error) {
	return h.scan(dest, sql, args...)
}

// all reads every row into dest, a pointer to a slice.
func (h *handle) all(dest any, sql string, args ...any) error {
	_, err := h.scan(dest, sql, args...)
	return err
}

// scan is GORM's Scan, which cannot be used: it hands its logger the statement
// with the values in it, whatever the logger's own filter says.
func (h *handle) scan(dest any, sql string, args ...any) (found bool, err error) {
	if h.conn == nil {
		if err := sabotage.Refuse("store"); err != nil {
			return false, err
		}
	}
	if h.reading {
		return false, h.note(errStreaming)
	}
	found, err = h.scanRows(dest, sql, args)
	return found, h.note(err)
}

func (h *handle) scanRows(dest any, sql string, args []any) (found bool, err error) {
	rows, err := h.db.Raw(sql, args...).Rows()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return false, rows.Err()
	}
	return true, h.db.ScanRows(rows, dest)
}

// errStreaming is a query inside the callback of another.
var errStreaming = errors.New("a query was made while the rows of another are read")

// streaming refuses a second query on a transaction's connection while the rows
// of one are read: it would wait for itself.
func (h *handle) streaming(read func() error) error {
	if h.conn == nil {
		if err := sabotage.Refuse("store"); err != nil {
			return err
		}
		return read()
	}
	if h.reading {
		return h.note(errStreaming)
	}
	h.reading = true
	defer func() { h.reading = false }()
	return h.note(read())
}

// each streams rows; scan reads the current one.
func (h *handle) each(scan func(*sql.Rows) error, query string, args ...any) error {
	return h.streaming(func() error { return h.eachRow(scan, query, args) })
}

func (h *handle) eachRow(scan func(*sql.Rows) error, query string, args []any) (err error) {
	rows, err := h.db.Raw(query, args...).Rows()
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil {
			err = closeErr
		}
	}()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// note remembers the first error, so that one that is swallowed still ends the
// transaction.
func (h *handle) note(err error) error {
	if err != nil && h.failed == nil {
		h.failed = err
	}
	return err
}

// inTx runs write in one transaction: the only place that begins and commits.
// Any error rolls back. When the reply to COMMIT is lost, the audit entry of the
// transaction, looked for on a new connection, decides.
func (s *Store) inTx(ctx context.Context, l limits, write func(*handle) error) error {
	h, err := s.attempt(ctx, l, write)
	if isUnknown(err) && h != nil && h.mark.decides() {
		return s.decide(ctx, h.mark, err)
	}
	return err
}

// repeatable is inTx for a write that may run twice without harm: an unknown
// outcome is settled by doing it again. If that only fails, it is still unknown.
func (s *Store) repeatable(ctx context.Context, write func(*handle) error) error {
	const tries = 3
	var unknown error
	for range tries {
		err := s.inTx(ctx, shortWrite, write)
		switch {
		case err == nil:
			return nil
		case !isUnknown(err) && unknown != nil:
			return errors.Join(err, unknown)
		case !isUnknown(err):
			return err
		}
		unknown = err
	}
	return unknown
}

// enter waits for the writer's turn on SQLite.
func (s *Store) enter(ctx context.Context) (leave func(), err error) {
	if s.writer == nil {
		return func() {}, nil
	}
	select {
	case s.writer <- struct{}{}:
		return func() { <-s.writer }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to write: %w", ctx.Err())
	}
}

// enterWithin is enter that waits for no longer than turn; 0: for as long as ctx.
func (s *Store) enterWithin(ctx context.Context, turn time.Duration) (leave func(), err error) {
	if turn > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, turn)
		defer stop()
	}
	return s.enter(ctx)
}

// attempt is inTx but for an unknown outcome.
func (s *Store) attempt(ctx context.Context, l limits, write func(*handle) error) (*handle, error) {
	leave, err := s.enterWithin(ctx, l.turn)
	if err != nil {
		return nil, err
	}
	defer leave()
	if err := sabotage.Refuse("store"); err != nil {
		return nil, wrap(err, "begin")
	}
	t, err := s.begin(ctx, s.write, nil)
	if err != nil {
		return nil, wrap(err, "begin")
	}
	defer t.end()
	h := t.handle
	if err := s.limit(h, l); err != nil {
		return h, wrap(err, "set limits")
	}
	if err := write(h); err != nil {
		return h, err
	}
	if h.failed != nil {
		return h, wrap(h.failed, "write")
	}
	return h, t.commit()
}

// limit sets the limits of a transaction, and looks at the database's clock on the
// same way.
func (s *Store) limit(h *handle, l limits) error {
	statement, args := s.dialect.limits(l)
	if statement == "" {
		return nil
	}
	clock := s.dialect.clock()
	if clock == "" {
		return h.do(statement, args...)
	}
	asked := s.own()
	var row struct{ There time.Time }
	found, err := h.one(&row, statement+", "+clock+" AS there", args...)
	if err == nil && found {
		s.clock.set(row.There, asked, s.own())
		h.now = s.now()
	}
	return err
}

// transaction is an open one on its own connection.
type transaction struct {
	handle *handle
	ctx    context.Context
	cancel context.CancelFunc
	detach func() bool // from the caller's context
	tx     *sql.Tx
	conn   *sql.Conn
}

// begin opens a transaction that ends with the caller's context until commit
// detaches it.
func (s *Store) begin(ctx context.Context, from *gorm.DB, options *sql.TxOptions) (*transaction, error) {
	pool, err := from.DB()
	if err != nil {
		return nil, err
	}
	t := &transaction{}
	t.ctx, t.cancel = context.WithCancel(context.WithoutCancel(ctx))
	t.detach = context.AfterFunc(ctx, t.cancel)
	if t.conn, err = pool.Conn(t.ctx); err != nil {
		t.end()
		return nil, err
	}
	if t.tx, err = t.conn.BeginTx(t.ctx, options); err != nil {
		t.end()
		return nil, err
	}
	t.handle = s.bind(t, from)
	return t, nil
}

// bind makes the handle whose statements run in the transaction.
func (s *Store) bind(t *transaction, from *gorm.DB) *handle {
	db := from.Session(&gorm.Session{NewDB: true, Context: t.ctx})
	db.Statement.ConnPool = t.tx
	return &handle{ctx: t.ctx, db: db, dialect: s.dialect, now: s.now(), at: func(string) {}, tx: t.tx, conn: t.conn, copies: &s.copies}
}

// commit makes constraints speak first, so that COMMIT fails only for the
// machine's reasons.
func (t *transaction) commit() error {
	h := t.handle
	if check := h.dialect.checkNow(); check != "" {
		if err := h.do(check); err != nil {
			return wrap(err, "check constraints")
		}
	}
	if !t.detach() {
		return fmt.Errorf("commit: %w", context.Canceled)
	}
	limit := time.AfterFunc(commitTimeout, t.cancel)
	defer limit.Stop()
	h.at("before_commit")
	if err := t.tx.Commit(); err != nil {
		return commitError(err, h.dialect)
	}
	if err := sabotage.Mishear("store"); err != nil && !h.dialect.embedded() { // a database in the process loses no answer
		return commitError(err, h.dialect)
	}
	h.at("after_commit")
	return nil
}

// end rolls back what is not committed and gives the connection back.
func (t *transaction) end() {
	t.detach()
	if t.tx != nil {
		_ = t.tx.Rollback() // after a commit it does nothing; otherwise the connection goes anyway
	}
	t.cancel()
	if t.conn != nil {
		_ = t.conn.Close()
	}
}
