package chronicle_test

import (
	"slices"
	"testing"

	"campanile/cmd/internal/chronicle"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
)

// A list that somebody has begun follows what the looks say: mended, silent, back.
// Nobody's word is touched, and where there is no list none begins.
func TestAChecklistThatIsBegunFollowsTheLooks(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		body := town(t, c, "spunta")
		record := func(n int, state evidence.State) checklist.Entry {
			t.Helper()
			got(c.Record(t.Context(), body, 0, look(t, "spunta", week(n), state)))(t)
			list := got(c.Store.Checklist(t.Context(), body))(t)
			i := slices.IndexFunc(list.Entries, func(e checklist.Entry) bool { return e.Rule == withdrawn })
			if i < 0 {
				return checklist.Entry{}
			}
			return list.Entries[i]
		}
		if e := record(0, bad); e.Rule != "" {
			t.Errorf("a list began by itself: %+v", e)
		}
		if err := c.Store.Tick(t.Context(), body, func(list *checklist.Checklist) (*checklist.Checklist, error) {
			list.Entries = append(list.Entries, checklist.Entry{Rule: withdrawn, State: checklist.Done, On: week(1), By: "Ada Prova", First: week(0), Last: week(0)})
			return list, nil
		}); err != nil {
			t.Fatal(err)
		}
		if e := record(2, good); !e.Fixed.Equal(week(2)) || e.By != "Ada Prova" {
			t.Errorf("after it was mended: %+v", e)
		}
		if e := record(3, mute); !e.Fixed.Equal(week(2)) || !e.Back.IsZero() {
			t.Errorf("silence moved the entry: %+v", e)
		}
		if e := record(4, bad); e.Back.IsZero() || e.State != checklist.Done {
			t.Errorf("after it came back: %+v", e)
		}
	})
}
