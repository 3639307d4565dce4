package mandate_test

import (
	"errors"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mandate"
)

var (
	ignoringDigest = cmpopts.IgnoreFields(mandate.Mandate{}, "Digest", "File")
	byText         = cmp.Options{
		cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
		cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	}
)

// answers are those of testdata/valid.yaml, one line an answer.
const answers = `Comune di Borgo dell'Esempio
comune.borgo.to.it.example, turismo-borgo.example
192.0.2.10 192.0.2.32/28; 2001:db8:10::/64
198.51.100.80; Fornitore Web s.r.l.; e-mail dell'assistenza del 10 novembre 2026

Ada Fontanarossa
Sindaca
2026-12-01
2027-02-28
Associazione Torre Civica, sicurezza@torrecivica.example, tel. +39 011 5550100

`

func ask(t *testing.T, text string, given mandate.Answers) (*mandate.Mandate, string, error) {
	t.Helper()
	var out strings.Builder
	q := mandate.Questions{In: strings.NewReader(text), Out: &out, Today: at(t, "2026-11-22")}
	m, err := q.Ask("mandate.yaml", given)
	return m, out.String(), err
}

func TestAnswersMakeTheMandateOfTheFile(t *testing.T) {
	t.Parallel()
	m, _, err := ask(t, answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(valid(t), m, ignoringDigest, byText); diff != "" {
		t.Errorf("-file +answers\n%s", diff)
	}
	text, err := m.YAML()
	if err != nil {
		t.Fatal(err)
	}
	back, err := mandate.Parse("mandate.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	if back.Digest != m.Digest {
		t.Errorf("the letter would name %s, the file has %s", m.Digest, back.Digest)
	}
	want, err := os.ReadFile("testdata/valid.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, wantBody, _ := strings.Cut(string(want), "\nbody:")
	_, gotBody, _ := strings.Cut(string(text), "\nbody:")
	if diff := cmp.Diff(wantBody, gotBody); diff != "" {
		t.Errorf("-file +written\n%s", diff)
	}
}

func TestEmptyAnswersTakeWhatIsProposed(t *testing.T) {
	t.Parallel()
	m, asked, err := ask(t, "Comune\ncomune.example\n192.0.2.1\n\nAda\nSindaca\n\n\na@b.example\n\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.From.Format("2006-01-02") + " " + m.Until.Format("2006-01-02"); got != "2026-11-22 2027-02-19" {
		t.Errorf("got %s", got)
	}
	if !strings.Contains(asked, "First day [2026-11-22]: ") || !strings.Contains(asked, "Last day [2027-02-19]: ") || m.SSHMethods {
		t.Errorf("not proposed: %s", asked)
	}
}

func TestWhatIsGivenIsNotAsked(t *testing.T) {
	t.Parallel()
	m, asked, err := ask(t, "comune.example\n192.0.2.1\n\nSindaca\n\n\na@b.example\n\n", mandate.Answers{"body": {"Comune"}, "authorised_by": {"Ada"}})
	if err != nil {
		t.Fatal(err)
	}
	if m.Body != "Comune" || m.By != "Ada" || m.Role != "Sindaca" || strings.Contains(asked, "Name of the body") {
		t.Errorf("got %+v after\n%s", m, asked)
	}
}

func TestWrongAnswerIsAskedAgainWithTheReason(t *testing.T) {
	t.Parallel()
	wrong := strings.Replace(answers, "192.0.2.10 192.0.2.32/28; 2001:db8:10::/64\n", "192.0.2.10 192.0.2.0/8\n192.0.2.10 192.0.2.32/28 2001:db8:10::/64\n", 1)
	const told = "192.0.2.0/8 does not begin its network; write 192.0.0.0/8 for the network, or 192.0.2.0 for the one address"
	m, asked, err := ask(t, wrong, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(valid(t), m, ignoringDigest, byText); diff != "" {
		t.Errorf("a bad answer left something behind: -want +got\n%s", diff)
	}
	if !strings.Contains(asked, told) {
		t.Errorf("not told why: %s", asked)
	}
}

// Answers from a file are one short after a wrong one: nothing comes of them.
func TestFileWithAWrongAnswerEndsShort(t *testing.T) {
	t.Parallel()
	wrong := strings.Replace(answers, "192.0.2.10 192.0.2.32/28; 2001:db8:10::/64\n", "192.0.2.0/8\n", 1)
	m, asked, err := ask(t, wrong, nil)
	if m != nil || exit.Code(err) != exit.Usage || !strings.Contains(asked, "192.0.2.0/8 does not begin its network") {
		t.Errorf("got %v after\n%s", err, asked)
	}
}

func TestQuestionsThatNobodySeesStandInLinesOfTheirOwn(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	q := mandate.Questions{In: strings.NewReader(answers), Out: &out, Today: at(t, "2026-11-22"), Piped: true}
	if _, err := q.Ask("mandate.yaml", nil); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(out.String(), "\n")
	for _, line := range lines[:len(lines)-1] {
		if !strings.HasSuffix(line, ": \n") {
			t.Errorf("no question: %q", line)
		}
	}
	if len(lines) != 12 { // ten questions, a second shared server, and the end
		t.Errorf("%d lines in\n%s", len(lines), out.String())
	}
}

func TestLastDayThatIsOverIsAskedAgain(t *testing.T) {
	t.Parallel()
	over := strings.Replace(answers, "2026-12-01\n2027-02-28\n", "2026-10-01\n2026-11-21\n2026-11-22\n", 1)
	m, asked, err := ask(t, over, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Until != at(t, "2026-11-22").Truncate(24*time.Hour) || !strings.Contains(asked, "  until: 2026-11-21 is over, today is 2026-11-22; give a later last day\n") {
		t.Errorf("until %s after\n%s", m.Until, asked)
	}
}

func TestQuestionToSSHServersIsAllowedByYesAlone(t *testing.T) {
	t.Parallel()
	asking := strings.TrimSuffix(answers, "\n")
	for said, want := range map[string]bool{"yes": true, "true": true, "no": false, "false": false, "": false, "perhaps\nyes": true} {
		m, asked, err := ask(t, asking+said+"\n", nil)
		if err != nil {
			t.Fatal(err)
		}
		if m.SSHMethods != want {
			t.Errorf("%q: %v", said, m.SSHMethods)
		}
		text, err := m.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(string(text), "\nssh_methods: yes\n") != want || strings.Contains(string(text), "ssh_methods") != want {
			t.Errorf("%q: the file says\n%s", said, text)
		}
		if told := strings.Contains(asked, `"perhaps" is neither yes nor no`); told != strings.Contains(said, "perhaps") {
			t.Errorf("%q: after\n%s", said, asked)
		}
	}
}

func TestEnoughIsTakenWithWhatIsProposed(t *testing.T) {
	t.Parallel()
	q := mandate.Questions{Today: at(t, "2026-11-22")}
	given := mandate.Answers{
		"body": {"Comune"}, "domains": {"comune.example"}, "addresses": {"192.0.2.1"},
		"authorised_by": {"Ada"}, "role": {"Sindaca"}, "contact": {"a@b.example"},
	}
	for key, text := range given {
		given[key] = nil
		if q.Enough(given) {
			t.Errorf("enough without %s", key)
		}
		given[key] = text
	}
	for _, test := range []struct{ from, until, want string }{
		{"", "", "2026-11-22 2027-02-19"},
		{"2026-12-01", "", "2026-12-01 2027-02-28"},
		{"", "2027-01-31", "2026-11-22 2027-01-31"},
		{"2026-10-01", "2026-11-21", "until: 2026-11-21 is over, today is 2026-11-22; give a later last day"},
		{"yesterday", "", "from: \"yesterday\" is not a day such as 2026-11-22"},
	} {
		delete(given, "from")
		delete(given, "until")
		if test.from != "" {
			given["from"] = []string{test.from}
		}
		if test.until != "" {
			given["until"] = []string{test.until}
		}
		if !q.Enough(given) {
			t.Fatal("not enough")
		}
		m, err := q.Take("mandate.yaml", given)
		var got string
		switch {
		case err != nil:
			got = err.Error()
		default:
			got = m.From.Format(time.DateOnly) + " " + m.Until.Format(time.DateOnly)
		}
		if got != test.want || err != nil && (m != nil || exit.Code(err) != exit.Usage) {
			t.Errorf("%q, %q: got %s, want %s", test.from, test.until, got, test.want)
		}
	}
}

func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	_, asked, err := ask(t, strings.Repeat("\n", 50), nil)
	if err == nil || err.Error() != "body is missing; name the body that authorises" || strings.Count(asked, "Name of the body") != 5 {
		t.Errorf("got %v after\n%s", err, asked)
	}
}

func TestAnswersThatEndAreNamed(t *testing.T) {
	t.Parallel()
	_, _, err := ask(t, "Comune\ncomune.example\n", nil)
	if err == nil || err.Error() != "the answers end before addresses; give one line to each question" || exit.Code(err) != exit.Usage {
		t.Errorf("got %v", err)
	}
	_, _, err = ask(t, strings.Repeat("x", 1<<20), nil)
	if err == nil || !strings.HasPrefix(err.Error(), "the answer to body cannot be read") {
		t.Errorf("got %v", err)
	}
}

func TestEndlessSharedServersAreRefused(t *testing.T) {
	t.Parallel()
	_, _, err := ask(t, "Comune\ncomune.example\n192.0.2.1\n"+strings.Repeat("198.51.100.1; a; b\n", 5000), nil)
	if err == nil || err.Error() != "shared_hosts: 101 answers are too many" {
		t.Errorf("got %v", err)
	}
}

func TestAllMistakesOfAnswersAreTold(t *testing.T) {
	t.Parallel()
	_, err := mandate.New("", mandate.Answers{
		"domain": {"comune.example"}, "body": {"Comune", "Altro"}, "addresses": {"192.0.2.1"}, "shared_hosts": {"198.51.100.1; keeper"},
		"authorised_by": {"Ada"}, "role": {"Sindaca"}, "from": {"2026-12-01"}, "until": {"2026-12-31"}, "contact": {"call me"},
	})
	want := strings.Join([]string{
		`"domain" is not known; did you mean "domains"?`,
		`body: 2 answers are too many`,
		`domains is missing; name at least one domain, such as comune.example`,
		`shared_hosts: "198.51.100.1; keeper": write ADDRESS; KEEPER; WHO AGREED AND WHEN`,
		`contact: "call me" has neither an e-mail address nor a telephone number; add one at which the scan can be stopped`,
	}, "\n")
	if err == nil || err.Error() != want || exit.Code(err) != exit.Usage {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	_, _, err = ask(t, answers, mandate.Answers{"domain": {"comune.example"}})
	if err == nil || err.Error() != `"domain" is not known; did you mean "domains"?` {
		t.Errorf("got %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error)  { return 0, errBroken }
func (broken) Write([]byte) (int, error) { return 0, errBroken }

var errBroken = errors.New("broken")

func TestBrokenTerminalEndsTheQuestions(t *testing.T) {
	t.Parallel()
	_, err := mandate.Questions{In: strings.NewReader(answers), Out: broken{}}.Ask("m.yaml", nil)
	if !errors.Is(err, errBroken) {
		t.Errorf("out: %v", err)
	}
	_, err = mandate.Questions{In: broken{}, Out: &strings.Builder{}}.Ask("m.yaml", nil)
	if !errors.Is(err, errBroken) {
		t.Errorf("in: %v", err)
	}
}
