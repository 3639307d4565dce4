// Package ask puts several DNS questions at once, and brings the answers back
// in an order that does not depend on which came first.
//
// It must not judge an answer.
package ask

import (
	"cmp"
	"context"
	"slices"

	"github.com/miekg/dns"
	"golang.org/x/sync/errgroup"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Question is one thing to ask.
type Question struct {
	Name string
	Type uint16
}

// One asks one question and gives the evidence of it.
func One(ctx context.Context, s *network.Session, name string, kind uint16) evidence.Lookup {
	return observe.Lookup(s.Ask(ctx, name, kind))
}

// All asks the questions, a few at a time; the i-th look-up answers the i-th.
func All(ctx context.Context, s *network.Session, list []Question) []evidence.Lookup {
	lookups := make([]evidence.Lookup, len(list))
	Each(len(list), func(i int) { lookups[i] = One(ctx, s, list[i].Name, list[i].Type) })
	return lookups
}

// Addresses asks for both kinds of address of each host.
func Addresses(hosts ...string) []Question {
	var list []Question
	for _, host := range hosts {
		list = append(list, Question{host, dns.TypeA}, Question{host, dns.TypeAAAA})
	}
	return list
}

// atOnce bounds what one list has under way at a time.
const atOnce = 4

// Each does n things, a few at a time, and waits for all of them. The i-th
// writes to its own slot, so that the order of arrival leaves no trace.
func Each(n int, do func(i int)) {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i := range n {
		group.Go(func() error {
			do(i)
			return nil
		})
	}
	_ = group.Wait() // none of them returns an error
}

// Jobs does different things at once and joins what each of them asked.
func Jobs(jobs ...func() []evidence.Lookup) []evidence.Lookup {
	parts := make([][]evidence.Lookup, len(jobs))
	Each(len(jobs), func(i int) { parts[i] = jobs[i]() })
	return slices.Concat(parts...)
}

// Unique sorts the look-ups by question and keeps the first of each.
func Unique(lookups []evidence.Lookup) []evidence.Lookup {
	slices.SortStableFunc(lookups, func(a, b evidence.Lookup) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
	})
	return slices.CompactFunc(lookups, func(a, b evidence.Lookup) bool {
		return a.Name == b.Name && a.Type == b.Type
	})
}
