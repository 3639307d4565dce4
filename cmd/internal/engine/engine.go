// Package engine starts campanile-nuclei, the program that tries templates on web
// servers, and reads what it answers. The program is kept apart: it gets a fresh
// folder, an environment that leads nowhere, a memory limit and a deadline, and
// its answers are held against the order. Whatever becomes of it, the scan goes
// on: what it did not say to its end is unknown.
package engine

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Name is the file name of the program.
const Name = "campanile-nuclei"

// maxPaths is how many paths a template has at most, as package templates
// admits it.
const maxPaths = 3

// Template is a template that may run, as package templates admits it.
type Template struct {
	ID      string
	Content []byte
}

// Target is a place where the templates are tried.
type Target struct {
	URL     string     // http://, https:// or tcp://, host, and port where it is not the usual one
	Address netip.Addr // of the host: found and permitted by whoever orders
}

// Order is what the engine shall do. A zero limit means the default.
type Order struct {
	Templates     []Template
	Targets       []Target // one host and port at one address only
	AllowReserved bool     // may connect to loopback and private addresses
	Agent         string   // the User-Agent

	PerSecond   int           // connections to one address, evenly; default 5
	Connections int           // to one address, at most; 0: as many as it takes; below 0: none is left
	AtOnce      int           // targets tried side by side; default 4
	Request     time.Duration // of one request, at least a second; default 10 s
	MaxBody     int           // bytes read of one answer; default 256 KiB
	Deadline    time.Duration // of everything; default 10 minutes, or twice what the pace needs
	Memory      int64         // bytes of data, of which the engine itself aims at half; default 1 GiB
}

// Unchecked is a template that was not tried to its end on a target.
type Unchecked struct {
	Template string
	URL      string // of the target
	Address  string
	Problem  evidence.Problem
	Detail   string
}

// Result is what the engine said. Matches are kept even when it did not come to
// its end; what is not among them is known only where Engine is seen and the
// template is not unchecked.
type Result struct {
	Engine    evidence.Engine
	Matches   []evidence.Match
	Templates []string // that loaded, by id
	Unchecked []Unchecked

	// What left and what came, beside Engine.Sockets; when the engine did not come
	// to its end, until the last template that it finished.
	Requests       int   // HTTP requests
	Sent, Received int64 // bytes, without the headers of packets
}

// errAbsent says that there is no program to start.
var (
	errAbsent = errors.New("campanile-nuclei is not installed: put it beside campanile, or build it with \"make build\"")
	errStart  = errors.New("the engine did not start")
)

// Run lets the program carry the order out. now is the clock that dates the
// evidence.
func Run(ctx context.Context, program string, order Order, now func() time.Time) Result {
	order = order.withDefaults()
	r := newReading(order)
	if order.Connections < 0 {
		r.result.Engine.Observation = evidence.UnknownAt(now(), evidence.BudgetSpent, "no connection was left for the engine")
		return r.result
	}
	limited, cancel := context.WithTimeoutCause(ctx, order.Deadline, errDeadline)
	defer cancel()
	err := carryOut(limited, program, order, r)
	if err == nil {
		err = r.whole()
	}
	r.result.Engine.Observation = observation(limited, err, now())
	return r.result
}

func (o Order) withDefaults() Order {
	o.PerSecond = positive(o.PerSecond, 5)
	o.AtOnce = positive(o.AtOnce, 4)
	o.Request = max(positive(o.Request, 10*time.Second), time.Second)
	o.MaxBody = positive(o.MaxBody, 256<<10)
	requests := maxPaths * len(o.Templates) * len(o.Targets)
	o.Deadline = positive(o.Deadline, max(10*time.Minute, 2*time.Duration(requests)*time.Second/time.Duration(o.PerSecond)))
	o.Memory = positive(o.Memory, 1<<30)
	return o
}

func positive[T int | int64 | time.Duration](value, instead T) T {
	if value > 0 {
		return value
	}
	return instead
}

// carryOut writes the templates into a fresh folder, starts the program there
// and reads to the end of its answers.
func carryOut(ctx context.Context, program string, order Order, r *reading) error {
	if program == "" {
		return errAbsent
	}
	folder, err := os.MkdirTemp("", "campanile-engine-")
	if err != nil {
		return fmt.Errorf("no folder for the engine: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }() // what is left is in a temporary folder
	if err := lay(folder, order.Templates); err != nil {
		return fmt.Errorf("no folder for the engine: %w", err)
	}
	input, err := order.lines(filepath.Join(folder, templatesFolder))
	if err != nil {
		return err
	}
	return converse(ctx, child{program: program, folder: folder, memory: order.Memory}, input, r.line)
}

// Version asks the program for the version of its engine.
func Version(ctx context.Context, program string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, 10*time.Second, errDeadline)
	defer cancel()
	if program == "" {
		return "", errAbsent
	}
	folder, err := os.MkdirTemp("", "campanile-engine-")
	if err != nil {
		return "", fmt.Errorf("no folder for the engine: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := lay(folder, nil); err != nil {
		return "", fmt.Errorf("no folder for the engine: %w", err)
	}
	version := ""
	c := child{program: program, folder: folder, memory: 1 << 30, arguments: []string{"--version"}}
	err = converse(ctx, c, nil, func(line []byte) error {
		version = evidence.Clip(string(line), 64)
		return nil
	})
	if err == nil && version == "" {
		err = errGarbage
	}
	return version, err
}

// observation says what became of the program.
func observation(ctx context.Context, err error, at time.Time) evidence.Observation {
	missing := errors.Is(err, errStart) && (errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission))
	cause := context.Cause(ctx)
	switch {
	case err == nil:
		return evidence.SeenAt(at)
	case errors.Is(err, errAbsent), missing:
		return evidence.UnknownAt(at, evidence.EngineAbsent, err.Error())
	case cause != nil && !errors.Is(cause, errDeadline): // the caller ended it, and may have said why
		problem := evidence.Interrupted
		if own, ok := errors.AsType[*network.Error](cause); ok {
			problem = evidence.Problem(own.Problem)
		}
		return evidence.UnknownAt(at, problem, "the scan was ended before the engine was done")
	case cause != nil:
		err = errDeadline
	}
	return evidence.UnknownAt(at, evidence.EngineFailed, err.Error())
}
