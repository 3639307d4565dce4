package queue_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
	"campanile/collectors/network"
)

// places is a pace within one process.
type places struct {
	mu    sync.Mutex
	there map[string]int
	most  map[string]int
}

func (p *places) Enter(ctx context.Context, destination string, pace network.Pace) (func(), error) {
	p.mu.Lock()
	full := pace.AtOnce > 0 && p.there[destination] >= pace.AtOnce
	if !full {
		p.there[destination]++
		p.most[destination] = max(p.most[destination], p.there[destination])
	}
	p.mu.Unlock()
	if full {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.there[destination]--
	}, nil
}

// Four municipalities of one supplier, and a worker that could look at all of
// them.
func TestASupplierIsSpared(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, address string) {
		v := open(t, address, 4)
		first := v.run(queue.Routine, v.bodies...)
		if err := v.work(v.worker(v.look), v.over(first)); err != nil { // who serves them is known from now on
			t.Fatal(err)
		}
		run := v.run(queue.Routine, v.bodies...)
		there := &places{there: map[string]int{}, most: map[string]int{}}
		held := make(chan struct{})
		var once sync.Once
		w := v.worker(func(ctx context.Context, b store.Body, run int64) error {
			once.Do(func() { <-held }) // the first stays until the others had to go back
			return v.look(ctx, b, run)
		})
		w.Share, w.PerSupplier = there, 1
		go func() {
			defer close(held)
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for t.Context().Err() == nil {
				<-tick.C
				if s, err := v.queue.State(t.Context()); err != nil || s.Running == 1 && s.Waiting == 3 {
					return
				}
			}
		}()
		if err := v.work(w, v.over(run)); err != nil {
			t.Fatal(err)
		}
		if p := v.progress(run); p.Done != 4 {
			t.Errorf("%+v", p)
		}
		if there.most["supplier casa"] != 1 || len(there.most) != 1 {
			t.Errorf("at once: %v", there.most)
		}
		if there.there["supplier casa"] != 0 {
			t.Error("a place was not given back")
		}
	})
}
