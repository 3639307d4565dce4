package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/history"
	"campanile/report/score"
	"campanile/report/score/dma"
	"campanile/rules"
)

// chronicled are the situations of what is told of bodies over time.
var chronicled = []situation{
	{"a-story-comes-back", storyComesBack},
	{"looks-come-back-as-they-were", looksComeBack},
	{"new-rules-look-at-the-newest-scan", newRulesLook},
	{"companies-are-those-of-the-newest-scan", companiesOfToday},
	{"what-stopped-leaves-no-story", stoppedStory},
	{"the-version-grows-with-what-is-written", versionGrows},
	{"a-run-sums-up-what-it-sent", sentInRun},
}

// edition is that of the rules of these tests.
func edition(t *testing.T, s *store.Store) history.Edition {
	t.Helper()
	return got(s.Edition(t.Context(), "sha256:rules-1", week(0)))(t)
}

// kept is a scan of a town with a look that has something of everything.
func kept(t *testing.T, s *store.Store, domain string, taken time.Time) store.Kept {
	t.Helper()
	return store.Kept{
		Bundle: bundle(t, domain, taken), Judgement: says(domain, "C", nil),
		Look: history.Look{
			Taken: taken, Resolver: "192.0.2.53:53", Profile: evidence.Standard, Rules: edition(t, s), Left: []string{"vecchio." + domain},
			Verdicts: []history.Verdict{
				{Rule: "mail-spf-missing", Family: "mail", Subject: domain, Outcome: checks.Fail, Severity: rules.High},
				{Rule: "tls-certificate-expiring", Family: "tls", Subject: "www." + domain, Outcome: checks.Fail, Severity: rules.Low, Ends: "2026-02-01"},
				{Rule: "web-new-duty", Family: "web", Subject: domain, Outcome: checks.NotApplicable, Severity: rules.Medium, Asleep: true},
			},
		},
		Companies: []store.Company{{Document: []byte(`{"whole":1}`)}, {ID: "posta finta", IDs: []string{"posta", "sito"}, Document: []byte(`{}`)}},
	}
}

// story is one with something of everything.
func story(n int) store.Story {
	s := store.Story{Trend: []byte{0, 255, byte(n)}}
	for i := range n {
		s.Points = append(s.Points, history.Point{
			Taken: week(i), Rules: "sha256:rules-1", Unseen: 1, Unsteady: 2,
			Summary: score.Summary{Grade: "C", Pass: 7, Inconclusive: 3, NotApplicable: 5, Fail: map[rules.Severity]int{rules.Critical: 0, rules.High: i, rules.Medium: 2, rules.Low: 4}},
		})
		s.Changes = append(s.Changes, history.Change{
			Rule: "mail-spf-missing", Subject: "comune.montefinto.example", Kind: history.Worsened, From: rules.Low, To: rules.High,
			Outcome: checks.Fail, Since: week(i), Confirmed: week(i + 1),
		})
		s.Expiries = append(s.Expiries, history.Expiry{Subject: "www.montefinto.example", Ends: "2026-02-01", Since: week(i), Confirmed: week(i + 1)})
	}
	s.Pending = []history.Change{{Rule: "mail-dmarc-missing", Kind: history.Mended, From: rules.Medium, Since: week(n)}}
	return s
}

// recounted records a look at a body, and what is told of it then.
func recounted(t *testing.T, s *store.Store, body int64, taken time.Time, of store.Story) int64 {
	t.Helper()
	about := got(s.Body(t.Context(), body))(t)
	numbers := got(s.Record(t.Context(), body, 0, []store.Kept{kept(t, s, about.Domain, taken)}, func([]history.Look) store.Story { return of }))(t)
	return numbers[0]
}

func storyComesBack(t *testing.T, s *store.Store) {
	numbers := put(t, s, town("montefinto", "c_x001"), town("vallefinta", "c_x002"))
	for _, n := range []int{2, 5, 3} { // it grows, and it may turn out otherwise
		recounted(t, s, numbers[0], week(n), story(n))
		want := story(n)
		want.Trend = nil
		all := got(s.Stories(t.Context(), numbers, time.Time{}))(t)
		if diff := cmp.Diff(map[int64]store.Story{numbers[0]: want}, all); diff != "" {
			t.Errorf("of %d looks (-want +got):\n%s", n, diff)
		}
		var trends [][]byte
		if err := s.Trends(t.Context(), store.Filter{}, func(_ int64, trend []byte) error {
			trends = append(trends, slices.Clone(trend))
			return nil
		}); err != nil || !cmp.Equal(trends, [][]byte{{0, 255, byte(n)}}) {
			t.Errorf("trends %v, %v", trends, err)
		}
	}
	late := got(s.Stories(t.Context(), numbers, week(3)))(t)[numbers[0]]
	if len(late.Points) != 0 || len(late.Changes) != 1 || len(late.Expiries) != 1 || len(late.Pending) != 0 {
		t.Errorf("since week 3: %+v", late)
	}
	stirred := got(s.Stirred(t.Context(), store.Filter{}))(t)
	want := []store.Stirred{{ID: numbers[0], Name: "Comune di montefinto", Taken: week(5), Moved: week(3), Pending: 1}}
	if diff := cmp.Diff(want, stirred); diff != "" {
		t.Errorf("stirred (-want +got):\n%s", diff)
	}
	if due := got(s.Awaiting(t.Context(), week(5)))(t); !slices.Equal(due, numbers[:1]) {
		t.Errorf("due: %v", due)
	}
	if due := got(s.Awaiting(t.Context(), week(5).Add(-time.Second)))(t); len(due) != 0 {
		t.Errorf("due too early: %v", due)
	}
	if n := got(s.Waiting(t.Context(), store.Filter{}))(t); n != 1 {
		t.Errorf("%d await a second look", n)
	}
	if n := got(s.Looked(t.Context(), store.Filter{}))(t); n != 1 {
		t.Errorf("%d are looked at", n)
	}
}

func looksComeBack(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	var want, is []history.Look
	list := make([]store.Kept, 3)
	for n := range list {
		list[2-n] = kept(t, s, "comune.montefinto.example", week(n)) // the newest first
		if n == 1 {
			list[2-n].Look.Verdicts[0].Outcome, list[2-n].Look.Left = checks.Inconclusive, nil
		}
		want = append(want, list[2-n].Look)
	}
	for range 2 { // the second time it is all there
		numbers := got(s.Record(t.Context(), body, 0, list, func(looks []history.Look) store.Story {
			is = looks
			return store.Story{}
		}))(t)
		if len(numbers) != 3 || numbers[0] == numbers[1] {
			t.Errorf("numbers %v", numbers)
		}
		if diff := cmp.Diff(want, is); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func newRulesLook(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"), town("nessuno", "c_x002"))[0]
	recounted(t, s, body, week(0), store.Story{})
	number := recounted(t, s, body, week(1), store.Story{})
	if none := got(s.Unjudged(t.Context(), "sha256:rules-1", 0))(t); len(none) != 0 {
		t.Errorf("judged already: %v", none)
	}
	next := got(s.Edition(t.Context(), "sha256:rules-2", week(2)))(t)
	for _, of := range []int64{0, body} {
		if open := got(s.Unjudged(t.Context(), next.Digest, of))(t); !slices.Equal(open, []int64{number}) {
			t.Errorf("open: %v", open)
		}
	}
	again := kept(t, s, "comune.montefinto.example", week(1))
	again.Look.Rules, again.Judgement = next, says("comune.montefinto.example", "E", outcomes{"mail-dmarc-missing": fails})
	again.Judgement.Rules = "sha256:rules-2"
	var editions []string
	for range 2 {
		editions = nil
		if err := s.Rejudge(t.Context(), number, again, func(looks []history.Look) store.Story {
			for _, l := range looks {
				editions = append(editions, l.Rules.Digest)
			}
			return story(1)
		}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"sha256:rules-1", "sha256:rules-1", "sha256:rules-2"}, editions); diff != "" {
		t.Errorf("looks (-want +got):\n%s", diff)
	}
	towns, _, err := s.Towns(t.Context(), store.Filter{Grade: "E", Rule: "mail-dmarc-missing"}, time.Time{}, store.Page{})
	if err != nil || len(towns) != 1 || towns[0].Rules != "sha256:rules-2" {
		t.Errorf("the list: %+v, %v", towns, err)
	}
	if failing := got(s.Failing(t.Context(), store.Filter{}))(t); len(failing) != 1 || failing[0].Rule != "mail-dmarc-missing" {
		t.Errorf("failing: %+v", failing)
	}
	if late := got(s.Edition(t.Context(), next.Digest, week(9)))(t); !late.Since.Equal(week(2)) {
		t.Errorf("first used: %s", late.Since)
	}
	if err := s.Rejudge(t.Context(), 99, again, nil); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("of no scan: %v", err)
	}
}

func companiesOfToday(t *testing.T, s *store.Store) {
	numbers := put(t, s, town("montefinto", "c_x001"), town("vallefinta", "c_x002"))
	recounted(t, s, numbers[0], week(3), story(1))
	recounted(t, s, numbers[1], week(3), story(1))
	late := kept(t, s, "comune.montefinto.example", week(1))
	late.Companies = []store.Company{{ID: "quella di prima"}}
	got(s.Record(t.Context(), numbers[0], 0, []store.Kept{late}, func([]history.Look) store.Story { return store.Story{} }))(t)
	want := []store.Company{{Body: numbers[0], ID: "posta finta", IDs: []string{"posta", "sito"}, Document: []byte("{}")}}
	of := store.Filter{Bodies: numbers[:1]}
	if diff := cmp.Diff(want, got(s.Companies(t.Context(), of, "posta finta"))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if whole := got(s.Companies(t.Context(), store.Filter{}, ""))(t); len(whole) != 2 || string(whole[1].Document) != `{"whole":1}` {
		t.Errorf("whole: %+v", whole)
	}
	for id, n := range map[string]int{"posta": 1, "sito": 1, "post": 0, "": 0, "%": 0, "posta sito": 1} {
		if known := got(s.CompaniesKnownAs(t.Context(), store.Filter{}, id))(t); len(known) != n {
			t.Errorf("%q: %v", id, known)
		}
	}
}

func stoppedStory(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	good := kept(t, s, "comune.montefinto.example", week(0))
	stopped := kept(t, s, "comune.montefinto.example", week(1))
	stopped.Judgement.Rules = ""
	if _, err := s.Record(t.Context(), body, 0, []store.Kept{good, stopped}, func([]history.Look) store.Story { return story(1) }); err == nil {
		t.Fatal("a judgement without rules was kept")
	}
	if all := got(s.Scans(t.Context(), body, time.Time{}, time.Time{}))(t); len(all) != 0 {
		t.Errorf("%d scans are left", len(all))
	}
	if all := got(s.Stories(t.Context(), []int64{body}, time.Time{}))(t); len(all) != 0 {
		t.Errorf("a story is left: %+v", all)
	}
	if _, err := s.Record(t.Context(), 99, 0, []store.Kept{good}, nil); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("of no body: %v", err)
	}
}

func versionGrows(t *testing.T, s *store.Store) {
	version := func() int64 { return got(s.Version(t.Context()))(t) }
	last := version()
	var numbers []int64
	var number int64
	edition(t, s)
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"put", func() error {
			numbers = put(t, s, town("montefinto", "c_x001"), town("vallefinta", "c_x002"))
			return nil
		}},
		{"save", func() error { number = scan(t, s, numbers[0], week(0), "C", nil); return nil }},
		{"judge", func() error { return s.Judge(t.Context(), number, says("comune.montefinto.example", "D", nil)) }},
		{"record", func() error { recounted(t, s, numbers[0], week(1), story(1)); return nil }},
		{"rejudge", func() error {
			return s.Rejudge(t.Context(), number, kept(t, s, "comune.montefinto.example", week(0)), func([]history.Look) store.Story { return story(2) })
		}},
		{"tick", func() error {
			return s.Tick(t.Context(), numbers[0], func(l *checklist.Checklist) (*checklist.Checklist, error) { return l, nil })
		}},
		{"assess", func() error {
			return s.Assess(t.Context(), numbers[0], dma.Assessment{Form: "dma-2023", Date: week(0)})
		}},
		{"merge", func() error { return s.Merge(t.Context(), numbers[1], numbers[0]) }},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if is := version(); is <= last {
			t.Errorf("%s: %d, before %d", step.name, is, last)
		}
		last = version()
	}
	got(s.Overview(t.Context(), store.Filter{}))(t)
	err := s.Tick(t.Context(), numbers[0], func(*checklist.Checklist) (*checklist.Checklist, error) { return nil, errors.New("refused") })
	if is := version(); err == nil || is != last {
		t.Errorf("nothing was written: %d, before %d, %v", is, last, err)
	}
}

func sentInRun(t *testing.T, s *store.Store) {
	numbers := put(t, s, town("montefinto", "c_x001"), town("vallefinta", "c_x002"))
	run := got(s.Begin(t.Context(), "lunedì", week(0), numbers))(t)
	for _, body := range numbers {
		about := got(s.Body(t.Context(), body))(t)
		b := bundle(t, about.Domain, week(0))
		b.Sent = evidence.Sent{DNSQueries: 3, NameQueries: 1, Connections: 5, Requests: 7, Bytes: 11, Received: 13}
		got(s.Save(t.Context(), body, run, b, says(about.Domain, "B", nil)))(t)
	}
	sent, scans, err := s.SentIn(t.Context(), run)
	if err != nil || scans != 2 {
		t.Errorf("%d scans, %v", scans, err)
	}
	if diff := cmp.Diff(evidence.Sent{DNSQueries: 8, Connections: 10, Requests: 14, Bytes: 22, Received: 26}, sent); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if sent, scans, err := s.SentIn(t.Context(), 99); err != nil || scans != 0 || sent.Connections != 0 {
		t.Errorf("no run: %+v in %d, %v", sent, scans, err)
	}
}
