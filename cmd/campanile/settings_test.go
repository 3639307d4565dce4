package main

import (
	"testing"
	"time"

	"github.com/spf13/pflag"

	"campanile/collectors/evidence"
)

// The full list takes its time and its connections, and only where the user has
// not said otherwise.
func TestFullListHasItsBudgets(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		arguments   []string
		timeout     time.Duration
		connections int
	}{
		"by-default":                 {nil, 2 * time.Minute, 144},
		"what-lowers-a-grade":        {[]string{"--tls", "grade"}, 2 * time.Minute, 144},
		"everything":                 {[]string{"--tls", "full"}, 5 * time.Minute, 304},
		"services-too":               {[]string{"--profile", "full"}, 15 * time.Minute, 1144},
		"everything-in-a-given-time": {[]string{"--tls=full", "--timeout=30s", "--sites=2"}, 30 * time.Second, 220},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := defaults()
			flags := pflag.NewFlagSet("", pflag.ContinueOnError)
			s.collecting(flags)
			if err := flags.Parse(each.arguments); err != nil {
				t.Fatal(err)
			}
			s.patient(flags)
			if got := s.perAddress(s.depth, evidence.Profile(s.profile)); s.timeout != each.timeout || got != each.connections {
				t.Errorf("%s and %d connections, want %s and %d", s.timeout, got, each.timeout, each.connections)
			}
		})
	}
}
