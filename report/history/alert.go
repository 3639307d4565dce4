package history

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"campanile/rules"
)

// Topic is what an alert is about.
type Topic string

// The topics.
const (
	Critical    Topic = "critical"     // newly critical
	CertEnding  Topic = "expiring"     // a certificate is about to expire
	Fixed       Topic = "fixed"        // a finding is mended
	NewlyJudged Topic = "newly-judged" // critical since the rules changed, or for all that can be told: no change of the town
)

// Topics lists all topics, in the order of a message.
var Topics = []Topic{Critical, CertEnding, Fixed, NewlyJudged}

// News is what there is to tell of one municipality.
type News struct {
	Town     string // its id in the inventory
	Name     string
	Taken    time.Time // its newest look
	Told     time.Time // the newest look that messages have spoken of; zero where none has
	Changes  []Change
	Expiries []Expiry
}

// NewsOf gathers what the looks at a municipality have to tell.
func NewsOf(town, name string, looks []Look, told time.Time) News {
	w := walk(looks, nil)
	n := News{Town: town, Name: name, Told: told, Changes: w.changes, Expiries: w.expiries}
	for _, l := range looks {
		if l.Taken.After(n.Taken) {
			n.Taken = l.Taken
		}
	}
	return n
}

// Recipient is who is told, and of what.
type Recipient struct {
	ID     string   // an address of mail, or of a webhook
	All    bool     // of every town
	Towns  []string // else of these
	Topics []Topic  // none means all
	Quiet  Quiet
}

// Alert is one thing to tell.
type Alert struct {
	Topic     Topic
	Town      string
	Name      string
	Rule      string
	Subject   string
	From, To  rules.Severity
	Again     bool      // it had been mended before
	Ends      string    // the last day of a certificate
	Since     time.Time // the first look that saw it
	Confirmed time.Time // the look that confirmed it
}

// Message is all that one recipient is told after one run.
type Message struct {
	Recipient string
	Run       string // with the recipient the name of the message: sent twice, it is one
	Due       time.Time
	Alerts    []Alert // by topic, then gravest first
}

// Run is one passage over the territory.
type Run struct {
	ID string
	At time.Time // when its messages would go out
}

// Alerts gives the messages of a run: one for each recipient who has anything to be
// told, in the order of the recipients. Held are messages of earlier runs that were
// not due yet; they join this run's, and an alert gives way to a newer one on the same
// point. Who is no longer a recipient, or no longer of a town, is not told what was
// held.
func Alerts(run Run, news []News, to []Recipient, held []Message) []Message {
	var all []Alert
	for _, n := range news {
		all = append(all, n.alerts()...)
	}
	var messages []Message
	for _, r := range to {
		var mine []Alert
		for _, m := range held {
			if m.Recipient == r.ID {
				mine = append(mine, r.among(m.Alerts)...)
			}
		}
		m := Message{r.ID, run.ID, r.Quiet.Until(run.At), append(mine, r.among(all)...)}
		if i := slices.IndexFunc(messages, func(other Message) bool { return other.Recipient == r.ID }); i >= 0 {
			messages[i].join(m)
		} else {
			messages = append(messages, m)
		}
	}
	messages = slices.DeleteFunc(messages, func(m Message) bool { return len(m.Alerts) == 0 })
	for i := range messages {
		messages[i].Alerts = ordered(messages[i].Alerts)
	}
	return messages
}

// join adds what the same recipient is told as another. It waits for the later.
func (m *Message) join(other Message) {
	m.Alerts = append(m.Alerts, other.Alerts...)
	if other.Due.After(m.Due) {
		m.Due = other.Due
	}
}

// among keeps what a recipient is to be told.
func (r Recipient) among(list []Alert) []Alert {
	var mine []Alert
	for _, a := range list {
		town := r.All || slices.Contains(r.Towns, a.Town)
		if topic := len(r.Topics) == 0 || slices.Contains(r.Topics, a.Topic); town && topic {
			mine = append(mine, a)
		}
	}
	return mine
}

// Until is up to when the news go: what is known by then is told with them. Rules
// that are newer than the newest look are news of their own day.
func (n News) Until() time.Time {
	until := n.Taken
	for _, c := range n.Changes {
		if c.Judged.After(until) {
			until = c.Judged
		}
	}
	return until
}

// alerts gives what is new since the town was told of last. Of a town that was never
// told of, only the newest look is news: its past is no alarm.
func (n News) alerts() []Alert {
	fresh := func(confirmed, known time.Time) bool {
		if n.Told.IsZero() {
			return confirmed.Equal(n.Taken)
		}
		return known.After(n.Told)
	}
	var list []Alert
	for _, c := range n.Changes {
		if topic, ok := c.topic(); ok && fresh(c.Confirmed, c.known()) {
			list = append(list, Alert{
				Topic: topic, Town: n.Town, Name: n.Name, Rule: c.Rule, Subject: c.Subject, From: c.From, To: c.To,
				Again: c.Kind == Returned, Since: c.Since, Confirmed: c.Confirmed,
			})
		}
	}
	for _, e := range n.Expiries {
		if fresh(e.Confirmed, e.Confirmed) {
			list = append(list, Alert{Topic: CertEnding, Town: n.Town, Name: n.Name, Rule: expiring, Subject: e.Subject, Ends: e.Ends, Since: e.Since, Confirmed: e.Confirmed})
		}
	}
	return list
}

// topic says what a change is told as. Information never counts, and what is no longer
// seen is not called mended.
func (c Change) topic() (Topic, bool) {
	switch c.Kind {
	case Appeared, Returned, Worsened:
		return Critical, c.To == rules.Critical
	case Mended:
		return Fixed, c.From != rules.Info
	case RulesChanged, Untold:
		return NewlyJudged, c.To == rules.Critical
	case Eased, Vanished:
	}
	return "", false
}

// ordered puts alerts in the order of reading, with the newest one of each point.
func ordered(list []Alert) []Alert {
	newest := map[[3]string]Alert{}
	for _, a := range list {
		id := [3]string{a.Town, a.Rule, a.Subject}
		if before, ok := newest[id]; !ok || a.Confirmed.After(before.Confirmed) {
			newest[id] = a
		}
	}
	list = make([]Alert, 0, len(newest))
	for _, a := range newest {
		list = append(list, a)
	}
	slices.SortFunc(list, func(a, b Alert) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Topics, a.Topic), slices.Index(Topics, b.Topic)),
			cmp.Compare(a.gravity(), b.gravity()),
			strings.Compare(a.Name, b.Name), strings.Compare(a.Town, b.Town),
			strings.Compare(a.Rule, b.Rule), strings.Compare(a.Subject, b.Subject),
		)
	})
	return list
}

// gravity puts the gravest first; a certificate by its last day.
func (a Alert) gravity() string {
	return a.Ends + string(rune('9'-gravity(Change{From: a.From, To: a.To})))
}
