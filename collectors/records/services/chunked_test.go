package services

import "testing"

func TestChunksArePutTogether(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ body, want string }{
		"two":            {"4\r\nBorg\r\n1\r\no\r\n0\r\n\r\n", "Borgo"},
		"extension":      {"4;a=b\r\nBorg\r\n0\r\n\r\n", "Borg"},
		"upper-case":     {"A\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
		"cut-in-a-chunk": {"10\r\nBorgo", "Borgo"},
		"cut-in-a-size":  {"4\r\nBorg\r\n1", "Borg"},
		"no-chunk":       {"<html>", ""},
		"negative":       {"-1\r\nBorgo", ""},
		"huge":           {"ffffffffffffffff\r\nBorgo", ""},
		"empty":          {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(unchunk([]byte(tt.body))); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
