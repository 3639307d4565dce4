package message

import (
	"encoding/json"
	"io"
	"strings"
	"sync"
	"unicode"
)

const maxDetail = 512

// Answer is one line that this program says.
type Answer struct {
	// Kind is ready, match, unchecked, count, done or trouble.
	Kind string `json:"kind"`

	Protocol  int      `json:"protocol,omitempty"`  // ready
	Version   string   `json:"version,omitempty"`   // ready
	Templates []string `json:"templates,omitempty"` // ready: those that loaded

	Template string `json:"template,omitempty"` // match, unchecked
	URL      string `json:"url,omitempty"`      // match: where; unchecked: of the target
	Address  string `json:"address,omitempty"`  // match, unchecked
	Extract  string `json:"extract,omitempty"`  // match
	Problem  string `json:"problem,omitempty"`  // unchecked: a code of the evidence
	Detail   string `json:"detail,omitempty"`   // unchecked, trouble

	// Of count and done: the sums since the start. They are said after every
	// template, so that they are known when this program is ended in the middle.
	Sockets  int   `json:"sockets,omitempty"`  // connections opened
	Refused  int   `json:"refused,omitempty"`  // connections that were not permitted
	Requests int   `json:"requests,omitempty"` // HTTP requests that left
	Sent     int64 `json:"sent,omitempty"`     // bytes, without the headers of packets
	Received int64 `json:"received,omitempty"` // bytes
}

// Answers writes lines from several goroutines and keeps the first error.
type Answers struct {
	To io.Writer

	mu  sync.Mutex
	err error
}

// Say writes a line.
func (a *Answers) Say(line Answer) {
	line.Extract, line.Detail = printable(line.Extract), printable(line.Detail)
	text, err := json.Marshal(line)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil && a.err == nil {
		_, err = a.To.Write(append(text, '\n'))
	}
	if a.err == nil {
		a.err = err
	}
}

// Trouble says why the order was not carried out, and gives the reason back.
func (a *Answers) Trouble(err error) error {
	a.Say(Answer{Kind: "trouble", Detail: err.Error()})
	return err
}

// Err gives the first error of writing.
func (a *Answers) Err() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err
}

// printable keeps what can be printed, on one line and not too long.
func printable(s string) string {
	if len(s) > 4*maxDetail {
		s = s[:4*maxDetail]
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	for len(s) > maxDetail {
		s = s[:strings.LastIndexFunc(s[:len(s)-1], func(rune) bool { return true })+1]
		s = strings.ToValidUTF8(s[:min(len(s), maxDetail)], "")
	}
	return s
}

// Problem gives the code of the evidence for what went wrong. The engine hands
// errors on as text.
func Problem(err error) string {
	text := strings.ToLower(err.Error())
	for _, known := range []struct{ part, code string }{
		{"budget is spent", "budget-spent"},
		{"not permitted", "not-permitted"},
		{"no address allowed", "not-permitted"},
		{"denied address", "not-permitted"},
		{"connection refused", "refused"},
		{"connection reset", "reset"},
		{"no route to host", "no-route"},
		{"network is unreachable", "no-route"},
		{"deadline exceeded", "timeout"},
		{"timeout", "timeout"},
		{"does not look like a tls handshake", "malformed"},
		{"tls:", "tls-alert"},
		{"eof", "closed"},
		{"left alone", "timeout"},
	} {
		if strings.Contains(text, known.part) {
			return known.code
		}
	}
	return "malformed"
}
