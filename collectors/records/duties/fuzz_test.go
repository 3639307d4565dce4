package duties_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/records/duties"
)

var kinds = []duties.Kind{
	duties.Privacy, duties.Cookies, duties.Legal, duties.Transparency, duties.OpenData, duties.Forms, duties.OnlineServices, duties.Licence, duties.FAQ, duties.Contact,
}

// FuzzLink: the kinds come in their order, once each; the best link of a kind is
// one of that kind that leads somewhere.
func FuzzLink(f *testing.F) {
	for _, file := range archiveOf(f).Files {
		if file.Name != "links" {
			continue
		}
		for _, c := range linesOf(f, string(file.Data)) {
			l := linkOf(c.input)
			f.Add(l.Text, l.URL, l.Raw, l.Place, l.Mark)
		}
	}
	f.Fuzz(func(t *testing.T, text, address, raw, place, mark string) {
		l := duties.Link{URL: address, Raw: raw, Text: text, Place: place, Mark: mark}
		read := duties.Read(l)
		last := -1
		for _, kind := range read {
			at := slices.Index(kinds, kind)
			if at <= last {
				t.Fatalf("%v: not in their order", read)
			}
			last = at
		}
		links := []duties.Link{{URL: "https://comune.example/", Text: "Home"}, l}
		for _, kind := range kinds {
			if duties.Is(l, kind) != slices.Contains(read, kind) {
				t.Errorf("%q and %v", kind, read)
			}
			switch best := duties.Best(links, kind); {
			case best == 1 && (!slices.Contains(read, kind) || !duties.LeadsSomewhere(l)):
				t.Errorf("%q follows a link that is %v", kind, read)
			case best != 1 && best != -1:
				t.Errorf("%q follows number %d", kind, best)
			}
		}
	})
}

// FuzzTopics: any text, within bounds, sorted, and the same twice.
func FuzzTopics(f *testing.F) {
	for _, file := range archiveOf(f).Files {
		if file.Name == "topics" {
			for _, c := range linesOf(f, string(file.Data)) {
				f.Add(c.input)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		topics := duties.Topics(text)
		if !slices.IsSorted(topics) || len(slices.Compact(slices.Clone(topics))) != len(topics) || len(topics) > evidence.MaxTopics {
			t.Errorf("%v: not sorted, twice, or too many", topics)
		}
		if diff := cmp.Diff(topics, duties.Topics(text)); diff != "" {
			t.Errorf("read twice\n%s", diff)
		}
	})
}

func TestALabelThatNeverEndsIsReadToItsBound(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("è ", 1<<20)
	if kinds := duties.Read(duties.Link{URL: "https://comune.example/" + strings.Repeat("a", 1<<20), Text: long + "privacy"}); len(kinds) != 0 {
		t.Errorf("%v behind the bound", kinds)
	}
	if topics := duties.Topics(long + "dati personali"); len(topics) != 0 {
		t.Errorf("%v behind the bound", topics)
	}
}
