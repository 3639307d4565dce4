package declaration_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records/declaration"
)

// seeds are the inputs of a group of cases.
func seeds(f *testing.F, group string) []string {
	f.Helper()
	var list []string
	for _, file := range archiveOf(f, caseFile).Files {
		if file.Name != group {
			continue
		}
		for line := range strings.Lines(string(file.Data)) {
			if _, rest, ok := strings.Cut(line, ": "); ok && !strings.HasPrefix(line, "#") {
				input, _, _ := strings.Cut(rest, " => ")
				list = append(list, input)
			}
		}
	}
	return list
}

// FuzzText: what is missing from a page is never absent, what is read twice is
// the same, and everything that is seen is within its bounds.
func FuzzText(f *testing.F) {
	for _, file := range archiveOf(f, textFile).Files {
		if !strings.HasSuffix(file.Name, "/told") {
			f.Add(string(file.Data), true)
		}
	}
	for _, group := range []string{"dates", "statuses", "rates"} {
		for _, seed := range seeds(f, group) {
			f.Add("Dichiarazione di accessibilità\nStato di conformità\n"+seed, false)
		}
	}
	f.Fuzz(func(t *testing.T, text string, whole bool) {
		p := declaration.Page{Text: text, Whole: whole}
		read := declaration.ReadText(p)
		if diff := cmp.Diff(read, declaration.ReadText(p)); diff != "" {
			t.Fatalf("read twice\n%s", diff)
		}
		states := []declaration.State{
			read.Status.State, read.Prepared.State, read.Reviewed.State, read.Site.State, read.Page.State,
			read.Feedback, read.Enforcement, read.Rate.State, read.Contact.Mailbox, read.Contact.Telephone, read.Contact.Form,
		}
		for _, state := range states {
			if state == declaration.Absent && (!whole || read.State != declaration.Seen) || state == "" {
				t.Errorf("%q of a page that is %q and whole %v", state, read.State, whole)
			}
		}
		if !whole && read.State == declaration.Absent {
			t.Error("a page of which a part is missing has no declaration")
		}
		known := []declaration.Status{declaration.Full, declaration.Partial, declaration.None, declaration.NotFull, declaration.Contradictory}
		if read.Status.State == declaration.Seen && !slices.Contains(known, read.Status.Value) {
			t.Errorf("status %q", read.Status.Value)
		}
		for _, fact := range []declaration.Fact[declaration.Date]{read.Prepared, read.Reviewed, read.Site, read.Page} {
			if d := fact.Value; fact.State == declaration.Seen && time.Date(d.Year, time.Month(d.Month), max(d.Day, 1), 0, 0, 0, 0, time.UTC).Day() != max(d.Day, 1) {
				t.Errorf("%s is no day", d)
			}
		}
		if rate := read.Rate.Value; rate < 0 || rate > 100 {
			t.Errorf("rate %f", rate)
		}
	})
}

// FuzzLink: every link has a kind and, but for the rest, a certainty; and a
// survey of it never calls missing what is not known.
func FuzzLink(f *testing.F) {
	for _, seed := range seeds(f, "links") {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		l := linkOf(input)
		r := declaration.Read(l)
		if (r.Kind == declaration.Other) != (r.Certainty == "") {
			t.Errorf("kind %q is %q", r.Kind, r.Certainty)
		}
		s := declaration.Look(declaration.Page{Links: []declaration.Link{l}}, declaration.Seen)
		if s.Outcome == "" || s.Declaration == "" || s.Best > 0 || s.Outcome == declaration.NotFound {
			t.Errorf("of a page that is not whole: %+v", s)
		}
	})
}

// FuzzMention: a page of which a part is missing is never without its mention,
// and blanks that do not break mean what blanks mean.
func FuzzMention(f *testing.F) {
	for _, seed := range seeds(f, "mentions") {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, passage string) {
		m := declaration.ReadMention([]string{passage}, false)
		if m.State == declaration.Absent || m.Exact && m.Status == "" || m.State != declaration.Seen && m.Status != "" {
			t.Errorf("got %+v", m)
		}
		if other := declaration.ReadMention([]string{strings.ReplaceAll(passage, " ", "\u00a0")}, false); other != m {
			t.Errorf("with other blanks %+v, not %+v", other, m)
		}
	})
}

// FuzzAddress: a time inside an address is one that its UUID can hold, and what
// is no address of AgID's form says nothing.
func FuzzAddress(f *testing.F) {
	for _, seed := range seeds(f, "addresses") {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		filed := declaration.ReadAddress(address)
		if filed.Form == "" && filed != (declaration.Filed{}) || !filed.Created.IsZero() && filed.Version != 1 {
			t.Errorf("got %+v", filed)
		}
		if year := filed.Created.Year(); !filed.Created.IsZero() && (year < 1582 || year > 5237) {
			t.Errorf("created %s", filed.Created)
		}
		if filed.Form == declaration.OldForm {
			again := declaration.ReadAddress("https://form.agid.gov.it/view/" + filed.UUID)
			if again != filed {
				t.Errorf("read from itself %+v, not %+v", again, filed)
			}
		}
	})
}
