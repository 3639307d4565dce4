// Package rules holds what a verdict means: how grave it is, who can mend it,
// which law or standard asks for it, and the words in Italian, French and
// English. Rules are data; this package only reads them, strictly.
//
// It must not judge, and it knows nothing of evidence.
package rules

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Severity is how soon a failure wants to be mended.
type Severity string

const (
	// Critical wants action today.
	Critical Severity = "critical"
	// High wants action this month.
	High Severity = "high"
	// Medium wants action this quarter.
	Medium Severity = "medium"
	// Low wants action when the occasion comes.
	Low Severity = "low"
	// Info never counts.
	Info Severity = "info"
)

// Severities lists all severities, gravest first.
var Severities = []Severity{Critical, High, Medium, Low, Info}

// Actor is who can mend a finding; the reader often only forwards.
type Actor string

// The actors, in the order in which a checklist shows them.
const (
	Staff         Actor = "staff"
	RTD           Actor = "rtd" // responsabile per la transizione digitale, référent numérique
	EmailSupplier Actor = "email-supplier"
	DNSSupplier   Actor = "dns-supplier"
	WebSupplier   Actor = "web-supplier"
	NetSupplier   Actor = "network-supplier"
)

// Actors lists all actors in order.
var Actors = []Actor{Staff, RTD, EmailSupplier, DNSSupplier, WebSupplier, NetSupplier}

// Effort is how long mending takes, as a supplier would bill it.
type Effort string

// The efforts.
const (
	Minutes Effort = "minutes"
	Hours   Effort = "hours"
	Days    Effort = "days"
	Weeks   Effort = "weeks"
)

// Efforts lists all efforts, shortest first.
var Efforts = []Effort{Minutes, Hours, Days, Weeks}

// Language is a language of the texts.
type Language string

// The languages in which every text exists.
const (
	Italian Language = "it"
	French  Language = "fr"
	English Language = "en"
)

// Languages lists all languages.
var Languages = []Language{Italian, French, English}

// Rule is one row of the catalogue, as its file says it.
type Rule struct {
	ID        string            `yaml:"id"`
	Family    string            `yaml:"-"` // the folder it lies in
	Countries []string          `yaml:"countries"`
	Severity  Severity          `yaml:"severity"`
	Raise     []Raise           `yaml:"raise,omitempty"`
	Actor     Actor             `yaml:"actor"`
	Effort    Effort            `yaml:"effort"`
	Since     Date              `yaml:"since,omitempty"` // in force from this day
	Until     Date              `yaml:"until,omitempty"` // up to and including this day
	Law       []string          `yaml:"law,omitempty"`   // keys of law.yaml
	Refs      []string          `yaml:"refs,omitempty"`  // technical references: RFC, guideline
	DMA       []DMA             `yaml:"dma,omitempty"`
	Text      map[Language]Text `yaml:"text"`
	// CountryText replaces Text where a country's duty differs in substance:
	// a report on a French commune may be read in Italian, and the reverse.
	CountryText map[string]map[Language]Text `yaml:"country_text,omitempty"`
	// Variants replace Text for findings of another kind of the same defect.
	Variants []Variant `yaml:"variants,omitempty"`
	// Values are the words for the values of a fact, where its placeholder
	// stands in a text: fact, value, language. The value "other" speaks for all
	// that are not listed.
	Values map[string]map[string]map[Language]string `yaml:"values,omitempty"`
}

// Variant is another text, and another severity where it has one, for findings
// in which a fact has one of the values.
type Variant struct {
	Fact     string            `yaml:"fact"`
	Values   []string          `yaml:"values"`
	Severity Severity          `yaml:"severity,omitempty"`
	Text     map[Language]Text `yaml:"text"`
}

// Raise changes the severity when a fact of the finding has one of the values, or
// begins with it where it joins several.
type Raise struct {
	Fact   string   `yaml:"fact"`
	Values []string `yaml:"values"`
	To     Severity `yaml:"to"`
}

// DMA ties a rule to an item of dimension 4 of the Digital Maturity Assessment.
// The scan never answers an item; it supports or contradicts an answer.
type DMA struct {
	Item string `yaml:"item"`
	Fail string `yaml:"fail,omitempty"` // contradicts
	Pass string `yaml:"pass,omitempty"` // supports
}

// Text is a rule in one language. Braces hold placeholders: {domain}.
type Text struct {
	Title      string   `yaml:"title"`       // the consequence, not the technology
	Good       string   `yaml:"good"`        // what a pass means, as good news
	Why        string   `yaml:"why"`         // the rule once, and one scene of a town hall
	Fix        []string `yaml:"fix"`         // the reader's steps
	ToSupplier string   `yaml:"to_supplier"` // ready to forward; empty where staff do it alone
	Verify     string   `yaml:"verify"`      // how to know that it is done
}

// AppliesIn reports whether the rule speaks to a country.
func (r *Rule) AppliesIn(country string) bool {
	return slices.Contains(r.Countries, country)
}

// Variant gives the place in Variants of the kind of defect that the facts of a
// finding show, or -1 for the usual one.
func (r *Rule) Variant(facts map[string]string) int {
	return slices.IndexFunc(r.Variants, func(v Variant) bool { return slices.Contains(v.Values, facts[v.Fact]) })
}

// For gives the text for a finding with these facts.
func (r *Rule) For(facts map[string]string, country string, language Language) Text {
	if i := r.Variant(facts); i >= 0 {
		return r.Variants[i].Text[language]
	}
	return r.In(country, language)
}

// Words gives the words for a value of a fact, those for any other value where
// it has none, or the value itself.
func (r *Rule) Words(fact, value string, language Language) string {
	values := r.Values[fact]
	return cmp.Or(values[value][language], values["other"][language], value)
}

// In gives the text for a country in a language.
func (r *Rule) In(country string, language Language) Text {
	if text, ok := r.CountryText[country][language]; ok {
		return text
	}
	return r.Text[language]
}

// InForce reports whether the rule holds at the given time.
func (r *Rule) InForce(at time.Time) bool {
	return (r.Since.IsZero() || !at.Before(r.Since.Time)) && (r.Until.IsZero() || at.Before(r.Until.AddDate(0, 0, 1)))
}

// SeverityOf gives the severity of a finding with these facts.
func (r *Rule) SeverityOf(facts map[string]string) Severity {
	if i := r.Variant(facts); i >= 0 && r.Variants[i].Severity != "" {
		return r.Variants[i].Severity
	}
	for _, raise := range r.Raise {
		if raise.fits(facts[raise.Fact]) {
			return raise.To
		}
	}
	return r.Severity
}

// fits reports whether a fact has one of the values. A fact that joins several
// ("MongoDB, PostgreSQL") names the riskiest first, and that one decides.
func (r Raise) fits(fact string) bool {
	return slices.ContainsFunc(r.Values, func(value string) bool {
		return fact == value || strings.HasPrefix(fact, value+", ")
	})
}
