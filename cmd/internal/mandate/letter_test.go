package mandate_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"net/netip"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"campanile/cmd/internal/mandate"
	"campanile/rules"
)

var update = flag.Bool("update", false, "write the golden letters again")

// valid gives the mandate of testdata/valid.yaml.
func valid(t *testing.T) *mandate.Mandate {
	t.Helper()
	m, err := mandate.Read("testdata/valid.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func letter(t *testing.T, m *mandate.Mandate, language rules.Language, format mandate.Format) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := m.Letter(&out, language, format); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestLettersReadAsTheGoldenOnes(t *testing.T) {
	t.Parallel()
	for _, language := range rules.Languages {
		t.Run(string(language), func(t *testing.T) {
			t.Parallel()
			got := letter(t, valid(t), language, mandate.HTML)
			golden := "testdata/letter-" + string(language) + ".html"
			if *update {
				if err := os.WriteFile(golden, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("-want +got; look at it, then run with -update\n%s", diff)
			}
		})
	}
}

// document is the text of a DOCX, one paragraph a line, in the order in which a
// word processor shows it.
func document(t *testing.T, data []byte) (text string, parts map[string][]byte) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string][]byte{}
	for _, file := range archive.File {
		opened, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[file.Name], err = io.ReadAll(opened); err != nil {
			t.Fatal(err)
		}
	}
	var lines strings.Builder
	decoder := xml.NewDecoder(bytes.NewReader(parts["word/document.xml"]))
	inText := false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return lines.String(), parts
		}
		if err != nil {
			t.Fatal(err)
		}
		switch each := token.(type) {
		case xml.StartElement:
			inText = each.Name.Local == "t"
		case xml.EndElement:
			inText = false
			if each.Name.Local == "p" {
				lines.WriteString("\n")
			}
		case xml.CharData:
			if inText {
				lines.Write(each)
			}
		}
	}
}

var (
	markup = regexp.MustCompile(`<[^>]*>`)
	head   = regexp.MustCompile(`(?s)^.*<main>`)
)

// words gives the words of a text, however it is laid out.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestDocumentSaysWhatThePageSays(t *testing.T) {
	t.Parallel()
	for _, language := range rules.Languages {
		t.Run(string(language), func(t *testing.T) {
			t.Parallel()
			m := valid(t)
			page := string(letter(t, m, language, mandate.HTML))
			page = markup.ReplaceAllString(head.ReplaceAllString(page, ""), " ")
			page = strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&#43;", "+", "&amp;", "&").Replace(page)
			text, _ := document(t, letter(t, m, language, mandate.DOCX))
			// The names above the lines to sign stand in another order.
			page, _, _ = strings.Cut(words(page), "Ada Fontanarossa, Sindaca Luogo")
			want, got := strings.Fields(page), strings.Fields(text)
			n := min(len(want), len(got)) * 9 / 10
			if n < 500 {
				t.Fatalf("only %d words", n)
			}
			if diff := cmp.Diff(want[:n], got[:n]); diff != "" {
				t.Errorf("-page +document\n%s", diff)
			}
		})
	}
}

// Every part is XML, has a type, and every relation leads to a part: what a word
// processor refuses to open otherwise.
func TestDocumentIsWholeAsAPackage(t *testing.T) {
	t.Parallel()
	_, parts := document(t, letter(t, valid(t), rules.French, mandate.DOCX))
	for name, data := range parts {
		decoder := xml.NewDecoder(bytes.NewReader(data))
		for {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if path.Ext(name) == ".xml" && name != "[Content_Types].xml" && !bytes.Contains(parts["[Content_Types].xml"], []byte(`PartName="/`+name+`"`)) {
			t.Errorf("%s has no type", name)
		}
	}
	target := regexp.MustCompile(`Target="([^"]+)"`)
	for name, folder := range map[string]string{"_rels/.rels": "", "word/_rels/document.xml.rels": "word/"} {
		for _, found := range target.FindAllSubmatch(parts[name], -1) {
			if parts[folder+string(found[1])] == nil {
				t.Errorf("%s leads to %s, which is not there", name, found[1])
			}
		}
	}
	if !bytes.Contains(parts["word/styles.xml"], []byte(`w:val="fr-FR"`)) {
		t.Error("the document does not say its language")
	}
	style := regexp.MustCompile(`pStyle w:val="([^"]+)"`)
	for _, found := range style.FindAllSubmatch(parts["word/document.xml"], -1) {
		if !bytes.Contains(parts["word/styles.xml"], []byte(`w:styleId="`+string(found[1])+`"`)) {
			t.Errorf("style %s is not there", found[1])
		}
	}
}

func TestSameMandateGivesSameBytes(t *testing.T) {
	t.Parallel()
	first, second := letter(t, valid(t), rules.Italian, mandate.DOCX), letter(t, valid(t), rules.Italian, mandate.DOCX)
	if !bytes.Equal(first, second) {
		t.Error("two letters of one mandate differ")
	}
}

// What people write into a mandate goes into the letter as text, never as markup
// and never as a placeholder.
func TestMarkupInAMandateStaysText(t *testing.T) {
	t.Parallel()
	m, err := mandate.New("", mandate.Answers{
		"body": {`Unione <script>alert(1)</script> & {by}`}, "domains": {"unione.example"}, "addresses": {"192.0.2.1"},
		"authorised_by": {`]]> "Q"`}, "role": {"Presidente"}, "from": {"2026-12-01"}, "until": {"2026-12-31"}, "contact": {"a@b.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	page := letter(t, m, rules.Italian, mandate.HTML)
	if bytes.Contains(page, []byte("<script")) || !bytes.Contains(page, []byte("&lt;script&gt;alert(1)&lt;/script&gt; &amp; {by}")) {
		t.Error("markup, or a placeholder, of the mandate counted in the page")
	}
	text, _ := document(t, letter(t, m, rules.Italian, mandate.DOCX))
	if !strings.Contains(text, "Unione <script>alert(1)</script> & {by}\n") || !strings.Contains(text, `]]> "Q", Presidente`) {
		t.Error("the document does not show the mandate as it is written")
	}
}

// No brace is left, in no language, with and without shared servers.
func TestNothingIsLeftToFill(t *testing.T) {
	t.Parallel()
	for _, language := range rules.Languages {
		m := valid(t)
		for range 2 {
			page := string(letter(t, m, language, mandate.HTML))
			page = head.ReplaceAllString(page, "")
			host, err := m.AskHost(language, netip.MustParseAddr("198.51.100.9"), []string{"www.comune.example", "suap.comune.example"})
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(page+host, "{}") {
				t.Errorf("%s: a brace is left", language)
			}
			m.Shared, m.SSHMethods = nil, true
		}
	}
}

// The letter of a mandate says one of two things of SSH, never both, and the
// message to a keeper asks for what the letter allows.
func TestQuestionToSSHServersIsSpokenOfOnlyWhereAllowed(t *testing.T) {
	t.Parallel()
	for language, words := range map[rules.Language]struct{ asked, never string }{
		rules.Italian: {"quali modi di accesso ammette", "alcun accesso, di nessun tipo."},
		rules.French:  {"quels modes d'accès il admet", "Aucune tentative d'accès, d'aucune sorte."},
		rules.English: {"which ways to log in it offers", "No attempt to log in, of any kind."},
	} {
		for _, allowed := range []bool{false, true} {
			m := valid(t)
			m.SSHMethods = allowed
			host, err := m.AskHost(language, netip.MustParseAddr("198.51.100.9"), nil)
			if err != nil {
				t.Fatal(err)
			}
			page := strings.ReplaceAll(string(letter(t, m, language, mandate.HTML)), "&#39;", "'")
			text, _ := document(t, letter(t, m, language, mandate.DOCX))
			for what, got := range map[string]string{"page": page, "document": text} {
				if strings.Contains(got, words.asked) != allowed || strings.Contains(got, words.never) == allowed {
					t.Errorf("%s of %s, allowed %v: says the wrong thing", what, language, allowed)
				}
			}
			if strings.Contains(host, words.asked) != allowed {
				t.Errorf("message in %s, allowed %v: says the wrong thing", language, allowed)
			}
		}
	}
}

func TestSharedServersAreSpokenOfOnlyWhereNamed(t *testing.T) {
	t.Parallel()
	m := valid(t)
	const spoken = "ha dato il proprio accordo"
	if !bytes.Contains(letter(t, m, rules.Italian, mandate.HTML), []byte(spoken)) {
		t.Error("the agreement is not spoken of")
	}
	m.Shared = nil
	if bytes.Contains(letter(t, m, rules.Italian, mandate.HTML), []byte(spoken)) {
		t.Error("an agreement is spoken of that nobody gave")
	}
}

// The laws of a letter are those that bind the body: an Italian circular is
// nothing to a French commune, whatever the language of the letter.
func TestLawsFollowTheCountry(t *testing.T) {
	t.Parallel()
	for domain, italian := range map[string]bool{"comune.borgo.example": true, "commune-fable.example": false, "town.example": false} {
		for _, language := range rules.Languages {
			m := valid(t)
			m.Domains = []string{domain}
			page := letter(t, m, language, mandate.HTML)
			if got := bytes.Contains(page, []byte("AgID")); got != italian {
				t.Errorf("%s in %s: AgID named: %v", domain, language, got)
			}
			if !bytes.Contains(page, []byte("2016/679")) {
				t.Errorf("%s in %s: the GDPR is not named", domain, language)
			}
		}
	}
}

// A letter leans on nothing that law.yaml does not hold as a duty read in its
// own text.
func TestLawsAreThoseOfTheRules(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../../rules/law.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var law map[string]rules.Law
	if err := yaml.Unmarshal(data, &law); err != nil {
		t.Fatal(err)
	}
	named := map[rules.Language]string{}
	pattern := regexp.MustCompile(`law: (\S+)(?:\s+country: (\S+))?`)
	for _, language := range rules.Languages {
		file, err := os.ReadFile("words/" + string(language) + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range pattern.FindAllSubmatch(file, -1) {
			key, country := string(found[1]), string(found[2])
			entry, known := law[key]
			if !known || !entry.Binding || entry.Source != "primary" {
				t.Errorf("%s: %s is no duty that was read in its own text", language, key)
			}
			if country == "" {
				country = "eu"
			}
			if entry.Country != country {
				t.Errorf("%s: %s is of %s, not of %s", language, key, entry.Country, country)
			}
			named[language] += key + " "
		}
	}
	if named["it"] == "" || named["it"] != named["fr"] || named["it"] != named["en"] {
		t.Errorf("the languages name different laws: %v", named)
	}
}

// at is noon of a day.
func at(t *testing.T, day string) time.Time {
	t.Helper()
	when, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return when.Add(12 * time.Hour)
}

func TestMessageToTheHostNamesWhatIsAsked(t *testing.T) {
	t.Parallel()
	got, err := valid(t).AskHost(rules.French, netip.MustParseAddr("198.51.100.9"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"198.51.100.9", "comune.borgo.to.it.example, turismo-borgo.example", "1er\u00A0décembre\u00A02026", "28\u00A0février\u00A02027", "sicurezza@torrecivica.example"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestUnknownLanguageAndFormatAreNamed(t *testing.T) {
	t.Parallel()
	if err := valid(t).Letter(io.Discard, "de", mandate.HTML); err == nil || err.Error() != `no letter in "de"; choose it, fr or en` {
		t.Errorf("got %v", err)
	}
	if err := valid(t).Letter(io.Discard, rules.English, "pdf"); err == nil || err.Error() != `no letter as "pdf"; choose html or docx` {
		t.Errorf("got %v", err)
	}
}

// A name with accents is written as people know it, with the form that is
// scanned beside it.
func TestNameWithAccentsIsShownBothWays(t *testing.T) {
	t.Parallel()
	m := valid(t)
	m.Domains = []string{"xn--citt-3na.example"}
	if !bytes.Contains(letter(t, m, rules.Italian, mandate.HTML), []byte("città.example (xn--citt-3na.example) e i nomi")) {
		t.Error("one of the forms is missing")
	}
}

func TestNetworksAreWrittenFromTo(t *testing.T) {
	t.Parallel()
	for network, want := range map[string]string{
		"192.0.2.0/24":        "192.0.2.0 to 192.0.2.255 (192.0.2.0/24)",
		"192.0.2.128/25":      "192.0.2.128 to 192.0.2.255 (192.0.2.128/25)",
		"192.0.2.4/31":        "192.0.2.4 to 192.0.2.5 (192.0.2.4/31)",
		"2001:db8:0:f00::/56": "2001:db8:0:f00:: to 2001:db8:0:fff:ffff:ffff:ffff:ffff (2001:db8:0:f00::/56)",
		"2001:db8::1/128":     "<dd>2001:db8::1</dd>",
	} {
		m := valid(t)
		m.Addresses = []netip.Prefix{netip.MustParsePrefix(network)}
		if !bytes.Contains(letter(t, m, rules.English, mandate.HTML), []byte(want)) {
			t.Errorf("%s is not written %q", network, want)
		}
	}
}
