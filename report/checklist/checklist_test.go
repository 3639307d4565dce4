package checklist_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/report/checklist"
)

// The three scans of these tests, and days between them.
var (
	t0    = time.Date(2026, time.March, 2, 9, 30, 0, 0, time.UTC)
	t1    = time.Date(2026, time.June, 3, 9, 30, 0, 0, time.UTC)
	t2    = time.Date(2026, time.September, 4, 9, 30, 0, 0, time.UTC)
	april = time.Date(2026, time.April, 10, 0, 0, 0, 0, time.UTC)
)

const (
	rule = "web-hsts-missing"
	town = "comune.valbassa.example"
)

func dayOf(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }

// scan gives a scan with one verdict for each subject.
func scan(taken time.Time, outcomes map[string]checks.Outcome) checklist.Scan {
	s := checklist.Scan{Taken: taken}
	for _, subject := range []string{town, "www." + town, "old." + town} {
		if outcome, ok := outcomes[subject]; ok {
			s.Seen = append(s.Seen, checklist.Seen{Rule: rule, Subject: subject, Title: "No HSTS", Outcome: outcome})
		}
	}
	return s
}

func only(taken time.Time, outcome checks.Outcome) checklist.Scan {
	return scan(taken, map[string]checks.Outcome{town: outcome})
}

func leaving(s checklist.Scan, hosts ...string) checklist.Scan {
	s.Left = hosts
	return s
}

func entry(change func(*checklist.Entry)) checklist.Entry {
	e := checklist.Entry{Rule: rule, Subject: town, Title: "No HSTS", First: t0, Last: t0}
	change(&e)
	return e
}

func TestAScanSaysHowAnEntryFares(t *testing.T) {
	t.Parallel()
	plain := func(*checklist.Entry) {}
	done := func(on time.Time) func(*checklist.Entry) {
		return func(e *checklist.Entry) { e.State, e.On = checklist.Done, on }
	}
	accepted := func(until time.Time) func(*checklist.Entry) {
		return func(e *checklist.Entry) { e.State, e.Until, e.By, e.Because = checklist.Accepted, until, "Anna", "why" }
	}
	fixed := func(e *checklist.Entry) { e.Fixed = t1 }
	for situation, c := range map[string]struct {
		entry func(*checklist.Entry)
		scan  checklist.Scan
		want  string
	}{
		"never said and there":                                    {plain, only(t1, checks.Fail), "there "},
		"the scan that found it first":                            {plain, only(t0, checks.Fail), "new "},
		"a pass mends":                                            {plain, only(t1, checks.Pass), "fixed passed"},
		"a pass mends what was ticked":                            {done(april), only(t1, checks.Pass), "fixed passed"},
		"what does not apply any more mends":                      {plain, only(t1, checks.NotApplicable), "fixed not-applicable"},
		"a timeout mends nothing":                                 {done(april), only(t1, checks.Inconclusive), "unknown not-measured"},
		"ticked and there":                                        {done(april), only(t1, checks.Fail), "still-there "},
		"ticked without a day and there":                          {done(time.Time{}), only(t1, checks.Fail), "still-there "},
		"ticked after the scan":                                   {done(dayOf(t2)), only(t1, checks.Fail), "ticked "},
		"ticked on the day of the scan that is known":             {done(dayOf(t0)), only(t0, checks.Fail), "ticked "},
		"ticked and scanned again on the same day":                {done(dayOf(t0)), only(t0.Add(time.Hour), checks.Fail), "still-there "},
		"asked and there":                                         {func(e *checklist.Entry) { e.State, e.On = checklist.Asked, april }, only(t1, checks.Fail), "waiting "},
		"accepted until later":                                    {accepted(dayOf(t2)), only(t1, checks.Fail), "accepted "},
		"accepted until the day of the scan":                      {accepted(dayOf(t1)), only(t1, checks.Fail), "accepted "},
		"accepted until the day before":                           {accepted(dayOf(t1).AddDate(0, 0, -1)), only(t1, checks.Fail), "expired "},
		"accepted without an end":                                 {accepted(time.Time{}), only(t1, checks.Fail), "expired "},
		"accepted and mended":                                     {accepted(dayOf(t2)), only(t1, checks.Pass), "fixed passed"},
		"mended before and there":                                 {fixed, only(t2, checks.Fail), "came-back "},
		"there, and mended by a later scan":                       {fixed, only(t0.Add(time.Hour), checks.Fail), "there "},
		"the scan that found it again":                            {func(e *checklist.Entry) { e.Back, e.Last = t2, t2 }, only(t2, checks.Fail), "came-back "},
		"there after it came back":                                {func(e *checklist.Entry) { e.Back = t1 }, only(t2, checks.Fail), "there "},
		"an exception counts more than coming back":               {func(e *checklist.Entry) { fixed(e); accepted(dayOf(t2))(e) }, only(t2, checks.Fail), "accepted "},
		"a pass that is older than the last failure":              {func(e *checklist.Entry) { e.Last = t2 }, only(t1, checks.Pass), "unknown later"},
		"a subject that is gone, and nothing was seen":            {plain, scan(t1, nil), "unknown not-seen"},
		"a subject that is gone, and another fails":               {plain, scan(t1, map[string]checks.Outcome{"www." + town: checks.Fail}), "unknown not-seen"},
		"a subject that is gone, and another is unknown":          {plain, scan(t1, map[string]checks.Outcome{"www." + town: checks.Pass, "old." + town: checks.Inconclusive}), "unknown not-seen"},
		"a subject that is gone, and nowhere does the rule apply": {plain, scan(t1, map[string]checks.Outcome{"www." + town: checks.NotApplicable}), "unknown not-seen"},
		"a subject that is gone, and the rule passes for all":     {plain, scan(t1, map[string]checks.Outcome{"www." + town: checks.Pass, "old." + town: checks.NotApplicable}), "fixed gone"},
		"a subject that is there and was not looked at":           {plain, leaving(scan(t1, map[string]checks.Outcome{"www." + town: checks.Pass}), "Comune.Valbassa.example"), "unknown not-seen"},
		"one failure among several verdicts on a subject is enough": {plain, checklist.Scan{Taken: t1, Seen: []checklist.Seen{
			{Rule: rule, Subject: town, Outcome: checks.Pass}, {Rule: rule, Subject: town, Outcome: checks.Fail},
		}}, "there "},
		"capitals and a final dot are the same subject": {plain, checklist.Scan{Taken: t1, Seen: []checklist.Seen{
			{Rule: rule, Subject: "Comune.Valbassa.EXAMPLE.", Outcome: checks.Pass},
		}}, "fixed passed"},
	} {
		list := &checklist.Checklist{Domain: town, Entries: []checklist.Entry{entry(c.entry)}}
		var got string
		for _, r := range checklist.Against(list, c.scan) {
			if r.Entry.Subject == town {
				got += fmt.Sprintf("%s %s", r.Status, r.How)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", situation, got, c.want)
		}
	}
}

func TestAFindingThatIsNotOnTheListIsNewOnce(t *testing.T) {
	t.Parallel()
	s := only(t0, checks.Fail)
	s.Seen = append(s.Seen, s.Seen[0], checklist.Seen{Rule: "dns-caa-missing", Subject: town, Outcome: checks.Inconclusive})
	got := checklist.Against(&checklist.Checklist{}, s)
	want := []checklist.Result{{Entry: entry(func(*checklist.Entry) {}), Status: checklist.New}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnEntryOfAWholeRuleStandsForEverySubjectWithoutOneOfItsOwn(t *testing.T) {
	t.Parallel()
	c := &checklist.Checklist{Entries: []checklist.Entry{
		entry(func(e *checklist.Entry) { e.State, e.On = checklist.Done, april }),
		entry(func(e *checklist.Entry) { e.Subject = "www." + town }),
		entry(func(e *checklist.Entry) {
			e.Subject, e.State, e.Until = "", checklist.Accepted, dayOf(t2)
		}),
	}}
	got := map[string]checklist.Status{}
	for _, r := range checklist.Against(c, scan(t1, map[string]checks.Outcome{town: checks.Fail, "www." + town: checks.Fail, "old." + town: checks.Fail})) {
		got[r.Entry.Subject] = r.Status
	}
	want := map[string]checklist.Status{town: checklist.StillThere, "www." + town: checklist.Excepted, "": checklist.Excepted}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for subject, want := range map[string]bool{town: false, "www." + town: true, "old." + town: true} {
		if got := c.Excepts(rule, subject, t1); got != want {
			t.Errorf("excepts %s: %t", subject, got)
		}
	}
	for _, r := range checklist.Against(c, scan(t1, map[string]checks.Outcome{town: checks.Fail})) {
		if r.Entry.Subject == "" {
			t.Errorf("the rule has no other subject, and yet %v", r)
		}
	}
	for _, r := range checklist.Against(c, scan(t1, nil)) {
		if r.Status != checklist.Unknown {
			t.Errorf("nothing was seen, and yet %v", r)
		}
	}
}

func TestAnExceptionHoldsUntilTheEndOfItsLastDay(t *testing.T) {
	t.Parallel()
	c := &checklist.Checklist{Entries: []checklist.Entry{entry(func(e *checklist.Entry) { e.State, e.Until = checklist.Accepted, april })}}
	for _, when := range []struct {
		on   time.Time
		want bool
	}{{april.Add(-time.Hour), true}, {april.Add(24*time.Hour - time.Second), true}, {april.Add(24 * time.Hour), false}} {
		if got := c.Excepts(rule, "COMUNE.valbassa.example.", when.on); got != when.want {
			t.Errorf("%s: %t", when.on, got)
		}
	}
	if c.Excepts("dns-caa-missing", town, april) || c.Excepts(rule, "www."+town, april) || (*checklist.Checklist)(nil).Excepts(rule, town, april) {
		t.Error("a finding that nobody has accepted is under an exception")
	}
	c.Entries[0].State = checklist.Done
	if c.Excepts(rule, town, april) {
		t.Error("a tick is taken for an exception")
	}
}

// TestAYearOfScans updates one list scan after scan, and reads each result twice:
// the report of a scan says the same before the update and after it.
func TestAYearOfScans(t *testing.T) {
	t.Parallel()
	c := &checklist.Checklist{Domain: town, Reviews: []checklist.Review{{By: "Anna", On: april}}}
	statuses := func(s checklist.Scan) string {
		text := ""
		for _, r := range checklist.Against(c, s) {
			if r.News(s.Taken) {
				text += string(r.Status) + " "
			}
		}
		return text
	}
	for _, step := range []struct {
		scan   checklist.Scan
		want   string
		change func(*checklist.Entry)
	}{
		{only(t0, checks.Fail), "new ", func(e *checklist.Entry) {
			e.State, e.On, e.By, e.Because, e.Title = checklist.Done, april, "Anna", "the supplier says so", "by hand"
		}},
		{only(t1, checks.Pass), "fixed ", func(*checklist.Entry) {}},
		{only(t1.AddDate(0, 0, 1), checks.Pass), "", func(*checklist.Entry) {}},
		{only(t1.AddDate(0, 0, 2), checks.Inconclusive), "unknown ", func(*checklist.Entry) {}},
		{only(t2, checks.Fail), "came-back ", func(*checklist.Entry) {}},
		{only(t2.AddDate(0, 0, 1), checks.Fail), "still-there ", func(*checklist.Entry) {}},
	} {
		before := statuses(step.scan)
		c, _ = checklist.Update(c, step.scan)
		if again := statuses(step.scan); before != step.want || again != step.want {
			t.Errorf("%s: %q before the update, %q after it, want %q", step.scan.Taken, before, again, step.want)
		}
		step.change(&c.Entries[0])
	}
	want := &checklist.Checklist{
		Domain: town, Reviews: []checklist.Review{{By: "Anna", On: april}},
		Entries: []checklist.Entry{{
			Rule: rule, Subject: town, Title: "by hand", State: checklist.Done, On: april, By: "Anna", Because: "the supplier says so",
			First: t0, Last: t2.AddDate(0, 0, 1), Back: t2,
		}},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !c.Known().Equal(t2.AddDate(0, 0, 1)) {
		t.Errorf("known: %s", c.Known())
	}
}

func TestAnOlderScanChangesNothingThatANewerHasSaid(t *testing.T) {
	t.Parallel()
	c := &checklist.Checklist{Entries: []checklist.Entry{entry(func(e *checklist.Entry) { e.First, e.Last, e.Fixed = t1, t1, t2 })}}
	before := c.Entries[0]
	after, _ := checklist.Update(c, only(t0, checks.Fail))
	want := before
	want.First = t0
	if diff := cmp.Diff(want, after.Entries[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, c.Entries[0]); diff != "" {
		t.Errorf("the list that was given has changed (-want +got):\n%s", diff)
	}
	c.Entries[0].Fixed = time.Time{}
	if after, _ := checklist.Update(c, only(t0, checks.Pass)); !after.Entries[0].Fixed.IsZero() {
		t.Error("an older pass has mended what a newer scan has seen")
	}
}

func TestASubjectOfAStrangerFitsIntoAFile(t *testing.T) {
	t.Parallel()
	for situation, subject := range map[string]string{
		"long": strings.Repeat("é", 3000), "no UTF-8": strings.Repeat("\xff", 30) + town, "long and no UTF-8": strings.Repeat("a\xff\xffé", 1000),
	} {
		s := checklist.Scan{Taken: t0, Seen: []checklist.Seen{{Rule: rule, Subject: subject, Outcome: checks.Fail}}}
		c, _ := checklist.Update(&checklist.Checklist{}, s)
		if kept := c.Entries[0].Subject; kept == "" || len(kept) > 2000 || !utf8.ValidString(kept) {
			t.Errorf("%s: %d bytes", situation, len(kept))
		}
		if again, results := checklist.Update(c, s); len(again.Entries) != 1 || results[0].Status != checklist.New {
			t.Errorf("%s: not the same entry again: %v", situation, results)
		}
	}
}

func TestALookThatIsNotedTwiceIsOneLook(t *testing.T) {
	t.Parallel()
	c := &checklist.Checklist{}
	look := checklist.Review{On: april.Add(time.Hour), By: "Anna", Taken: t0.Add(time.Millisecond), Evidence: "sha256:00", Note: "read"}
	c.Looked(look)
	c.Looked(look)
	look.On = look.On.AddDate(0, 0, 1)
	c.Looked(look)
	want := []checklist.Review{
		{On: april, By: "Anna", Taken: t0, Evidence: "sha256:00", Note: "read"},
		{On: april.AddDate(0, 0, 1), By: "Anna", Taken: t0, Evidence: "sha256:00", Note: "read"},
	}
	if diff := cmp.Diff(want, c.Reviews); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
