package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"teamsheet/internal/testkit/ledger"
)

// load is people at work: for each organization somebody who uploads and confirms
// one file after the other, somebody who edits by hand, and somebody who looks.
type load struct {
	*rig
	// stopping ends when nothing new is to be begun.
	stopping context.Context
	editing  bool
	reading  bool
}

// run works until stopping ends and what was begun is finished, or ctx ends.
func (l *load) run(ctx context.Context) error {
	var all sync.WaitGroup
	errs := make([]error, len(l.orgs))
	for i, o := range l.orgs {
		random := rand.New(rand.NewPCG(l.seed, uint64(100+i)))
		all.Go(func() { errs[i] = l.uploads(ctx, o, i, random) })
		if l.editing {
			own := rand.New(rand.NewPCG(l.seed, uint64(1000+i)))
			all.Go(func() { l.edits(ctx, o, own) })
		}
		if l.reading {
			all.Go(func() { l.looks(ctx, o) })
		}
	}
	all.Wait()
	return errors.Join(errs...)
}

// uploads sends files one after the other, in several ways.
func (l *load) uploads(ctx context.Context, o *org, number int, random *rand.Rand) error {
	for n := 0; l.stopping.Err() == nil; n++ {
		name := fmt.Sprintf("s%d.%d.%d", l.seed, number, n)
		var err error
		switch way := random.IntN(100); {
		case way < 6:
			err = l.sendWrong(ctx, o, name)
		case way < 10:
			err = l.sendAndCancel(ctx, o, name)
		case way < 18:
			err = l.sendTwo(ctx, o, name)
		default:
			err = l.send(ctx, o, name, way%4 == 0)
		}
		if err != nil {
			return fmt.Errorf("organization %d, file %d: %w", number, n, err)
		}
	}
	return nil
}

// file sets the hometown of everybody in the cohort to one value.
func (o *org) file(value string) ([]byte, []ledger.Change) {
	rows := [][]string{{"User ID", "Hometown"}}
	var changes []ledger.Change
	for _, id := range o.cohort() {
		rows = append(rows, []string{id, value})
		changes = append(changes, ledger.Change{Profile: id, Column: "hometown", Value: value})
	}
	return asSheet(rows), changes
}

// fileWithVersions is file with the versions of now, by which the program compares
// cell by cell with what each person was.
func (l *load) fileWithVersions(ctx context.Context, o *org, value string) ([]byte, []ledger.Change, error) {
	a, _, err := o.client.insist(ctx, http.MethodGet, "/api/v1/team.txt", nil)
	if err != nil {
		return nil, nil, err
	}
	team, err := fromSheet(a.body, "User ID", "Version", "State or Country")
	if err != nil {
		return nil, nil, err
	}
	known := map[string][]string{}
	for _, row := range team {
		known[row[0]] = row
	}
	rows := [][]string{{"User ID", "Version", "State or Country", "Hometown"}}
	_, changes := o.file(value)
	for _, id := range o.cohort() {
		rows = append(rows, append([]string{}, append(known[id], value)...))
	}
	return asSheet(rows), changes, nil
}

// accepted uploads a file and writes down that it was taken.
func (l *load) accepted(ctx context.Context, o *org, name string, file []byte, changes []ledger.Change) (batchJSON, error) {
	b, err := o.client.upload(ctx, name, file)
	if err != nil {
		return b, err
	}
	l.events.count("uploads")
	return b, l.book.Add(ledger.Entry{Kind: ledger.Uploaded, Batch: b.ID, Changes: changes})
}

// rest waits until the batch is where only a person moves it on, or nobody.
func (l *load) rest(ctx context.Context, o *org, id string) (batchJSON, error) {
	from := time.Now()
	b, err := o.client.settle(ctx, id)
	if err != nil {
		return b, err
	}
	l.events.waited(from)
	if !b.final() {
		return b, nil
	}
	l.events.count(b.State)
	if b.Failure != nil {
		l.events.count("failed: " + b.Failure.Code)
	}
	return b, l.book.Add(ledger.Entry{Kind: ledger.Settled, Batch: b.ID, State: b.State})
}

// send uploads a file that is right, confirms it and waits until it is saved.
func (l *load) send(ctx context.Context, o *org, name string, versions bool) error {
	file, changes := o.file(name)
	if versions {
		var err error
		if file, changes, err = l.fileWithVersions(ctx, o, name); err != nil {
			return err
		}
	}
	b, err := l.accepted(ctx, o, name, file, changes)
	if err != nil {
		return err
	}
	if b, err = l.rest(ctx, o, b.ID); err != nil || b.final() {
		return err
	}
	return l.save(ctx, o, b)
}

// save confirms a batch and waits for what becomes of it.
func (l *load) save(ctx context.Context, o *org, b batchJSON) error {
	confirmed, err := l.confirm(ctx, o, b)
	if err != nil || !confirmed {
		return err
	}
	_, err = l.rest(ctx, o, b.ID)
	return err
}

// confirm says yes to a plan. What an unanswered call has done, the batch tells.
func (l *load) confirm(ctx context.Context, o *org, b batchJSON) (confirmed bool, err error) {
	if b.Plan == nil {
		return false, fmt.Errorf("batch %s is %s without a plan", b.ID, b.State)
	}
	for {
		a, _, err := o.client.insist(ctx, http.MethodPost, "/api/v1/batches/"+b.ID+"/confirm", nil, "If-Match", `"`+*b.Plan+`"`)
		if err != nil {
			return false, err
		}
		now, err := o.client.batch(ctx, b.ID, "")
		switch {
		case err != nil:
			return false, err
		case a.status == http.StatusAccepted, now.State != "ready" && now.State != "cancelled":
			return true, l.book.Add(ledger.Entry{Kind: ledger.Confirmed, Batch: b.ID})
		case a.code != "another-batch-confirmed":
			return false, nil
		}
		l.events.count("another was being saved")
		if !wait(ctx, firstPause) {
			return false, ctx.Err()
		}
	}
}

// sendWrong uploads a file with a problem: it is rejected, with a mail.
func (l *load) sendWrong(ctx context.Context, o *org, name string) error {
	b, err := l.accepted(ctx, o, name, o.fileWithProblem(name), nil)
	if err != nil {
		return err
	}
	b, err = l.rest(ctx, o, b.ID)
	if err == nil && b.State != "rejected" && b.State != "failed" {
		return l.book.Add(ledger.Entry{Kind: ledger.Broken, Value: "batch " + b.ID + " has a problem in its file and is " + b.State})
	}
	return err
}

func (o *org) fileWithProblem(value string) []byte {
	return asSheet([][]string{{"User ID", "Hometown", "License Type"}, {o.people[0], value, "gold"}})
}

// sendAndCancel takes an upload back.
func (l *load) sendAndCancel(ctx context.Context, o *org, name string) error {
	file, changes := o.file(name)
	b, err := l.accepted(ctx, o, name, file, changes)
	if err != nil {
		return err
	}
	if _, _, err = o.client.insist(ctx, http.MethodPost, "/api/v1/batches/"+b.ID+"/cancel", nil); err != nil {
		return err
	}
	_, err = l.rest(ctx, o, b.ID)
	return err
}

// sendTwo has two people confirm two files at once.
func (l *load) sendTwo(ctx context.Context, o *org, name string) error {
	var two sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		two.Go(func() { errs[i] = l.send(ctx, o, name+string(rune('a'+i)), false) })
	}
	two.Wait()
	return errors.Join(errs...)
}

// editPause is how long somebody who edits by hand thinks.
const editPause = 800 * time.Millisecond

// edits changes people by hand: another column than the files do, of the same people.
func (l *load) edits(ctx context.Context, o *org, random *rand.Rand) {
	for n := 0; l.stopping.Err() == nil && wait(l.stopping, time.Duration(random.Int64N(int64(2*editPause)))); n++ {
		if err := l.edit(ctx, o, o.people[random.IntN(o.rows)], fmt.Sprintf("e%d.%d", l.seed, n)); err != nil {
			l.events.count("edits without an answer")
		}
	}
}

func (l *load) edit(ctx context.Context, o *org, id, value string) error {
	a, err := o.client.call(ctx, http.MethodGet, "/api/v1/profiles/"+id, nil)
	if err != nil || a.status != http.StatusOK {
		return errors.Join(err, errUnanswered)
	}
	var seen struct{ Version json.RawMessage }
	if err := json.Unmarshal(a.body, &seen); err != nil {
		return err
	}
	text := string(seen.Version)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	version, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return err
	}
	a, err = o.client.call(ctx, http.MethodPatch, "/api/v1/profiles/"+id, []byte(`{"state_or_country":"`+value+`"}`),
		"If-Match", `"`+text+`"`, "Content-Type", "application/json")
	if err != nil {
		return err
	}
	l.events.count(fmt.Sprintf("edits answered with %d", a.status))
	if a.status != http.StatusOK {
		return nil
	}
	return l.book.Add(ledger.Entry{Kind: ledger.Edited, Org: o.id, Profile: id, Column: "state_or_country", Value: value, Version: version + 1})
}

// lookPause is how long somebody who looks waits before looking again.
const lookPause = time.Second

// looks downloads the team again and again: all of the cohort must have one
// hometown, or each the one that they began with.
func (l *load) looks(ctx context.Context, o *org) {
	for l.stopping.Err() == nil && wait(l.stopping, lookPause) {
		a, err := o.client.call(ctx, http.MethodGet, "/api/v1/team.txt", nil)
		if err != nil || a.status != http.StatusOK {
			continue
		}
		team, err := fromSheet(a.body, "User ID", "Hometown")
		if err != nil {
			continue // broken off
		}
		l.events.count("reads")
		l.compare(o, team)
	}
}

func (l *load) compare(o *org, team [][]string) {
	now := map[string]string{}
	for _, row := range team {
		now[row[0]] = row[1]
	}
	values := map[string]int{}
	same := true
	for _, id := range o.cohort() {
		values[now[id]]++
		same = same && now[id] == o.first[id]
	}
	if len(values) > 1 && !same {
		_ = l.book.Add(ledger.Entry{Kind: ledger.Broken, Value: fmt.Sprintf("a part of a batch was read in organization %s: %v", o.id, values)})
	}
}
