package dashboard

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/queue"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/history"
	"campanile/report/score"
	"campanile/rules"
)

// tellerIn speaks a language without a site.
func tellerIn(t *testing.T, l rules.Language) teller {
	t.Helper()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	return teller{report.WordsIn(l), l, time.UTC, set}
}

func TestTheOverviewSumsUp(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	page := p.visitor().get("/")
	p.visitor().shows(p.visitor().wants("the overview", page, http.StatusOK),
		"2 municipalities of 3 have been looked at.", "1 municipality of the list has never been looked at.",
		"No map has been given.", "No run is planned.", "Month by month", `<a href="/towns?rule=`)
	p.visitor().hides(page, "<script>alert", "http-equiv")
}

// What the revoked certificate did is confirmed by the fourth look: it is told, with
// the place.
func TestAConfirmedChangeIsTold(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	page := v.get("/")
	said := report.WordsIn(rules.English).Say("figures.change.mended", "Problem", p.ready.teller(httptest.NewRequest(http.MethodGet, "/", nil)).problem("tls-certificate-revoked"))
	v.shows(page, strings.ReplaceAll(strings.ReplaceAll(said, "'", "&#39;"), `"`, "&#34;"), `<a href="`+townPath(p.town)+`"><bdi>Comune di Valbassa</bdi></a>`)
}

func TestTheFirstPageOfAMunicipalityIsItsOwn(t *testing.T) {
	t.Parallel()
	p := withAccounts(t)
	v := p.as(townName)
	if answer := v.wants("/", v.get("/"), http.StatusSeeOther); answer.Header.Get("Location") != townPath(p.town) {
		t.Errorf("it leads to %s", answer.Header.Get("Location"))
	}
	for _, path := range []string{"/compare", "/suppliers", "/suppliers/x", "/suppliers/x/letter.txt", "/suppliers/x/letter.docx", "/suppliers/x/places.csv", "/workshops", "/workshops.docx", "/runs", "/sent"} {
		v.wants(path, v.get(path), http.StatusNotFound)
	}
}

func TestATownIsFoundByItsDomain(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	if answer := v.wants("a domain", v.get("/town?domain=comune.valbassa.example"), http.StatusSeeOther); answer.Header.Get("Location") != townPath(p.town) {
		t.Errorf("it leads to %s", answer.Header.Get("Location"))
	}
	v.wants("no such domain", v.get("/town?domain=nobody.example"), http.StatusNotFound)
}

// month gives a sum with some towns in it.
func month(at time.Time, grades map[string]int, moves map[history.Kind]int) history.Sum {
	s := history.Sum{At: at, Grades: grades, Moves: moves}
	for _, n := range grades {
		s.Towns += n
	}
	return s
}

var barIn = regexp.MustCompile(`<rect class="chart-(good|fair|bad|unknown)" x="([0-9.]+)" y="[0-9.]+" width="([0-9.]+)" height="([0-9.]+)"`)

// The table beside the chart has the very values that are drawn: each part of a column
// is as high as its number in the table, in the scale of the highest column.
func TestTheTableHasTheValuesOfTheChart(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, time.September, 30, 23, 59, 59, 0, time.UTC)
	drawn := tellerIn(t, rules.Italian).trendOf([]history.Sum{
		{At: day.AddDate(0, -1, 0)}, // nobody had been looked at
		month(day, map[string]int{"A": 1, "B": 2, "C": 4, "D": 1, "E": 1, "": 1}, nil),
		month(day.AddDate(0, 1, 0), map[string]int{"A": 4, "C": 8, "E": 4, "": 4}, map[history.Kind]int{
			history.Appeared: 2, history.Returned: 1, history.Mended: 5, history.RulesChanged: 3, history.Untold: 1, history.Vanished: 9,
		}),
	})
	want := [][]cell{
		row("ottobre 2026, fino a oggi", "20", "4", "8", "4", "4", "3", "5", "4"),
		row("settembre 2026", "10", "3", "4", "2", "1", "0", "0", "0"),
	}
	if diff := cmp.Diff(want, drawn.Table.Rows); diff != "" {
		t.Fatalf("table (-want +got):\n%s", diff)
	}
	var heights []float64
	for _, found := range barIn.FindAllStringSubmatch(string(drawn.SVG), -1) {
		if x, _ := strconv.ParseFloat(found[2], 64); x == 0 {
			continue // the legend
		}
		height, err := strconv.ParseFloat(found[4], 64)
		if err != nil {
			t.Fatal(err)
		}
		if height != 15 { // that is a square of the legend
			heights = append(heights, height)
		}
	}
	values := []float64{3, 4, 2, 1, 4, 8, 4, 4}
	if len(heights) != len(values) {
		t.Fatalf("%d parts are drawn, the table has %d", len(heights), len(values))
	}
	for i, height := range heights {
		if got := (height + 0.5) / 169 * 20; got < values[i]-0.1 || got > values[i]+0.1 {
			t.Errorf("part %d is drawn as %.2f, the table says %g", i, got, values[i])
		}
	}
	if !drawn.Rules || strings.Count(string(drawn.SVG), "chart-mark") != 2 {
		t.Error("the month in which the rules changed is not marked")
	}
}

// What the words say of a grade is what grades.yaml asks.
func TestTheWordsOnGradesAreThoseOfTheRules(t *testing.T) {
	t.Parallel()
	want := []string{"A critical=0 high=0 medium=0", "B critical=0 high=0", "C critical=0 high=2", "D critical=0", "E"}
	var got []string
	for _, g := range tellerIn(t, rules.English).set.Grades {
		text := g.Grade
		for _, s := range rules.Severities {
			if most, ok := g.AtMost[s]; ok {
				text += " " + string(s) + "=" + strconv.Itoa(most)
			}
		}
		got = append(got, text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("change figures.grades.* as well (-want +got):\n%s", diff)
	}
}

// The words may change; the day and the hour must be in them.
func TestSchedulesInWords(t *testing.T) {
	t.Parallel()
	for said, want := range map[string][3]string{
		"weekly on Monday at 22:00":                    {"lunedì 22:00", "lundi 22:00", "Monday 22:00"},
		"ogni domenica notte":                          {"domenica 22:00", "dimanche 22:00", "Sunday 22:00"},
		"monthly on day 1 at 02:00 where provincia=TO": {"1° mese 02:00", "1er mois 02:00", "1 month 02:00"},
		"monthly on the last day at 02:00":             {"ultimo mese 02:00", "dernier mois 02:00", "last month 02:00"},
		"daily at 03:00":                               {"giorno 03:00", "jour 03:00", "day 03:00"},
	} {
		schedule, err := queue.ParseSchedule(said)
		if err != nil {
			t.Fatal(err)
		}
		for i, l := range []rules.Language{rules.Italian, rules.French, rules.English} {
			got, where := tellerIn(t, l).schedule(schedule.String())
			for word := range strings.FieldsSeq(want[i]) {
				if !strings.Contains(got, word) {
					t.Errorf("%s in %s: %q does not say %q", said, l, got, word)
				}
			}
			if strings.Contains(said, "where") != (where == "provincia=TO") {
				t.Errorf("%s: for %q", said, where)
			}
		}
	}
}

func TestDurationsAreRounded(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		40 * time.Second: "a moment", 7 * time.Minute: "7 minutes", 31 * time.Minute: "35 minutes", 3*time.Hour + time.Minute: "4 hours", 50 * time.Hour: "3 days",
	} {
		if got := tellerIn(t, rules.English).duration(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

// busy is a queue with a run that goes on.
type busy struct {
	asks

	state queue.State
}

func (b *busy) State(context.Context) (queue.State, error) { return b.state, nil }

func TestTheProgressOfARun(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)
	run := queue.RunState{Run: store.Run{ID: 3, Name: "weekly on Monday at 22:00, due 2026-11-23 08:00", Began: began}, Progress: store.Progress{Waiting: 8, Done: 11, Failed: 1}}
	worker := queue.WorkerState{Name: hostile, Since: began, Seen: began.Add(time.Hour), Running: 2}
	b := &busy{state: queue.State{Waiting: 6, Running: 2, Workers: []queue.WorkerState{worker}, Runs: []queue.RunState{run}}}
	p := newPlace(t, func(s *Site) { s.Queue = b })
	v := p.visitor()
	for _, path := range []string{"/", "/runs"} {
		page := v.wants(path, v.get(path), http.StatusOK)
		v.shows(page, "Every Monday at 22:00", `<progress max="20" value="12"`, "11 municipalities of 20 are done.", "1 was given up.", "too early to say")
		v.hides(page, "<script>alert", "http-equiv")
		if page.Header.Get("Refresh") != "" {
			t.Errorf("%s comes anew by itself, unasked", path)
		}
		if page := v.get(path + "?live=1"); page.Header.Get("Refresh") != "10" || !strings.Contains(page.text, `href="`+path+`"`) {
			t.Errorf("%s?live=1 does not come anew, or cannot be stopped", path)
		}
	}
	v.shows(v.get("/runs"), "At the moment: 2 municipalities are being looked at and 6 wait.", "just now")
	b.state.Runs[0].Left = 42 * time.Minute
	v.shows(v.get("/runs"), "the rest takes about 45 minutes")
	b.state.Workers = nil
	v.shows(v.get("/runs"), "the run stands still", "No worker has given a sign of life")
	b.state.Runs[0].Ended = began.Add(time.Hour)
	if page := v.get("/runs?live=1"); page.Header.Get("Refresh") != "" || strings.Contains(page.text, "<progress") {
		t.Error("a run that is over still goes on")
	}
}

// Without a queue the pages say what the store knows, and do not invent a pace.
func TestTheRunsWithoutAQueue(t *testing.T) {
	t.Parallel()
	p := newPlace(t, func(s *Site) { s.Queue = nil })
	if _, err := p.Chronicle.Store.Begin(t.Context(), "", p.clock.now(), []int64{p.town, p.hostile}); err != nil {
		t.Fatal(err)
	}
	v := p.visitor()
	v.shows(v.wants("the runs", v.get("/runs"), http.StatusOK), "not connected to a queue", "Run 1", "0 municipalities of 2 are done.")
}

func TestWhenTheNextRunIsDue(t *testing.T) {
	t.Parallel()
	p := newPlace(t, func(s *Site) {
		zone, err := time.LoadLocation("Europe/Rome")
		if err != nil {
			t.Fatal(err)
		}
		s.Zone = zone
	})
	if err := p.Chronicle.Store.Set(t.Context(), scheduleSetting, "weekly on Monday at 22:00\n\nmonthly on day 1 at 02:00 where provincia=TO\n"); err != nil {
		t.Fatal(err)
	}
	v := p.visitor()
	v.shows(v.get("/runs"), "The next run begins on 23 November 2026 at 22:00.", "Every Monday at 22:00", "next: 1 December 2026 at 02:00", "<code>provincia=TO</code>")
	if err := p.Chronicle.Store.Set(t.Context(), scheduleSetting, "<b>whenever</b>"); err != nil {
		t.Fatal(err)
	}
	v.shows(v.wants("an unreadable schedule", v.get("/runs"), http.StatusOK), "&lt;b&gt;whenever&lt;/b&gt;", "cannot read it")
}

func TestWhatWasSentDayByDay(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("there", 2*60*60)
	at := time.Date(2026, time.November, 20, 23, 0, 0, 0, time.UTC) // the next day there
	hour := func(at time.Time, n int) store.SentAt {
		return store.SentAt{At: at, Scans: n, Sent: evidence.Sent{DNSQueries: 10 * n, Connections: 5 * n, Requests: n, Bytes: int64(100 * n)}}
	}
	got := byDay([]store.SentAt{hour(at, 2), hour(at.Add(-time.Hour), 1), hour(at.Add(-3*time.Hour), 4)}, zone)
	if len(got) != 2 || got[0].At.Day() != 21 || got[0].Scans != 3 || got[0].Sent.DNSQueries != 30 || got[1].At.Day() != 20 || got[1].Sent.Bytes != 400 {
		t.Errorf("%+v", got)
	}
	p := newPlace(t, nil)
	v := p.visitor()
	page := v.wants("what was sent", v.get("/sent"), http.StatusOK)
	v.shows(page, "At most five connections a second", "22 November 2026", "16 November 2026")
	if days := strings.Count(page.text, `scope="row"`); days != 5 {
		t.Errorf("%d days, want one for each look", days)
	}
}

// The sums of a run and of its day are those of its looks.
func TestWhatARunHasSent(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	ctx := t.Context()
	looks, err := p.Chronicle.Store.SentByHour(ctx, store.Filter{}, p.clock.now().AddDate(0, 0, -60))
	if err != nil {
		t.Fatal(err)
	}
	own, err := p.Chronicle.Store.SentByHour(ctx, store.Filter{Bodies: []int64{p.hostile}}, p.clock.now().AddDate(0, 0, -60))
	if err != nil {
		t.Fatal(err)
	}
	sum := func(list []store.SentAt) (scans, queries int) {
		for _, each := range list {
			scans, queries = scans+each.Scans, queries+each.Sent.DNSQueries
		}
		return scans, queries
	}
	scans, queries := sum(looks)
	ownScans, ownQueries := sum(own)
	if scans != 5 || ownScans != 1 || ownQueries == 0 || queries != 5*ownQueries {
		t.Errorf("%d scans sent %d questions; one of them sent %d", scans, queries, ownQueries)
	}
	if !slices.IsSortedFunc(looks, func(a, b store.SentAt) int { return b.At.Compare(a.At) }) {
		t.Error("the newest hour does not come first")
	}
}
