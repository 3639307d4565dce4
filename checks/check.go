// Package checks judges evidence. Every check is a pure function from a bundle
// to findings: no network, no clock, no words, no severity.
//
// It must not import rules, and must not learn the time but from Bundle.Taken.
package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// Outcome is the verdict of one check on one subject.
type Outcome string

const (
	// Pass means that the evidence shows the duty fulfilled.
	Pass Outcome = "pass"
	// Fail means that the evidence shows the defect.
	Fail Outcome = "fail"
	// NotApplicable means that the question makes no sense for the subject.
	NotApplicable Outcome = "not-applicable"
	// Inconclusive means that it could not be measured; facts say why.
	Inconclusive Outcome = "inconclusive"
)

// Facts are the values of a finding, by the placeholder that a text may use.
type Facts map[string]string

// Finding is the verdict of one rule on one subject.
type Finding struct {
	Rule    string  `json:"rule"`
	Subject string  `json:"subject"` // the domain, host or address judged, in ASCII
	Outcome Outcome `json:"outcome"`
	Facts   Facts   `json:"facts,omitempty"`
}

// Key says that two findings are the same problem in two scans: it is made of
// the rule and the normalised subject, and nothing that a rescan changes.
func (f Finding) Key() string {
	return f.Rule + "@" + strings.TrimSuffix(strings.ToLower(f.Subject), ".")
}

// Check is one rule's judgement.
type Check struct {
	ID     string
	Family evidence.Family
	// Facts are the placeholders that every failing finding fills. A rule
	// whose text uses another one is refused at start.
	Facts []string
	Judge func(b *evidence.Bundle) []Finding
}

// Judge runs every check of the families that the scan asked for. The order is
// that of All, then by subject, so that equal evidence gives equal bytes.
func Judge(b *evidence.Bundle) []Finding {
	var findings []Finding
	for _, check := range All {
		if !b.Asked(check.Family) {
			continue
		}
		found := check.Judge(b)
		for i := range found {
			found[i].Rule = check.ID
		}
		slices.SortStableFunc(found, func(a, b Finding) int { return strings.Compare(a.Subject, b.Subject) })
		findings = append(findings, found...)
	}
	return findings
}

// pass, fail, notApplicable and unknown make the one finding of a check that
// has one subject. Judge fills in the rule.
func pass(subject string, facts Facts) []Finding {
	return []Finding{{Subject: subject, Outcome: Pass, Facts: facts}}
}

func fail(subject string, facts Facts) []Finding {
	return []Finding{{Subject: subject, Outcome: Fail, Facts: facts}}
}

func notApplicable(subject string) []Finding {
	return []Finding{{Subject: subject, Outcome: NotApplicable}}
}

// unknown is the verdict on what could not be measured: what names the
// question ("DNS TXT comune.example", "smtp mx.comune.example").
func unknown(subject, what string, o evidence.Observation) []Finding {
	return []Finding{{Subject: subject, Outcome: Inconclusive, Facts: because(what, o)}}
}

// because gives the facts of an inconclusive finding.
func because(what string, o evidence.Observation) Facts {
	return Facts{"what": what, "problem": string(problemOf(o))}
}
