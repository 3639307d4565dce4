package report

import (
	"fmt"
	"io"
	"strings"

	"campanile/collectors/evidence"
	"campanile/rules"
)

// Condition says how one capability of a vantage point fares.
type Condition string

// The conditions of a capability.
const (
	Works    Condition = "works"
	Fails    Condition = "fails"
	Unclear  Condition = "unclear"  // tried, and nothing was learned
	Untested Condition = "untested" // needs something from the user
)

// Conditions lists them all.
var Conditions = []Condition{Works, Fails, Unclear, Untested}

// Capabilities lists what is looked at, in the order of the report.
var Capabilities = []string{
	"resolver", "resolver-tcp", "dnssec-data", "dnssec-validation", "anchor", "clock",
	"port53-udp", "port53-tcp", "port25", "ipv4", "ipv6", "engine",
}

// Capability is one thing that a vantage point can or cannot do.
type Capability struct {
	ID      string           `json:"id"` // the key of its words, doctor.<id>
	State   Condition        `json:"state"`
	Problem evidence.Problem `json:"problem,omitempty"`
	Detail  string           `json:"detail,omitempty"` // for a technician, in English
}

// WriteDoctor tells what a vantage point can measure: the name of each
// capability and its state, and where it does not work, what that means for the
// results and what to do.
func WriteDoctor(w io.Writer, list []Capability, l rules.Language, o TerminalOptions) error {
	words := wordsIn(l)
	var page strings.Builder
	for _, c := range list {
		fmt.Fprintf(&page, "%-12s %s\n", words.say("doctor.state."+string(c.State)), words.say("doctor."+c.ID+".name"))
		for _, text := range sentencesOn(words, c) {
			for _, line := range wrap(text, max(o.Width, 40)-13) {
				fmt.Fprintf(&page, "%13s%s\n", "", line)
			}
		}
	}
	_, err := io.WriteString(w, page.String())
	return err
}

// sentencesOn gives the sentences under a capability. Of what could not be tried
// nothing bad is said.
func sentencesOn(w words, c Capability) []string {
	var sentences []string
	switch c.State {
	case Works:
		return []string{w.say("doctor."+c.ID+".good", "Detail", clean(c.Detail))}
	case Unclear:
		sentences = []string{w.say("doctor.unclear", "Problem", w.say("problem."+string(c.Problem)+".name"))}
	case Fails, Untested:
		sentences = []string{w.say("doctor." + c.ID + ".bad"), w.say("doctor.next", "Step", w.say("doctor."+c.ID+".next"))}
	}
	if c.Detail != "" {
		sentences = append(sentences, w.say("doctor.detail", "Detail", clean(c.Detail)))
	}
	return sentences
}
