package tasks_test

import (
	"strings"
	"testing"

	"github.com/hibiken/asynq"

	"teamsheet/internal/tasks"
)

func TestNoTypeBeginsAnother(t *testing.T) {
	t.Parallel()
	types := []string{tasks.TypePreview, tasks.TypeApply, tasks.TypeMail}
	for _, a := range types {
		for _, b := range types {
			if a != b && strings.HasPrefix(b, a) {
				t.Errorf("the mux would send %q to the handler of %q", b, a)
			}
		}
	}
}

func TestBatchTaskCarriesIDsAlone(t *testing.T) {
	t.Parallel()
	task, err := tasks.NewPreview("b1", 3, 10)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(task.Payload()), `{"batch_id":"b1","generation":3}`; got != want {
		t.Errorf("payload %s, want %s", got, want)
	}
	payload, err := tasks.DecodeBatch(task)
	if err != nil || payload != (tasks.Batch{BatchID: "b1", Generation: 3}) {
		t.Errorf("decoded %+v, %v", payload, err)
	}
}

func TestDecodeNewerAndUnusablePayloads(t *testing.T) {
	t.Parallel()
	newer := asynq.NewTask(tasks.TypeApply, []byte(`{"batch_id":"b1","generation":2,"colour":"blue"}`))
	if payload, err := tasks.DecodeBatch(newer); err != nil || payload.Generation != 2 {
		t.Errorf("a newer producer's task: %+v, %v", payload, err)
	}
	for _, text := range []string{"", "{}", "nonsense", `{"batch_id":7}`} {
		if _, err := tasks.DecodeBatch(asynq.NewTask(tasks.TypeApply, []byte(text))); err == nil {
			t.Errorf("%q was read as a batch", text)
		}
		if _, err := tasks.DecodeMail(asynq.NewTask(tasks.TypeMail, []byte(text))); err == nil {
			t.Errorf("%q was read as a mail", text)
		}
	}
}

func TestPreviewQueueBySize(t *testing.T) {
	t.Parallel()
	if got := tasks.PreviewQueue(tasks.LargeFile - 1); got != tasks.QueuePreview {
		t.Errorf("a small file goes to %s", got)
	}
	if got := tasks.PreviewQueue(tasks.LargeFile); got != tasks.QueuePreviewLarge {
		t.Errorf("a large file goes to %s", got)
	}
}
