package engine

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// protocol is the number of the language that both programs speak. The messages
// are written a second time in campanile-nuclei; testdata/engine holds the
// samples that keep the two together.
const protocol = 1

// job is the first line of an order.
type job struct {
	Kind          string   `json:"kind"`
	Protocol      int      `json:"protocol"`
	Folder        string   `json:"folder"`
	Templates     []string `json:"templates"`
	AllowReserved bool     `json:"allow_reserved,omitempty"`
	PerSecond     int      `json:"per_second"`
	Connections   int      `json:"connections,omitempty"`
	AtOnce        int      `json:"at_once"`
	Timeout       int      `json:"timeout"` // seconds
	MaxBody       int      `json:"max_body"`
	Headers       []string `json:"headers,omitempty"`
}

// place is a target as the order says it.
type place struct {
	Kind    string `json:"kind"`
	URL     string `json:"url"`
	Address string `json:"address"`
}

type start struct {
	Kind string `json:"kind"`
}

// lines writes the order as JSON Lines.
func (o Order) lines(folder string) ([]byte, error) {
	j := job{
		Kind: "job", Protocol: protocol, Folder: folder, AllowReserved: o.AllowReserved,
		PerSecond: o.PerSecond, Connections: o.Connections, AtOnce: o.AtOnce, Timeout: int(o.Request.Seconds()), MaxBody: o.MaxBody,
	}
	if o.Agent != "" {
		j.Headers = []string{"User-Agent: " + o.Agent}
	}
	for _, t := range o.Templates {
		j.Templates = append(j.Templates, t.ID)
	}
	messages := []any{j}
	for _, t := range o.Targets {
		messages = append(messages, place{Kind: "target", URL: portedURL(t.URL), Address: t.Address.String()})
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	for _, message := range append(messages, start{Kind: "start"}) {
		if err := encoder.Encode(message); err != nil {
			return nil, fmt.Errorf("the order cannot be written: %w", err)
		}
	}
	return text.Bytes(), nil
}

// answer is one line of the program.
type answer struct {
	Kind      string   `json:"kind"` // ready, match, unchecked, count, done or trouble
	Protocol  int      `json:"protocol,omitempty"`
	Version   string   `json:"version,omitempty"`
	Templates []string `json:"templates,omitempty"`
	Template  string   `json:"template,omitempty"`
	URL       string   `json:"url,omitempty"`
	Address   string   `json:"address,omitempty"`
	Extract   string   `json:"extract,omitempty"`
	Problem   string   `json:"problem,omitempty"`
	Detail    string   `json:"detail,omitempty"`
	Sockets   int      `json:"sockets,omitempty"`
	Refused   int      `json:"refused,omitempty"`
	Requests  int      `json:"requests,omitempty"`
	Sent      int64    `json:"sent,omitempty"`
	Received  int64    `json:"received,omitempty"`
}

var (
	errGarbage = errors.New("the engine speaks garbage")
	errTooMuch = errors.New("the engine says more than there is to say")
)

// reading puts the answers together and holds each against the order.
type reading struct {
	order    Order
	expected map[string]bool
	result   Result
	ready    bool
	done     bool
}

func newReading(order Order) *reading {
	r := &reading{order: order, expected: map[string]bool{}}
	for _, t := range order.Templates {
		r.expected[t.ID] = true
	}
	return r
}

// line takes one answer. An error ends the conversation.
func (r *reading) line(text []byte) error {
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return fmt.Errorf("%w: %q", errGarbage, evidence.Clip(string(text), 80))
	}
	switch {
	case a.Kind == "trouble":
		return fmt.Errorf("the engine could not do it: %s", evidence.Clip(a.Detail, evidence.MaxDetail))
	case a.Kind == "ready" && !r.ready:
		return r.begin(a)
	case !r.ready || r.done:
		return fmt.Errorf("%w: %q out of its turn", errGarbage, evidence.Clip(a.Kind, 20))
	case a.Kind == "match" && r.ours(a):
		return r.match(a)
	case a.Kind == "unchecked" && r.ours(a):
		return r.unchecked(a)
	case a.Kind == "count":
		return r.count(a)
	case a.Kind == "done":
		r.done = true
		return r.count(a)
	}
	return fmt.Errorf("%w: %q", errGarbage, evidence.Clip(string(text), 80))
}

func (r *reading) begin(a answer) error {
	if a.Protocol != protocol {
		return fmt.Errorf("the engine speaks protocol %d and this program %d: install both from the same release", a.Protocol, protocol)
	}
	if len(a.Templates) != len(r.expected) {
		return fmt.Errorf("%w: %d templates were ordered and %d loaded", errGarbage, len(r.expected), len(a.Templates))
	}
	for _, id := range a.Templates {
		if !r.expected[id] {
			return fmt.Errorf("%w: template %q was not ordered", errGarbage, evidence.Clip(id, 80))
		}
	}
	r.ready = true
	r.result.Engine.Version = evidence.Clip(a.Version, 64)
	r.result.Templates = a.Templates
	return nil
}

// ours reports an answer about a template and a place of the order.
func (r *reading) ours(a answer) bool {
	where, err := origin(a.URL)
	if err != nil || !r.expected[a.Template] {
		return false
	}
	return slices.ContainsFunc(r.order.Targets, func(t Target) bool {
		place, err := origin(t.URL)
		return err == nil && place == where && a.Address == t.Address.Unmap().String()
	})
}

// origin is the scheme, host and port of a URL (RFC 6454 section 4).
func origin(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", err
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + " " + cmp.Or(u.Port(), usualPort(u.Scheme)), nil
}

// usualPort is the one that a scheme stands for (RFC 9110 section 4.2).
func usualPort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	}
	return ""
}

// portedURL names the port of a target, as the program wants it.
func portedURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Port() != "" || usualPort(u.Scheme) == "" {
		return text
	}
	u.Host = net.JoinHostPort(u.Hostname(), usualPort(u.Scheme))
	return u.String()
}

// plainURL leaves the port out that the scheme stands for, as people write it.
func plainURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Port() == "" || u.Port() != usualPort(u.Scheme) {
		return text
	}
	start := u.Scheme + "://" + u.Host
	rest, ok := strings.CutPrefix(text, start)
	if !ok {
		return text
	}
	return strings.TrimSuffix(start, ":"+u.Port()) + rest
}

// count takes the sums, which only grow. Two lines may overtake one another.
func (r *reading) count(a answer) error {
	if min(a.Sockets, a.Requests) < 0 || min(a.Sent, a.Received) < 0 {
		return fmt.Errorf("%w: sums below zero", errGarbage)
	}
	s := &r.result
	s.Engine.Sockets = max(s.Engine.Sockets, a.Sockets)
	s.Requests = max(s.Requests, a.Requests)
	s.Sent = max(s.Sent, a.Sent)
	s.Received = max(s.Received, a.Received)
	return nil
}

func (r *reading) match(a answer) error {
	if len(r.result.Matches) >= r.most() {
		return errTooMuch
	}
	r.result.Matches = append(r.result.Matches, evidence.Match{
		Template: a.Template, URL: evidence.Clip(a.URL, evidence.MaxDetail), Address: a.Address, Extract: evidence.Clip(a.Extract, evidence.MaxDetail),
	})
	return nil
}

func (r *reading) unchecked(a answer) error {
	if len(r.result.Unchecked) >= r.most() {
		return errTooMuch
	}
	problem := evidence.Problem(a.Problem)
	if !slices.Contains(evidence.Problems, problem) {
		problem = evidence.Malformed
	}
	r.result.Unchecked = append(r.result.Unchecked, Unchecked{
		Template: a.Template, URL: evidence.Clip(a.URL, evidence.MaxDetail), Address: a.Address, Problem: problem, Detail: evidence.Clip(a.Detail, evidence.MaxDetail),
	})
	return nil
}

// most is how many answers of one kind an order can have.
func (r *reading) most() int { return len(r.order.Templates) * len(r.order.Targets) }

// whole says why the conversation did not come to its end.
func (r *reading) whole() error {
	if !r.done {
		return errors.New("the engine ended before it was done")
	}
	return nil
}
