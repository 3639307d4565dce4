// Package history compares the looks at a municipality over time: what changed,
// what awaits a second look, how the numbers moved, and whom to tell. It is pure:
// no network, no clock, no store, no words.
//
// Three promises bind everything in it. A change is told only when a second look,
// later or by another resolver, confirms it. What could not be measured enters no
// change, no number, no trend and no alert. A change of the rules is never told as
// one of the town.
package history

import (
	"slices"
	"strings"
	"time"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// Apart is how long after a look another one by the same resolver counts as a
// second: until then it may be answered from the same cache (RFC 2308 section 5
// takes three hours for the longest sensible life of a denial there). Looks that
// are nearer to each other make one round.
const Apart = 3 * time.Hour

// Look is what one scan of a municipality found, judged with one edition of the
// rules. Evidence that is judged again with other rules is another Look with the
// same Taken and Resolver.
type Look struct {
	Taken    time.Time
	Resolver string // who answered its questions
	Profile  evidence.Profile
	Rules    Edition
	Verdicts []Verdict
	Left     []string // hosts that it knows to be there and did not look at
}

// Edition is what verdicts depend on besides the evidence. When it changes, the newest
// kept evidence of each municipality is to be judged with the new one, too: only so can
// what the rules did be told from what the town did.
type Edition struct {
	Digest string    // of the rules, and of the program where its checks changed
	Since  time.Time // when it was first used: the later one is the newer
}

// Verdict is what a history must know of a judged finding.
type Verdict struct {
	Rule     string
	Family   string
	Subject  string
	Outcome  checks.Outcome
	Severity rules.Severity
	// Asleep says that the rule was not in force at the time: that it does not
	// apply is then no news of the town.
	Asleep bool
	Ends   string // the day on which what was judged runs out, where the finding names one
}

// Judged makes a look of kept evidence and its verdicts. Left are the hosts that
// the scan knows to be there and did not look at.
func Judged(b *evidence.Bundle, verdicts []score.Verdict, left []string, edition Edition) Look {
	look := Look{Taken: b.Taken, Resolver: resolvers(b), Profile: b.Profile, Rules: edition, Left: left, Verdicts: make([]Verdict, len(verdicts))}
	for i, v := range verdicts {
		look.Verdicts[i] = Verdict{
			Rule: v.Finding.Rule, Family: v.Rule.Family, Subject: v.Subject, Outcome: v.Outcome,
			Severity: v.Severity, Asleep: !v.Rule.InForce(b.Taken), Ends: v.Facts["expires_on"],
		}
	}
	return look
}

// depth is how far a look goes: a profile sees what the ones before it see.
func (l Look) depth() int {
	return slices.Index([]evidence.Profile{evidence.Passive, evidence.Standard, evidence.Full}, l.Profile)
}

// resolvers names those that were asked, whatever their order.
func resolvers(b *evidence.Bundle) string {
	return strings.Join(slices.Sorted(slices.Values(b.Vantage.Resolvers)), " ")
}

// point is what is judged: the same in every look, as checks.Finding.Key has it.
type point struct{ rule, subject string }

func pointOf(v Verdict) point { return point{v.Rule, spelled(v.Subject)} }

func spelled(subject string) string { return strings.TrimSuffix(strings.ToLower(subject), ".") }

// level is how grave a point stands: 0 where there is no defect, then from Info
// up.
type level int

func levelOf(s rules.Severity) level {
	return level(len(rules.Severities) - max(slices.Index(rules.Severities, s), 0))
}

// severity gives the name of a level; none where there is no defect.
func (l level) severity() rules.Severity {
	if l <= 0 {
		return ""
	}
	return rules.Severities[len(rules.Severities)-int(l)]
}
