package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
	"campanile/collectors/network"
)

// BenchmarkTurns says what a turn costs that nobody disputes, for three workers
// with eight goroutines each, and what a scan costs that is kept meanwhile.
func BenchmarkTurns(b *testing.B) {
	p := network.Pace{AtOnce: 2, Starts: 50, Span: time.Second}
	for engine, fresh := range storetest.All() {
		b.Run(engine, func(b *testing.B) {
			address := fresh(b)
			var shares []*store.Share
			for n := range 3 {
				shares = append(shares, open(b, address).Share(fmt.Sprint(n)))
				defer shares[n].Close()
			}
			var mu sync.Mutex
			var times []time.Duration
			var left atomic.Int64
			left.Store(int64(b.N))
			b.ResetTimer()
			var all sync.WaitGroup
			for i := range 24 {
				all.Go(func() {
					for left.Add(-1) >= 0 {
						began := time.Now()
						leave, err := shares[i%3].Enter(b.Context(), fmt.Sprint("host", rand.IntN(500)), p)
						if err != nil {
							b.Error(err)
							return
						}
						took := time.Since(began)
						leave()
						mu.Lock()
						times = append(times, took)
						mu.Unlock()
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
			report(b, times, "")
		})
		b.Run(engine+"-beside-scans", func(b *testing.B) { besideScans(b, fresh(b), p) })
	}
}

// besideScans keeps one scan after the other while 300 turns a second are taken.
func besideScans(b *testing.B, address string, p network.Pace) {
	b.Helper()
	s := open(b, address)
	body := put(b, s, town("montefinto", "c_x001"))[0]
	var alone, beside, turns []time.Duration
	n := 0
	save := func(times *[]time.Duration) {
		n++
		began := time.Now()
		scan(b, s, body, week(0).Add(time.Duration(n)*time.Minute), "C", nil)
		*times = append(*times, time.Since(began))
	}
	for range 30 {
		save(&alone)
	}
	share := s.Share("x")
	defer share.Close()
	ctx, stop := context.WithCancel(b.Context())
	var all sync.WaitGroup
	var mu sync.Mutex
	for i := range 30 {
		all.Go(func() {
			every := time.NewTicker(100 * time.Millisecond)
			defer every.Stop()
			for ctx.Err() == nil {
				began := time.Now()
				leave, err := share.Enter(ctx, fmt.Sprint("host", i), p)
				if err == nil {
					mu.Lock()
					turns = append(turns, time.Since(began))
					mu.Unlock()
					leave()
				}
				<-every.C
			}
		})
	}
	b.ResetTimer()
	for b.Loop() {
		save(&beside)
	}
	b.StopTimer()
	stop()
	all.Wait()
	b.ReportMetric(float64(len(turns))/b.Elapsed().Seconds(), "turns/s")
	report(b, turns, "")
	report(b, alone, "-scan-alone")
	report(b, beside, "-scan")
}

func report(b *testing.B, times []time.Duration, what string) {
	b.Helper()
	slices.Sort(times)
	if len(times) > 0 {
		b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "ms-p95"+what)
	}
}
