package chronicle_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/store"
	"campanile/cmd/internal/store/storetest"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/history"
	"campanile/report/score/dma"
	"campanile/rules"
)

// kinds lists what became of the withdrawn certificate.
func kinds(changes []history.Change) []history.Kind {
	var list []history.Kind
	for _, c := range changes {
		if c.Rule == withdrawn {
			list = append(list, c.Kind)
		}
	}
	return list
}

// never is when nothing was told yet.
func never(int64) time.Time { return time.Time{} }

// A town that answers every other time, or that is now so and now otherwise, moves
// nothing: no change, no step in the trend, no alert.
func TestATownThatFlapsMovesNothing(t *testing.T) {
	t.Parallel()
	for name, states := range map[string][2]evidence.State{"answers": {bad, mute}, "wavers": {good, bad}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			both(t, func(t *testing.T, c *chronicle.Chronicle) {
				body := town(t, c, name)
				for n := range 12 {
					weeklyOnce(t, c, body, name, n, states[n%2])
					h := got(c.History(t.Context(), body))(t)
					if len(h.Changes) > 0 || len(h.Expiries) > 0 {
						t.Fatalf("after look %d: %+v", n, h.Changes)
					}
					for _, news := range got(c.News(t.Context(), store.Filter{}, never))(t) {
						run := history.Run{ID: "1", At: week(n)}
						if alerts := history.Alerts(run, []history.News{news}, []history.Recipient{{ID: "a@valle.example", All: true}}, nil); len(alerts) > 0 {
							t.Fatalf("after look %d: %+v", n, alerts)
						}
					}
					for i, p := range h.Points {
						if diff := cmp.Diff(h.Points[0].Fail, p.Fail); diff != "" || p.Grade != h.Points[0].Grade {
							t.Errorf("point %d steps: %s to %s %s", i, h.Points[0].Grade, p.Grade, diff)
						}
					}
				}
				o := got(c.Overview(t.Context(), store.Filter{}))(t)
				if len(o.Changed) > 0 || len(o.Sums) == 0 || len(o.Sums[len(o.Sums)-1].Moves) > 0 {
					t.Errorf("the overview: %+v, %+v", o.Changed, o.Sums)
				}
				if waiting := got(c.Pending(t.Context()))(t); len(waiting) > 0 {
					t.Errorf("it is hurried: %v", waiting)
				}
			})
		})
	}
}

func weeklyOnce(t *testing.T, c *chronicle.Chronicle, body int64, name string, n int, state evidence.State) {
	t.Helper()
	if _, err := c.Record(t.Context(), body, 0, look(t, name, week(n), state)); err != nil {
		t.Fatal(err)
	}
}

// A change awaits its second look, then it is told, with its alert.
func TestASecondLookConfirms(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		body := town(t, c, "montefinto")
		weekly(t, c, body, "montefinto", good, good, bad)
		h := got(c.History(t.Context(), body))(t)
		if len(h.Changes) > 0 || len(h.Pending) != 1 || h.Pending[0].Rule != withdrawn {
			t.Fatalf("after one look: %+v, pending %+v", h.Changes, h.Pending)
		}
		if o := got(c.Overview(t.Context(), store.Filter{}))(t); o.Pending != 1 || len(o.Changed) != 0 {
			t.Errorf("overview: %d pending, %+v", o.Pending, o.Changed)
		}
		c.Now = func() time.Time { return week(2).Add(history.Apart - time.Second) }
		if early := got(c.Pending(t.Context()))(t); len(early) > 0 {
			t.Errorf("too early: %v", early)
		}
		c.Now = func() time.Time { return week(2).Add(history.Apart) }
		if diff := cmp.Diff([]int64{body}, got(c.Pending(t.Context()))(t)); diff != "" {
			t.Errorf("due (-want +got):\n%s", diff)
		}
		c.Now = now
		weeklyOnce(t, c, body, "montefinto", 3, bad)
		h = got(c.History(t.Context(), body))(t)
		if diff := cmp.Diff([]history.Kind{history.Appeared}, kinds(h.Changes)); diff != "" || len(h.Pending) > 0 || !h.Changes[0].Confirmed.Equal(week(3)) {
			t.Errorf("%s %+v", diff, h)
		}
		o := got(c.Overview(t.Context(), store.Filter{}))(t)
		if len(o.Changed) != 1 || o.Changed[0].Body != body || o.Changed[0].Rule != withdrawn || o.Changed[0].Name != "Comune di montefinto" {
			t.Errorf("changed: %+v", o.Changed)
		}
		news := got(c.News(t.Context(), store.Filter{}, func(int64) time.Time { return week(2) }))(t)
		if len(news) != 1 || news[0].Town != strconv.FormatInt(body, 10) || len(news[0].Changes) != 1 || !news[0].Taken.Equal(week(3)) {
			t.Errorf("news: %+v", news)
		}
		if old := got(c.News(t.Context(), store.Filter{}, func(int64) time.Time { return week(4) }))(t); len(old) != 1 || len(old[0].Changes) != 0 {
			t.Errorf("told already: %+v", old)
		}
	})
}

// New rules judge the same evidence otherwise: that is told as theirs, whether the
// evidence is judged anew at once or before the next scan, and it is done once.
func TestNewRulesAreNoRegression(t *testing.T) {
	t.Parallel()
	for _, asked := range []bool{true, false} {
		t.Run(fmt.Sprint("asked=", asked), func(t *testing.T) {
			t.Parallel()
			both(t, func(t *testing.T, c *chronicle.Chronicle) {
				body, none := town(t, c, "montefinto"), town(t, c, "nessuno")
				weekly(t, c, body, "montefinto", bad, bad, bad)
				if n := got(c.Rejudge(t.Context()))(t); n != 0 {
					t.Errorf("%d bodies judged anew with the rules of before", n)
				}
				next := milder(t, c)
				if asked {
					if n := got(next.Rejudge(t.Context()))(t); n != 1 {
						t.Errorf("%d bodies judged anew", n)
					}
				}
				weeklyOnce(t, next, body, "montefinto", 3, bad)
				if n := got(next.Rejudge(t.Context()))(t); n != 0 {
					t.Errorf("the second time %d bodies were judged anew", n)
				}
				h := got(next.History(t.Context(), body))(t)
				if diff := cmp.Diff([]history.Kind{history.RulesChanged}, kinds(h.Changes)); diff != "" || len(h.Changes) != 1 || len(h.Pending) > 0 {
					t.Errorf("%s %+v pending %+v", diff, h.Changes, h.Pending)
				}
				if n := len(h.Points); n != 5 || !h.Points[2].Taken.Equal(h.Points[3].Taken) || h.Points[2].Rules == h.Points[3].Rules {
					t.Errorf("%d points; the third and the fourth are one evidence by two rules: %+v", n, h.Points)
				}
				o := got(next.Overview(t.Context(), store.Filter{}))(t)
				if len(o.Changed) > 0 {
					t.Errorf("told as a change of the town: %+v", o.Changed)
				}
				compared := got(next.Compare(t.Context(), store.Filter{}, week(1), now(), store.Page{}))(t)
				if len(compared.Moves) > 0 || compared.Rejudged[history.RulesChanged] != 1 || len(compared.Towns[0].Rejudged) != 1 || len(compared.Towns[0].Moved) != 0 {
					t.Errorf("compared: %+v", compared)
				}
				if h := got(next.History(t.Context(), none))(t); len(h.Points) > 0 {
					t.Errorf("a town without a look: %+v", h)
				}
			})
		})
	}
}

// Evidence that is damaged is said so, and keeps nobody from judging the others or
// from looking again.
func TestDamagedEvidenceStopsNothing(t *testing.T) {
	t.Parallel()
	address := storetest.SQLite(t)
	c := open(t, address)
	bodies := []int64{town(t, c, "rotto"), town(t, c, "sano")}
	weekly(t, c, bodies[0], "rotto", bad)
	weekly(t, c, bodies[1], "sano", bad)
	db, err := sql.Open("sqlite", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "UPDATE scans SET digest = 'sha256:other' WHERE body = ?", bodies[0]); err != nil {
		t.Fatal(err)
	}
	next := milder(t, c)
	if n, err := next.Rejudge(t.Context()); n != 1 || !errors.Is(err, store.ErrDamaged) {
		t.Errorf("%d bodies, %v", n, err)
	}
	weeklyOnce(t, next, bodies[0], "rotto", 1, bad)
	if h := got(next.History(t.Context(), bodies[0]))(t); len(h.Points) != 2 || len(kinds(h.Changes)) != 0 {
		t.Errorf("it cannot be told what the rules did: %+v", h)
	}
}

// Many at once is what one by one gives, in whatever order they come.
func TestManyAtOnceIsOneByOne(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		states := []evidence.State{good, bad, bad, bad, mute, good, good, bad, good, bad, bad, bad}
		bodies := []int64{town(t, c, "uno"), town(t, c, "due"), town(t, c, "tre")}
		weekly(t, c, bodies[0], "same", states...)
		var list, backwards []*evidence.Bundle
		for n, state := range states {
			list = append(list, look(t, "same", week(n), state))
			backwards = append(backwards, look(t, "same", week(len(states)-1-n), states[len(states)-1-n]))
		}
		for i, all := range [][]*evidence.Bundle{list, backwards} {
			for range 2 { // the second time it is all there
				if err := c.RecordAll(t.Context(), bodies[i+1], all); err != nil {
					t.Fatal(err)
				}
			}
		}
		want := got(c.History(t.Context(), bodies[0]))(t)
		if len(kinds(want.Changes)) == 0 || len(want.Points) != len(states) {
			t.Fatalf("nothing to compare: %+v", want)
		}
		for _, body := range bodies[1:] {
			if diff := cmp.Diff(want, got(c.History(t.Context(), body))(t)); diff != "" {
				t.Errorf("body %d (-want +got):\n%s", body, diff)
			}
			of, first := store.Filter{Bodies: []int64{body}}, store.Filter{Bodies: bodies[:1]}
			one, all := got(c.Overview(t.Context(), first))(t), got(c.Overview(t.Context(), of))(t)
			one.Changed, all.Changed = nil, nil // they name their town
			if diff := cmp.Diff(one, all); diff != "" {
				t.Errorf("overview of body %d (-want +got):\n%s", body, diff)
			}
		}
		if err := c.RecordAll(t.Context(), bodies[0], nil); err != nil {
			t.Error(err)
		}
	})
}

// Several workers that bring looks at the same towns at the same time leave the
// history that one worker leaves.
func TestWorkersAtOnceLeaveOneHistory(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		states := []evidence.State{good, bad, bad, good, good, good, bad, bad}
		alone := town(t, c, "alone")
		weekly(t, c, alone, "same", states...)
		bodies := []int64{town(t, c, "uno"), town(t, c, "due")}
		var group errgroup.Group
		for worker := range 4 {
			group.Go(func() error {
				for n := range states {
					at := (n*3 + worker) % len(states) // each in its own order
					if _, err := c.Record(t.Context(), bodies[n%2], 0, look(t, "same", week(at), states[at])); err != nil {
						return err
					}
					if _, err := c.Record(t.Context(), bodies[(n+1)%2], 0, look(t, "same", week(at), states[at])); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		want := got(c.History(t.Context(), alone))(t)
		for _, body := range bodies {
			if diff := cmp.Diff(want, got(c.History(t.Context(), body))(t)); diff != "" {
				t.Errorf("body %d (-want +got):\n%s", body, diff)
			}
		}
	})
}

// A run that has a result for a body takes no second one, and nothing of it is kept.
func TestARunHasOneResult(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		body := town(t, c, "montefinto")
		run := got(c.Store.Begin(t.Context(), "monday", week(0), []int64{body}))(t)
		first := got(c.Record(t.Context(), body, run, look(t, "montefinto", week(0), good)))(t)
		if _, err := c.Record(t.Context(), body, run, look(t, "montefinto", week(1), bad)); !errors.Is(err, store.ErrDone) {
			t.Errorf("a second result: %v", err)
		}
		if h := got(c.History(t.Context(), body))(t); len(h.Points) != 1 || first == 0 {
			t.Errorf("scan %d, %+v", first, h.Points)
		}
		sent, scans, err := c.Store.SentIn(t.Context(), run)
		if err != nil || scans != 1 || sent.Connections == 0 {
			t.Errorf("sent %+v in %d scans, %v", sent, scans, err)
		}
		if _, err := c.Record(t.Context(), 99, 0, look(t, "montefinto", week(1), bad)); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("of no body: %v", err)
		}
		if _, err := c.History(t.Context(), 99); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("the history of no body: %v", err)
		}
	})
}

// A document has what people have said beside what was found.
func TestDocumentsHaveTheChecklistAndTheAnswers(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		body, other := town(t, c, "montefinto"), town(t, c, "altrove")
		first := got(c.Record(t.Context(), body, 0, look(t, "montefinto", week(0), bad)))(t)
		weeklyOnce(t, c, body, "montefinto", 1, good)
		plain := got(c.Documents(t.Context(), body, 0, rules.Italian))(t)[0]
		if plain.Followup != nil || !plain.Method.Taken.Equal(week(1)) {
			t.Errorf("nobody has begun a checklist: %+v, %s", plain.Followup, plain.Method.Taken)
		}
		if err := c.Store.Assess(t.Context(), body, dma.Assessment{Form: c.Questions.Form, Stage: "T0", Date: week(1), Answers: dma.Answers{"8.4": {Done: true}}}); err != nil {
			t.Fatal(err)
		}
		if err := c.Store.Tick(t.Context(), body, func(l *checklist.Checklist) (*checklist.Checklist, error) {
			l.Entries = []checklist.Entry{{Rule: withdrawn, State: checklist.Done, On: week(0), By: "A. Scriba"}}
			return l, nil
		}); err != nil {
			t.Fatal(err)
		}
		documents := got(c.Documents(t.Context(), body, first, rules.Italian, rules.French))(t)
		if len(documents) != 2 || documents[1].Language != rules.French || documents[0].Followup == nil || !documents[0].Method.Taken.Equal(week(0)) {
			t.Errorf("%d documents", len(documents))
		}
		if documents[0].Annex == nil || cmp.Equal(documents[0].Annex, plain.Annex) {
			t.Error("the annex does not say what was declared")
		}
		for name, err := range map[string]error{
			"of another body": second(c.Documents(t.Context(), other, first, rules.Italian)),
			"of none":         second(c.Documents(t.Context(), other, 0, rules.Italian)),
		} {
			if !errors.Is(err, store.ErrUnknown) {
				t.Errorf("a scan %s: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }
