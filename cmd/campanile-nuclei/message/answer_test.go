package message

import (
	"errors"
	"strings"
	"testing"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"8.2\n\t1":               "8.2  1",
		"\x1b[31mred\x00\xff":    "[31mred",
		strings.Repeat("è", 400): strings.Repeat("è", 256),
		strings.Repeat("x", 600): strings.Repeat("x", 512),
	} {
		if got := printable(in); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestProblemsAreThoseOfTheEvidence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"cause=\"port closed or filtered\" chain=\"connection refused\"": "refused",
		"read: connection reset by peer":                                 "reset",
		"context deadline exceeded":                                      "timeout",
		"dial tcp: i/o timeout":                                          "timeout",
		"dial: the budget is spent for 192.0.2.1":                        "budget-spent",
		"not permitted: 192.0.2.1:80; timeout":                           "not-permitted",
		"three requests in a row had no answer; it was left alone":       "timeout",
		"it was left alone: connect: connection refused":                 "refused",
		"tls: first record does not look like a TLS handshake":           "malformed",
		"unexpected EOF":                       "closed",
		"remote error: tls: handshake failure": "tls-alert",
		"malformed HTTP response":              "malformed",
	} {
		if got := Problem(errors.New(text)); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
