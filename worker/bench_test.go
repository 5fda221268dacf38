package worker

import (
	"fmt"
	"path/filepath"
	"testing"

	"teamsheet/internal/batch"
	"teamsheet/internal/profile"
	"teamsheet/internal/tasks"
	"teamsheet/internal/tasks/embedded"
	"teamsheet/internal/testkit"
)

// BenchmarkPreviewAndApply is a whole download in which every tenth person has
// moved, on both databases.
func BenchmarkPreviewAndApply(b *testing.B) {
	const people = 100_000
	b.Run("embedded", func(b *testing.B) {
		queue := embedded.Start()
		b.Cleanup(func() { _ = queue.Close() })
		url := "sqlite://" + filepath.Join(b.TempDir(), "store.db")
		must(b, migrate(url))
		benchmark(b, newWorld(b, url, queue, people))
	})
	b.Run("servers", func(b *testing.B) {
		url := testkit.PostgresURL(b, testkit.Template("worker", migrate))
		connection, err := tasks.Connect(testkit.RedisURL(b))
		must(b, err)
		benchmark(b, newWorld(b, url, connection, people))
	})
}

func benchmark(b *testing.B, w *world) {
	handler := w.worker(w.options())
	b.Cleanup(func() { must(b, handler.close()) })
	for round := 0; b.Loop(); round++ {
		b.StopTimer()
		rows := w.sheet()
		for i := 10; i < len(rows); i += 10 {
			rows[i][profile.Hometown] = fmt.Sprintf("Town %d", round)
		}
		uploaded := w.put(text(b, rows))
		b.StartTimer()
		begun := b.Elapsed()
		_, err := handler.preview(w.ctx, tasks.Batch{BatchID: uploaded.ID, Generation: 1})
		must(b, err)
		previewed := b.Elapsed()
		confirmed := w.confirm(uploaded.ID)
		_, err = handler.apply(w.ctx, tasks.Batch{BatchID: uploaded.ID, Generation: confirmed.Generation})
		must(b, err)
		b.ReportMetric((previewed - begun).Seconds(), "s/preview")
		b.ReportMetric((b.Elapsed() - previewed).Seconds(), "s/apply")
		if got := w.batch(uploaded.ID); got.State != batch.Applied || got.Counts.Changed != (len(rows)-1)/10 {
			b.Fatalf("the batch is %s with %+v", got.State, got.Counts)
		}
	}
}
