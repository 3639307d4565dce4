package services

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
	"campanile/collectors/records/services"
)

// Bounds of a sweep.
const (
	manyOpen  = 100 // more open ports than this are a trap, not a host
	decoys    = 3   // ports at which nobody has anything
	portion   = 12  // ports asked before we look whether the address still answers
	fewSilent = 4   // silent ports in a portion that make us look
	witnesses = 3   // open ports that are asked at the end whether they still let us in
	tries     = 2   // SYN to the port that tells whether the address still answers: one may be lost
)

// swept is what a sweep found.
type swept struct {
	evidence.Observation
	tarpit        bool
	asked, closed int
	silent        int      // ports that were silent twice
	unheard       []uint16 // ports that were silent once
	filtered      []uint16 // ports silent twice whose silence may be that of our own line
	open          []knock
	witness       uint16 // a port that answered, or 0
}

// knock is one port and what it did when somebody came.
type knock struct {
	port  uint16
	err   error // why it could not be entered, nil where it is open
	heard       // what it said unasked
}

func (k knock) problem() evidence.Problem { return evidence.Problem(network.Problem(k.err)) }

// closed reports an authoritative no of the host itself.
func (k knock) closed() bool {
	return k.err != nil && (k.problem() == evidence.Refused || k.problem() == evidence.Reset)
}

// ours reports that nothing was sent: the reason lies with us.
func (k knock) ours() bool {
	return k.err != nil && slices.Contains([]evidence.Problem{evidence.Interrupted, evidence.BudgetSpent, evidence.NotPermitted}, k.problem())
}

// silent reports that nothing came back, or only word from somebody on the way.
func (k knock) silent() bool { return k.err != nil && !k.closed() && !k.ours() }

// sweep knocks at every port in order of risk, and at the end once more at those
// that were silent: a knock is one SYN, and one packet may be lost. It ends early
// at a trap, at an address that stops answering, and when budget or permission end.
func (v *visit) sweep(ctx context.Context) swept {
	if v.baited(ctx) {
		return swept{Observation: evidence.SeenAt(v.session.Now()), tarpit: true, asked: decoys}
	}
	var found swept
	if v.round(ctx, &found, v.request.Ports, found.first) && v.round(ctx, &found, slices.Clone(found.unheard), found.again) {
		found.Observation = v.conclude(found)
		if v.turnedAway(ctx, found) {
			found.Observation = v.ended(ctx, found)
		}
	}
	return found
}

// turnedAway reports that ports which let us in have ceased to, at the end of a
// sweep: a guard that refuses a guest makes every port look closed, and when that
// began is not known. Those of the least risk are asked first, which mind a visit
// least; one that lets us in is enough.
func (v *visit) turnedAway(ctx context.Context, found swept) bool {
	if found.closed == 0 || len(found.open) == 0 {
		return false
	}
	for _, k := range slices.Backward(found.open[max(0, len(found.open)-witnesses):]) {
		for range tries {
			conn, err := v.tap(ctx, k.port)
			if err == nil {
				_ = conn.Close()
				return false
			}
			if (knock{err: err}).ours() {
				return ctx.Err() != nil
			}
		}
	}
	return true
}

// round knocks at some ports, a portion at a time. It reports whether it came to
// the end; if not, the observation says why.
func (v *visit) round(ctx context.Context, found *swept, ports []uint16, take func([]knock) error) bool {
	for some := range slices.Chunk(ports, portion) {
		knocks := v.knocks(ctx, some)
		lost := v.shutOut(ctx, *found, knocks)
		if lost {
			knocks, lost = v.retry(ctx, *found, knocks)
		}
		if failed := take(knocks); failed != nil {
			found.Observation = v.failure(ctx, failed)
			return false
		}
		if lost {
			found.Observation = v.ended(ctx, *found)
			return false
		}
		if len(found.open) > manyOpen {
			found.tarpit, found.Observation = true, evidence.SeenAt(v.session.Now())
			return false
		}
	}
	return true
}

// baited knocks where nobody has anything. Who lets us in at every such port
// would at any other, and nothing that it says is believed.
func (v *visit) baited(ctx context.Context) bool {
	for _, port := range v.decoys() {
		conn, err := v.tap(ctx, port)
		if err != nil {
			return false
		}
		_ = conn.Close()
	}
	return true
}

// decoys gives high ports without a meaning, the same for an address each time,
// so that two scans can be compared.
func (v *visit) decoys() []uint16 {
	const lowest, span = 20000, 40000
	sum := fnv.New64a()
	_, _ = sum.Write(v.address.AsSlice()) // a hash takes everything
	number := sum.Sum64()
	var list []uint16
	for len(list) < decoys {
		port := uint16(lowest + number%span)
		number = number/7 + 9973 // on to another port, whatever the first was
		if !slices.Contains(list, port) && len(services.At("tcp", port)) == 0 && !slices.Contains(v.request.Ports, port) {
			list = append(list, port)
		}
	}
	return list
}

func (v *visit) knocks(ctx context.Context, ports []uint16) []knock {
	knocks := make([]knock, len(ports))
	each(len(ports), v.request.AtOnce, func(i int) { knocks[i] = v.knock(ctx, ports[i]) })
	return knocks
}

// knock opens a port with a single SYN and hears whether it greets.
func (v *visit) knock(ctx context.Context, port uint16) knock {
	conn, err := v.tap(ctx, port)
	if err != nil {
		return knock{port: port, err: err}
	}
	defer conn.Close()
	return knock{port: port, heard: v.listen(ctx, conn, port)}
}

// retry leaves the address alone for a while, then knocks once more where nothing
// came back; an address that still does not answer is lost to us.
func (v *visit) retry(ctx context.Context, found swept, knocks []knock) (second []knock, lost bool) {
	rest(ctx, v.request.Pause)
	if !v.stillAnswers(ctx, found.witnessWith(knocks)) {
		return knocks, true
	}
	knocks = slices.Clone(knocks)
	each(len(knocks), v.request.AtOnce, func(i int) {
		if knocks[i].silent() {
			knocks[i] = v.knock(ctx, knocks[i].port)
		}
	})
	return knocks, false
}

// shutOut reports that the address has ceased to answer: several ports of the
// portion are silent, and so is one that answered before. A firewall that lets
// some ports through and drops the others is none of that.
func (v *visit) shutOut(ctx context.Context, found swept, knocks []knock) bool {
	silent := 0
	for _, k := range knocks {
		if k.silent() {
			silent++
		}
	}
	witness := found.witnessWith(knocks)
	return silent >= fewSilent && witness != 0 && !v.stillAnswers(ctx, witness)
}

func (v *visit) stillAnswers(ctx context.Context, port uint16) bool {
	for range tries {
		conn, err := v.tap(ctx, port)
		if err == nil {
			_ = conn.Close()
			return true
		}
		if !(knock{err: err}).silent() {
			return true
		}
	}
	return false
}

// witnessWith is a port that has answered, the knocks being the last ones.
func (w *swept) witnessWith(knocks []knock) uint16 {
	for _, k := range knocks {
		if w.witness == 0 && (k.err == nil || k.closed()) {
			return k.port
		}
	}
	return w.witness
}

// first adds what the first knocks found, and gives the first reason to go no
// further.
func (w *swept) first(knocks []knock) error {
	return w.take(knocks, func(k knock) { w.unheard = append(w.unheard, k.port) })
}

// again does the same for the second knocks.
func (w *swept) again(knocks []knock) error {
	asked := w.asked
	failed := w.take(knocks, func(k knock) {
		w.silent++
		if services.OftenBlocked(k.port) {
			w.filtered = append(w.filtered, k.port)
		}
	})
	w.asked = asked // it counts ports
	return failed
}

func (w *swept) take(knocks []knock, silent func(knock)) error {
	w.witness = w.witnessWith(knocks)
	var failed error
	for _, k := range knocks {
		switch {
		case k.ours():
			failed = cmp.Or(failed, k.err)
			continue
		case k.err == nil:
			w.open = append(w.open, k)
		case k.closed():
			w.closed++
		default:
			silent(k)
		}
		w.asked++
	}
	return failed
}

// ended is a sweep that the address itself brought to an end.
func (v *visit) ended(ctx context.Context, found swept) evidence.Observation {
	if ctx.Err() != nil {
		return v.failure(ctx, ctx.Err())
	}
	return evidence.UnknownAt(v.session.Now(), evidence.RateLimited,
		fmt.Sprintf("the address stopped answering; %d of %d ports were asked", found.asked, len(v.request.Ports)))
}

// conclude says what a whole sweep is worth: where nothing at all came back, it
// is not known whether anything is there.
func (v *visit) conclude(found swept) evidence.Observation {
	if len(found.open) == 0 && found.closed == 0 && found.asked > 0 {
		return evidence.UnknownAt(v.session.Now(), evidence.Timeout,
			fmt.Sprintf("none of %d ports answers: a firewall drops what comes, or nothing is there", found.asked))
	}
	return evidence.SeenAt(v.session.Now())
}
