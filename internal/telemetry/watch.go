package telemetry

import (
	"context"
	"errors"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"teamsheet/internal/batch"
	"teamsheet/internal/store"
	"teamsheet/internal/tasks"
)

// WatchQueues adds the depth and latency of every queue. close ends its
// connection.
func (m *Metrics) WatchQueues(connection asynq.RedisConnOpt) (closeConnection func() error) {
	inspector := asynq.NewInspector(connection)
	m.watchQueues(inspector, queueTime)
	return inspector.Close
}

func (m *Metrics) watchQueues(queues inspector, patience time.Duration) {
	m.registry.MustRegister(&queueWatch{
		inspector: queues, patience: patience,
		depth:   description("queue_tasks", "Tasks in a queue, by their state.", "queue", "state"),
		latency: description("queue_latency_seconds", "For how long the oldest pending task of a queue has been waiting.", "queue"),
		paused:  description("queue_paused", "Whether a queue is paused.", "queue"),
	})
}

func description(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
}

// queueTime bounds a scrape's look at Redis, well below what Prometheus waits for:
// when Redis hangs, the other numbers are needed most. asynq's inspector takes no
// context.
const queueTime = 2 * time.Second

// inspector is what is asked of asynq's.
type inspector interface {
	Queues() ([]string, error)
	GetQueueInfo(queue string) (*asynq.QueueInfo, error)
}

// queueWatch asks Redis at each scrape; scrapes at the same time share an answer.
type queueWatch struct {
	inspector              inspector
	patience               time.Duration
	asked                  singleflight.Group
	depth, latency, paused *prometheus.Desc
}

// Describe tells which numbers there are.
func (q *queueWatch) Describe(out chan<- *prometheus.Desc) {
	out <- q.depth
	out <- q.latency
	out <- q.paused
}

// Collect reads them. When Redis does not answer in time there are none.
func (q *queueWatch) Collect(out chan<- prometheus.Metric) {
	timer := time.NewTimer(q.patience)
	defer timer.Stop()
	select {
	case answer := <-q.asked.DoChan("", func() (any, error) { return q.read() }):
		queues, ok := answer.Val.(map[string]*asynq.QueueInfo)
		if answer.Err != nil || !ok {
			out <- prometheus.NewInvalidMetric(q.depth, answer.Err)
			return
		}
		for name, queue := range queues {
			q.tell(out, name, queue)
		}
	case <-timer.C:
		out <- prometheus.NewInvalidMetric(q.depth, errQueuesSilent)
	}
}

var errQueuesSilent = errors.New("the queues' Redis does not answer")

// read asks for every queue. One that Redis does not know yet is empty.
func (q *queueWatch) read() (map[string]*asynq.QueueInfo, error) {
	known, err := q.inspector.Queues()
	if err != nil {
		return nil, err
	}
	queues := map[string]*asynq.QueueInfo{}
	for name := range tasks.Queues() {
		queues[name] = &asynq.QueueInfo{}
	}
	for _, name := range known {
		if _, ours := queues[name]; !ours {
			continue
		}
		if queues[name], err = q.inspector.GetQueueInfo(name); err != nil {
			return nil, err
		}
	}
	return queues, nil
}

func (q *queueWatch) tell(out chan<- prometheus.Metric, name string, queue *asynq.QueueInfo) {
	for state, count := range map[string]int{"pending": queue.Pending, "active": queue.Active,
		"scheduled": queue.Scheduled, "retry": queue.Retry, "archived": queue.Archived} {
		out <- gauge(q.depth, float64(count), name, state)
	}
	out <- gauge(q.latency, queue.Latency.Seconds(), name)
	paused := 0.0
	if queue.Paused {
		paused = 1
	}
	out <- gauge(q.paused, paused, name)
}

func gauge(of *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(of, prometheus.GaugeValue, value, labels...)
}

// statsTimeout bounds a scrape's look at the database.
const statsTimeout = 5 * time.Second

// WatchStore adds what the database says of batches and mails; stats is
// Store.Stats.
func (m *Metrics) WatchStore(stats func(context.Context) (store.Stats, error)) {
	m.registry.MustRegister(&storeWatch{
		stats:      stats,
		batches:    description("batches", "Batches, by their state.", "state"),
		oldest:     description("batch_oldest_waiting_seconds", "For how long the oldest batch that a task should be moving has been waiting.", "state"),
		mails:      description("mails_pending", "Mails that are neither sent nor given up."),
		oldestMail: description("mail_oldest_pending_seconds", "For how long the oldest of them has been waiting."),
	})
}

// states are all states of a batch.
func states() []batch.State {
	return []batch.State{batch.Uploaded, batch.Ready, batch.Rejected, batch.Confirmed, batch.Applied, batch.Failed,
		batch.Cancelled, batch.Expired}
}

// storeWatch asks the database at each scrape.
type storeWatch struct {
	stats                              func(context.Context) (store.Stats, error)
	batches, oldest, mails, oldestMail *prometheus.Desc
}

// Describe tells which numbers there are.
func (s *storeWatch) Describe(out chan<- *prometheus.Desc) {
	out <- s.batches
	out <- s.oldest
	out <- s.mails
	out <- s.oldestMail
}

// Collect reads them. States without a batch are told as 0, so that an alarm has
// something to compare with.
func (s *storeWatch) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), statsTimeout)
	defer cancel()
	stats, err := s.stats(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(s.batches, err)
		return
	}
	for _, state := range states() {
		out <- gauge(s.batches, float64(stats.BatchesByState[state]), string(state))
		if state.Waiting() {
			out <- gauge(s.oldest, stats.OldestWaiting[state].Seconds(), string(state))
		}
	}
	out <- gauge(s.mails, float64(stats.MailsPending))
	out <- gauge(s.oldestMail, stats.OldestMail.Seconds())
}
