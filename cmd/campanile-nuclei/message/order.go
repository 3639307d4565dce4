// Package message is the language between campanile and the engine's program:
// JSON Lines, an order in and answers out. It is written a second time in
// cmd/internal/engine of the main module; testdata/engine holds the samples that
// keep the two together. It opens nothing and dials nobody.
package message

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Protocol is the number of the language that both programs speak.
const Protocol = 1

// MaxLine is the longest line of an order, in bytes: it names two thousand
// templates whose files have long names.
const MaxLine = 1 << 20

const maxTargets = 10_000

// Job is the first line of an order: what holds for every target.
type Job struct {
	Kind          string   `json:"kind"` // job
	Protocol      int      `json:"protocol"`
	Folder        string   `json:"folder"`                   // of the templates
	Templates     []string `json:"templates"`                // by id: those that must load, and no others
	AllowReserved bool     `json:"allow_reserved,omitempty"` // may connect to loopback and private addresses
	PerSecond     int      `json:"per_second"`               // connections to one address
	Connections   int      `json:"connections,omitempty"`    // to one address, at most; 0: as many as it takes
	AtOnce        int      `json:"at_once"`                  // targets tried side by side
	Timeout       int      `json:"timeout"`                  // of one request, in seconds
	MaxBody       int      `json:"max_body"`                 // bytes read of one answer
	Headers       []string `json:"headers,omitempty"`        // of every HTTP request
}

// Target is one further line of an order: a place where the templates are tried.
type Target struct {
	Kind    string `json:"kind"`    // target
	URL     string `json:"url"`     // http://, https:// or tcp://, with the port
	Address string `json:"address"` // where its host is, found and permitted by whoever orders

	Origin string         `json:"-"` // scheme, host and port
	Host   string         `json:"-"`
	At     netip.AddrPort `json:"-"`
}

// Order is what this program shall do.
type Order struct {
	Job
	Targets []Target
}

// Read reads a job, its targets and the line that starts it.
func Read(in *bufio.Reader) (Order, error) {
	var o Order
	if err := readLine(in, &o.Job); err != nil {
		return o, fmt.Errorf("the job: %w", err)
	}
	if err := o.valid(); err != nil {
		return o, err
	}
	for range maxTargets {
		var t Target
		if err := readLine(in, &t); err != nil {
			return o, fmt.Errorf("target %d: %w", len(o.Targets)+1, err)
		}
		if t.Kind == "start" {
			return o, o.distinct()
		}
		if err := t.resolve(o.AllowReserved); err != nil {
			return o, fmt.Errorf("target %d: %w", len(o.Targets)+1, err)
		}
		o.Targets = append(o.Targets, t)
	}
	return o, fmt.Errorf("more than %d targets", maxTargets)
}

func readLine(in *bufio.Reader, into any) error {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return fmt.Errorf("the line does not end: %w", err)
	}
	if err := json.Unmarshal(line, into); err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	return nil
}

func (j Job) valid() error {
	switch {
	case j.Kind != "job":
		return fmt.Errorf("the first line is %q, not a job", j.Kind)
	case j.Protocol != Protocol:
		return fmt.Errorf("the order speaks protocol %d and this program %d: install both programs from the same release", j.Protocol, Protocol)
	case j.Folder == "" || len(j.Templates) == 0:
		return errors.New("the job names no templates")
	case j.PerSecond < 1 || j.Connections < 0 || j.AtOnce < 1 || j.Timeout < 1 || j.MaxBody < 1:
		return errors.New("a limit of the job is missing")
	}
	return nil
}

// resolve reads the URL and the address, and refuses what may not be dialled.
func (t *Target) resolve(allowReserved bool) error {
	u, err := url.Parse(t.URL)
	if err != nil || t.Kind != "target" {
		return fmt.Errorf("%q is no target", t.URL)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil || port == 0 {
		return fmt.Errorf("%s has no port", t.URL)
	}
	if u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "tcp" || u.Hostname() == "" || u.User != nil {
		return fmt.Errorf("%s: only http, https and tcp, with a host and without a user", t.URL)
	}
	address, err := netip.ParseAddr(t.Address)
	if err != nil || address.Zone() != "" {
		return fmt.Errorf("%s: %q is no address", t.URL, t.Address)
	}
	if literal, err := netip.ParseAddr(u.Hostname()); err == nil && literal.Unmap() != address.Unmap() {
		return fmt.Errorf("%s is not at %s", t.URL, address)
	}
	if !allowReserved && Reserved(address) {
		return fmt.Errorf("%s: %s is a reserved address", t.URL, address)
	}
	t.Host = strings.ToLower(u.Hostname())
	t.Origin = u.Scheme + "://" + strings.ToLower(u.Host)
	t.At = netip.AddrPortFrom(address.Unmap(), uint16(port))
	return nil
}

// distinct refuses one host and port at two addresses: the engine keeps the
// first address that it dialled for a name.
func (o Order) distinct() error {
	seen := map[string]netip.AddrPort{}
	for _, t := range o.Targets {
		key := t.Host + " " + strconv.Itoa(int(t.At.Port()))
		if at, ok := seen[key]; ok && at != t.At {
			return fmt.Errorf("%s is ordered at %s and at %s: order them one after the other", t.Host, at.Addr(), t.At.Addr())
		}
		seen[key] = t.At
	}
	if len(o.Targets) == 0 {
		return errors.New("the order has no targets")
	}
	return nil
}
