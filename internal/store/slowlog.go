package store

import (
	"context"
	"log/slog"
	"time"

	"gorm.io/gorm/logger"
)

// slowStatement is how long a statement may take before it is logged.
const slowStatement = time.Second

// loggedBytes is how much of a slow statement is enough to know it by.
const loggedBytes = 240

// slowLog logs slow statements of GORM, never their values: they are people's.
// Errors are logged by whoever gets them.
type slowLog struct{ log *slog.Logger }

// LogMode implements logger.Interface: there is one mode.
func (l slowLog) LogMode(logger.LogLevel) logger.Interface { return l }

// Info, Warn and Error implement logger.Interface. GORM's own remarks may hold
// values, and say nothing that an error does not say.
func (slowLog) Info(context.Context, string, ...any)  {}
func (slowLog) Warn(context.Context, string, ...any)  {}
func (slowLog) Error(context.Context, string, ...any) {}

// Trace logs a statement that was slow.
func (l slowLog) Trace(ctx context.Context, begin time.Time, statement func() (string, int64), _ error) {
	took := time.Since(begin)
	if took < slowStatement {
		return
	}
	sql, rows := statement()
	l.log.WarnContext(ctx, "slow statement", "sql", sql[:min(len(sql), loggedBytes)], "rows", rows, "took", took)
}

// ParamsFilter keeps values out of the statement, as ParameterizedQueries does
// for GORM's own logger.
func (slowLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) { return sql, nil }
