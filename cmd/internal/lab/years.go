package lab

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"campanile/collectors/evidence"
)

// Past is what two years of looks at one municipality have left.
type Past struct {
	Target evidence.Target
	Into   string             // the domain of the municipality that it was merged into; empty: it stands
	Looks  []*evidence.Bundle // oldest first
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
	var years []Past
	for i, b := range bundles {
		past, err := look(b, rounds, until, i, seen)
		if err != nil {
			return nil, err
		}
		past.Looks = append(past.Looks, b)
		years = append(years, past)
	}
	former, err := merged(seen, rounds, until)
	if err != nil {
		return nil, err
	}
	return append(years, former...), nil
}

// look gives the looks at one town in the rounds before the real one.
func look(b *evidence.Bundle, rounds []time.Time, until time.Time, place int, seen map[string]*evidence.Bundle) (Past, error) {
	past := Past{Target: b.Target}
	for i, round := range rounds {
		at := round.Add(time.Duration(place) * 90 * time.Second)
		if days(until, at) > joined(b.Target.Domain) || skipped(b.Target.Domain, i) {
			continue
		}
		then, err := clone(b)
		if err != nil {
			return past, err
		}
		move(then, at)
		for _, e := range episodes() {
			if e.concerns(b.Target.Domain, days(until, at), i) {
				e.edit(stage{then, until, seen})
			}
		}
		past.Looks = append(past.Looks, then)
	}
	return past, nil
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
	last := slices.IndexFunc(rounds, func(round time.Time) bool { return until.Sub(round) < days*24*time.Hour })
	past, err := look(former, rounds[:max(last, 0)], until, len(seen), seen)
	past.Into = into
	return []Past{past}, err
}

// clone is the bundle once more, of which nothing is shared.
func clone(b *evidence.Bundle) (*evidence.Bundle, error) {
	line, err := evidence.Marshal(b)
	if err != nil {
		return nil, err
	}
	return evidence.Unmarshal(line)
}
