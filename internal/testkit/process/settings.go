package process

import (
	"maps"
	"os"
	"slices"
	"strings"
)

// Settings are environment variables of a process, by name.
type Settings map[string]string

// With are these settings with others, which win, besides them.
func (s Settings) With(others Settings) Settings {
	all := Settings{}
	maps.Copy(all, s)
	maps.Copy(all, others)
	return all
}

// environment is this process's without settings of the program, with these.
func (s Settings) environment() []string {
	environment := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "TEAMSHEET_")
	})
	for name, value := range s {
		environment = append(environment, name+"="+value)
	}
	return environment
}
