package main

import (
	"context"
	"net/url"
	"time"

	"github.com/redis/go-redis/v9"

	"teamsheet/internal/testkit/process"
)

// trials are all, in the order in which they are made.
func trials(o options) []trial {
	embedded := usually()
	embedded.embedded, embedded.orgs = true, 6
	many := usually()
	many.orgs = 24
	one := usually()
	one.workers = 4
	replaced := usually()
	replaced.older = true
	slow := usually()
	slow.hurry += ",apply_timeout=1s"
	killedOften := func(r *rig) bool {
		return o.kills > 0 && r.events.counted(aKill) >= o.kills && r.events.counted("uploads") >= o.batches
	}
	return []trial{
		{name: "kill", title: "SIGKILL of producers and workers at random moments", shape: many, harm: kills(800 * time.Millisecond), enough: killedOften},
		{name: "kill-embedded", title: "SIGKILL of everything in one process", shape: embedded, harm: kills(2 * time.Second)},
		{name: "redis", title: "Redis killed without persistence, and FLUSHALL", shape: usually(), harm: forgets(5 * time.Second)},
		{name: "postgres-path", title: "Path to Postgres: COMMITs and answers to them lost, resets, delays, holes", shape: usually(),
			prepare: throughProxy("TEAMSHEET_DATABASE_URL", "commit"), harm: breaks(harmed, 2*time.Second)},
		{name: "redis-path", title: "Path to Redis: commands and answers lost, resets, delays, holes", shape: usually(),
			prepare: throughProxy("TEAMSHEET_REDIS_URL", "evalsha"), harm: breaks(harmed, 2*time.Second)},
		{name: "freeze", title: "SIGSTOP of a worker for longer than it may be silent", shape: one, harm: freezes(6 * time.Second)},
		{name: "deploy", title: "Rolling SIGTERM of producers and workers", shape: usually(), harm: deploys(2 * time.Second)},
		{name: "upgrade", title: "An old and a new version side by side, forth and back, migrated under load", shape: replaced,
			harm: upgrades(o, time.Second)},
		{name: "clocks", title: "Every machine's clock wrong by up to a day, set again and again", shape: usually(), prepare: ownClocks,
			harm: setsClocks(2 * time.Second)},
		{name: "mail", title: "Mail server: away, greylisting, connection dropped after the data", shape: usually(), harm: mailTroubles(time.Second)},
		{name: "disk", title: "No room for files, again and again", shape: usually(), prepare: smallDisk, harm: fillsDisk(2 * time.Second)},
		{name: "timeout", title: "Applies take longer than their task may, often", shape: slow, prepare: slowApplies,
			harm: counts(aTimeout, 2*time.Second)},
		{name: "trouble", title: "Any call of database, files, queue or mailer fails, times out, or is done and then fails", shape: usually(), prepare: troubled,
			harm: troubles(2 * time.Second)},
		sentinel(),
		crowd(),
		overtaking(),
		overtakingPreviews(),
		crashing("points", false, []int{3, 300, 5000}, allPoints, 1, 2, everyTry),
		crashing("points-embedded", true, []int{3, 300, 5000}, allPoints, 1, 2, everyTry),
	}
}

// throughProxy puts a proxy between the program and a server.
func throughProxy(setting, dropAfter string) func(context.Context, *rig) error {
	return func(_ context.Context, r *rig) error {
		address, err := url.Parse(r.program.Settings[setting])
		if err != nil {
			return err
		}
		if r.path, err = newProxy(address.Host, dropAfter); err != nil {
			return err
		}
		r.closing(r.path.close)
		address.Host = r.path.address()
		r.with(process.Settings{setting: address.String()})
		return nil
	}
}

func harmed(r *rig) *proxy { return r.path }

// flush empties a Redis by a command.
func flush(ctx context.Context, address string) error {
	options, err := redis.ParseURL(address)
	if err != nil {
		return err
	}
	client := redis.NewClient(options)
	defer client.Close()
	return client.FlushAll(context.WithoutCancel(ctx)).Err()
}
