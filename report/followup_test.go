package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/rules"
)

// listed is a town with a list that is older than its scan: one entry of every
// fate.
func listed(t *testing.T, language rules.Language, list *checklist.Checklist) Document {
	t.Helper()
	set, domain := sampleRules(), "comune.valbassa.example"
	b := sampleBundle(domain, "Comune di Valbassa")
	verdicts := []score.Verdict{
		judged(t, set, "tls-certificate-expired", domain, checks.Fail, checks.Facts{"host": domain, "expired_on": "2026-11-01", "issuer": "Prova CA"}),
		judged(t, set, "tls-certificate-expired", "www."+domain, checks.Fail, checks.Facts{"host": "www." + domain, "expired_on": "2026-11-01", "issuer": "Prova CA"}),
		judged(t, set, "mail-dmarc-missing", domain, checks.Pass, nil),
		judged(t, set, "web-hsts-missing", domain, checks.Fail, nil),
		judged(t, set, "dns-caa-missing", domain, checks.Inconclusive, checks.Facts{"what": "DNS CAA", "problem": "timeout"}),
		judged(t, set, "web-forms-paper-only", domain, checks.Fail, nil),
		judged(t, set, "privacy-notice-missing", domain, checks.Fail, nil),
	}
	grades := []rules.Grade{{Grade: "A", AtMost: map[rules.Severity]int{rules.Critical: 0}}, {Grade: "E"}}
	return New(Input{
		Bundle: b, Digest: digest, Verdicts: verdicts, Summary: score.Summarise(verdicts, grades),
		Rules: set, Language: language, Tool: tool, Checklist: list,
	})
}

func sampleList(who, why string) *checklist.Checklist {
	day := time.Date(2026, time.October, 8, 0, 0, 0, 0, time.UTC)
	first := time.Date(2026, time.September, 1, 10, 0, 0, 0, time.UTC)
	domain := "comune.valbassa.example"
	entry := func(rule, subject string, state checklist.State) checklist.Entry {
		return checklist.Entry{Rule: rule, Subject: subject, Title: why, State: state, On: day, By: who, First: first, Last: first}
	}
	accepted, back := entry("web-hsts-missing", domain, checklist.Accepted), entry("privacy-notice-missing", domain, checklist.Open)
	accepted.Until, accepted.Because = day.AddDate(1, 0, 0), why
	back.Fixed, back.On, back.By = day, time.Time{}, ""
	return &checklist.Checklist{
		Domain: domain,
		Entries: []checklist.Entry{
			entry("tls-certificate-expired", domain, checklist.Done), entry("mail-dmarc-missing", domain, checklist.Done), accepted, back,
			entry("dns-caa-missing", domain, checklist.Asked), entry("web-forms-paper-only", domain, checklist.Asked),
			entry("a-rule-of-old", "x.example", checklist.Open),
		},
		Reviews: []checklist.Review{{On: day, By: who, Taken: first, Evidence: "sha256:00", Note: why}},
	}
}

func TestEachEntryIsSaidWhereItBelongs(t *testing.T) {
	t.Parallel()
	got := map[string][]string{}
	for _, part := range listed(t, rules.English, sampleList("Anna", "the new site comes in March")).Followup.Parts {
		for _, e := range part.Entries {
			got[part.ID] = append(got[part.ID], e.Rule+": "+e.Text)
		}
	}
	want := map[string][]string{
		"fixed":    {"mail-dmarc-missing: Ticked as done (8 October 2026, Anna), and this check confirms it. Thank you."},
		"back":     {"privacy-notice-missing: An earlier check had found it mended; this one finds it again."},
		"still":    {"tls-certificate-expired: Ticked as done (8 October 2026, Anna), but this check still finds it. The change may not be active yet, or may concern another place: ask whoever made it."},
		"waiting":  {"web-forms-paper-only: Asked of the supplier (8 October 2026, Anna); this check still finds it."},
		"accepted": {"web-hsts-missing: Accepted until 8 October 2027 (8 October 2026, Anna): the new site comes in March."},
		"unknown": {
			"dns-caa-missing: Asked of the supplier (8 October 2026, Anna). It could not be measured this time: nobody knows whether it is mended.",
			"a-rule-of-old: Nothing was seen of it this time, neither good nor bad: nobody knows whether it is mended.",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnItemKeepsItsPlaceAndSaysWhatWasSaid(t *testing.T) {
	t.Parallel()
	with, without := listed(t, rules.English, sampleList("Anna", "why")), listed(t, rules.English, nil)
	if diff := cmp.Diff(without.Summary, with.Summary); diff != "" {
		t.Errorf("a checklist changes the grade (-without +with):\n%s", diff)
	}
	got := map[string]checklist.Status{}
	for _, actor := range with.Actors {
		for _, item := range actor.Items {
			got[item.Rule] = item.Status
			if item.Rule == "tls-certificate-expired" && (len(item.Said) != 2 || !strings.HasPrefix(item.Said[0], "comune.valbassa.example: Ticked as done") || item.Said[1] != "www.comune.valbassa.example: New: it was not on the list.") {
				t.Errorf("%q", item.Said)
			}
		}
	}
	want := map[string]checklist.Status{
		"tls-certificate-expired": checklist.StillThere, "web-hsts-missing": checklist.Excepted,
		"web-forms-paper-only": checklist.Waiting, "privacy-notice-missing": checklist.CameBack,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, item := range with.First {
		if item.Status == checklist.Excepted {
			t.Errorf("%s is accepted, and among the things to do first", item.Rule)
		}
	}
	if without.Followup != nil || without.Actors[0].Items[0].Status != "" || without.Actors[0].Items[0].Said != nil {
		t.Error("something is said of a list that nobody keeps")
	}
}

func TestAListThatIsAsOldAsTheScanCallsNothingNew(t *testing.T) {
	t.Parallel()
	fresh, _ := checklist.Update(&checklist.Checklist{}, listed(t, rules.English, nil).Scan())
	d := listed(t, rules.English, fresh)
	for _, actor := range d.Actors {
		for _, item := range actor.Items {
			if item.Status != checklist.New || len(item.Said) > 0 {
				t.Errorf("%s: %s %q", item.Rule, item.Status, item.Said)
			}
		}
	}
	if len(d.Followup.Parts) > 0 || len(fresh.Entries) != 5 || fresh.Entries[0].Title == "" {
		t.Errorf("%+v %d entries", d.Followup.Parts, len(fresh.Entries))
	}
}

func TestADutyThatIsNotInForceMendsNothing(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	rule, _ := set.Rule("web-hsts-missing")
	rule.Since = rules.Date{Time: taken.AddDate(1, 0, 0)}
	v := judged(t, set, "web-hsts-missing", "comune.valbassa.example", checks.NotApplicable, nil)
	s := checklist.Scan{Taken: taken}
	if got := seen(s, v, "").Outcome; got != checks.Inconclusive {
		t.Errorf("%s", got)
	}
	rule.Since = rules.Date{}
	if got := seen(s, v, "").Outcome; got != checks.NotApplicable {
		t.Errorf("%s", got)
	}
}

// TestAListOfAStrangerIsHarmless holds every writer of the list against texts
// that act on a terminal, a page or the direction of writing.
func TestAListOfAStrangerIsHarmless(t *testing.T) {
	t.Parallel()
	const text = "<script>alert(1)</script>\x1b]8;;http://evil.example\x07\u202e\u2066=HYPERLINK(1)"
	list := sampleList(text, text)
	for i := range list.Entries {
		list.Entries[i].Title = text
	}
	list.Entries[6].Subject = text
	for _, l := range rules.Languages {
		d := listed(t, l, list)
		var html, terminal, show bytes.Buffer
		if err := WriteHTML(&html, d); err != nil {
			t.Fatal(err)
		}
		if err := WriteFollowup(&terminal, d, checklist.Against(list, d.Scan()), TerminalOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := WriteChecklist(&show, list, sampleRules(), l, taken, TerminalOptions{}); err != nil {
			t.Fatal(err)
		}
		for name, got := range map[string]string{"html": html.String(), "terminal": terminal.String(), "show": show.String()} {
			for _, bad := range []string{"\x1b", "\x07", "\u202e", "\u2066"} {
				if strings.Contains(got, bad) {
					t.Errorf("%s in %s holds %q", name, l, bad)
				}
			}
			if !strings.Contains(got, `\u202e`) || name == "html" && strings.Contains(got, "<script>alert") {
				t.Errorf("%s in %s: lost, or not harmless", name, l)
			}
		}
	}
}

func TestAListIsShownByWhatWasSaid(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	list := sampleList("Anna", "why")
	list.Name = "Comune di Valbassa"
	if err := WriteChecklist(&got, list, sampleRules(), rules.Italian, time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC), TerminalOptions{}); err != nil {
		t.Fatal(err)
	}
	want := `Comune di Valbassa

Ancora da fare (1)
  why
    a-rule-of-old@x.example

Chiesto al fornitore, in attesa (2)
  dns-caa-missing (it)
    dns-caa-missing@comune.valbassa.example
    Chiesto al fornitore (8 ottobre 2026, Anna).
  web-forms-paper-only (it)
    web-forms-paper-only@comune.valbassa.example
    Chiesto al fornitore (8 ottobre 2026, Anna).

Segnato come fatto, da verificare (2)
  Chi apre il sito del Comune trova un avviso di pericolo
    tls-certificate-expired@comune.valbassa.example
    Segnato come fatto (8 ottobre 2026, Anna).
  Un messaggio falso può sembrare scritto dal Comune
    mail-dmarc-missing@comune.valbassa.example
    Segnato come fatto (8 ottobre 2026, Anna).

Accettato per un periodo (1)
  web-hsts-missing (it)
    web-hsts-missing@comune.valbassa.example
    Accettato con scadenza 8 ottobre 2027 (8 ottobre 2026, Anna): why. La
    scadenza è passata: serve una nuova decisione.

Risolto: grazie (1)
  privacy-notice-missing (it)
    privacy-notice-missing@comune.valbassa.example

Chi ha guardato i risultati, e quando
  8 ottobre 2026: Anna. Risultati della verifica in data 1° settembre 2026. why.
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAHostThatIsThereAndWasNotLookedAtIsNotGone(t *testing.T) {
	t.Parallel()
	at := func(name, kind string, state evidence.State) evidence.Lookup {
		return evidence.Lookup{Observation: evidence.Observation{State: state}, Name: name, Type: kind}
	}
	b := &evidence.Bundle{
		Names: []evidence.Name{{Name: "visited.example"}, {Name: "left.example"}, {Name: "gone.example"}, {Name: "silent.example"}},
		Sites: []evidence.Site{{Host: "visited.example"}},
		DNS: evidence.DNS{Lookups: []evidence.Lookup{
			at("left.example", "A", evidence.Seen), at("left.example", "AAAA", evidence.Absent),
			at("gone.example", "A", evidence.Absent), at("gone.example", "AAAA", evidence.Absent),
			at("silent.example", "A", evidence.Absent), at("silent.example", "AAAA", evidence.Unknown),
		}},
	}
	if diff := cmp.Diff([]string{"left.example", "silent.example"}, Left(b)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
