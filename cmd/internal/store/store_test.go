package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"campanile/checks"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/score/dma"
)

// outcomes is what is said of some rules of a town.
type outcomes = map[string]checks.Outcome

// situation is one that every engine must master. Those with an address open
// stores themselves.
type situation struct {
	name string
	run  func(t *testing.T, s *store.Store)
}

var situations = []situation{
	{"evidence-comes-back-to-the-byte", evidenceComesBack},
	{"unchanged-evidence-is-kept-once", unchangedIsKeptOnce},
	{"the-same-evidence-twice-is-one-scan", sameEvidenceTwice},
	{"a-body-is-known-by-its-code", knownByCode},
	{"a-merged-body-keeps-its-history", mergedKeepsHistory},
	{"hostile-texts-are-kept-harmless", hostileTexts},
	{"a-run-has-one-result-for-each-body", oneResult},
	{"many-workers-lose-nothing", manyWorkers},
	{"a-stopped-step-leaves-nothing", stoppedStep},
	{"overdue-are-those-not-looked-at", overdue},
	{"a-problem-is-one-span-until-it-ends", spansOfAProblem},
	{"inconclusive-neither-passes-nor-fails", inconclusiveApart},
	{"a-scan-that-comes-late-finds-its-place", lateScan},
	{"new-rules-stand-beside-the-old", newRules},
	{"lists-follow-their-filters", filters},
	{"a-list-of-a-past-day", pastDay},
	{"a-municipality-sees-itself-alone", seesItself},
	{"suppliers-and-whom-they-serve", suppliers},
	{"a-checklist-comes-back", checklistComesBack},
	{"two-people-tick-at-once", twoTick},
	{"exceptions-and-reviews-of-the-territory", exceptionsAndReviews},
	{"assessments-and-mandates-come-back", papers},
	{"what-is-not-there-is-said-so", notThere},
}

func TestEveryEngineMasters(t *testing.T) {
	t.Parallel()
	for engine, fresh := range engines(t) {
		for _, situation := range slices.Concat(situations, chronicled) {
			t.Run(engine+"/"+situation.name, func(t *testing.T) {
				t.Parallel()
				situation.run(t, open(t, fresh(t)))
			})
		}
	}
}

func evidenceComesBack(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	for n := range 4 {
		want := bundle(t, "comune.montefinto.example", week(n))
		want.DNS.Lookups[0].Records = []string{fmt.Sprintf("\"v=DMARC1; p=none; rua=mailto:n%d@montefinto.example\"", n)}
		number, err := s.Save(t.Context(), body, 0, want, says(want.Target.Domain, "C", nil))
		if err != nil {
			t.Fatal(err)
		}
		kept := got(s.Evidence(t.Context(), number))(t)
		if want, got := got(evidence.Digest(want))(t), got(evidence.Digest(kept))(t); want != got {
			t.Errorf("scan %d: want %s, got %s", n, want, got)
		}
		about := got(s.Scan(t.Context(), number))(t)
		if about.Digest != got(evidence.Digest(want))(t) || !about.Taken.Equal(week(n)) || about.Summary.Grade != "C" {
			t.Errorf("scan %d: %+v", n, about)
		}
	}
	if all := got(s.Scans(t.Context(), body, week(1), week(3)))(t); len(all) != 2 || !all[0].Taken.Equal(week(1)) {
		t.Errorf("scans from week 1 to before week 3: %+v", all)
	}
}

func unchangedIsKeptOnce(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	scan(t, s, body, week(0), "B", nil)
	first := got(s.Room(t.Context()))(t)
	for n := range 5 {
		scan(t, s, body, week(n+1), "B", nil)
	}
	after := got(s.Room(t.Context()))(t)
	if more := after.Parts - first.Parts; more != 5 { // the heads, with the time
		t.Errorf("%d further parts, want 5", more)
	}
	if more := after.Packed - first.Packed; more > first.Packed/4 {
		t.Errorf("five scans without news took %d bytes, the first one %d", more, first.Packed)
	}
}

func sameEvidenceTwice(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	first := scan(t, s, body, week(0), "B", outcomes{"mail-spf-missing": fails})
	if second := scan(t, s, body, week(0), "B", outcomes{"mail-spf-missing": fails}); second != first {
		t.Errorf("number %d, then %d", first, second)
	}
	if all := got(s.Scans(t.Context(), body, time.Time{}, time.Time{}))(t); len(all) != 1 {
		t.Errorf("%d scans", len(all))
	}
}

func knownByCode(t *testing.T, s *store.Store) {
	bare := town("montefinto", "")
	first := put(t, s, bare, town("roccafinta", "c_x002"))
	coded := town("montefinto", "c_x001")
	moved := town("roccanuova", "C_X002")
	moved.Former = []string{"comune.roccafinta.example"}
	second := put(t, s, coded, moved, town("borgofinto", "c_x003"))
	if second[0] != first[0] || second[1] != first[1] || second[2] == first[0] || second[2] == first[1] {
		t.Errorf("numbers %v, then %v", first, second)
	}
	want := moved
	want.ID = first[1]
	if diff := cmp.Diff(want, got(s.Body(t.Context(), first[1]))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if b := got(s.ByDomain(t.Context(), "comune.montefinto.example"))(t); b.ID != first[0] || b.Code != "c_x001" {
		t.Errorf("by its domain: %+v", b)
	}
	codeless := town("montefinto", "")
	codeless.Population = 1300
	if third := put(t, s, codeless); third[0] != first[0] {
		t.Errorf("without its code it is %d, with it %d", third[0], first[0])
	}
	if b := got(s.Body(t.Context(), first[0]))(t); b.Code != "c_x001" || b.Population != 1300 {
		t.Errorf("a list without codes: %+v", b)
	}
	_, err := s.Put(t.Context(), []store.Body{{Target: evidence.Target{Name: "Senza Sito"}}})
	if err == nil || !strings.Contains(err.Error(), "Senza Sito") {
		t.Errorf("without a domain: %v", err)
	}
}

func mergedKeepsHistory(t *testing.T, s *store.Store) {
	numbers := put(t, s, town("montefinto", "c_x001"), town("vallefinta", "c_x002"))
	scan(t, s, numbers[0], week(0), "E", outcomes{"mail-spf-missing": fails})
	if err := s.Merge(t.Context(), numbers[0], numbers[1]); err != nil {
		t.Fatal(err)
	}
	if all := got(s.Scans(t.Context(), numbers[0], time.Time{}, time.Time{}))(t); len(all) != 1 {
		t.Errorf("%d scans of the merged body", len(all))
	}
	merged := got(s.Merged(t.Context(), numbers[1]))(t)
	if len(merged) != 1 || merged[0].ID != numbers[0] || merged[0].Successor != numbers[1] {
		t.Errorf("merged: %+v", merged)
	}
	if o := got(s.Overview(t.Context(), store.Filter{}))(t); o.Bodies != 1 || o.Scanned != 0 {
		t.Errorf("the merged body is counted still: %+v", o)
	}
	if failing := got(s.Failing(t.Context(), store.Filter{}))(t); len(failing) != 0 {
		t.Errorf("the merged body fails still: %+v", failing)
	}
	if err := s.Merge(t.Context(), numbers[0], 999); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("into nothing: %v", err)
	}
}

func hostileTexts(t *testing.T, s *store.Store) {
	const bad = "x'); DROP TABLE bodies; -- ? \\' \x00 \xff %_!"
	b := town("montefinto", "c_x001")
	b.Name = bad
	body := put(t, s, b)[0]
	evil := bundle(t, b.Domain, week(0))
	evil.Suppliers[0].Evidence = bad
	j := says(b.Domain, "C", outcomes{"mail-spf-missing": fails})
	j.Verdicts[2].Subject = bad
	number, err := s.Save(t.Context(), body, 0, evil, j)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ToLower("x'); DROP TABLE bodies; -- ? \\' \uFFFD \uFFFD %_!")
	spans := got(s.Spans(t.Context(), store.Spans{}))(t)
	if len(spans) != 1 || spans[0].Subject != want {
		t.Errorf("spans %+v", spans)
	}
	if supplied := got(s.SuppliersOf(t.Context(), body))(t); len(supplied) != 2 || !strings.EqualFold(supplied[0].Because, want) {
		t.Errorf("suppliers %+v", supplied)
	}
	if _, err := s.Evidence(t.Context(), number); err != nil {
		t.Error(err)
	}
	for part, n := range map[string]int{"%_!": 1, "%": 1, "DROP table": 1, "%x": 0, "__": 0, "'": 1, "montefinto": 1} {
		if _, total, err := s.Towns(t.Context(), store.Filter{Name: part}, time.Time{}, store.Page{}); err != nil || total != n {
			t.Errorf("towns with %q: %d, %v", part, total, err)
		}
	}
}

func oneResult(t *testing.T, s *store.Store) {
	numbers := put(t, s, town("montefinto", "c_x001"), town("vallefinta", "c_x002"), town("borgofinto", "c_x003"))
	run := got(s.Begin(t.Context(), "lunedì notte", week(0), numbers[:2]))(t)
	save := func(body int64, taken time.Time) error {
		about := got(s.Body(t.Context(), body))(t)
		_, err := s.Save(t.Context(), body, run, bundle(t, about.Domain, taken), says(about.Domain, "B", nil))
		return err
	}
	if err := s.Fail(t.Context(), run, numbers[0], week(0), "not reachable"); err != nil {
		t.Fatal(err)
	}
	if p := got(s.Progress(t.Context(), run))(t); p != (store.Progress{Waiting: 1, Failed: 1}) {
		t.Errorf("one given up: %+v", p)
	}
	if err := save(numbers[0], week(0)); err != nil {
		t.Errorf("tried again: %v", err)
	}
	if err := save(numbers[0], week(0).Add(time.Minute)); !errors.Is(err, store.ErrDone) {
		t.Errorf("a second result: %v", err)
	}
	if all := got(s.Scans(t.Context(), numbers[0], time.Time{}, time.Time{}))(t); len(all) != 1 {
		t.Errorf("%d scans after a second result", len(all))
	}
	if err := save(numbers[2], week(0)); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("a body that is not in the run: %v", err)
	}
	if err := s.Fail(t.Context(), run, numbers[0], week(1), "too late"); err != nil {
		t.Fatal(err)
	}
	if err := s.End(t.Context(), run, week(1)); err != nil {
		t.Fatal(err)
	}
	if p := got(s.Progress(t.Context(), run))(t); p != (store.Progress{Waiting: 1, Done: 1}) {
		t.Errorf("at the end: %+v", p)
	}
	want := []store.Run{{ID: run, Name: "lunedì notte", Began: week(0), Ended: week(1)}}
	if diff := cmp.Diff(want, got(s.Runs(t.Context(), 5))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	waiting := got(s.Turns(t.Context(), run, store.Waiting))(t)
	if len(waiting) != 1 || waiting[0].Body != numbers[1] {
		t.Errorf("waiting: %+v", waiting)
	}
}

func manyWorkers(t *testing.T, s *store.Store) {
	const towns, workers = 6, 4
	var bodies []store.Body
	for n := range towns {
		bodies = append(bodies, town(fmt.Sprintf("finto%d", n), fmt.Sprintf("c_y%03d", n)))
	}
	numbers := put(t, s, bodies...)
	run := got(s.Begin(t.Context(), "", week(0), numbers))(t)
	var done [workers][towns]error
	var group errgroup.Group
	for w := range workers {
		group.Go(func() error {
			for n, body := range numbers {
				b := bundle(t, bodies[n].Domain, week(0).Add(time.Duration(w)*time.Second))
				_, done[w][n] = s.Save(t.Context(), body, run, b, says(bodies[n].Domain, "B", nil))
			}
			return nil
		})
	}
	_ = group.Wait()
	for n, body := range numbers {
		kept := 0
		for w := range workers {
			switch err := done[w][n]; {
			case err == nil:
				kept++
			case !errors.Is(err, store.ErrDone):
				t.Errorf("worker %d, town %d: %v", w, n, err)
			}
		}
		all := got(s.Scans(t.Context(), body, time.Time{}, time.Time{}))(t)
		if kept != 1 || len(all) != 1 {
			t.Errorf("town %d: %d workers kept a result, %d are there", n, kept, len(all))
		}
	}
}

func stoppedStep(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	j := says("comune.montefinto.example", "B", outcomes{"mail-spf-missing": fails})
	j.Rules = ""
	if _, err := s.Save(t.Context(), body, 0, bundle(t, "comune.montefinto.example", week(0)), j); err == nil {
		t.Fatal("a judgement without rules was kept")
	}
	if room := got(s.Room(t.Context()))(t); room.Parts != 0 || room.Scans != 0 {
		t.Errorf("something was left: %+v", room)
	}
	if b := bundle(t, "comune.montefinto.example", time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC)); b != nil {
		if _, err := s.Save(t.Context(), body, 0, b, says("", "B", nil)); err == nil {
			t.Error("evidence of 1960 was kept")
		}
	}
}

func overdue(t *testing.T, s *store.Store) {
	numbers := put(t, s, town("nuovo", "c_x001"), town("recente", "c_x002"), town("vecchio", "c_x003"))
	scan(t, s, numbers[1], week(5), "A", nil)
	scan(t, s, numbers[2], week(1), "A", nil)
	var due []int64
	for _, b := range got(s.Overdue(t.Context(), week(4), 10))(t) {
		due = append(due, b.ID)
	}
	if diff := cmp.Diff([]int64{numbers[0], numbers[2]}, due); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func checklistComesBack(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	want := &checklist.Checklist{
		Domain: "comune.montefinto.example", Name: "Comune di montefinto",
		Entries: []checklist.Entry{
			{Rule: "mail-spf-missing", Subject: "comune.montefinto.example", Title: "Manca SPF", State: checklist.Accepted, Until: day, By: "A. Scriba", Because: "si cambia fornitore", First: week(0), Last: week(3)},
			{Rule: "mail-dmarc-missing", State: checklist.Done, On: day, By: "B. Scriba", Fixed: week(4), Back: week(5)},
		},
		Reviews: []checklist.Review{{On: day, By: "C. Legge", Taken: week(3), Evidence: "sha256:abc", Note: "letto"}},
	}
	if err := s.Tick(t.Context(), body, func(*checklist.Checklist) (*checklist.Checklist, error) { return want, nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got(s.Checklist(t.Context(), body))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	refused := errors.New("refused")
	err := s.Tick(t.Context(), body, func(c *checklist.Checklist) (*checklist.Checklist, error) {
		c.Entries = nil
		return c, refused
	})
	if !errors.Is(err, refused) || len(got(s.Checklist(t.Context(), body))(t).Entries) != 2 {
		t.Errorf("a change that failed: %v", err)
	}
}

func twoTick(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	const people = 8
	var group errgroup.Group
	for n := range people {
		group.Go(func() error {
			return s.Tick(t.Context(), body, func(c *checklist.Checklist) (*checklist.Checklist, error) {
				c.Entries = append(c.Entries, checklist.Entry{Rule: "rule", Subject: fmt.Sprint(n)})
				return c, nil
			})
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if n := len(got(s.Checklist(t.Context(), body))(t).Entries); n != people {
		t.Errorf("%d of %d ticks are there", n, people)
	}
}

func exceptionsAndReviews(t *testing.T, s *store.Store) {
	numbers := put(t, s, town("montefinto", "c_x001"), town("vallefinta", "c_x002"))
	for i, body := range numbers {
		day := time.Date(2026, 6, 2-i, 0, 0, 0, 0, time.UTC)
		if err := s.Tick(t.Context(), body, func(c *checklist.Checklist) (*checklist.Checklist, error) {
			c.Entries = []checklist.Entry{{Rule: "open"}, {Rule: "left", State: checklist.Accepted, Until: day}}
			c.Reviews = []checklist.Review{{On: day, By: "C. Legge"}}
			return c, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	list := got(s.Exceptions(t.Context(), store.Filter{}))(t)
	if len(list) != 2 || list[0].Body != numbers[1] || list[0].Entry.Rule != "left" {
		t.Errorf("exceptions %+v", list)
	}
	if one := got(s.Exceptions(t.Context(), store.Filter{Bodies: numbers[:1]}))(t); len(one) != 1 || one[0].Body != numbers[0] {
		t.Errorf("exceptions of one %+v", one)
	}
	since := got(s.Reviews(t.Context(), store.Filter{}, time.Date(2026, 6, 2, 0, 0, 0, 0, time.UTC)))(t)
	if len(since) != 1 || since[0].Body != numbers[0] || since[0].Review.By != "C. Legge" {
		t.Errorf("reviews %+v", since)
	}
}

func papers(t *testing.T, s *store.Store) {
	body := put(t, s, town("montefinto", "c_x001"))[0]
	first := dma.Assessment{Form: "dma-2023", Stage: "T0", Date: week(0), Source: "self", Answers: dma.Answers{"8.4": {Done: true}}}
	again := first
	again.Answers = dma.Answers{"8.4": {Done: true, Planned: true}, "3.1": {Level: 4}}
	second := dma.Assessment{Form: "dma-2023", Stage: "T1", Date: week(20), Source: "adviser"}
	for _, a := range []dma.Assessment{second, first, again} {
		if err := s.Assess(t.Context(), body, a); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]dma.Assessment{again, second}, got(s.Assessments(t.Context(), body))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	m := store.Mandate{Digest: "sha256:m", From: week(0), Until: week(4), File: []byte("body: \x00\xff")}
	for range 2 {
		if err := s.Authorise(t.Context(), body, m); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]store.Mandate{m}, got(s.Mandates(t.Context(), body, week(4)))(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if late := got(s.Mandates(t.Context(), body, week(5)))(t); len(late) != 0 {
		t.Errorf("after its end: %+v", late)
	}
}

func notThere(t *testing.T, s *store.Store) {
	for name, err := range map[string]error{
		"body":      second(s.Body(t.Context(), 7)),
		"domain":    second(s.ByDomain(t.Context(), "nessuno.example")),
		"scan":      second(s.Scan(t.Context(), 7)),
		"evidence":  second(s.Evidence(t.Context(), 7)),
		"verdicts":  second(s.Verdicts(t.Context(), 7, "")),
		"rules":     second(s.Verdicts(t.Context(), 7, "sha256:x")),
		"judge":     s.Judge(t.Context(), 7, says("x", "A", nil)),
		"checklist": second(s.Checklist(t.Context(), 7)),
		"assess":    s.Assess(t.Context(), 7, dma.Assessment{}),
		"authorise": s.Authorise(t.Context(), 7, store.Mandate{}),
		"save":      second(s.Save(t.Context(), 7, 0, bundle(t, "nessuno.example", week(0)), says("x", "A", nil))),
	} {
		if !errors.Is(err, store.ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
