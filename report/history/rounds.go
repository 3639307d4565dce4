package history

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// round is the looks that are too near to each other for the later ones to be
// second looks, unless another resolver answered.
type round struct{ pages []*page }

// roundsOf groups looks, oldest first. The same evidence judged twice with the same
// rules is one look.
func roundsOf(looks []Look) []round {
	list := slices.Clone(looks)
	slices.SortStableFunc(list, func(a, b Look) int {
		return cmp.Or(a.Taken.Compare(b.Taken), strings.Compare(a.Resolver, b.Resolver), strings.Compare(a.Rules.Digest, b.Rules.Digest))
	})
	list = slices.CompactFunc(list, func(a, b Look) bool {
		return a.Taken.Equal(b.Taken) && a.Resolver == b.Resolver && a.Rules.Digest == b.Rules.Digest
	})
	var rounds []round
	for _, l := range list {
		if n := len(rounds); n == 0 || l.Taken.Sub(rounds[n-1].pages[0].Taken) >= Apart {
			rounds = append(rounds, round{})
		}
		r := &rounds[len(rounds)-1]
		r.pages = append(r.pages, paged(l))
	}
	return rounds
}

// editionsOf lists the editions of the rules, oldest first: by the day of their first
// use and, where it is not told, by the newest look that each judged.
func editionsOf(looks []Look) []Edition {
	var list []Edition
	newest := map[string]time.Time{}
	for _, l := range looks {
		if _, ok := newest[l.Rules.Digest]; !ok {
			list = append(list, l.Rules)
		}
		if l.Taken.After(newest[l.Rules.Digest]) {
			newest[l.Rules.Digest] = l.Taken
		}
	}
	slices.SortFunc(list, func(a, b Edition) int {
		return cmp.Or(a.Since.Compare(b.Since), newest[a.Digest].Compare(newest[b.Digest]), strings.Compare(a.Digest, b.Digest))
	})
	return list
}

// erasOf divides the rounds among the editions. Of several rounds that were judged
// with both, the newest before the new edition was used: later ones are as they were
// told at the time.
func erasOf(rounds []round, editions []Edition) []era {
	var eras []era
	for _, edition := range editions {
		if len(eras) == 0 {
			eras = append(eras, era{edition: edition})
			continue
		}
		next := eraOf(rounds, eras[len(eras)-1], edition)
		if next.first >= 0 { // else the edition was used for older evidence only
			eras = append(eras, next)
		}
	}
	return eras
}

func eraOf(rounds []round, before era, edition Edition) era {
	next := era{edition: edition, first: -1}
	for i := max(before.first, 0); i < len(rounds); i++ {
		at, judged := rounds[i].at(edition)
		switch shared := len(rounds[i].pairs(before.edition, edition)) > 0; {
		case !judged:
		case shared && (!next.shared || edition.Since.IsZero() || at.Before(edition.Since)):
			next.first, next.shared = i, true
		case next.first < 0:
			next.first = i
		}
	}
	return next
}

// at is the time of a round: that of its last look judged with an edition.
func (r round) at(edition Edition) (time.Time, bool) {
	var at time.Time
	for _, p := range r.pages {
		if p.Rules.Digest == edition.Digest {
			at = p.Taken
		}
	}
	return at, !at.IsZero()
}

// pairs gives the looks of a round that were judged with both of two editions.
func (r round) pairs(before, now Edition) [][2]*page {
	var list [][2]*page
	for _, a := range r.pages {
		for _, b := range r.pages {
			if a.Rules.Digest == before.Digest && b.Rules.Digest == now.Digest && a.Taken.Equal(b.Taken) && a.Resolver == b.Resolver {
				list = append(list, [2]*page{a, b})
			}
		}
	}
	return list
}

// read gives what the looks of a round tell of a point with an edition of the
// rules: one reading for each resolver, its last. Where they disagree whether there is
// a defect, it is a single one that counts for neither.
func (r round) read(at point, edition Edition, depth int) []reading {
	var who []string
	var list []reading
	for _, p := range r.pages {
		if p.Rules.Digest != edition.Digest {
			continue
		}
		one, ok := p.read(at, depth)
		i := slices.Index(who, p.Resolver)
		switch {
		case !ok:
		case i < 0:
			who, list = append(who, p.Resolver), append(list, one)
		default:
			list[i] = one
		}
	}
	for i := range list {
		if (list[i].level > 0) != (list[0].level > 0) {
			return []reading{{mixed: true, taken: list[len(list)-1].taken}}
		}
	}
	return list
}
