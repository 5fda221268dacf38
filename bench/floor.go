package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// The tables of the floors, in a schema of their own beside the program's.
const (
	bareTable    = "bench.bare"
	plainTable   = "bench.profiles"        // as the program's, with Postgres's own fillfactor
	spacedTable  = "bench.profiles_spaced" // with the program's fillfactor
	changesTable = "bench.changes"
)

// floor is the least work that does what the program does, without a check, a
// preview or a history: what no program on this Postgres can be much quicker than.
type floor struct {
	db    *database
	tools tools
	orgID string
	// tables are those that statements of a measurement change.
	tables []string
}

// newFloor makes the tables from the people of an organization: plainTable, and
// others that are asked for.
func newFloor(ctx context.Context, db *database, tools tools, orgID string, more ...string) (*floor, error) {
	f := &floor{db: db, tools: tools, orgID: orgID, tables: []string{"public.profiles"}}
	err := db.do(ctx, "CREATE SCHEMA bench", "CREATE TABLE "+changesTable+" (org_id uuid NOT NULL, id uuid NOT NULL, hometown text NOT NULL)")
	for _, table := range append([]string{plainTable}, more...) {
		if err == nil {
			f.tables = append(f.tables, table)
			err = f.copyProfiles(ctx, table)
		}
	}
	return f, err
}

func (f *floor) has(table string) bool { return slices.Contains(f.tables, table) }

// copyProfiles makes a table as the program's, with its people: the same columns,
// keys, indexes and foreign keys.
func (f *floor) copyProfiles(ctx context.Context, table string) error {
	if err := f.db.do(ctx, "CREATE TABLE "+table+" (LIKE public.profiles INCLUDING ALL)"); err != nil {
		return err
	}
	if table == spacedTable {
		if err := f.space(ctx, table); err != nil {
			return err
		}
	}
	if err := f.db.do(ctx, "INSERT INTO "+table+" SELECT * FROM public.profiles"); err != nil {
		return err
	}
	return f.foreignKeys(ctx, table)
}

func (f *floor) space(ctx context.Context, table string) error {
	var options []string
	if err := f.db.conn.QueryRow(ctx, "SELECT coalesce(reloptions, '{}') FROM pg_class WHERE oid = 'public.profiles'::regclass").
		Scan(&options); err != nil {
		return fmt.Errorf("read the options of profiles: %w", err)
	}
	if len(options) == 0 {
		return nil
	}
	return f.db.do(ctx, "ALTER TABLE "+table+" SET ("+strings.Join(options, ", ")+")")
}

func (f *floor) foreignKeys(ctx context.Context, table string) error {
	rows, err := f.db.conn.Query(ctx,
		"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'public.profiles'::regclass AND contype = 'f'")
	if err != nil {
		return fmt.Errorf("read the foreign keys of profiles: %w", err)
	}
	var definitions []string
	for rows.Next() {
		var definition string
		if err := rows.Scan(&definition); err != nil {
			return err
		}
		definitions = append(definitions, strings.Replace(definition, "REFERENCES profiles(", "REFERENCES "+table+"(", 1))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, definition := range definitions {
		if err := f.db.do(ctx, "ALTER TABLE "+table+" ADD "+definition); err != nil {
			return err
		}
	}
	return nil
}

// load is the floor of a preview: seconds that it takes to bring the rows of a
// file into a table without an index.
func (f *floor) load(ctx context.Context, file sheetFile) (float64, error) {
	columns := make([]string, 0, columnCount)
	for i := range columnCount {
		columns = append(columns, fmt.Sprintf("c%d text", i+1))
	}
	if err := f.db.do(ctx, "DROP TABLE IF EXISTS "+bareTable, "CREATE TABLE "+bareTable+" ("+strings.Join(columns, ", ")+")", "CHECKPOINT"); err != nil {
		return 0, err
	}
	took, err := timed(func() error {
		return pipeline(
			exec.CommandContext(ctx, f.tools.iconv, "-f", "UTF-16", "-t", "UTF-8", file.path),
			exec.CommandContext(ctx, f.tools.tr, "-d", `\r`),
			f.tools.query(ctx, f.db.url, `\copy `+bareTable+` from stdin with (format csv, delimiter E'\t', header)`))
	})
	if err != nil {
		return 0, fmt.Errorf("floor of a preview: %w", err)
	}
	loaded, err := f.db.number(ctx, "SELECT count(*)::float8 FROM "+bareTable)
	if err == nil && int(loaded) != file.rows {
		err = fmt.Errorf("floor of a preview: %.0f rows were loaded of %d", loaded, file.rows)
	}
	return took, errors.Join(err, f.db.do(ctx, "DROP TABLE "+bareTable))
}

// take takes the changes of a file, for update.
func (f *floor) take(ctx context.Context, file sheetFile) error {
	if err := f.db.do(ctx, "TRUNCATE "+changesTable); err != nil {
		return err
	}
	from, err := os.Open(file.changes)
	if err != nil {
		return fmt.Errorf("open the changes: %w", err)
	}
	defer from.Close()
	tag, err := f.db.conn.PgConn().CopyFrom(ctx, withOrg(from, f.orgID), "COPY "+changesTable+" FROM STDIN")
	if err == nil && int(tag.RowsAffected()) != file.changed {
		err = fmt.Errorf("%d changes were copied of %d", tag.RowsAffected(), file.changed)
	}
	if err != nil {
		return fmt.Errorf("copy the changes: %w", err)
	}
	return f.db.do(ctx, "ANALYZE "+changesTable)
}

// update is the floor of an apply: seconds that the bare UPDATE of the taken
// changes takes in a transaction, and the bytes of WAL that it writes.
func (f *floor) update(ctx context.Context, table string, changed int) (took, wal float64, err error) {
	if err := f.db.settle(ctx, f.tables...); err != nil {
		return 0, 0, err
	}
	before, err := f.db.written(ctx)
	if err != nil {
		return 0, 0, err
	}
	took, err = timed(func() error {
		tx, err := f.db.conn.Begin(ctx)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, "UPDATE "+table+" p SET hometown = c.hometown, version = p.version + 1, updated_at = now() FROM "+
			changesTable+" c WHERE p.org_id = c.org_id AND p.id = c.id")
		if err == nil && int(tag.RowsAffected()) != changed {
			err = fmt.Errorf("%d rows of %d", tag.RowsAffected(), changed)
		}
		if err != nil {
			return errors.Join(err, tx.Rollback(ctx))
		}
		return tx.Commit(ctx)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("floor of an apply: %w", err)
	}
	after, err := f.db.written(ctx)
	return took, after - before, err
}

// sheetColumns are the twenty values of a sheet as they stand in the table:
// numbers of roles and groups, the id of the leader.
const sheetColumns = "id, email, employee_id, first_name, last_name, role_id, can_manage_team, license_type, leader_id, phone_channel," +
	" chat_channel, email_channel, employment_status, start_date, hometown, state_or_country, bio, group_ids, deactivated, version"

// download is the floor of a download: seconds that it takes to bring the values
// of everybody into a UTF-16 file; sorted: in the order of a sheet.
func (f *floor) download(ctx context.Context, path string, sorted bool) (float64, error) {
	order := ""
	if sorted {
		order = " order by sort_key, id"
	}
	if err := f.db.do(ctx, "CHECKPOINT"); err != nil {
		return 0, err
	}
	out, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	took, err := timed(func() error {
		toUTF16 := exec.CommandContext(ctx, f.tools.iconv, "-f", "UTF-8", "-t", "UTF-16")
		toUTF16.Stdout = out
		return pipeline(f.tools.query(ctx, f.db.url, `\copy (select `+sheetColumns+` from public.profiles where org_id = '`+f.orgID+
			`' and not (deactivated and incomplete)`+order+`) to stdout with (format csv, delimiter E'\t', header)`), toUTF16)
	})
	if err != nil {
		return 0, fmt.Errorf("floor of a download: %w", err)
	}
	return took, os.Remove(path)
}
