package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func servers(string) string { return "there" }

func TestOptions(t *testing.T) {
	t.Parallel()
	o, err := parseOptions([]string{"-only", "growth, gorm", "-sizes", "5,7"}, servers, t.Output())
	must(t, err)
	if o.people != million || o.rounds != 3 || o.out != publishedDocument || !slices.Equal(o.sizes, []int{5, 7}) ||
		!o.wants("gorm") || o.wants("postgres") {
		t.Errorf("options are %+v", o)
	}
	trial, err := parseOptions([]string{"-people", "20000"}, servers, t.Output())
	must(t, err)
	if trial.out != trialDocument || !slices.Equal(trial.sizes, []int{200, 2000}) || !trial.wants("postgres") {
		t.Errorf("options of a trial are %+v", trial)
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	t.Parallel()
	nowhere := func(string) string { return "" }
	for _, test := range []struct {
		args   []string
		getenv func(string) string
		says   string
	}{
		{[]string{"-only", "parrots"}, servers, "parrots"},
		{[]string{"-sizes", "many"}, servers, "many"},
		{[]string{"-rounds", "0"}, servers, "-rounds"},
		{[]string{"now"}, servers, "now"},
		{[]string{"-faster"}, servers, "-faster"},
		{nil, nowhere, "make bench"},
	} {
		var said bytes.Buffer
		if code := execute(t.Context(), test.args, test.getenv, &said); code != exitUsage || !strings.Contains(said.String(), test.says) {
			t.Errorf("%q: exit code %d, said %q", test.args, code, said.String())
		}
	}
	if code := execute(t.Context(), []string{"-help"}, nowhere, t.Output()); code != exitOK {
		t.Errorf("-help: exit code %d", code)
	}
}
