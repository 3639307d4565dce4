package chronicle

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/report/history"
	"campanile/report/score"
	"campanile/rules"
)

// Packed trends of any towns sum up to what their histories sum up to, at any times.
func TestPackedTrendsSumUpAsTheirHistories(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	at := func() time.Time { return time.Unix(1_700_000_000+r.Int64N(60_000_000), 0).UTC() }
	for range 200 {
		var towns []history.Town
		for range r.IntN(5) {
			var town history.Town
			last := at()
			for range r.IntN(9) {
				if r.IntN(4) > 0 { // two points may have one time
					last = last.Add(time.Duration(r.IntN(9_000_000)) * time.Second)
				}
				fail := map[rules.Severity]int{rules.Critical: r.IntN(2), rules.High: r.IntN(3), rules.Medium: 0, rules.Low: r.IntN(200)}
				town.Points = append(town.Points, history.Point{Taken: last, Unseen: r.IntN(2), Summary: score.Summary{Grade: []string{"", "A", "E"}[r.IntN(3)], Fail: fail}})
				town.Changes = append(town.Changes, history.Change{
					Kind: history.Kinds[r.IntN(len(history.Kinds))], From: []rules.Severity{"", rules.Info, rules.High}[r.IntN(3)], To: []rules.Severity{"", rules.Info, rules.Low}[r.IntN(3)], Confirmed: last,
				})
			}
			towns = append(towns, town)
		}
		times := []time.Time{at(), at(), at()}
		if times[0].After(times[1]) {
			times[0], times[1] = times[1], times[0]
		}
		times[2] = times[1].Add(time.Duration(r.IntN(9_000_000)) * time.Second)
		s := summingAt(times)
		for _, town := range towns {
			if err := s.trend.unpack(packed(town.Points, town.Changes), &s.grades); err != nil {
				t.Fatal(err)
			}
			s.add()
		}
		if diff := cmp.Diff(history.Territory(towns, times), s.list()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
}

// A trend that is cut off, or anything else that is none, is said to be so.
func TestATrendThatIsCutOff(t *testing.T) {
	t.Parallel()
	whole := packed([]history.Point{{Taken: time.Unix(1_700_000_000, 0), Summary: score.Summary{Grade: "B"}}}, []history.Change{{Kind: history.Mended, From: rules.High, Confirmed: time.Unix(1_700_000_000, 0)}})
	var of trend
	if err := of.unpack(whole, new(grades)); err != nil || len(of.points) != 1 || len(of.moves) != 1 {
		t.Fatalf("%+v, %v", of, err)
	}
	for n := range whole {
		if err := of.unpack(whole[:n], new(grades)); err == nil {
			t.Errorf("%d bytes of %d are taken for a trend", n, len(whole))
		}
	}
	if err := of.unpack([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, new(grades)); err == nil {
		t.Error("a length without an end is taken for a trend")
	}
}
