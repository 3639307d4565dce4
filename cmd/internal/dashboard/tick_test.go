package dashboard

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/report/checklist"
)

// formOf reads a form of the withdrawn certificate from the page, as a browser
// would send it.
func (v *visitor) formOf(page, state string) url.Values {
	v.t.Helper()
	text := v.get(page).text
	for form := range strings.SplitSeq(text, "<form") {
		form, _, _ = strings.Cut(form, "</form>")
		values := url.Values{}
		for _, input := range regexp.MustCompile(`<input[^>]*>`).FindAllString(form, -1) {
			name, value := attribute(input, "name"), attribute(input, "value")
			if attribute(input, "type") == "checkbox" && !strings.Contains(input, " checked") {
				continue
			}
			values.Add(name, value)
		}
		if values.Get("rule") == revoked && values.Get("state") == state {
			return values
		}
	}
	v.t.Fatalf("%s has no form for %s", page, state)
	return nil
}

func attribute(tag, name string) string {
	found := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1])
}

func (v *visitor) post(path string, form url.Values) got {
	v.t.Helper()
	return v.do(v.ask(http.MethodPost, path, form))
}

// said lists what is said of the withdrawn certificate, by subject.
func (p *place) said() map[string]checklist.Entry {
	p.t.Helper()
	list, err := p.Chronicle.Store.Checklist(p.t.Context(), p.hostile)
	if err != nil {
		p.t.Fatal(err)
	}
	said := map[string]checklist.Entry{}
	for _, e := range list.Entries {
		if e.Rule == revoked && e.State != checklist.Open {
			said[e.Subject] = e
		}
	}
	return said
}

const revoked = "tls-certificate-revoked"

func TestTicking(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v, path := p.visitor(), p.path(p.hostile, "/checklist")
	v.shows(v.wants("the list", v.get(path), http.StatusOK), "It is done", "We asked the supplier", "We accept it until a day")
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

	form := v.formOf(path, "done")
	places := form["subject"]
	if len(places) == 0 {
		t.Fatal("the entry has no place")
	}
	form.Set("by", "Anna Rossi <b>")
	got := v.wants("done", v.post(path, form), http.StatusSeeOther)
	to := got.Header.Get("Location")
	if !strings.HasPrefix(to, path+"?saved=") || !strings.Contains(to, "#"+revoked) {
		t.Errorf("leads to %s", to)
	}
	to, _, _ = strings.Cut(to, "#")
	v.shows(v.get(to), `role="status"`, "Anna Rossi &lt;b&gt;")
	said := p.said()
	if len(said) != len(places) {
		t.Errorf("%d places said, want %d", len(said), len(places))
	}
	e := said[places[0]]
	e.Title, e.First, e.Last = "", time.Time{}, time.Time{}
	if diff := cmp.Diff(checklist.Entry{Rule: revoked, Subject: places[0], State: checklist.Done, On: today, By: "Anna Rossi <b>"}, e); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}

	// Accepted, with a reason, a name and an end.
	form = v.formOf(path, "accepted")
	form.Set("by", "Anna Rossi")
	form.Set("because", "The site moves in March.")
	form.Set("until", "2027-03-31")
	v.wants("accepted", v.post(path, form), http.StatusSeeOther)
	e = p.said()[places[0]]
	if e.State != checklist.Accepted || e.Because != "The site moves in March." || !e.Until.Equal(time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", e)
	}
	v.shows(v.get(p.path(p.hostile, "")), "The site moves in March.", "Until 31 March 2027, decided by Anna Rossi")

	// And taken back.
	v.wants("taken back", v.post(path, v.formOf(path, "open")), http.StatusSeeOther)
	if said := p.said(); len(said) > 0 {
		t.Errorf("%v", said)
	}
}

// What does not fit comes back with what was typed.
func TestATickThatDoesNotFit(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v, path := p.visitor(), p.path(p.hostile, "/checklist")
	for situation, c := range map[string]struct {
		state string
		set   map[string]string
		want  string
	}{
		"no name":                      {"done", map[string]string{"by": " "}, "The name of whoever says so is missing"},
		"the day is to come":           {"done", map[string]string{"on": "2026-11-25"}, "The day is in the future"},
		"no day at all":                {"asked", map[string]string{"on": "yesterday"}, "That is no day"},
		"a day that there is not":      {"asked", map[string]string{"on": "2026-02-30"}, "That is no day"},
		"a day of Caesar's":            {"asked", map[string]string{"on": "0001-01-01"}, "That is no day"},
		"no end":                       {"accepted", map[string]string{"until": ""}, "an exception must have an end"},
		"an end that has passed":       {"accepted", map[string]string{"until": "2026-11-22"}, "The day has passed already"},
		"an end far away":              {"accepted", map[string]string{"until": "2099-01-01"}, "too far away"},
		"no reason":                    {"accepted", map[string]string{"because": ""}, "The reason is missing"},
		"a long reason":                {"accepted", map[string]string{"because": strings.Repeat("è", longestReason+1)}, "too long"},
		"a long name":                  {"done", map[string]string{"by": strings.Repeat("a", longestName+1)}, "too long"},
		"characters that nobody types": {"accepted", map[string]string{"because": "a\x00b"}, "characters that cannot be saved"},
		"nothing that is known":        {"done", map[string]string{"state": "forgiven"}, "not clear what to note"},
	} {
		form := v.formOf(path, c.state)
		form.Set("by", "Anna Rossi <script>")
		form.Set("until", "2027-01-31")
		form.Set("because", "because")
		for field, value := range c.set {
			form.Set(field, value)
		}
		got := v.wants(situation, v.post(path, form), http.StatusUnprocessableEntity)
		v.shows(got, c.want, "<title>Error:", `role="alert"`)
		v.hides(got, "<script>")
		if c.set["by"] == "" && c.set["state"] == "" {
			v.shows(got, "Anna Rossi &lt;script&gt;")
		}
	}
	form := v.formOf(path, "done")
	form.Set("by", "Anna")
	form.Del("subject")
	v.wants("no place", v.post(path, form), http.StatusUnprocessableEntity)
	for _, subject := range []string{"comune.valbassa.example", "other.example"} { // no finding of this town
		form.Set("subject", subject)
		v.wants(subject, v.post(path, form), http.StatusConflict)
	}
	form = v.formOf(path, "done")
	form.Set("by", "Anna")
	form.Set("rule", "no-such-rule")
	v.wants("no such rule", v.post(path, form), http.StatusConflict)
	if said := p.said(); len(said) > 0 {
		t.Errorf("something was written: %v", said)
	}
}

// The second of two people sees what the first one wrote before writing over it.
func TestTwoPeopleAtOneEntry(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	anna, bruno, path := p.visitor(), p.visitor(), p.path(p.hostile, "/checklist")
	first, second := anna.formOf(path, "accepted"), bruno.formOf(path, "done")
	first.Set("by", "Anna Rossi")
	first.Set("because", "The site moves.")
	first.Set("until", "2027-03-31")
	anna.wants("the first", anna.post(path, first), http.StatusSeeOther)
	second.Set("by", "Bruno Bianchi")
	got := bruno.wants("the second", bruno.post(path, second), http.StatusConflict)
	bruno.shows(got, "Somebody else has noted something", "The site moves.", `value="Bruno Bianchi"`)
	if e := p.said()[first.Get("subject")]; e.By != "Anna Rossi" {
		t.Errorf("%+v", e)
	}
	// Having read it, he may.
	again := bruno.formOf(path, "done")
	again.Set("by", "Bruno Bianchi")
	bruno.wants("once more", bruno.post(path, again), http.StatusSeeOther)
	if e := p.said()[first.Get("subject")]; e.By != "Bruno Bianchi" || e.State != checklist.Done || e.Because != "" {
		t.Errorf("%+v", e)
	}
}

// What is said of a whole rule, in a file that was brought in, can be said
// otherwise of one place, and taken back.
func TestWhatIsSaidOfAWholeRule(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v, path := p.visitor(), p.path(p.hostile, "/checklist")
	whole := checklist.Entry{Rule: revoked, State: checklist.Asked, On: p.clock.now().Truncate(24 * time.Hour), By: "Carla Verdi"}
	err := p.Chronicle.Store.Tick(t.Context(), p.hostile, func(c *checklist.Checklist) (*checklist.Checklist, error) {
		c.Entries = append(c.Entries, whole)
		return c, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	v.shows(v.get(path), "Carla Verdi")
	form := v.formOf(path, "done")
	form.Set("by", "Anna Rossi")
	v.wants("of one place", v.post(path, form), http.StatusSeeOther)
	v.shows(v.get(path), "Anna Rossi")
	v.wants("taken back", v.post(path, v.formOf(path, "open")), http.StatusSeeOther)
	v.hides(v.get(path), "Carla Verdi", "Anna Rossi")
}

// A list that begins today does not call new what was there for weeks.
func TestWhatIsOldIsNotNew(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	p.look(p.hostile, hostile, "comune.ostile.example", 0, true)
	v, path := p.visitor(), p.path(p.hostile, "/checklist")
	form := v.formOf(path, "done")
	form.Set("by", "Anna Rossi")
	v.wants("done", v.post(path, form), http.StatusSeeOther)
	got := v.get(path)
	v.shows(got, "First seen on 22 November 2026")
	v.hides(got, `<span class="status">new</span>`)
}

func TestReviews(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v, path := p.visitor(), p.path(p.town, "/review")
	got := v.wants("no name", v.send("/towns", path, url.Values{"note": {"read <i>"}}), http.StatusUnprocessableEntity)
	v.shows(got, "The name of whoever says so is missing", "read &lt;i&gt;</textarea>")
	v.wants("too long", v.send("/towns", path, url.Values{"by": {"Anna"}, "note": {strings.Repeat("a", longestReason+1)}}), http.StatusUnprocessableEntity)
	for range 2 { // sent twice, it is one look
		got = v.wants("a review", v.send("/towns", path, url.Values{"by": {"Anna Rossi"}, "note": {"read <i>"}}), http.StatusSeeOther)
	}
	to, _, _ := strings.Cut(got.Header.Get("Location"), "#")
	v.shows(v.get(to), "Anna Rossi", "read &lt;i&gt;", `role="status"`)
	list, err := p.Chronicle.Store.Checklist(t.Context(), p.town)
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Reviews) != 1 || list.Reviews[0].Evidence == "" || list.Reviews[0].Taken.IsZero() {
		t.Errorf("%+v", list.Reviews)
	}
	v.wants("of what nobody has seen", v.send("/towns", p.path(p.unseen, "/review"), url.Values{"by": {"Anna"}}), http.StatusNotFound)
}
