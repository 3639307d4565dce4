package inventory

import (
	"fmt"
	"slices"
	"strings"
)

// Succession is what becomes of the bodies of an earlier import.
type Succession struct {
	Bodies []Body // of the new list, with the history of the earlier one
	// Gone are bodies of the earlier list that the new one does not have, and
	// of which it names no successor. They are kept apart, not thrown away: a
	// list with a hole in it looks the same.
	Gone    []Body
	Mergers []Merger
	Notes   []Note
}

// Merger is a body of the earlier list that is part of one of the new list now.
type Merger struct{ From, Into Body }

// Succeed carries what an earlier import knew over to a new one: a domain that
// was changed becomes a former domain, a body that was merged into another
// leaves its code and domains to it. Neither list is changed.
func Succeed(before, after []Body) Succession {
	s := succession{byKey: map[string]int{}, byPlace: map[string]int{}, byFormer: map[string]int{}}
	for n, b := range after {
		b.Former, b.FormerCodes = slices.Clone(b.Former), slices.Clone(b.FormerCodes)
		s.Bodies = append(s.Bodies, b)
		s.byKey[b.Country+b.key()] = n
		if b.Municipality && b.Place != "" {
			s.byPlace[b.Country+b.Place] = n
		}
		for _, code := range b.FormerCodes {
			s.byFormer[b.Country+strings.ToLower(code)] = n
		}
	}
	for n := range before {
		s.carry(&before[n])
	}
	return s.Succession
}

// succession finds bodies of the new list.
type succession struct {
	Succession
	byKey, byPlace, byFormer map[string]int // number of the body
}

func (s *succession) carry(old *Body) {
	if n, ok := s.same(old); ok {
		s.renew(&s.Bodies[n], old)
		return
	}
	for _, code := range []string{old.Place, old.Code} {
		n, ok := s.byFormer[old.Country+strings.ToLower(code)]
		if ok && code != "" && (code == old.Code || old.Municipality) {
			s.merge(&s.Bodies[n], old)
			return
		}
	}
	s.Gone = append(s.Gone, *old)
	s.note(old, "no longer in the list, and no successor is named; kept apart")
}

// same finds the same body in the new list: by its code, else by its place.
// Codes come first: a young municipality can have the place of one before.
func (s *succession) same(old *Body) (int, bool) {
	if n, ok := s.byKey[old.Country+old.key()]; ok {
		return n, true
	}
	if !old.Municipality || old.Place == "" {
		return 0, false
	}
	n, ok := s.byPlace[old.Country+old.Place]
	return n, ok
}

// renew carries the history of the same body over.
func (s *succession) renew(now, old *Body) {
	now.FormerCodes = union(now.FormerCodes, old.FormerCodes...)
	if old.Code != "" && now.Code != "" && !strings.EqualFold(old.Code, now.Code) && old.Register == now.Register {
		now.FormerCodes = union(now.FormerCodes, old.Code)
		s.note(old, fmt.Sprintf("its code is %s now", now.Code))
	}
	if old.Place != "" && now.Place != "" && old.Place != now.Place && now.Municipality {
		now.FormerCodes = union(now.FormerCodes, old.Place) // moved to another province
	}
	switch {
	case old.Domain == "" || old.Domain == now.Domain:
	case now.Domain == "" && slices.Contains(now.Former, old.Domain):
		s.note(old, old.Domain+" is a former domain now, and no other is known")
	case now.Domain == "":
		now.Domain = old.Domain
		s.note(old, "the new list gives no domain; "+old.Domain+" of the earlier one stays")
	default:
		s.note(old, fmt.Sprintf("the domain was %s and is %s now; the older one is kept as a former domain", old.Domain, now.Domain))
	}
	now.takeDomains(old)
	if now.Population == 0 {
		now.Population = old.Population
	}
	now.Union = firstOf(now.Union, old.Union)
}

// merge leaves the codes and domains of a body to its successor.
func (s *succession) merge(now, old *Body) {
	now.FormerCodes = union(now.FormerCodes, old.FormerCodes...)
	now.FormerCodes = union(now.FormerCodes, old.Place, old.Code)
	now.takeDomains(old)
	s.Mergers = append(s.Mergers, Merger{*old, *now})
	s.note(old, fmt.Sprintf("merged into %s (%s); its codes and domains stay with it", firstOf(now.Name, now.Domain), firstOf(now.Code, now.Place)))
}

// takeDomains keeps the domains of an older body as former ones.
func (b *Body) takeDomains(old *Body) {
	for _, domain := range append([]string{old.Domain}, old.Former...) {
		if domain != b.Domain {
			b.Former = union(b.Former, domain)
		}
	}
}

func (s *succession) note(b *Body, text string) {
	s.Notes = append(s.Notes, Note{firstOf(b.Code, b.Place, b.Domain, b.Name), text})
}
