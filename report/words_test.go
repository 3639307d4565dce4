package report

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"

	"campanile/collectors/evidence"
	"campanile/collectors/records/services"
	"campanile/report/guideline"
	"campanile/report/scheme"
	"campanile/report/score/dma"
	"campanile/rules"
)

// messagesOf reads a message file as the program does, by id.
func messagesOf(t *testing.T, l rules.Language) map[string]*i18n.Message {
	t.Helper()
	byID := map[string]*i18n.Message{}
	for _, name := range messagesIn(l) {
		data, err := messageFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := i18n.ParseMessageFileBytes(data, name, map[string]i18n.UnmarshalFunc{"yaml": yaml.Unmarshal})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range file.Messages {
			if byID[m.ID] != nil {
				t.Errorf("%s: %s is there twice", name, m.ID)
			}
			byID[m.ID] = m
		}
	}
	return byID
}

func ids(messages map[string]*i18n.Message) []string {
	var list []string
	for id := range messages {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

func TestAllLanguagesHoldTheSameMessages(t *testing.T) {
	t.Parallel()
	want := ids(messagesOf(t, rules.English))
	for _, l := range rules.Languages {
		if diff := cmp.Diff(want, ids(messagesOf(t, l))); diff != "" {
			t.Errorf("%s against English (-want +got):\n%s", l, diff)
		}
	}
}

func TestPluralsAreCompleteAndPlaceholdersAgree(t *testing.T) {
	t.Parallel()
	english := messagesOf(t, rules.English)
	placeholders := regexp.MustCompile(`\{\{\.\w+\}\}`)
	in := func(text string) []string {
		found := placeholders.FindAllString(text, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	for _, l := range rules.Languages {
		for id, m := range messagesOf(t, l) {
			if (m.One != "") != (english[id].One != "") {
				t.Errorf("%s %s: plural in one language and not in the other", l, id)
			}
			// CLDR: Italian and French have a form for millions.
			if m.One != "" && l != rules.English && m.Many == "" {
				t.Errorf("%s %s: no form for many", l, id)
			}
			if diff := cmp.Diff(in(english[id].Other), in(m.Other)); diff != "" {
				t.Errorf("%s %s: placeholders (-English +%s):\n%s", l, id, l, diff)
			}
		}
	}
}

// spoken lists the ids that the program puts together at run time.
func spoken() []string {
	var list []string
	for _, p := range evidence.Problems {
		for _, part := range []string{"name", "meaning", "advice"} {
			list = append(list, "problem."+string(p)+"."+part)
		}
	}
	for _, a := range rules.Actors {
		for _, part := range []string{"name", "short", "intro"} {
			list = append(list, "actor."+string(a)+"."+part)
		}
	}
	for _, s := range rules.Severities {
		list = append(list, "severity."+string(s), "when."+string(s), "letter.when-"+string(s))
	}
	for _, s := range counted {
		list = append(list, "tally."+string(s), "label."+string(s), "column."+string(s), "summary."+string(s))
	}
	for _, e := range rules.Efforts {
		list = append(list, "effort."+string(e))
	}
	for _, f := range rules.Families {
		list = append(list, "family."+f)
	}
	for _, p := range []evidence.Profile{evidence.Passive, evidence.Standard, evidence.Full} {
		list = append(list, "profile."+string(p), "profile-name."+string(p))
	}
	for _, id := range Capabilities {
		list = append(list, "doctor."+id+".name", "doctor."+id+".good", "doctor."+id+".bad", "doctor."+id+".next")
	}
	for _, c := range Conditions {
		list = append(list, "doctor.state."+string(c))
	}
	for _, role := range []string{"mail", "gateway", "pec", "dns", "web", evidence.ForSite, evidence.ForTransparency, evidence.ForServices} {
		list = append(list, "role."+role)
	}
	for _, source := range []string{"given", "www", "mx", "ns", "spf", "cname", "txt", "certificate", "link", "label", "list"} {
		list = append(list, "source."+source)
	}
	for _, code := range guideline.Codes() {
		list = append(list, "guideline.why."+code)
		if code != "score" {
			list = append(list, "guideline.open."+topicOf(code))
		}
	}
	for _, code := range rules.Unseens {
		list = append(list, "guideline.besides."+code)
	}
	for _, verdict := range []string{scheme.Met, scheme.NotMet, scheme.Unknown, scheme.LeftOut} {
		list = append(list, "scheme.verdict."+verdict)
	}
	for _, id := range horizons {
		list = append(list, "horizon."+id+".name", "horizon."+id+".by", "horizon."+id+".intro")
	}
	for _, l := range rules.Languages {
		list = append(list, "language."+string(l))
	}
	for _, reason := range rules.Beyonds {
		list = append(list, "scheme.beyond."+reason)
	}
	for _, name := range slices.Concat(weighty, algorithms) {
		list = append(list, "fact."+name)
	}
	for _, id := range append([]string{"rest"}, limited...) {
		list = append(list, "annex.limit."+id, "annex.then."+id)
	}
	for _, says := range []dma.Says{dma.Silent, dma.Supports, dma.Contradicts} {
		list = append(list, "annex.says."+string(says))
	}
	for _, outside := range rules.Outsides {
		list = append(list, "annex.outside."+string(outside))
	}
	for _, source := range dma.Sources {
		list = append(list, "annex.source."+source)
	}
	list = append(list, ofAChecklist()...)
	list = append(list, ofTheDashboard()...)
	for m := range 12 {
		list = append(list, "month."+wordsIn(rules.English).number(int64(m+1)))
	}
	return append(list, "when."+soon, "letter.when-"+soon, "first.n1", "first.n2", "first.n3", "terminal.clean", "terminal.partly", "terminal.nothing", "clean.partly", "clean.nothing")
}

// ofAChecklist are the messages on a checklist that lives, and on its file, whose ids
// are put together from a state, a status or the name of a column.
func ofAChecklist() []string {
	var list []string
	for prefix, names := range map[string]string{
		"followup.":             "accepted ticked waiting",
		"followup.said-":        "asked done",
		"followup.fixed-":       "gone heading not-applicable",
		"followup.unknown-":     "heading later not-measured not-seen",
		"followup.file.kind.":   "finding review town",
		"followup.file.state.":  "accepted asked done",
		"followup.file.column.": "back because by evidence first fixed kind last note on rule state subject taken title until",
		"followup.tally.":       "accepted came-back expired fixed new still-there there ticked unknown waiting",
		"followup.status.":      "accepted came-back expired fixed new still-there there ticked unknown waiting",
	} {
		for name := range strings.FieldsSeq(names) {
			list = append(list, prefix+name)
		}
	}
	return append(list, "followup.accepted-heading", "followup.back-heading", "followup.open-heading", "followup.still-heading", "followup.ticked-heading", "followup.waiting-heading")
}

// ofTheDashboard are the messages of its pages whose ids are put together from a
// format, a state, a field or what went wrong.
func ofTheDashboard() []string {
	var list []string
	for prefix, names := range map[string]string{
		"dashboard.tick.":         "accepted asked done",
		"dashboard.tick.error.":   "because by day far gone later long meanwhile past place state text until",
		"dashboard.town.nothing-": "clean nothing partly",
	} {
		for name := range strings.FieldsSeq(names) {
			list = append(list, prefix+name)
		}
	}
	for name := range strings.FieldsSeq("busy form full large missing ours signed-out") {
		list = append(list, "dashboard.trouble."+name+".title", "dashboard.trouble."+name+".text")
	}
	for name := range strings.FieldsSeq("csv docx html json odt pdf xlsx") {
		list = append(list, "dashboard.paper."+name+".name", "dashboard.paper."+name+".for")
	}
	return list
}

func TestEveryProblemActorAndSeverityHasWords(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		messages := messagesOf(t, l)
		for _, id := range spoken() {
			if messages[id] == nil || messages[id].Other == "" {
				t.Errorf("%s: no message %s", l, id)
			}
		}
	}
}

// TestMessagesAndSourcesAgree finds an id in the sources that no file holds,
// and a message that nobody says.
func TestMessagesAndSourcesAgree(t *testing.T) {
	t.Parallel()
	said := regexp.MustCompile(`(?:say|count)[ (]"([a-z0-9.-]*[a-z0-9])"`)
	literal := regexp.MustCompile(`"([a-z0-9.-]+)"`)
	messages := messagesOf(t, rules.English)
	used := map[string]bool{}
	for _, id := range spoken() {
		used[id] = true
	}
	var names []string
	for _, where := range []string{"*.go", "page/*.html", "*/*.go", "../cmd/campanile/*.go", "../cmd/internal/ticks/*.go", "../cmd/internal/dashboard/*.go", "../cmd/internal/dashboard/page/*.html"} {
		found, _ := filepath.Glob(where)
		names = append(names, found...)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range said.FindAllSubmatch(text, -1) {
			if messages[string(found[1])] == nil {
				t.Errorf("%s says %q, which no message file holds", name, found[1])
			}
		}
		for _, found := range literal.FindAllSubmatch(text, -1) {
			used[string(found[1])] = true
		}
	}
	for id := range messages {
		if !used[id] && !named(id) {
			t.Errorf("message %s is said nowhere", id)
		}
	}
}

// named reports a message that names a service of the list, or what a weighty
// fact says of itself: those are looked up by codes of the evidence.
func named(id string) bool {
	if of, ok := strings.CutPrefix(id, "service-name."); ok {
		_, known := services.ByID(of)
		return known
	}
	of, ok := strings.CutPrefix(id, "fact-value.")
	name, _, _ := strings.Cut(of, ".")
	return ok && slices.Contains(weighty, name)
}

// The names of services in English are those that the checks put into findings.
func TestEnglishNamesOfServicesAreThoseOfTheList(t *testing.T) {
	t.Parallel()
	for _, s := range services.List() {
		if got := wordsIn(rules.English).serviceName(s.ID, s.Name); got != s.Name {
			t.Errorf("%s: %q, the list says %q", s.ID, got, s.Name)
		}
	}
	for list, want := range map[string]string{
		"Remote Desktop (RDP), VNC":  "Desktop remoto (RDP), VNC",
		"Printer (LPD)":              "Stampante (LPD)",
		"rexec, rlogin or rsh":       "rexec, rlogin or rsh",
		"":                           "",
		"something never heard of, ": "something never heard of, ",
	} {
		if got := wordsIn(rules.Italian).serviceNames(list); got != want {
			t.Errorf("%q: %q, want %q", list, got, want)
		}
	}
}

func TestNumbersAndPlurals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language rules.Language
		n        int
		want     string
	}{
		{rules.Italian, 0, "0 rilievi, raccolti in X."},
		{rules.Italian, 1, "1 rilievo, raccolto in X."},
		{rules.Italian, 2, "2 rilievi, raccolti in X."},
		{rules.Italian, 12345, "12.345 rilievi, raccolti in X."},
		{rules.Italian, 1000000, "1.000.000 rilievi, raccolti in X."},
		{rules.French, 0, "0 constat, soit X."},
		{rules.French, 1, "1 constat, soit X."},
		{rules.French, 2, "2 constats, soit X."},
		{rules.French, 12345, "12\u00a0345 constats, soit X."},
		{rules.French, 1000000, "1\u00a0000\u00a0000 constats, soit X."},
		{rules.English, 0, "0 findings, gathered in X."},
		{rules.English, 1, "1 finding, gathered in X."},
		{rules.English, 12345, "12,345 findings, gathered in X."},
	} {
		if got := wordsIn(c.language).count("summary.findings", c.n, "Items", "X"); got != c.want {
			t.Errorf("%s %d: %q, want %q", c.language, c.n, got, c.want)
		}
	}
}

func TestDatesInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language rules.Language
		in, want string
	}{
		{rules.Italian, "2026-11-21", "21 novembre 2026"},
		{rules.Italian, "2026-03-01", "1° marzo 2026"},
		{rules.French, "2026-08-01", "1er août 2026"},
		{rules.French, "2026-12-31", "31 décembre 2026"},
		{rules.English, "2026-03-01", "1 March 2026"},
		{rules.English, "soon", "soon"},
		{rules.Italian, "2026-02-30", "2026-02-30"},
	} {
		if got := wordsIn(c.language).day(c.in); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.language, c.in, got, c.want)
		}
	}
	for m := time.January; m <= time.December; m++ {
		if got, want := wordsIn(rules.English).date(time.Date(2026, m, 2, 0, 0, 0, 0, time.UTC)), "2 "+m.String()+" 2026"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// In Italian the article before a day depends on the day: il 7, but l'8 and l'11.
// So a message says "in data", or nothing at all, where a date goes.
func TestNoItalianArticleStandsBeforeADate(t *testing.T) {
	t.Parallel()
	article := regexp.MustCompile(`(?i)\b(il|lo|del|al|dal|nel|sul) \{\{\.(Date|First|From|On|Taken|To|Until)\}\}`)
	for id, m := range messagesOf(t, rules.Italian) {
		for _, text := range []string{m.One, m.Many, m.Other} {
			if found := article.FindString(text); found != "" {
				t.Errorf("%s: %q is wrong on the 8th and the 11th", id, found)
			}
		}
	}
	for _, id := range []string{"annex.date", "letter.reminder", "page.lead"} {
		if m := messagesOf(t, rules.Italian)[id]; !strings.Contains(m.Other, "in data") {
			t.Errorf("%s: %q does not say \"in data\"", id, m.Other)
		}
	}
}

func TestListsEndInAnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language rules.Language
		items    string
		want     string
	}{
		{rules.Italian, "", ""},
		{rules.Italian, "a", "a"},
		{rules.Italian, "a b", "a e b"},
		{rules.French, "a b c", "a, b et c"},
		{rules.English, "a b c d e f", "a, b, c, d, e and f"},
		{rules.English, "a b c d e f g h", "a, b, c, d, e and 3 more"},
		{rules.Italian, "a b c d e f g", "a, b, c, d, e e altri 2"},
	} {
		if got := wordsIn(c.language).list(strings.Fields(c.items)); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.language, c.items, got, c.want)
		}
	}
}
