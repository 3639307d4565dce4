package mandate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"campanile/cmd/internal/exit"
)

// ErrStopped is inside the cause of a context that a stop file ended.
var ErrStopped = errors.New("somebody asked to stop")

// DefaultStopFile is looked for where no other is named.
const DefaultStopFile = "campanile.stop"

// lookEvery is how often a guard looks at its files.
const lookEvery = 200 * time.Millisecond

// Guard watches, while a scan runs, whether somebody asked to stop it or to be
// left alone.
type Guard struct {
	StopFile string  // whose being there stops the scan, whatever is in it
	OptOut   *OptOut // read again when its file changes
}

// Watch gives a context that ends, with the cause, when the stop file appears,
// when it cannot be told whether it is there, or when the opt-out list can no
// longer be read. It fails where that is so already. The function that it gives
// ends the watch and waits for it.
func (g Guard) Watch(ctx context.Context) (context.Context, context.CancelFunc, error) {
	if err := g.stopped(); err != nil {
		return nil, nil, err
	}
	watched, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.look(watched, cancel)
	}()
	return watched, func() {
		cancel(context.Canceled)
		<-done
	}, nil
}

// look goes on until the context ends. Whoever writes a list may be in the
// middle of it: a new one counts when two looks in a row see the same.
func (g Guard) look(ctx context.Context, cancel context.CancelCauseFunc) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	var before reading
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := g.stopped(); err != nil {
			cancel(err)
			return
		}
		if g.OptOut == nil {
			continue
		}
		now := read(g.OptOut.file)
		if now.same(before) {
			if err := g.OptOut.renew(now); err != nil {
				cancel(err)
				return
			}
		}
		before = now
	}
}

// stopped gives the reason to stop. A file that cannot be looked for may be
// there.
func (g Guard) stopped() error {
	if g.StopFile == "" {
		return nil
	}
	switch _, err := os.Lstat(g.StopFile); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return &exit.Error{Code: exit.Interrupted, Err: fmt.Errorf("%w, perhaps: the stop file %s cannot be looked for: %w; put that right and start again", ErrStopped, g.StopFile, err)}
	}
	return &exit.Error{Code: exit.Interrupted, Err: fmt.Errorf("%w: the file %s is there; finished work is kept; take it away only when whoever put it there agrees", ErrStopped, g.StopFile)}
}

// reading is one look at the file of a list.
type reading struct {
	data []byte
	err  error
	done bool
}

func read(path string) reading {
	data, err := readOptOut(path)
	return reading{data, err, true}
}

func (r reading) same(other reading) bool {
	return r.done && other.done && (r.err == nil) == (other.err == nil) && bytes.Equal(r.data, other.data)
}

// renew puts a new reading in force.
func (o *OptOut) renew(r reading) error {
	if r.err != nil {
		return r.err
	}
	if bytes.Equal(r.data, o.list.Load().data) {
		return nil
	}
	list, err := parseOptOut(o.file, r.data)
	if err != nil {
		return err
	}
	o.list.Store(list)
	return nil
}
