package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/report/score/dma"
	"campanile/rules"
)

const fableDomain = "comune.roccaspina.example"

// unguarded is a town whose certificate has expired and whose remote desktop is
// open to the Internet.
func unguarded(t *testing.T) *evidence.Bundle {
	t.Helper()
	seen := evidence.SeenAt(taken)
	b := sampleBundle(fableDomain, "Comune di Roccaspina")
	b.Profile, b.Families = evidence.Full, []evidence.Family{evidence.TLSFamily, evidence.ServicesFamily}
	b.Endpoints = []evidence.Endpoint{{
		Name: fableDomain, Address: "192.0.2.10", Port: 443, Connect: seen,
		TLS: evidence.Handshake{
			Observation: seen, Version: "TLS 1.3", Suite: "TLS_AES_128_GCM_SHA256", Group: "X25519",
			Certificates: []evidence.Certificate{{
				SHA256: "aa11", Issuer: "CN=Autorità di prova", Names: []string{fableDomain},
				NotBefore: taken.AddDate(-1, 0, 0), NotAfter: taken.AddDate(0, 0, -3),
			}},
			Trust: evidence.Trust{Observation: seen, Match: evidence.Seen},
		},
	}}
	b.Services = evidence.Services{
		Observation: seen,
		Hosts: []evidence.Host{{
			Address: "192.0.2.10", Names: []string{fableDomain}, Observation: seen, Asked: 97,
			Ports: []evidence.Port{{Number: 3389, Transport: "tcp", Identity: seen, Service: "rdp", Product: "Remote Desktop"}},
		}},
	}
	b.Suppliers = []evidence.Supplier{{ID: "siti", Name: "Siti Esempio", Role: "web", Evidence: "CNAME siti.example"}}
	return b
}

// guarded is the same town with everything that unguarded lacks.
func guarded(t *testing.T) *evidence.Bundle {
	t.Helper()
	b := unguarded(t)
	b.Endpoints[0].TLS.Certificates[0].NotAfter = taken.AddDate(0, 2, 0)
	b.Services.Hosts[0].Ports = nil
	return b
}

// ticked is a form in which the municipality says that it has plans and measures
// against cyberattacks.
func ticked() *dma.Assessment {
	return &dma.Assessment{
		Form: "PSO-2023/24", Body: "Comune di Roccaspina", Domain: fableDomain, Stage: "T0", Source: "self",
		Date: time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC),
		Answers: dma.Answers{
			"7.1": {Done: true}, "7.3": {Done: true}, "7.9": {},
			"8.2": {Done: true}, "8.5": {Done: true}, "8.1": {},
		},
	}
}

// annexDocument makes the annex of a town under the rules of the program.
func annexDocument(t *testing.T, b *evidence.Bundle, a *dma.Assessment, kept *checklist.Checklist, language rules.Language) Document {
	t.Helper()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	set.Digest = digest
	verdicts := score.Judge(b, set)
	return New(Input{
		Bundle: b, Digest: digest, Verdicts: verdicts, Summary: score.Summarise(verdicts, set.Grades),
		Rules: set, Language: language, Tool: tool, Questionnaire: q, Answers: a, Checklist: kept,
	})
}

// against gives the item on plans and measures against cyberattacks.
func against(t *testing.T, d Document) AnnexItem {
	t.Helper()
	at := slices.IndexFunc(d.Annex.Items, func(i AnnexItem) bool { return i.ID == "8.2" })
	if at < 0 {
		t.Fatal("no item 8.2 in the annex")
	}
	return d.Annex.Items[at]
}

func rulesOf(list []Observation) []string {
	var ids []string
	for _, o := range list {
		ids = append(ids, o.Rule)
	}
	return ids
}

// Must show 6: a tick against an expired certificate and an open remote desktop is a
// conflict with both observations, and the declared score does not move.
func TestATickAgainstWhatIsSeenIsAConflictAndCostsNoPoint(t *testing.T) {
	t.Parallel()
	answers := ticked()
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	alone, err := dma.Score(q, answers.Answers)
	if err != nil {
		t.Fatal(err)
	}
	d := annexDocument(t, unguarded(t), answers, nil, rules.Italian)
	item := against(t, d)
	if !item.Conflict || item.Says != dma.Contradicts || d.Annex.Conflicts != 1 {
		t.Errorf("8.2: conflict %v, says %s; %d conflicts in all", item.Conflict, item.Says, d.Annex.Conflicts)
	}
	for _, rule := range []string{"tls-certificate-expired", "service-remote-desktop-exposed"} {
		at := slices.IndexFunc(item.Contradicts, func(o Observation) bool { return o.Rule == rule })
		if at < 0 {
			t.Fatalf("%s is not among what contradicts 8.2: %v", rule, rulesOf(item.Contradicts))
		}
		o := item.Contradicts[at]
		if o.Text == "" || o.Subject == "" || o.Date != "21 novembre 2026" || o.Entry == nil || o.Entry.Number == 0 || len(o.Facts) == 0 {
			t.Errorf("%s is told poorly: %+v", rule, o)
		}
	}
	for name, b := range map[string]*evidence.Bundle{"unguarded": unguarded(t), "guarded": guarded(t), "nothing-seen": sampleBundle(fableDomain, "")} {
		got := annexDocument(t, b, answers, nil, rules.English).Annex
		if got.Declared == nil || *got.Declared != alone.Dimensions[3].Score {
			t.Errorf("%s: declared %v, the formula says %v", name, got.Declared, alone.Dimensions[3].Score)
		}
		if got.Overall != nil {
			t.Errorf("%s: an overall score of half a form: %v", name, *got.Overall)
		}
	}
	if item := against(t, annexDocument(t, guarded(t), answers, nil, rules.Italian)); item.Conflict || item.Says != dma.Supports {
		t.Errorf("what was mended is still a conflict: %+v", item.Says)
	}
}

func TestTheOverallScoreIsToldWhenTheWholeFormIsAnswered(t *testing.T) {
	t.Parallel()
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	answers := dma.Answers{}
	for _, question := range q.Questions() {
		for _, item := range question.Items {
			answers[item.ID] = dma.Full(question.Answer)
		}
	}
	answers["8.3"] = dma.Answer{}
	want, err := dma.Score(q, answers)
	if err != nil {
		t.Fatal(err)
	}
	a := annexDocument(t, unguarded(t), &dma.Assessment{Answers: answers}, nil, rules.French).Annex
	if a.Overall == nil || *a.Overall != want.Overall || *a.Declared != want.Dimensions[3].Score || len(a.Open) != 0 {
		t.Errorf("overall %v, declared %v, open %v; want %v and %v", a.Overall, a.Declared, a.Open, want.Overall, want.Dimensions[3].Score)
	}
	if a.Who != "Étape\u00a0: non précisé\u00a0; date\u00a0: non précisé\u00a0; origine des réponses\u00a0: non précisée." {
		t.Errorf("%q", a.Who)
	}
}

func TestWithoutAnswersThereIsNoScoreAndNoConflict(t *testing.T) {
	t.Parallel()
	unfit := ticked()
	unfit.Answers["99.1"] = dma.Answer{Done: true}
	elsewhere := &dma.Assessment{Stage: "T0", Answers: dma.Answers{"1.1": {Done: true}}}
	for name, answers := range map[string]*dma.Assessment{"none": nil, "empty": {}, "unfit": unfit, "another-dimension": elsewhere} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := annexDocument(t, unguarded(t), answers, nil, rules.English)
			a := d.Annex
			if a.Declared != nil || a.Overall != nil || a.Band != "" || a.Conflicts != 0 || len(a.Open) != 15 {
				t.Errorf("%+v", a)
			}
			if item := against(t, d); item.Answer != "not answered" || item.Conflict || item.Says != dma.Contradicts {
				t.Errorf("%+v", item)
			}
			if diff := cmp.Diff([]string{"not answered", "47.2 of 100", "cannot be said"}, valuesOf(a.Numbers)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var text bytes.Buffer
			if err := WriteAnnexJSON(&text, d); err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{`"conflicts": null`, `"score": null`, `"answer": null`} {
				if !strings.Contains(text.String(), want) {
					t.Errorf("the JSON does not say %s", want)
				}
			}
		})
	}
}

func valuesOf(numbers []AnnexNumber) []string {
	var list []string
	for _, n := range numbers {
		list = append(list, n.Value)
	}
	return list
}

// What is accepted for a time is still seen: it contradicts, and says so itself.
func TestWhatIsAcceptedStillContradictsAndSaysSo(t *testing.T) {
	t.Parallel()
	kept := &checklist.Checklist{Domain: fableDomain, Entries: []checklist.Entry{{
		Rule: "tls-certificate-expired", State: checklist.Accepted, Until: taken.AddDate(0, 1, 0), By: "Ada Prova", Because: "A new site comes in March",
	}}}
	d := annexDocument(t, unguarded(t), ticked(), kept, rules.English)
	var told []string
	for _, o := range against(t, d).Contradicts {
		if o.Accepted != "" {
			told = append(told, o.Rule+": "+o.Accepted)
		}
	}
	if len(told) != 1 || !strings.HasPrefix(told[0], "tls-certificate-expired: Accepted until") {
		t.Fatalf("told %q", told)
	}
	var page, text bytes.Buffer
	if err := errors.Join(WriteAnnexHTML(&page, d), WriteAnnexTerminal(&text, d, TerminalOptions{})); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.String(), "A new site comes in March") || !strings.Contains(text.String(), "A new site comes in March") {
		t.Error("a writer does not say that it is accepted")
	}
}

func TestATimeoutIsNoConflict(t *testing.T) {
	t.Parallel()
	b := unguarded(t)
	unknown := evidence.UnknownAt(taken, evidence.Timeout, "")
	b.Endpoints[0].Connect, b.Endpoints[0].TLS = unknown, evidence.Handshake{Observation: unknown}
	b.Services = evidence.Services{Observation: unknown}
	item := against(t, annexDocument(t, b, ticked(), nil, rules.Italian))
	if item.Says != dma.Silent || item.Conflict || len(item.Contradicts)+len(item.Supports) > 0 {
		t.Errorf("%s, conflict %v: %v %v", item.Says, item.Conflict, rulesOf(item.Contradicts), rulesOf(item.Supports))
	}
}

func TestMoreThanHalfIsInvisibleInEveryLanguage(t *testing.T) {
	t.Parallel()
	for l, want := range map[rules.Language]string{rules.Italian: "52,8 punti su 100", rules.French: "52,8 points sur 100", rules.English: "52.8 points of 100"} {
		d := annexDocument(t, guarded(t), nil, nil, l)
		if !strings.Contains(d.Annex.Invisible, want) {
			t.Errorf("%s: %q", l, d.Annex.Invisible)
		}
		for name, write := range annexWriters {
			var text bytes.Buffer
			if err := write(&text, d); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(strings.Join(strings.Fields(text.String()), " "), want) {
				t.Errorf("%s %s does not say %q", l, name, want)
			}
		}
	}
	half := (&annexer{words: wordsIn(rules.English)}).invisible(dma.Coverage{rules.Invisible: 50, rules.Traces: 50})
	if strings.Contains(half, "half") || !strings.Contains(half, "50.0 points") {
		t.Errorf("%q", half)
	}
}

// annexWriters write the annex for people.
var annexWriters = map[string]func(io.Writer, Document) error{
	"terminal": func(w io.Writer, d Document) error { return WriteAnnexTerminal(w, d, TerminalOptions{}) },
	"html":     WriteAnnexHTML,
}

func TestWhoRunsItIsToldApart(t *testing.T) {
	t.Parallel()
	b := guarded(t)
	other := b.Endpoints[0]
	other.Name = "servizi." + fableDomain
	third := b.Endpoints[0]
	third.Name = "atti." + fableDomain
	b.Endpoints = append(b.Endpoints, other, third)
	b.Platforms = []evidence.Platform{{ID: "sportello", Name: "Sportello", Use: evidence.ForServices, Host: other.Name, Definite: true, Company: "Ditta Esempio"}}
	item := against(t, annexDocument(t, b, nil, nil, rules.Italian))
	got := map[string]string{}
	for _, o := range item.Supports {
		if o.Rule == "tls-certificate-expired" {
			got[o.Subject] = o.Operator
		}
	}
	want := map[string]string{fableDomain: "Siti Esempio", other.Name: "Ditta Esempio", third.Name: ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(item.Shared, "Siti Esempio e Ditta Esempio") || !strings.Contains(item.Shared, "non sono un merito del solo Comune") {
		t.Errorf("%q", item.Shared)
	}
	alone := guarded(t)
	alone.Suppliers = nil
	if item := against(t, annexDocument(t, alone, nil, nil, rules.Italian)); item.Shared != "" {
		t.Errorf("nobody was recognised, and yet: %q", item.Shared)
	}
}

func TestOperatorsByRoleAndNeverGuessed(t *testing.T) {
	t.Parallel()
	b := sampleBundle(fableDomain, "")
	b.Suppliers = []evidence.Supplier{{Name: "Filtro Esempio", Role: "gateway"}, {Name: "Nomi Esempio", Role: "dns"}, {Name: "Siti Esempio", Role: "web"}}
	verdict := func(family string, actor rules.Actor, subject string) score.Verdict {
		v := score.Verdict{Rule: &rules.Rule{Family: family, Actor: actor}}
		v.Subject = subject
		return v
	}
	for name, c := range map[string]struct {
		verdict score.Verdict
		want    string
	}{
		"names":                       {verdict("dns", rules.DNSSupplier, fableDomain), "Nomi Esempio"},
		"mail-behind-a-filter":        {verdict("mail", rules.EmailSupplier, fableDomain), "Filtro Esempio"},
		"encryption-of-a-mail-server": {verdict("tls", rules.EmailSupplier, "mx."+fableDomain), "Filtro Esempio"},
		"own-site":                    {verdict("web", rules.Staff, "www."+fableDomain), "Siti Esempio"},
		"another-site":                {verdict("web", rules.WebSupplier, "scuola."+fableDomain), ""},
		"open-port":                   {verdict("services", rules.NetSupplier, "192.0.2.10"), ""},
		"open-port-on-the-web-server": {verdict("services", rules.WebSupplier, "192.0.2.10"), ""},
	} {
		if got := operatorOf(b, c.verdict); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestWhatWouldMoveTheScore(t *testing.T) {
	t.Parallel()
	d := annexDocument(t, unguarded(t), &dma.Assessment{Answers: dma.Answers{"8.5": {Done: true}, "7.1": {Done: true}}}, nil, rules.English)
	want := []string{"8.1 8.33 1.39", "8.2 8.33 1.39", "8.4 8.33 1.39"}
	if diff := cmp.Diff(want, worths(d.Annex.Moves)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want = []string{"8.3 8.33 1.39", "8.6 8.33 1.39"}
	for _, id := range []string{"7.2", "7.3", "7.4", "7.5", "7.6", "7.7", "7.8", "7.9"} {
		want = append(want, id+" 5.56 0.93")
	}
	if diff := cmp.Diff(want, worths(d.Annex.Unseen)); diff != "" {
		t.Errorf("what only the municipality knows (-want +got):\n%s", diff)
	}
	move := d.Annex.Moves[1]
	var entries []string
	for _, entry := range move.Entries {
		entries = append(entries, entry.Rule)
	}
	for _, rule := range []string{"tls-certificate-expired", "service-remote-desktop-exposed"} {
		if !slices.Contains(entries, rule) {
			t.Errorf("%s does not stand in the way of 8.2: %v", rule, entries)
		}
	}
	if len(move.How) != 0 || !strings.HasPrefix(move.Then, "Then you can answer yes if ") {
		t.Errorf("%v %q", move.How, move.Then)
	}
	if all := annexDocument(t, unguarded(t), everyBox(t), nil, rules.English).Annex; len(all.Moves)+len(all.Unseen) != 0 {
		t.Errorf("nothing is left to answer, and yet %v %v", worths(all.Moves), worths(all.Unseen))
	}
}

// everyBox is a form with every box of dimension 4 ticked.
func everyBox(t *testing.T) *dma.Assessment {
	t.Helper()
	answers := dma.Answers{}
	for question, items := range map[int]int{7: 9, 8: 6} {
		for i := range items {
			answers[fmt.Sprintf("%d.%d", question, i+1)] = dma.Answer{Done: true}
		}
	}
	return &dma.Assessment{Answers: answers}
}

func worths(moves []Move) []string {
	var list []string
	for _, m := range moves {
		list = append(list, fmt.Sprintf("%s %.2f %.2f", m.ID, m.Dimension, m.Overall))
	}
	return list
}

func TestThatNothingWasSeenIsNotThatNothingIsThere(t *testing.T) {
	t.Parallel()
	silent := annexDocument(t, sampleBundle(fableDomain, ""), nil, nil, rules.English)
	for _, m := range silent.Annex.Moves {
		if len(m.How) == 0 || m.How[0] != "This time nothing was seen from outside, neither for nor against." {
			t.Errorf("%s: %q", m.ID, m.How)
		}
	}
	clear := annexDocument(t, guarded(t), nil, nil, rules.English)
	if how := clear.Annex.Moves[1].How; len(how) != 1 || how[0] != "Nothing to the contrary was seen from outside." {
		t.Errorf("%q", how)
	}
}

func TestTheReviewLog(t *testing.T) {
	t.Parallel()
	on := func(day int) time.Time { return time.Date(2026, time.November, day, 0, 0, 0, 0, time.UTC) }
	first := checklist.Review{On: on(3), By: "Ada Prova", Taken: on(2), Evidence: "sha256:aa", Note: "tutto letto"}
	second := checklist.Review{On: on(20), By: hostile, Taken: on(19), Note: hostile}
	for name, c := range map[string]struct {
		kept *checklist.Checklist
		want string
	}{
		"no-checklist": {nil, "campanile checklist update FILE --evidence EVIDENCE --by NAME"},
		"no-review":    {&checklist.Checklist{}, "campanile checklist update FILE --evidence EVIDENCE --by NAME"},
		"one":          {&checklist.Checklist{Reviews: []checklist.Review{first}}, "The log holds 1 review, of 3 November 2026, by Ada Prova. One alone is not yet a habit"},
		"two":          {&checklist.Checklist{Reviews: []checklist.Review{second, first}}, "The log holds 2 reviews; the last is of 20 November 2026, by "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := annexDocument(t, guarded(t), nil, c.kept, rules.English).Annex
			if !strings.Contains(a.Log, c.want) {
				t.Errorf("%q", a.Log)
			}
			move := a.Moves[slices.IndexFunc(a.Moves, func(m Move) bool { return m.ID == regularly })]
			if !slices.Contains(move.How, a.Log) {
				t.Errorf("8.4 does not say what the log is worth: %q", move.How)
			}
			if c.kept == nil || len(c.kept.Reviews) == 0 {
				return
			}
			got := a.Reviews[0]
			if got.On != "3 November 2026" || got.By != "Ada Prova" || got.Taken != "2 November 2026" || got.Note != "tutto letto" || got.Evidence != "sha256:aa" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// hostileAnnex is the annex of a town whose names, facts, suppliers, answers and
// reviews try to act on whoever reads them.
func hostileAnnex(t *testing.T, language rules.Language) Document {
	t.Helper()
	b := unguarded(t)
	b.Target.Name = hostile
	b.Endpoints[0].TLS.Certificates[0].Issuer = "CN=" + hostile
	b.Services.Hosts[0].Ports[0].Product = hostile
	b.Suppliers[0].Name = hostile
	answers := ticked()
	answers.Stage, answers.Source = hostile, hostile
	kept := &checklist.Checklist{Reviews: []checklist.Review{{On: taken, By: hostile, Taken: taken, Evidence: hostile, Note: hostile}}}
	return annexDocument(t, b, answers, kept, language)
}

func TestTheAnnexOfAHostileTownIsHarmless(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		d := hostileAnnex(t, l)
		writers := map[string]func(io.Writer, Document) error{"json": WriteAnnexJSON}
		maps.Copy(writers, annexWriters)
		for name, write := range writers {
			var text bytes.Buffer
			if err := write(&text, d); err != nil {
				t.Fatal(err)
			}
			for _, r := range text.String() {
				if r != '\n' && clean(string(r)) != string(r) {
					t.Errorf("%s %s: %U stands in it", l, name, r)
					break
				}
			}
			if name == "html" && strings.Contains(text.String(), "<script") {
				t.Errorf("%s: a script stands in the page", l)
			}
			if name == "json" && !json.Valid(text.Bytes()) {
				t.Errorf("%s: no JSON", l)
			}
		}
	}
}
