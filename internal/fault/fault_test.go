package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"teamsheet/internal/fault"
)

func TestKindAndCodeThroughWrapping(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("load batch: %w", fault.Wrap(io.EOF, fault.NotFound, "batch-not-found", "There is no such batch."))
	if fault.KindOf(err) != fault.NotFound || fault.CodeOf(err) != "batch-not-found" || !fault.Is(err, fault.NotFound) {
		t.Errorf("kind %v, code %q", fault.KindOf(err), fault.CodeOf(err))
	}
	if !errors.Is(err, io.EOF) {
		t.Error("the cause is lost")
	}
	if got, want := err.Error(), "load batch: batch-not-found: EOF"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOtherErrorsAreInternal(t *testing.T) {
	t.Parallel()
	if fault.KindOf(io.EOF) != fault.Internal || fault.CodeOf(io.EOF) != "internal" {
		t.Error("a plain error is not internal")
	}
	if fault.Is(nil, fault.Internal) {
		t.Error("no error is a fault")
	}
	if got := fault.Newf(fault.TooLarge, "file-too-large", "At most %d bytes.", 5).Error(); got != "file-too-large: At most 5 bytes." {
		t.Errorf("got %q", got)
	}
}

func TestPanicTextTellsNoValue(t *testing.T) {
	t.Parallel()
	indexed := func() (bug any) {
		defer func() { bug = recover() }()
		return []int{}[len("x")]
	}()
	for want, bug := range map[string]any{
		"string":              "ana@acme.example",
		"*errors.errorString": errors.New("ana@acme.example"),
		"runtime error: index out of range [1] with length 0": indexed,
	} {
		if got := fault.PanicText(bug); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
