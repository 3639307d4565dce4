package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/rules"
)

func TestTheMayorReadsFiveSentences(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	fail := func(id string) score.Verdict { return judged(t, set, id, "comune.example", checks.Fail, nil) }
	pass := judged(t, set, "mail-dmarc-missing", "comune.example", checks.Pass, nil)
	open := judged(t, set, "web-hsts-missing", "comune.example", checks.Inconclusive, checks.Facts{"what": "https comune.example", "problem": "timeout"})
	seen := func(checks string) string {
		return "Comune di Prova: on 21 November 2026 Campanile looked from the Internet at what anybody can see, and was able to make " + checks + "."
	}
	limits := "All questions have an answer; what is inside the offices, though, cannot be seen from the Internet."
	nothing := "In what could be checked there is nothing to ask of the suppliers, and nothing to mend at the town hall."
	for name, c := range map[string]struct {
		verdicts []score.Verdict
		want     []string
	}{
		"both-hands": {
			[]score.Verdict{fail("tls-certificate-expired"), fail("mail-dmarc-missing"), fail("privacy-notice-missing"), fail("dns-caa-missing"), fail("web-forms-paper-only"), pass, open},
			[]string{
				seen("5 checks"), "There is at least one problem to deal with today.",
				"There are 4 things to do: 2 this week, 1 within three months and 1 within the year.",
				"For 2 it is enough to forward the ready texts to the suppliers; 2 are for the municipality to do.",
				"1 question has no answer: this is neither a defect nor a confirmation, and a later page says why.",
			},
		},
		"one-to-forward": {
			[]score.Verdict{fail("mail-dmarc-missing"), pass},
			[]string{
				seen("2 checks"), "No emergency, but at least one serious problem needs solving soon.", "There is one thing to do, this week.",
				"The municipality only has to forward the ready texts to the suppliers and ask for a date.", limits,
			},
		},
		"own-work": {
			[]score.Verdict{fail("privacy-notice-missing"), pass},
			[]string{
				seen("2 checks"), "Nothing serious. Something needs mending within three months.", "There is one thing to do, within three months.",
				"The municipality can begin by itself; where a supplier is needed too, the text to send is ready.", limits,
			},
		},
		"all-well": {
			[]score.Verdict{pass},
			[]string{seen("1 check"), "All is well, as far as can be seen from outside.", nothing, "1 check is in order.", limits},
		},
		"only-a-note": {
			[]score.Verdict{fail("web-forms-paper-only"), pass},
			[]string{seen("1 check"), "All is well, as far as can be seen from outside.", nothing, "1 check is in order.", limits},
		},
		"one-family-in-the-dark": {
			[]score.Verdict{pass, open, open, open},
			[]string{
				seen("1 check"), "Too little could be measured to give a verdict.", "Nobody knows yet whether there is anything to do: too little could be seen.",
				"1 check is in order.", "3 questions have no answer: these are neither defects nor confirmations, and a later page says why.",
			},
		},
		"nothing-asked": {
			nil,
			[]string{
				seen("0 checks"), "Too little could be measured to give a verdict.", "Nobody knows yet whether there is anything to do: too little could be seen.",
				"0 checks are in order.",
			},
		},
		"nothing-seen": {
			[]score.Verdict{open},
			[]string{
				seen("0 checks"), "Too little could be measured to give a verdict.", "Nobody knows yet whether there is anything to do: too little could be seen.",
				"0 checks are in order.", "1 question has no answer: this is neither a defect nor a confirmation, and a later page says why.",
			},
		},
	} {
		d := documentOf(sampleBundle("comune.example", "Comune di Prova"), set, c.verdicts, rules.English)
		if diff := cmp.Diff(c.want, d.Mayor.Sentences); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A text for a supplier that the town's own people must complete first is not
// merely forwarded: a notice has to be written before anybody can publish it.
func TestWhatTheTownCompletesFirstIsNotMerelyForwarded(t *testing.T) {
	t.Parallel()
	item := func() []*Item {
		return []*Item{{Severity: rules.Medium, ToSupplier: []string{"Please publish the attached text."}}}
	}
	begun := Document{Actors: []Actor{{Actor: rules.RTD, Items: item()}}}
	both := Document{Actors: []Actor{{Actor: rules.RTD, Items: item()}, {Actor: rules.WebSupplier, Items: item()}}}
	got := []string{whoActs(wordsIn(rules.English), begun), whoActs(wordsIn(rules.English), both)}
	want := []string{
		"The municipality can begin by itself; where a supplier is needed too, the text to send is ready.",
		"For 1 it is enough to forward the ready text to a supplier; 1 is for the municipality to do.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestThePictureAndItsTableHoldTheSameValues(t *testing.T) {
	t.Parallel()
	picture := forgeable(t, rules.English).Mayor.Picture
	want := [][]string{{"Domain and DNS", "0", "1", "1"}, {"E-mail", "1", "1", "0"}, {"Secure connection", "0", "2", "0"}, {"Web site", "1", "2", "0"}}
	if diff := cmp.Diff(want, picture.Rows); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	for _, row := range picture.Rows {
		if !strings.Contains(string(picture.SVG), ">"+row[0]+"</text>") {
			t.Errorf("the picture does not name %s", row[0])
		}
	}
	if n := strings.Count(string(picture.SVG), `class="chart-on-`); n != 7 {
		t.Errorf("%d values are written into the picture, want the 7 that are not zero", n)
	}
}

func TestNoPictureOfNothing(t *testing.T) {
	t.Parallel()
	d := documentOf(sampleBundle("comune.example", ""), sampleRules(), nil, rules.Italian)
	if len(d.Mayor.Picture.SVG) > 0 {
		t.Errorf("drew %s", d.Mayor.Picture.SVG)
	}
	if _, text := parsed(t, d); strings.Contains(text, "<figure") {
		t.Error("the page has an empty figure")
	}
}

func TestTheRoadmapFollowsSeverityAndEffort(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	slow := *set.Rules[1]
	slow.ID, slow.Effort = "slow-and-grave", rules.Weeks
	set.Rules = append(set.Rules, &slow)
	var verdicts []score.Verdict
	for _, rule := range set.Rules {
		verdicts = append(verdicts, judged(t, set, rule.ID, "comune.example", checks.Fail, nil))
	}
	d := documentOf(sampleBundle("comune.example", ""), set, verdicts, rules.English)
	got := map[string][]string{}
	for _, h := range d.Roadmap {
		for _, item := range h.Items {
			got[h.ID] = append(got[h.ID], item.Rule)
		}
	}
	want := map[string][]string{
		"week":    {"tls-certificate-expired", "mail-dmarc-missing"},
		"quarter": {"slow-and-grave", "web-hsts-missing", "privacy-notice-missing"},
		"year":    {"dns-caa-missing"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("roadmap (-want +got):\n%s", diff)
	}
	if got := wellKept(t, rules.English).Roadmap; got != nil {
		t.Errorf("a well-kept town has a roadmap: %v", got)
	}
}

// What is accepted for a time is counted apart, and asked of nobody.
func TestWhatIsAcceptedIsNotAmongTheThingsToDo(t *testing.T) {
	t.Parallel()
	until := taken.AddDate(0, 1, 0)
	accepted := func(rule string) checklist.Entry {
		return checklist.Entry{Rule: rule, State: checklist.Accepted, Until: until, By: "Ada Prova", Because: "why"}
	}
	for name, c := range map[string]struct {
		verdicts []string
		accepted []checklist.Entry
		want     string // the sentences on what to do
	}{
		"one of three": {
			[]string{"tls-certificate-expired", "mail-dmarc-missing", "dns-caa-missing"},
			[]checklist.Entry{accepted("tls-certificate-expired")},
			"There are 3 things to do: 1 this week, 1 within the year and 1 accepted for now. For 1 it is enough to forward the ready text to a supplier; 1 is for the municipality to do.",
		},
		"the only one": {
			[]string{"dns-caa-missing"},
			[]checklist.Entry{accepted("dns-caa-missing")},
			"There is one thing to do, and for now it is accepted as it is.",
		},
		"all": {
			[]string{"mail-dmarc-missing", "dns-caa-missing"},
			[]checklist.Entry{accepted("mail-dmarc-missing"), accepted("dns-caa-missing")},
			"There are 2 things to do: 2 accepted for now.",
		},
	} {
		set := sampleRules()
		var verdicts []score.Verdict
		for _, id := range c.verdicts {
			verdicts = append(verdicts, judged(t, set, id, "comune.example", checks.Fail, nil))
		}
		d := New(Input{
			Bundle: sampleBundle("comune.example", ""), Verdicts: verdicts, Rules: set, Language: rules.English, Tool: tool,
			Summary: score.Summarise(verdicts, []rules.Grade{{Grade: "E"}}), Checklist: &checklist.Checklist{Domain: "comune.example", Entries: c.accepted},
		})
		sentences := d.Mayor.Sentences
		if got := strings.Join(sentences[2:len(sentences)-1], " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		listed := 0
		for _, h := range d.Roadmap {
			listed += len(h.Items)
		}
		if want := len(c.verdicts) - len(c.accepted); listed != want {
			t.Errorf("%s: the roadmap has %d entries, want %d", name, listed, want)
		}
	}
}

// By when an entry is due agrees with its part of the roadmap, and the first
// three things are the first three of the roadmap.
func TestTheRoadmapAgreesWithTheList(t *testing.T) {
	t.Parallel()
	d := rich(t, rules.English)
	due := map[string][]string{"week": {string(rules.Critical), soon}, "quarter": {string(rules.High), string(rules.Medium)}, "year": {string(rules.Low)}}
	var order []*Item
	for _, h := range d.Roadmap {
		order = append(order, h.Items...)
		for _, each := range h.Items {
			if !slices.Contains(due[h.ID], each.Urgency()) {
				t.Errorf("%s is due %s, and stands under %s", each.Rule, each.Urgency(), h.ID)
			}
		}
	}
	if len(order) < 4 || !slices.Equal(order[:3], d.First) {
		t.Errorf("the first things to do are not those of the roadmap, of %d", len(order))
	}
}

func TestTheCoverSaysWhoPermittedTheLook(t *testing.T) {
	t.Parallel()
	text := func(d Document) string {
		var b strings.Builder
		for _, line := range d.Cover.Lines {
			b.WriteString(line.Name + ": " + line.Text + "\n")
		}
		return b.String()
	}
	plain := text(forgeable(t, rules.English))
	for _, want := range []string{"21 November 2026", "comune.valbassa.example; Domain and DNS, E-mail", "192.0.2.53:53", "Mandate: not needed", "campanile 0.1.0"} {
		if !strings.Contains(plain, want) {
			t.Errorf("the cover does not say %q:\n%s", want, plain)
		}
	}
	full := text(lookedAtTown(t, rules.English, hostile))
	if strings.Contains(full, "not needed") || !strings.Contains(full, "Permission given by: Comune di Valbassa") {
		t.Errorf("the cover of a full look does not name the mandate:\n%s", full)
	}
	b := sampleBundle("comune.example", "")
	b.Profile = evidence.Full
	if got := text(documentOf(b, sampleRules(), nil, rules.English)); !strings.Contains(got, "Mandate: not stated") {
		t.Errorf("a full look without a mandate in the evidence:\n%s", got)
	}
}
