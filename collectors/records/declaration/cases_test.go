package declaration_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"campanile/collectors/records/declaration"
)

const (
	caseFile = "../../../testdata/records/declaration.txtar"
	textFile = "../../../testdata/records/declaration-texts.txtar"
)

// TestCases holds every reader to its lines NAME: INPUT => WANT.
func TestCases(t *testing.T) {
	t.Parallel()
	readers := map[string]struct {
		least int
		told  func(t *testing.T, input string) string
	}{
		"links":     {90, toldLink},
		"addresses": {25, toldAddress},
		"mentions":  {50, toldMention},
		"dates":     {60, toldDates},
		"statuses":  {80, toldStatus},
		"rates":     {10, toldRate},
		"periods":   {30, toldPeriod},
	}
	archive := archiveOf(t, caseFile)
	if len(archive.Files) != len(readers) {
		t.Errorf("%d groups of cases for %d readers", len(archive.Files), len(readers))
	}
	for _, file := range archive.Files {
		t.Run(file.Name, func(t *testing.T) {
			t.Parallel()
			reader, known := readers[file.Name]
			if !known {
				t.Fatal("nobody reads these cases")
			}
			cases := linesOf(t, string(file.Data))
			if len(cases) < reader.least {
				t.Errorf("%d cases; at least %d hold this reader", len(cases), reader.least)
			}
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					if got := reader.told(t, c.input); got != c.want {
						t.Errorf("%s\n got %s\nwant %s", c.input, got, c.want)
					}
				})
			}
		})
	}
}

func archiveOf(t testing.TB, path string) *txtar.Archive {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

type oneCase struct{ name, input, want string }

// linesOf reads cases strictly: a line that is none is a mistake, and so is a
// name that comes twice.
func linesOf(t *testing.T, text string) []oneCase {
	t.Helper()
	var list []oneCase
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, ok := strings.Cut(line, ": ")
		input, want, both := strings.Cut(rest, " => ")
		if !ok || !both || want == "" || seen[name] {
			t.Fatalf("%q is no case, or has the name of another", line)
		}
		if strings.HasPrefix(input, `"`) {
			text, err := strconv.Unquote(input)
			if err != nil {
				t.Fatalf("%s: %v", input, err)
			}
			input = text
		}
		seen[name] = true
		list = append(list, oneCase{name, input, want})
	}
	return list
}

// join puts parts that say something behind each other.
func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " ")
}

// linkOf reads TEXT | HREF | PLACE | MARK, the last ones optional.
func linkOf(input string) declaration.Link {
	parts := strings.Split(input+"|||", "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	l := declaration.Link{Text: parts[0], Place: parts[2], Mark: parts[3]}
	if scheme, _, found := strings.Cut(parts[1], ":"); found && scheme != "javascript" {
		l.URL = parts[1]
	} else {
		l.Raw = parts[1]
	}
	return l
}

func toldLink(_ *testing.T, input string) string {
	r := declaration.Read(linkOf(input))
	kind := string(r.Kind)
	if r.Kind == declaration.Other {
		kind = "other"
	}
	mention := ""
	if r.Mention.State == declaration.Seen {
		mention = "mention=" + string(r.Mention.Status)
	}
	return join(kind, string(r.Certainty), mention)
}

func toldAddress(_ *testing.T, input string) string {
	f := declaration.ReadAddress(input)
	if f.Form == "" {
		return "none"
	}
	said := []string{string(f.Form)}
	if f.Form == declaration.OldForm {
		said = append(said, "v"+strconv.Itoa(f.Version))
	}
	if !f.Created.IsZero() {
		said = append(said, f.Created.Format(time.DateOnly))
	}
	if f.IPA != "" {
		said = append(said, f.IPA, strconv.Quote(f.Title), f.Subject)
	}
	return join(said...)
}

func toldMention(_ *testing.T, input string) string {
	m := declaration.ReadMention(strings.Split(input, " & "), true)
	exact, remark := "", ""
	if m.Exact {
		exact = "exact"
	}
	if m.Remark != "" {
		remark = "(" + m.Remark + ")"
	}
	return join(string(m.State), string(m.Status), exact, remark)
}

// declared is a declaration of which the case is one sentence.
func declared(sentence string) declaration.Text {
	return declaration.ReadText(declaration.Page{Whole: true, Text: "Accessibility statement\nCompliance status\n" + sentence +
		"\nNon-accessible content\nThere are some things here and there that one or the other may be unable to use as they stand today.\nEnforcement procedure\nSee the law."})
}

func toldStatus(_ *testing.T, input string) string {
	f := declared(input).Status
	return join(string(f.State), string(f.Value))
}

func toldRate(_ *testing.T, input string) string {
	f := declared(input).Rate
	if f.State != declaration.Seen {
		return string(f.State)
	}
	return strconv.FormatFloat(f.Value, 'f', -1, 64)
}

func toldDates(_ *testing.T, input string) string {
	said := toldTextDates(declared(input))
	if said == "" {
		return "none"
	}
	return said
}

func toldTextDates(text declaration.Text) string {
	var said []string
	for _, each := range []struct {
		name string
		fact declaration.Fact[declaration.Date]
	}{{"prepared", text.Prepared}, {"reviewed", text.Reviewed}, {"site", text.Site}, {"page", text.Page}} {
		if each.fact.State == declaration.Seen {
			said = append(said, each.name+"="+each.fact.Value.String())
		}
	}
	return join(said...)
}

// toldPeriod reads «italy DATE at TIME».
func toldPeriod(t *testing.T, input string) string {
	country, rest, _ := strings.Cut(input, " ")
	day, moment, _ := strings.Cut(rest, " at ")
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		t.Fatal(err)
	}
	var d declaration.Date
	if day != "none" {
		if n, _ := fmt.Sscanf(day, "%d-%d-%d", &d.Year, &d.Month, &d.Day); n < 2 {
			t.Fatalf("%q is no date", day)
		}
	}
	if country == "france" {
		return string(declaration.InFrance(d, at))
	}
	p := declaration.ItalianPeriod(at)
	return fmt.Sprintf("%s %s..%s", declaration.InItaly(d, at), p.From, p.To)
}

// TestTexts holds the reader of declarations to whole texts: NAME/page, and
// NAME/told with everything that is read out of it. NAME/cut is a page of which
// a part is missing.
func TestTexts(t *testing.T) {
	t.Parallel()
	archive := archiveOf(t, textFile)
	if len(archive.Files) < 60 || len(archive.Files)%2 != 0 {
		t.Errorf("%d files are too few, or one has no partner", len(archive.Files))
	}
	for pair := range slices.Chunk(archive.Files, 2) {
		name, kind, _ := strings.Cut(pair[0].Name, "/")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if pair[1].Name != name+"/told" || kind != "page" && kind != "cut" {
				t.Fatalf("%s does not belong to %s", pair[1].Name, pair[0].Name)
			}
			text := declaration.ReadText(declaration.Page{Text: string(pair[0].Data), Whole: kind == "page"})
			if diff := cmp.Diff(string(pair[1].Data), toldText(text)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// toldText writes everything that was read.
func toldText(t declaration.Text) string {
	if t.State != declaration.Seen {
		return string(t.State) + "\n"
	}
	status, rate := string(t.Status.Value), ""
	if t.Status.State != declaration.Seen {
		status = string(t.Status.State)
	}
	if t.Rate.State == declaration.Seen {
		rate = "rate " + strconv.FormatFloat(t.Rate.Value, 'f', -1, 64) + "\n"
	}
	dates := toldTextDates(t)
	if dates == "" {
		dates = string(t.Prepared.State)
	}
	return fmt.Sprintf("%s %s %s\nstatus %s\ndates %s\nfeedback %s, enforcement %s\n%scontact mailbox %s, telephone %s, form %s\n",
		t.State, t.Language, t.Model, status, dates, t.Feedback, t.Enforcement, rate, t.Contact.Mailbox, t.Contact.Telephone, t.Contact.Form)
}
