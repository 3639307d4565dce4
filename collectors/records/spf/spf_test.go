package spf_test

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records/spf"
)

// readCase is one line "case LABEL ADDRESS SENDER [helo=NAME] = RESULT [what=...]":
// what is domain, matched, lookups, void, asked (questions put) or reason (a
// part of it, with "_" for blanks).
type readCase struct {
	place string // file and line
	label string
	query spf.Query
	zone  *zone
	want  map[string]string
}

func (c readCase) run(t *testing.T) {
	c.zone.asked = 0
	got := spf.Check(t.Context(), c.zone, c.query)
	seen := map[string]string{
		"result": string(got.Result), "domain": got.Domain, "matched": got.Matched,
		"lookups": strconv.Itoa(got.Lookups), "void": strconv.Itoa(got.VoidLookups),
		"asked":  strconv.Itoa(c.zone.asked),
		"reason": strings.ReplaceAll(got.Reason, " ", "_"),
	}
	for what, want := range c.want {
		if what == "reason" && strings.Contains(seen[what], want) {
			continue
		}
		if seen[what] != want {
			t.Errorf("%s: %s: got %q, want %q\nreason: %s", c.place, what, seen[what], want, got.Reason)
		}
	}
	if got.Reason == "" {
		t.Errorf("%s: no reason is given", c.place)
	}
	if c.zone.asked > maxQuestions {
		t.Errorf("%s: %d questions", c.place, c.zone.asked)
	}
}

// maxQuestions is the bound that Check promises.
const maxQuestions = 1 + spf.MaxLookups*(1+10) + (1 + 10)

func TestRFC7208(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "spf", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	labels := map[string]string{}
	total := 0
	for _, file := range files {
		for _, c := range readCases(t, file) {
			if before := labels[c.label]; before != "" {
				t.Errorf("%s: %s stands already at %s", c.place, c.label, before)
			}
			labels[c.label] = c.place
			total++
			// One after another: the cases of a zone share its count.
			t.Run(c.label, c.run)
		}
	}
	t.Logf("%d cases", total)
	if total < 150 {
		t.Errorf("%d cases are too few", total)
	}
}

func readCases(t *testing.T, file string) []readCase {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []readCase
	var current *zone
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSuffix(line, "\n")
		place := filepath.Base(file) + ":" + strconv.Itoa(number)
		switch first, rest, _ := strings.Cut(line, " "); {
		case line == "" || first == "#":
		case first == "zone":
			current = newZone(t)
		case current == nil:
			t.Fatalf("%s: no zone begins before it", place)
		case first == "case":
			c, err := newCase(rest)
			if err != nil {
				t.Fatalf("%s: %v", place, err)
			}
			c.place, c.zone = place, current
			list = append(list, c)
		default:
			kind, data, _ := strings.Cut(rest, " ")
			if err := current.add(first, kind, data); err != nil {
				t.Fatalf("%s: %v", place, err)
			}
		}
	}
	return list
}

func newCase(text string) (readCase, error) {
	ask, answer, _ := strings.Cut(text, " = ")
	asked, expected := strings.Fields(ask), strings.Fields(answer)
	if len(asked) < 3 || len(expected) == 0 {
		return readCase{}, fmt.Errorf("%q is no case", text)
	}
	address, err := netip.ParseAddr(asked[1])
	if err != nil {
		return readCase{}, err
	}
	c := readCase{label: asked[0], query: spf.Query{IP: address, MailFrom: asked[2]}, want: map[string]string{"result": expected[0]}}
	if c.query.MailFrom == "<>" {
		c.query.MailFrom = ""
	}
	for _, more := range asked[3:] {
		helo, isHelo := strings.CutPrefix(more, "helo=")
		if !isHelo {
			return readCase{}, fmt.Errorf("%q is not known", more)
		}
		c.query.Helo = helo
	}
	for _, more := range expected[1:] {
		what, value, _ := strings.Cut(more, "=")
		switch what {
		case "domain", "matched", "lookups", "void", "asked", "reason":
			c.want[what] = value
		default:
			return readCase{}, fmt.Errorf("%q is not known", more)
		}
	}
	return c, nil
}

// The whole outcome of the example in the documentation of the command.
func TestElevenLookupsAreToldWithTheTermAndTheWay(t *testing.T) {
	t.Parallel()
	z := newZone(t,
		"comune.example TXT v=spf1 include:a.fornitore.example include:b.fornitore.example -all",
		"a.fornitore.example TXT v=spf1 a:h.example a:h.example a:h.example a:h.example a:h.example a:h.example a:h.example",
		"b.fornitore.example TXT v=spf1 a:h.example include:c.fornitore.example",
		"c.fornitore.example TXT v=spf1 -all",
		"h.example A 192.0.2.99",
	)
	got := spf.Check(t.Context(), z, spf.Query{IP: netip.MustParseAddr("192.0.2.1"), MailFrom: "a@comune.example"})
	want := spf.Outcome{
		Result: spf.PermError, Domain: "comune.example", Lookups: 11,
		Reason: "more than 10 look-ups, at include:c.fornitore.example, reached through include:b.fornitore.example",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What others wrote into their records comes into the reason short and
// printable, whatever it is.
func TestHostileTextIsShownSafely(t *testing.T) {
	t.Parallel()
	z := &zone{answers: map[string]spf.Answer{
		"comune.example TXT": {Texts: []string{"v=spf1 \x1b[31m\n\xff" + strings.Repeat("x", 60000)}},
	}}
	got := spf.Check(t.Context(), z, spf.Query{IP: netip.MustParseAddr("192.0.2.1"), MailFrom: "a@comune.example"})
	if got.Result != spf.PermError || len(got.Reason) > 300 || strings.Trim(got.Reason, printable) != "" {
		t.Errorf("%s, %q", got.Result, got.Reason)
	}
}

// printable is ASCII from the blank to the tilde.
var printable = func() string {
	var all strings.Builder
	for c := ' '; c <= '~'; c++ {
		all.WriteRune(c)
	}
	return all.String()
}()

// worst answers every question with what makes most work.
type worst struct{ asked int }

func (w *worst) Ask(_ context.Context, name string, kind spf.Type) spf.Answer {
	w.asked++
	switch kind {
	case spf.TXT:
		return spf.Answer{Texts: []string{"v=spf1 mx:%{p}.a.example mx ptr mx:%{i}.%{p} mx ip4:192.0.2.1 mx include:%{p} mx mx redirect=" + name}}
	case spf.MX, spf.PTR:
		var names []string
		for i := range 10 {
			names = append(names, fmt.Sprintf("h%d.%s", i, kind))
		}
		return spf.Answer{Names: names}
	case spf.A, spf.AAAA:
	}
	return spf.Answer{Addresses: []netip.Addr{netip.MustParseAddr("203.0.113.9")}}
}

func TestWorkIsBoundedAgainstTheWorstZone(t *testing.T) {
	t.Parallel()
	w := &worst{}
	got := spf.Check(t.Context(), w, spf.Query{IP: netip.MustParseAddr("192.0.2.9"), MailFrom: "a@comune.example"})
	t.Logf("%s after %d questions: %s", got.Result, w.asked, got.Reason)
	if w.asked > maxQuestions || w.asked < 50 {
		t.Errorf("%d questions", w.asked)
	}
}
