package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"campanile/checks"
	"campanile/report/score"
	"campanile/rules"
)

// parsed writes a page and reads it as a browser would.
func parsed(t *testing.T, d Document, more ...Document) (*html.Node, string) {
	t.Helper()
	var text bytes.Buffer
	if err := WriteHTML(&text, d, more...); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(text.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return root, text.String()
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func pages(t *testing.T) map[string]Document {
	t.Helper()
	all := map[string]Document{"hostile": hostileTown(t, rules.English), "long": longNamed(t, rules.French), "services": lookedAtTown(t, rules.English, hostile)}
	for _, l := range rules.Languages {
		all["forgeable-"+string(l)], all["well-kept-"+string(l)], all["whole-"+string(l)] = forgeable(t, l), wellKept(t, l), whole(t, l)
	}
	return all
}

func TestThePageRunsNothingAndAsksNobody(t *testing.T) {
	t.Parallel()
	forbidden := []string{"script", "img", "iframe", "object", "embed", "link", "base", "form", "audio", "video", "source"}
	for name, d := range pages(t) {
		root, text := parsed(t, d)
		for n := range root.Descendants() {
			if n.Type == html.ElementNode && slices.Contains(forbidden, n.Data) {
				t.Errorf("%s: element %s", name, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "src" {
					t.Errorf("%s: attribute %s=%q", name, a.Key, a.Val)
				}
			}
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != noBreak && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%s: %q stands in the page as it is", name, text[i:min(len(text), i+20)])
		}
	}
	if regexp.MustCompile(`(?i)url\(|@import|expression`).MatchString(style) {
		t.Error("the style sheet asks for something outside itself")
	}
}

func TestOnlyLawAndStandardsAreLinks(t *testing.T) {
	t.Parallel()
	var guidelines []string
	for _, g := range withGuidelines(t, sampleRules()).Guidelines {
		guidelines = append(guidelines, g.Link)
	}
	for name, d := range pages(t) {
		root, _ := parsed(t, d)
		for n := range root.Descendants() {
			href, ok := attribute(n, "href")
			if !ok || strings.HasPrefix(href, "#") {
				continue
			}
			if !strings.HasPrefix(href, "https://law.example/") && !strings.HasPrefix(href, "https://www.rfc-editor.org/rfc/") && !slices.Contains(guidelines, href) {
				t.Errorf("%s: link to %s", name, href)
			}
			if rel, _ := attribute(n, "rel"); rel != "noreferrer" {
				t.Errorf("%s: link to %s with rel=%q", name, href, rel)
			}
		}
	}
}

func TestThePolicyAllowsOnlyThisStyleSheet(t *testing.T) {
	t.Parallel()
	root, _ := parsed(t, forgeable(t, rules.Italian))
	sheet, policy := "", ""
	for n := range root.Descendants() {
		if n.Data == "style" && n.FirstChild != nil {
			sheet = n.FirstChild.Data
		}
		if kind, _ := attribute(n, "http-equiv"); kind == "Content-Security-Policy" {
			policy, _ = attribute(n, "content")
		}
	}
	sum := sha256.Sum256([]byte(sheet))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; base-uri 'none'; form-action 'none'"
	if policy != want {
		t.Errorf("policy %q, want %q", policy, want)
	}
}

func TestIdentifiersAreUniqueAndReferencesLand(t *testing.T) {
	t.Parallel()
	for name, d := range pages(t) {
		root, _ := parsed(t, d)
		landed(t, name, root)
	}
}

// landed sees that no identifier stands twice in a page, and that what points to
// one finds it.
func landed(t *testing.T, name string, root *html.Node) {
	t.Helper()
	seen := map[string]bool{}
	for n := range root.Descendants() {
		if id, ok := attribute(n, "id"); ok {
			if seen[id] {
				t.Errorf("%s: id %s twice", name, id)
			}
			seen[id] = true
		}
	}
	for n := range root.Descendants() {
		for _, key := range []string{"for", "aria-labelledby", "aria-describedby", "href"} {
			target, ok := attribute(n, key)
			if key == "href" && !strings.HasPrefix(target, "#") {
				continue
			}
			if ok && !seen[strings.TrimPrefix(target, "#")] {
				t.Errorf("%s: %s=%q leads nowhere", name, key, target)
			}
		}
	}
}

func TestTwoEntriesOfOneRuleHaveAnAnchorEach(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	set.Rules[2].Variants = []rules.Variant{{Fact: "kind", Values: []string{"other"}, Text: set.Rules[3].Text}}
	root, text := parsed(t, documentOf(sampleBundle("comune.example", ""), set, []score.Verdict{
		judged(t, set, "web-hsts-missing", "comune.example", checks.Fail, nil),
		judged(t, set, "web-hsts-missing", "www.comune.example", checks.Fail, checks.Facts{"kind": "other"}),
	}, rules.Italian))
	landed(t, "two kinds", root)
	for _, want := range []string{`id="web-hsts-missing"`, `id="web-hsts-missing-2"`, `id="e-web-hsts-missing-2"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestTwoLanguagesShareOnePage(t *testing.T) {
	t.Parallel()
	one, other := whole(t, rules.French), whole(t, rules.Italian)
	root, text := parsed(t, one, other)
	landed(t, "fr and it", root)
	var languages, offered []string
	skips := 0
	for n := range root.Descendants() {
		class, _ := attribute(n, "class")
		language, _ := attribute(n, "lang")
		switch {
		case n.Type == html.ElementNode && n.Data == "html" || class == "part":
			languages = append(languages, n.Data+" "+language)
		case n.Data == "a" && language != "":
			href, _ := attribute(n, "href")
			offered = append(offered, language+" "+href+" "+n.FirstChild.Data)
		case class == "skip":
			skips++
		}
	}
	if want := []string{"html fr", "div fr", "div it"}; !slices.Equal(want, languages) {
		t.Errorf("languages %q, want %q", languages, want)
	}
	if want := []string{"fr #main Français", "it #it-main Italiano"}; !slices.Equal(want, offered) {
		t.Errorf("offered %q, want %q", offered, want)
	}
	if n := strings.Count(text, "<main>"); n != 1 || skips != 1 {
		t.Errorf("%d main, %d skip links", n, skips)
	}
	for _, want := range []string{other.Mayor.Sentences[0], one.Mayor.Sentences[0], "Le cose da fare, in ordine di tempo", "Les choses à faire, par échéance"} {
		if !strings.Contains(text, html.EscapeString(want)) && !strings.Contains(text, want) {
			t.Errorf("does not say %q", want)
		}
	}
}

func TestOneLanguageNeedsNoChoice(t *testing.T) {
	t.Parallel()
	if _, text := parsed(t, forgeable(t, rules.Italian)); strings.Contains(text, `class="languages"`) {
		t.Error("a page in one language offers a choice")
	}
}

func TestHeadingsStepDownOneAtATime(t *testing.T) {
	t.Parallel()
	for name, d := range pages(t) {
		root, _ := parsed(t, d)
		last, tops := 0, 0
		for n := range root.Descendants() {
			if n.Type != html.ElementNode || len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' {
				continue
			}
			level := int(n.Data[1] - '0')
			if level > last+1 {
				t.Errorf("%s: h%d after h%d", name, level, last)
			}
			if level == 1 {
				tops++
			}
			last = level
		}
		if tops != 1 {
			t.Errorf("%s: %d h1", name, tops)
		}
	}
}

func TestCommandsStandOutInATextAndNothingIsLost(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"ripeta «campanile scan comune.example --only mail»; questa voce":                 {"campanile scan comune.example --only mail"},
		"relancez «\u00a0campanile scan città.example --only mail\u00a0»\u00a0; ce point": {"campanile scan città.example --only mail"},
		`check again with "campanile scan comune.example --only mail"; done`:              {"campanile scan comune.example --only mail"},
		"Il campanile scandisce le ore.":                                                  nil,
		"campanile scan senza virgolette":                                                 nil,
		"":                                                                                nil,
		"due: «campanile a b» e «campanile c d»":                                          {"campanile a b", "campanile c d"},
	} {
		var commands []string
		whole := ""
		for _, p := range pieces(in) {
			if p.Command != nil {
				commands = append(commands, strings.Join(p.Command, " "))
			}
			whole += p.Text + strings.Join(p.Command, " ")
		}
		if !slices.Equal(want, commands) {
			t.Errorf("%q: commands %q, want %q", in, commands, want)
		}
		if whole != in {
			t.Errorf("%q became %q", in, whole)
		}
	}
}

func TestInformationIsNoFinding(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	note := judged(t, set, "web-forms-paper-only", "comune.example", checks.Fail, nil)
	_, text := parsed(t, documentOf(sampleBundle("comune.example", ""), set, []score.Verdict{note, judged(t, set, "dns-caa-missing", "comune.example", checks.Fail, nil)}, rules.English))
	if !strings.Contains(text, "1 finding, gathered in 1 thing to do.") {
		t.Error("the note is counted as something to do")
	}
	_, text = parsed(t, documentOf(sampleBundle("comune.example", ""), set, []score.Verdict{note}, rules.English))
	if strings.Contains(text, "finding, gathered") {
		t.Error("a note alone is called a finding")
	}
}

func TestWhatNobodySawIsNotPraised(t *testing.T) {
	t.Parallel()
	set := sampleRules()
	seen := judged(t, set, "mail-dmarc-missing", "comune.example", checks.Pass, nil)
	unseen := judged(t, set, "web-hsts-missing", "comune.example", checks.Inconclusive, checks.Facts{"what": "https comune.example", "problem": "timeout"})
	for name, c := range map[string]struct {
		verdicts []score.Verdict
		want     string
	}{
		"all-seen":     {[]score.Verdict{seen}, "Nothing to do"},
		"half-seen":    {[]score.Verdict{seen, unseen}, "not everything was seen"},
		"none-seen":    {[]score.Verdict{unseen}, "this is not a pass"},
		"nothing-done": {nil, "this is not a pass"},
	} {
		_, text := parsed(t, documentOf(sampleBundle("comune.example", ""), set, c.verdicts, rules.English))
		if !strings.Contains(text, c.want) {
			t.Errorf("%s: does not say %q", name, c.want)
		}
		if praised := strings.Contains(text, "found nothing to mend"); praised != (name == "all-seen") {
			t.Errorf("%s: praised: %t", name, praised)
		}
	}
}
