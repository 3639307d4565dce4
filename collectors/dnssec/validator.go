package dnssec

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Validator remembers, for one session, the zones that it has seen and the
// names at which none starts. It may be used by several goroutines; a nil one
// validates nothing.
type Validator struct {
	session *network.Session
	anchor  Anchor

	mu      sync.Mutex
	cuts    map[string]cut
	lookups map[question]evidence.Lookup
}

type question struct {
	name string
	kind uint16
}

// New makes a validator for one session. Without an anchor it gives nil.
func New(s *network.Session, anchor Anchor) *Validator {
	if anchor.Empty() {
		return nil
	}
	return &Validator{session: s, anchor: anchor, cuts: map[string]cut{}, lookups: map[question]evidence.Lookup{}}
}

// With gives a validator with the same anchor that asks through another session
// and remembers nothing.
func (v *Validator) With(s *network.Session) *Validator {
	if v == nil {
		return nil
	}
	return New(s, v.anchor)
}

// Lookups lists the questions that the validator asked, with the security of
// their answers, sorted by name and type.
func (v *Validator) Lookups() []evidence.Lookup {
	if v == nil {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.SortedFunc(maps.Values(v.lookups), func(a, b evidence.Lookup) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
	})
}

func (v *Validator) ask(ctx context.Context, name string, kind uint16) network.Answer {
	answer := v.session.Ask(ctx, name, kind)
	v.note(answer, "")
	return answer
}

// note keeps a look-up with what is known of its security.
func (v *Validator) note(a network.Answer, security evidence.Security) {
	l := observe.Lookup(a)
	l.Security = security
	v.mu.Lock()
	defer v.mu.Unlock()
	key := question{a.Name, a.Type}
	// Whoever asks at the same time has not validated it yet.
	if old, ok := v.lookups[key]; ok && security == "" && old.Security != "" {
		return
	}
	v.lookups[key] = l
}

// remembered gives what is known of a name.
func (v *Validator) remembered(name string) (cut, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	c, ok := v.cuts[name]
	return c, ok
}

func (v *Validator) remember(name string, c cut) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.cuts[name] = c
}

// Zone follows the chain from the anchor to the keys of a zone. At a name at
// which no zone starts it gives the verdict on the zone that holds the name.
func (v *Validator) Zone(ctx context.Context, zone string) Verdict {
	if v == nil {
		return Verdict{}
	}
	goal := dns.CanonicalName(zone)
	z := v.reach(ctx, goal)
	verdict := z.verdict
	if z.optedOut {
		verdict.Zone = observe.Name(v.firstZone(ctx, z.name, goal))
	}
	return verdict
}

// firstZone finds which zone at or below the name is the one that an opt-out
// leaves unsigned: the name itself may only stand between two delegations,
// and then has no record of its own in the denial (RFC 5155 section 7.1).
func (v *Validator) firstZone(ctx context.Context, name, goal string) string {
	for _, each := range below(goal) {
		if !dns.IsSubDomain(name, each) || each == goal {
			continue
		}
		if answer := v.ask(ctx, each, dns.TypeSOA); len(answer.Records) > 0 && len(answer.Aliases) == 0 {
			return each
		}
	}
	return goal
}
