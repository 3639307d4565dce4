package report

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/score"
	"campanile/rules"
)

// withPurchases adds a document for public purchases that speaks of one of the
// sample rules.
func withPurchases(set *rules.Set, country string) *rules.Set {
	in := func(it, fr, en string) map[rules.Language]string {
		return map[rules.Language]string{rules.Italian: it, rules.French: fr, rules.English: en}
	}
	set.Procurement = append(set.Procurement, &rules.Procurement{
		ID: "sample-" + country, Country: country, Title: in("Acquisti", "Achats", "Purchases"), Link: "https://purchases.example/", Source: "secondary",
		Note: in("I codici servono come riferimento.", "Les codes servent de référence.", "The codes serve as a reference."),
		Requirements: []rules.Requirement{
			{ID: "R13", Text: in("protocolli cifrati", "protocoles chiffrés", "encrypted protocols"), Rules: []string{"tls-certificate-expired"}},
			{ID: "R99", Text: in("altro", "autre", "other"), Rules: []string{"privacy-notice-missing"}},
		},
	})
	return set
}

// lettersOf gives the letters of a town in a country, with two points for the
// supplier of its site, one of them exposed, and one for that of its mail.
func lettersOf(t *testing.T, language rules.Language, country, fact string) Document {
	t.Helper()
	set, domain := withPurchases(withPurchases(sampleRules(), "it"), "xx"), "comune.valbassa.example"
	exposed := sampleRule("service-database-exposed", "services", rules.Low, rules.WebSupplier)
	for _, l := range rules.Languages {
		text := exposed.Text[l]
		text.ToSupplier = wordsIn(l).say("letter.greeting") + " {host}: ✗.\n{domain}."
		exposed.Text[l] = text
	}
	set.Rules = append(set.Rules, exposed)
	b := sampleBundle(domain, "Comune di Valbassa")
	b.Target.Country = country
	return documentOf(b, set, []score.Verdict{
		judged(t, set, "tls-certificate-expired", domain, checks.Fail, checks.Facts{"host": domain, "expired_on": "2026-11-01", "issuer": fact}),
		judged(t, set, "tls-certificate-expired", "www."+domain, checks.Fail, checks.Facts{"host": "www." + domain, "expired_on": "2026-11-01", "issuer": fact}),
		judged(t, set, exposed.ID, "192.0.2.7:5432", checks.Fail, checks.Facts{"host": "banca-dati." + domain}),
		judged(t, set, "mail-dmarc-missing", domain, checks.Fail, nil),
		judged(t, set, "web-hsts-missing", domain, checks.Fail, nil),
		judged(t, set, "privacy-notice-missing", domain, checks.Fail, nil),
		judged(t, set, "web-forms-paper-only", domain, checks.Fail, nil),
		judged(t, set, "dns-caa-missing", domain, checks.Inconclusive, checks.Facts{"what": "DNS CAA", "problem": "timeout"}),
	}, language)
}

// writeLetters writes all letters of a document, with a line between them.
func writeLetters(w io.Writer, d Document) error {
	for i, l := range d.Letters {
		if i > 0 {
			if _, err := io.WriteString(w, strings.Repeat("=", letterWidth)+"\n"); err != nil {
				return err
			}
		}
		if err := WriteLetter(w, d, l); err != nil {
			return err
		}
	}
	return nil
}

func letterText(t *testing.T, d Document) string {
	t.Helper()
	var text bytes.Buffer
	if err := writeLetters(&text, d); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestGoldenLetters(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		golden(t, "letters/"+string(l)+".txt", lettersOf(t, l, "it", "Prova CA"), writeLetters)
	}
	golden(t, "letters/hostile.txt", hostileTown(t, rules.English), writeLetters)
}

func TestEachSupplierHasOneLetterAndStaffHaveNone(t *testing.T) {
	t.Parallel()
	var got []string
	for _, letter := range lettersOf(t, rules.English, "it", "").Letters {
		got = append(got, string(letter.Actor))
		for _, point := range letter.Points {
			got = append(got, wordsIn(rules.English).number(int64(point.Number))+" "+point.Item.Rule)
		}
	}
	// web-hsts-missing asks nobody for anything, the other two are of the staff
	// and of the officer, and what could not be measured is no request.
	want := []string{"web-supplier", "1 tls-certificate-expired", "2 service-database-exposed", "email-supplier", "1 mail-dmarc-missing"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
}

func TestATownWithNothingToMendSendsNoLetter(t *testing.T) {
	t.Parallel()
	if letters := wellKept(t, rules.Italian).Letters; len(letters) > 0 {
		t.Errorf("%d letters", len(letters))
	}
}

func TestAnOfficersTextIsNoSuppliersLetter(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	rule, _ := set.Rule("mail-dmarc-missing")
	rule.Actor = rules.RTD
	d := documentOf(sampleBundle("comune.example", ""), set, []score.Verdict{judged(t, set, rule.ID, "comune.example", checks.Fail, nil)}, rules.French)
	if len(d.Letters) > 0 || len(d.Actors) != 1 || len(d.Actors[0].Items[0].ToSupplier) == 0 {
		t.Errorf("letters %v, actors %v", d.Letters, d.Actors)
	}
}

func TestRequirementsAreCitedOnlyInTheirCountry(t *testing.T) {
	t.Parallel()
	for country, want := range map[string]int{"it": 1, "fr": 0, "eu": 0, "": 0} {
		letter := lettersOf(t, rules.French, country, "").Letters[0]
		point := letter.Points[0]
		if len(point.Requirements) != want || (point.Required != "") != (want > 0) || (len(letter.Notes) > 0) != (want > 0) {
			t.Errorf("%q: %v, %q, %q", country, point.Requirements, point.Required, letter.Notes)
		}
	}
	d := lettersOf(t, rules.French, "it", "")
	got := d.Letters[0].Points[0].Requirements
	want := []Requirement{{"R13", "protocoles chiffrés", Reference{"Achats", "https://purchases.example/", "texte connu par des commentaires"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, point := range append(d.Letters[0].Points[1:], d.Letters[1].Points...) {
		if len(point.Requirements) > 0 || point.Required != "" {
			t.Errorf("%s cites %v", point.Item.Rule, point.Requirements)
		}
	}
	if len(d.Letters[1].Notes) > 0 {
		t.Errorf("a letter without a requirement explains them: %q", d.Letters[1].Notes)
	}
}

func TestTheGreetingStandsOnce(t *testing.T) {
	t.Parallel()
	for _, l := range rules.Languages {
		greeting := wordsIn(l).say("letter.greeting")
		for _, letter := range lettersOf(t, l, "it", "").Letters {
			var text bytes.Buffer
			if err := WriteLetter(&text, Document{}, letter); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(text.String(), greeting); n != 1 {
				t.Errorf("%s %s: %q stands there %d times", l, letter.Actor, greeting, n)
			}
		}
	}
}

func TestWithoutItsGreetingASentenceBeginsProperly(t *testing.T) {
	t.Parallel()
	w := wordsIn(rules.Italian)
	for name, c := range map[string]struct{ in, want string }{
		"a-word-has-a-capital":    {"Buongiorno, il certificato è scaduto.", "Il certificato è scaduto."},
		"an-accent-too":           {"Buongiorno, è scaduto.", "È scaduto."},
		"an-elision-too":          {"Buongiorno, l'intestazione manca.", "L'intestazione manca."},
		"a-host-stays":            {"Buongiorno, comune.example non invia.", "comune.example non invia."},
		"an-address-stays":        {"Buongiorno, https://comune.example/ risponde.", "https://comune.example/ risponde."},
		"a-record-name-stays":     {"Buongiorno, _dmarc manca.", "_dmarc manca."},
		"without-greeting-stays":  {"il certificato è scaduto.", "il certificato è scaduto."},
		"another-greeting-stays":  {"Salve, il certificato è scaduto.", "Salve, il certificato è scaduto."},
		"the-greeting-alone-goes": {"Buongiorno, ", ""},
	} {
		given := []string{c.in, "Buongiorno, resta."}
		if diff := cmp.Diff([]string{c.want, "Buongiorno, resta."}, withoutGreeting(w, given)); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if given[0] != c.in {
			t.Errorf("%s: the item's own text was changed", name)
		}
	}
}

// TestTheTextsOfTheRulesBeginWithTheGreeting keeps the letters whole: a text that
// begins in another way would keep its greeting in the middle of a letter.
func TestTheTextsOfTheRulesBeginWithTheGreeting(t *testing.T) {
	t.Parallel()
	eachLetterText(t, func(rule string, l rules.Language, text string) {
		if greeting := wordsIn(l).say("letter.greeting") + " "; !strings.HasPrefix(text, greeting) || strings.Count(text, greeting) != 1 {
			t.Errorf("%s %s: does not begin with %q: %s", rule, l, greeting, clip(text, 60))
		}
	})
}

// eachLetterText goes over what the rules of the program ask of suppliers.
func eachLetterText(t *testing.T, visit func(rule string, l rules.Language, text string)) {
	t.Helper()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, rule := range set.Rules {
		all := []map[rules.Language]rules.Text{rule.Text}
		for _, texts := range rule.CountryText {
			all = append(all, texts)
		}
		for _, v := range rule.Variants {
			all = append(all, v.Text)
		}
		for _, texts := range all {
			for _, l := range rules.Languages {
				if text := strings.TrimSpace(texts[l].ToSupplier); text != "" {
					seen++
					visit(rule.ID, l, text)
				}
			}
		}
	}
	if seen < 300 {
		t.Fatalf("only %d texts", seen)
	}
}

// TestALetterAccusesNobody looks for words that put blame.
func TestALetterAccusesNobody(t *testing.T) {
	t.Parallel()
	blame := map[rules.Language][]string{
		rules.Italian: {"colpa", "colpevol", "negligen", "violazion", "inadempi", "trascura", "incapac", "incompeten", "diffid", "pretend", "irresponsabil", "sanzion"},
		rules.French:  {"votre faute", "en faute", "négligen", "violation", "manquement", "coupable", "incapa", "incompéten", "mise en demeure", "exigeons", "irresponsab", "sanction"},
		rules.English: {"fault", "negligen", "violation", "breach", "guilty", "blame", "careless", "incompeten", "demand", "irresponsib", "failed to", "sanction"},
	}
	check := func(what string, l rules.Language, text string) {
		words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && r != ' ' })
		for _, word := range blame[l] {
			for _, part := range words {
				if strings.Contains(" "+part, " "+word) {
					t.Errorf("%s %s: %q in %q", what, l, word, strings.TrimSpace(part))
				}
			}
		}
	}
	eachLetterText(t, func(rule string, l rules.Language, text string) { check(rule, l, text) })
	for _, l := range rules.Languages {
		for id, m := range messagesOf(t, l) {
			if strings.HasPrefix(id, "letter.") {
				check(id, l, m.One+" "+m.Other)
			}
		}
	}
}

func TestALetterAsksForADateAndAnAnswer(t *testing.T) {
	t.Parallel()
	for l, want := range map[rules.Language][]string{
		rules.Italian: {"rispondere", "data prevista"}, rules.French: {"répondre", "date prévue"}, rules.English: {"answer", "date"},
	} {
		for _, letter := range lettersOf(t, l, "it", "").Letters {
			closing := strings.Join(letter.Closing, "\n")
			for _, word := range want {
				if !strings.Contains(closing, word) {
					t.Errorf("%s: %q is not in %q", l, word, closing)
				}
			}
			if letter.Closing[len(letter.Closing)-1] != "Comune di Valbassa" {
				t.Errorf("%s: signed by %q", l, letter.Closing)
			}
		}
	}
}

func TestOnlyWhatTakesNoMandateComesWithACommand(t *testing.T) {
	t.Parallel()
	letter := lettersOf(t, rules.English, "it", "").Letters[0]
	if got, want := letter.Points[0].Verify, `"campanile scan comune.valbassa.example --only tls".`; !strings.HasSuffix(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := letter.Points[1].Verify; strings.Contains(got, "campanile scan") || !strings.Contains(got, "mandate") {
		t.Errorf("a check that takes a mandate comes with %q", got)
	}
}

func TestAHostileDomainIsNoCommandInALetter(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	domain := "x.example; rm -rf ~ $(id) `id`"
	d := documentOf(sampleBundle(domain, ""), set, []score.Verdict{judged(t, set, "mail-dmarc-missing", domain, checks.Fail, nil)}, rules.English)
	want := `"campanile scan '` + domain + `' --only mail".`
	if got := d.Letters[0].Points[0].Verify; !strings.HasSuffix(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheKnownSupplierIsNamed(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	b := sampleBundle("comune.example", "")
	verdicts := []score.Verdict{judged(t, set, "mail-dmarc-missing", "comune.example", checks.Fail, nil)}
	if got := documentOf(b, set, verdicts, rules.English).Letters[0].To; got != "To: Whoever runs the mail" {
		t.Errorf("nobody known: %q", got)
	}
	b.Suppliers = []evidence.Supplier{{ID: "posta", Name: hostile, Role: "mail", Evidence: "MX mx.example"}}
	got := documentOf(b, set, verdicts, rules.English).Letters[0].To
	if !strings.HasPrefix(got, "To: Whoever runs the mail (<script>") || got != clean(got) {
		t.Errorf("%q", got)
	}
}

// verdictsOnTwoHosts are failures of one rule on two hosts.
func verdictsOnTwoHosts(t *testing.T, set *rules.Set) []score.Verdict {
	t.Helper()
	var list []score.Verdict
	for _, host := range []string{"a.comune.example", "b.comune.example"} {
		list = append(list, judged(t, set, "tls-certificate-expired", host, checks.Fail, checks.Facts{"host": host, "expired_on": "2026-11-01"}))
	}
	return list
}

func withChecklist(t *testing.T, entries ...checklist.Entry) Document {
	t.Helper()
	set := sampleRules()
	verdicts := verdictsOnTwoHosts(t, set)
	return New(Input{
		Bundle: sampleBundle("comune.example", ""), Digest: digest, Verdicts: verdicts, Summary: score.Summarise(verdicts, []rules.Grade{{Grade: "E"}}),
		Rules: set, Language: rules.English, Tool: tool, Checklist: &checklist.Checklist{Domain: "comune.example", Entries: entries},
	})
}

func TestWhatIsAcceptedIsNotAskedFor(t *testing.T) {
	t.Parallel()
	accepted := func(subject string, until time.Time) checklist.Entry {
		return checklist.Entry{Rule: "tls-certificate-expired", Subject: subject, State: checklist.Accepted, Until: until, By: "R. Prova", Because: "Si cambia fornitore."}
	}
	today := taken.Truncate(24 * time.Hour)
	for name, c := range map[string]struct {
		entries []checklist.Entry
		want    string
	}{
		"nothing-accepted":      {nil, "Where: a.comune.example, b.comune.example"},
		"one-host-accepted":     {[]checklist.Entry{accepted("a.comune.example", today)}, "Where: b.comune.example"},
		"accepted-up-to-before": {[]checklist.Entry{accepted("a.comune.example", today.AddDate(0, 0, -1))}, "Where: a.comune.example, b.comune.example"},
		"whole-rule-accepted":   {[]checklist.Entry{accepted("", today)}, ""},
	} {
		got := ""
		d := withChecklist(t, c.entries...)
		for _, letter := range d.Letters {
			got += letter.Points[0].Where
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if len(d.Actors) != 1 || len(d.Actors[0].Items[0].Subjects) != 2 {
			t.Errorf("%s: an exception vanished from the checklist", name)
		}
	}
}

func TestASecondLetterRemindsOfTheFirst(t *testing.T) {
	t.Parallel()
	asked := func(rule, subject string, on time.Time) checklist.Entry {
		return checklist.Entry{Rule: rule, Subject: subject, State: checklist.Asked, On: on}
	}
	first := time.Date(2026, 9, 3, 0, 0, 0, 0, time.UTC)
	const usual = "Preferred timing: as soon as you can, today if possible."
	for name, c := range map[string]struct {
		entry checklist.Entry
		want  string
	}{
		"asked":               {asked("tls-certificate-expired", "b.comune.example", first), "We already wrote to you about it on 3 September 2026. " + usual},
		"asked-for-all-hosts": {asked("tls-certificate-expired", "", first), "We already wrote to you about it on 3 September 2026. " + usual},
		"another-host":        {asked("tls-certificate-expired", "c.comune.example", first), usual},
		"another-rule":        {asked("mail-dmarc-missing", "b.comune.example", first), usual},
		"no-day":              {asked("tls-certificate-expired", "b.comune.example", time.Time{}), usual},
		"done-is-not-asked":   {checklist.Entry{Rule: "tls-certificate-expired", State: checklist.Done, On: first}, usual},
	} {
		if got := withChecklist(t, c.entry).Letters[0].Points[0].When; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestHostileFactsAreShownAndDoNothing(t *testing.T) {
	t.Parallel()
	forged := hostile + "\r\n\r\n3. Pay at once\nTo: " + strings.Repeat("x", 700)
	for _, l := range rules.Languages {
		text := letterText(t, lettersOf(t, l, "it", forged))
		for _, r := range text {
			if r != '\n' && r != noBreak && !unicode.IsPrint(r) {
				t.Fatalf("%s: %U in the letter", l, r)
			}
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "3.") || strings.HasPrefix(line, "To: x") || strings.HasPrefix(line, "Pay") {
				t.Errorf("%s: a fact passes for a line of ours: %q", l, line)
			}
		}
		if !strings.Contains(text, "=HYPERLINK") || !strings.Contains(text, "<script>") || !strings.Contains(text, `\u202e`) {
			t.Errorf("%s: the fact was lost", l)
		}
	}
}

func TestLinesOfALetterAreShortAndLongWordsWhole(t *testing.T) {
	t.Parallel()
	long := "v=DMARC1;" + strings.Repeat("p=none;", 20)
	text := letterText(t, lettersOf(t, rules.French, "it", long))
	if !strings.Contains(text, long) {
		t.Error("a record was broken; nobody can copy it")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if twwidth.Width(line) > letterWidth && strings.TrimSpace(line) != long {
			t.Errorf("%d columns: %q", twwidth.Width(line), line)
		}
		if strings.HasSuffix(line, " ") {
			t.Errorf("a blank at the end: %q", line)
		}
	}
}

func TestTheSubjectIsOneLine(t *testing.T) {
	t.Parallel()
	set, domain := sampleRules(), strings.Repeat("lunghissimo.", 9)+"example"
	d := documentOf(sampleBundle(domain, ""), set, []score.Verdict{judged(t, set, "mail-dmarc-missing", domain, checks.Fail, nil)}, rules.Italian)
	first, _, _ := strings.Cut(letterText(t, d), "\n")
	if want := "Oggetto: richiesta di intervento per " + domain + " (1 punto)"; first != want {
		t.Errorf("%q, want %q", first, want)
	}
}

func TestFoldedText(t *testing.T) {
	t.Parallel()
	endless := strings.Repeat("x", 2*wholeWord)
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"nothing":             {"", []string{""}},
		"fits":                {"a bc def", []string{"a bc def"}},
		"breaks-at-a-space":   {"a bc def ghij klm", []string{"a bc def", "ghij klm"}},
		"long-word-is-whole":  {"a abcdefghijklm b", []string{"a", "abcdefghijklm", "b"}},
		"several-spaces":      {"a   b", []string{"a b"}},
		"wide-letters-count":  {"一二三四 五六", []string{"一二三四", "五六"}},
		"quoted-stays-whole":  {"a bc «d e f» g", []string{"a bc", "«d e f» g"}},
		"quoted-with-a-stop":  {`ab cd ef "g h".`, []string{"ab cd ef", `"g h".`}},
		"one-mark-alone":      {`ab 5" cd ef gh`, []string{`ab 5" cd`, "ef gh"}},
		"no-break-space-kept": {"règle\u00a0: oui oui", []string{"règle\u00a0:", "oui oui"}},
	} {
		if diff := cmp.Diff(c.want, fold(c.in, 10)); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
	lines := fold("a "+endless+" b", 10)
	if strings.Join(lines, "") != "a"+endless+"b" || slices.ContainsFunc(lines, func(line string) bool { return len(line) > 998 }) {
		t.Errorf("an endless word: %q", lines)
	}
}

func TestALetterThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	d := lettersOf(t, rules.English, "it", "")
	reader, writer := io.Pipe()
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	if err := WriteLetter(writer, d, d.Letters[0]); err == nil || !strings.Contains(err.Error(), "writing a letter") {
		t.Errorf("%v", err)
	}
}
