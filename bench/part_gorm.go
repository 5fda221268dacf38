package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
)

// gormProfile is a profile as one writes it down for GORM.
type gormProfile struct {
	OrgID            string  `gorm:"type:uuid;primaryKey;uniqueIndex:gorm_email;uniqueIndex:gorm_employee_id;index:gorm_sorted;index:gorm_reports"`
	ID               string  `gorm:"type:uuid;primaryKey"`
	Version          int64   `gorm:"not null"`
	Email            *string `gorm:"type:text"`
	EmailKey         *string `gorm:"type:text;uniqueIndex:gorm_email"`
	EmployeeID       *string `gorm:"type:text;uniqueIndex:gorm_employee_id"`
	FirstName        string  `gorm:"not null"`
	LastName         string  `gorm:"not null"`
	RoleID           *int32
	LeaderID         *string   `gorm:"type:uuid;index:gorm_reports"`
	LicenseType      string    `gorm:"not null"`
	EmploymentStatus string    `gorm:"not null"`
	StartDate        string    `gorm:"not null"`
	Hometown         string    `gorm:"not null"`
	StateOrCountry   string    `gorm:"not null"`
	Bio              string    `gorm:"not null"`
	GroupIDs         string    `gorm:"not null"`
	CanManageTeam    bool      `gorm:"not null"`
	PhoneChannel     bool      `gorm:"not null"`
	ChatChannel      bool      `gorm:"not null"`
	EmailChannel     bool      `gorm:"not null"`
	Deactivated      bool      `gorm:"not null"`
	Incomplete       bool      `gorm:"not null"`
	SortKey          string    `gorm:"not null;index:gorm_sorted"`
	UpdatedAt        time.Time `gorm:"not null"`
}

const gormTable = "bench.gorm_profiles"

// TableName is where GORM finds the profiles.
func (gormProfile) TableName() string { return gormTable }

// gormColumns are the columns of gormProfile.
const gormColumns = "org_id, id, version, email, email_key, employee_id, first_name, last_name, role_id, leader_id, license_type," +
	" employment_status, start_date, hometown, state_or_country, bio, group_ids, can_manage_team, phone_channel, chat_channel," +
	" email_channel, deactivated, incomplete, sort_key, updated_at"

// gormWays are the two ways in which one would write it with GORM alone.
type gormWays struct {
	db    *gorm.DB
	orgID string
}

// gormRowByRow is how many rows are saved one by one: a million would take as
// long as they look.
const gormRowByRow = 20_000

// measureGORM measures the ways of GORM beside the program's preview and apply of
// as many changed rows.
func measureGORM(ctx context.Context, b *bench) (err error) {
	r := b.newRecord(b.people)
	s, err := b.install(ctx, "gorm")
	if err != nil {
		return err
	}
	defer func() { closing(&err, s.close) }()
	t, err := newTeam(ctx, s, b.people)
	if err != nil {
		return err
	}
	if t.floor, err = newFloor(ctx, s.database, b.tools, t.org.id); err != nil {
		return err
	}
	ways, err := newGORMWays(ctx, t)
	if err != nil {
		return err
	}
	defer func() { closing(&err, ways.close) }()
	t.floor.tables = append(t.floor.tables, gormTable)
	for t.round = 1; t.round <= b.rounds; t.round++ {
		if err := ways.measure(ctx, t); err != nil {
			return fmt.Errorf("round %d: %w", t.round, err)
		}
	}
	r.Rows, r.Figures = t.rows, t.figures
	return b.keep("gorm", r)
}

func newGORMWays(ctx context.Context, t *team) (*gormWays, error) {
	db, err := gorm.Open(postgres.Open(t.floor.db.url), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return nil, err
	}
	if err := db.WithContext(ctx).AutoMigrate(&gormProfile{}); err != nil {
		return nil, fmt.Errorf("make GORM's table: %w", err)
	}
	return &gormWays{db: db, orgID: t.org.id}, t.floor.db.do(ctx,
		"INSERT INTO "+gormTable+" ("+gormColumns+") SELECT "+gormColumns+" FROM public.profiles")
}

func (g *gormWays) close() error {
	pool, err := g.db.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

func (g *gormWays) measure(ctx context.Context, t *team) error {
	if err := t.fetch(ctx); err != nil {
		return err
	}
	few, err := editSome(t.newest, t.path("few.txt"), selection{all: t.rows, some: gormRowByRow, percent: 100, town: t.town("few")})
	if err != nil {
		return err
	}
	if err := g.compare(ctx, t, "row-by-row", few, g.rowByRow); err != nil {
		return err
	}
	if err := t.fetch(ctx); err != nil {
		return err
	}
	all, err := editShare(t.newest, t.path("all.txt"), 100, t.town("all"))
	if err != nil {
		return err
	}
	return g.compare(ctx, t, "in-batches", all, g.inBatches)
}

// compare measures one way and the program with the same changes, in turns.
func (g *gormWays) compare(ctx context.Context, t *team, name string, file sheetFile, way func(context.Context, sheetFile) (float64, error)) error {
	own := func() error { return t.whole(ctx, name, file) }
	theirs := func() error {
		if err := t.floor.db.settle(ctx, t.floor.tables...); err != nil {
			return err
		}
		took, err := way(ctx, file)
		t.figures.add("gorm/"+name+"/gorm_s", took)
		t.say("GORM %s: %.2f s for %d rows", name, took, file.changed)
		return err
	}
	steps := []func() error{own, theirs}
	if t.floorFirst() {
		steps[0], steps[1] = theirs, own
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	t.figures.add("gorm/"+name+"/rows_n", float64(file.changed))
	t.saved = file
	return t.forget(file)
}

// whole measures the program's way from the upload's answer to the last commit:
// preview and apply, as the client sees them.
func (t *team) whole(ctx context.Context, name string, file sheetFile) error {
	if err := t.fresh(ctx); err != nil {
		return err
	}
	ready, err := t.upload(ctx, name, file, stateReady)
	if err != nil {
		return err
	}
	if err := t.apply(ctx, name, file, ready); err != nil {
		return err
	}
	preview, apply := t.figures["preview/"+name+"/client_s"], t.figures["apply/"+name+"/client_s"]
	t.figures.add("gorm/"+name+"/program_s", preview[len(preview)-1]+apply[len(apply)-1])
	return nil
}

// rowByRow loads and saves each changed profile, all in one transaction.
func (g *gormWays) rowByRow(ctx context.Context, file sheetFile) (float64, error) {
	ids, err := changedIDs(file)
	if err != nil {
		return 0, err
	}
	return timed(func() error {
		return g.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
			for _, id := range ids {
				var p gormProfile
				if err := tx.First(&p, "org_id = ? AND id = ?", g.orgID, id).Error; err != nil {
					return err
				}
				p.Hometown, p.Version = file.town, p.Version+1
				if err := tx.Save(&p).Error; err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func changedIDs(file sheetFile) ([]string, error) {
	from, err := os.Open(file.changes)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	var ids []string
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		id, _, _ := strings.Cut(lines.Text(), "\t")
		ids = append(ids, id)
	}
	return ids, lines.Err()
}

const (
	gormBatch = 1000   // rows of one INSERT
	gormChunk = 50_000 // profiles that are held in memory at once
)

// inBatches writes whole profiles, those that are there already by ON CONFLICT,
// all in one transaction. Loading them is not counted: the program's rows come
// from a file, which GORM's would too.
func (g *gormWays) inBatches(ctx context.Context, file sheetFile) (seconds float64, err error) {
	tx := g.db.WithContext(ctx).Begin()
	if tx.Error != nil {
		return 0, tx.Error
	}
	wanted := file.changed
	for last := ""; wanted > 0; {
		profiles, err := g.load(ctx, last, min(wanted, gormChunk))
		if err == nil && len(profiles) == 0 {
			err = fmt.Errorf("%d profiles are missing", wanted)
		}
		if err != nil {
			return 0, errors.Join(err, tx.Rollback().Error)
		}
		for i := range profiles {
			profiles[i].Hometown, profiles[i].Version = file.town, profiles[i].Version+1
		}
		took, err := timed(func() error {
			return tx.Clauses(clause.OnConflict{
				Columns:   []clause.Column{{Name: "org_id"}, {Name: "id"}},
				DoUpdates: clause.AssignmentColumns(strings.Split(gormColumns, ", ")[2:]),
			}).CreateInBatches(&profiles, gormBatch).Error
		})
		if err != nil {
			return 0, errors.Join(err, tx.Rollback().Error)
		}
		seconds += took
		last, wanted = profiles[len(profiles)-1].ID, wanted-len(profiles)
	}
	took, err := timed(func() error { return tx.Commit().Error })
	return seconds + took, err
}

// load reads profiles as they were before, those after an id.
func (g *gormWays) load(ctx context.Context, after string, limit int) ([]gormProfile, error) {
	var profiles []gormProfile
	query := g.db.WithContext(ctx).Where("org_id = ?", g.orgID).Order("id").Limit(limit)
	if after != "" {
		query = query.Where("id > ?", after)
	}
	return profiles, query.Find(&profiles).Error
}
