package lab

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"campanile/collectors/evidence"
)

// Past is two years of looks at one municipality.
type Past struct {
	Target evidence.Target
	Into   string      // the domain of the municipality that it was merged into; empty: it stands
	Taken  []time.Time // when it was looked at, oldest first

	model  *evidence.Bundle // the real look, which the others are made of
	real   bool             // it is the last of the looks
	rounds []int            // of the invented looks
	until  time.Time
	seen   map[string]*evidence.Bundle // all real looks, by domain
}

// yearDays is how long the history goes back, in days.
const yearDays = 730

// Rounds are the nights on which somebody has looked at the valley in the two years
// before a day: every two to four weeks, oldest first.
func Rounds(until time.Time) []time.Time {
	night := until.UTC().Truncate(24*time.Hour).AddDate(0, 0, -yearDays).Add(2 * time.Hour)
	var rounds []time.Time
	for i := 0; until.Sub(night) > 14*24*time.Hour; i++ {
		rounds = append(rounds, night)
		night = night.AddDate(0, 0, 21+int(7.5*chance(fmt.Sprint("round ", i))))
	}
	return rounds
}

// Years invents the two years before one real scan of the valley: what its towns
// have mended, neglected and changed, as evidence that a scan of the time would have
// left. The real scan is the last look of each town. The same scan gives the same
// years.
func Years(bundles []*evidence.Bundle, until time.Time) ([]Past, error) {
	rounds := Rounds(until)
	seen := map[string]*evidence.Bundle{}
	for _, b := range bundles {
		seen[b.Target.Domain] = b
	}
	years := make([]Past, len(bundles))
	for i, b := range bundles {
		years[i] = Past{Target: b.Target, model: b, real: true, until: until, seen: seen}
		years[i].plan(rounds, i)
		years[i].Taken = append(years[i].Taken, b.Taken)
	}
	former, err := merged(seen, rounds, until)
	return append(years, former...), err
}

// plan says when a town was looked at in the rounds; each has its place in a night.
func (p *Past) plan(rounds []time.Time, place int) {
	for i, round := range rounds {
		at := round.Add(time.Duration(place) * 90 * time.Second)
		if days(p.until, at) <= joined(p.Target.Domain) && !skipped(p.Target.Domain, i) {
			p.rounds, p.Taken = append(p.rounds, i), append(p.Taken, at)
		}
	}
}

// Looks makes the looks, oldest first. They are many, and made anew each time.
func (p Past) Looks() ([]*evidence.Bundle, error) {
	var looks []*evidence.Bundle
	for i, round := range p.rounds {
		then, err := clone(p.model)
		if err != nil {
			return nil, err
		}
		move(then, p.Taken[i])
		for _, e := range episodes() {
			if e.concerns(p.Target.Domain, days(p.until, p.Taken[i]), round) {
				e.edit(stage{then, p.until, p.seen})
			}
		}
		looks = append(looks, then)
	}
	if p.real {
		looks = append(looks, p.model)
	}
	return looks, nil
}

// days is how many days before a day a time lies.
func days(until, at time.Time) int { return int(until.Sub(at).Hours() / 24) }

// joined is for how many days the group has looked at a town: some came late.
func joined(domain string) int {
	switch {
	case strings.HasPrefix(domain, "sans-souci"):
		return 270
	case domain == "comune.segnapostopievano.campanile.test":
		return 460
	}
	return yearDays + 1
}

// skipped says which rounds a town was missed in: a machine was off, a line was down.
func skipped(domain string, round int) bool {
	return chance(fmt.Sprint("skipped ", domain, round)) > 0.88
}

// merged is the past of a municipality that no longer stands: it was much like the
// one that it went into.
func merged(seen map[string]*evidence.Bundle, rounds []time.Time, until time.Time) ([]Past, error) {
	const into, label, name, days, code = "comune.segnapostopievano.campanile.test", "vecchiaborgata", "Comune di Vecchiaborgata", 460, "c_x098"
	heir := seen[into]
	if heir == nil {
		return nil, nil
	}
	line, err := evidence.Marshal(heir)
	if err != nil {
		return nil, err
	}
	for old, now := range map[string]string{
		"segnapostopievano": label, heir.Target.Name: name, heir.Target.Code: code, "pievano-in-rete": "vecchiaborgata-in-rete",
	} {
		line = bytes.ReplaceAll(line, []byte(old), []byte(now))
	}
	former, err := evidence.Unmarshal(line)
	if err != nil {
		return nil, fmt.Errorf("inventing %s: %w", name, err)
	}
	past := Past{Target: former.Target, Into: into, model: former, until: until, seen: seen}
	last := slices.IndexFunc(rounds, func(round time.Time) bool { return until.Sub(round) < days*24*time.Hour })
	past.plan(rounds[:max(last, 0)], len(seen))
	return []Past{past}, nil
}

// clone is the bundle once more, of which nothing is shared.
func clone(b *evidence.Bundle) (*evidence.Bundle, error) {
	line, err := evidence.Marshal(b)
	if err != nil {
		return nil, err
	}
	return evidence.Unmarshal(line)
}
