package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records/declaration"
	"campanile/collectors/web"
)

// leastPages is how many pages the corpus must have.
const leastPages = 60

// TestCorpus reads every page under testdata/pages as a visitor would, and every
// script as a part of the page at its address, and holds what is read to the file
// beside it: PAGE.want, in which
//
//	# TEXT          says what the page shows
//	url ADDRESS     is where the page stands
//	header TYPE     is its Content-Type; without the line there is none but text/html
//	cut             says that only a part came
//
// and every other line is what must be told of the page, in that order.
func TestCorpus(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../../testdata/pages/*/*.html")
	if err != nil || len(pages) < leastPages {
		t.Errorf("%d pages are fewer than %d, %v", len(pages), leastPages, err)
	}
	scripts, err := filepath.Glob("../../testdata/pages/*/*.js")
	if err != nil || len(scripts) == 0 {
		t.Errorf("%d scripts, %v", len(scripts), err)
	}
	pages = append(pages, scripts...)
	wants, err := filepath.Glob("../../testdata/pages/*/*.want")
	if err != nil || len(wants) != len(pages) {
		t.Errorf("%d outcomes for %d pages, %v", len(wants), len(pages), err)
	}
	for _, path := range pages {
		name := strings.TrimSuffix(filepath.ToSlash(path), filepath.Ext(path))
		t.Run(strings.TrimPrefix(name, "../../testdata/pages/"), func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			expected, err := os.ReadFile(name + ".want")
			if err != nil {
				t.Fatal(err)
			}
			c := corpusCase(t, string(expected))
			header := http.Header{"Content-Type": {c.header}}
			opened := web.Open(t.Context(), c.at, header, body, c.cut)
			if filepath.Ext(path) == ".js" {
				opened = web.OpenPart(t.Context(), c.at, header, body)
			}
			if diff := cmp.Diff(c.want, told(opened, c.at.String())); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

type expectation struct {
	at     *url.URL
	header string
	cut    bool
	want   string
}

func corpusCase(t *testing.T, text string) expectation {
	t.Helper()
	c := expectation{header: "text/html"}
	said := false
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "#":
			said = true
		case "url":
			at, err := url.Parse(rest)
			if err != nil {
				t.Fatal(err)
			}
			c.at = at
		case "header":
			c.header = rest
		case "cut":
			c.cut = true
		default:
			c.want += line
		}
	}
	if c.at == nil || c.want == "" || !said {
		t.Fatal("a page wants an address, an outcome and a line that says what it shows")
	}
	return c
}

// told writes everything that is read out of a page about accessibility.
func told(o web.Opened, address string) string {
	if o.Page == nil {
		return "no page\n"
	}
	page := declaration.Page{
		URL: address, Text: o.Text, Mentions: o.Page.Mentions,
		Whole: !o.Page.Truncated && o.Barrier == "",
	}
	for _, l := range o.Page.Links {
		page.Links = append(page.Links, declaration.Link(l))
	}
	survey := declaration.Look(page, declaration.State(o.Page.Footer))
	var out strings.Builder
	fmt.Fprintf(&out, "footer %s\n", o.Page.Footer)
	if o.Barrier != "" {
		fmt.Fprintf(&out, "barrier %s\n", o.Barrier)
	}
	for _, part := range o.Parts {
		fmt.Fprintf(&out, "part %s\n", part)
	}
	if len(o.Page.Topics) > 0 {
		fmt.Fprintf(&out, "topics %s\n", strings.Join(o.Page.Topics, ", "))
	}
	fmt.Fprintf(&out, "outcome %s, declaration %s\n", survey.Outcome, survey.Declaration)
	for i, r := range survey.Links {
		if r.Kind != declaration.Other {
			fmt.Fprintf(&out, "link %s %s %q%s\n", r.Kind, r.Certainty, page.Links[i].Text, toldFiled(r.Filed))
		}
	}
	if m := survey.Mention; m.State == declaration.Seen {
		fmt.Fprintf(&out, "mention %s, exact %v\n", m.Status, m.Exact)
	}
	fmt.Fprintf(&out, "text %s%s\n", survey.Text.State, toldText(survey.Text))
	return out.String()
}

func toldFiled(f declaration.Filed) string {
	switch f.Form {
	case declaration.OldForm:
		said := " old v" + strconv.Itoa(f.Version)
		if !f.Created.IsZero() {
			said += " " + declaration.DateOf(f.Created, f.Created.Location()).String()
		}
		return said
	case declaration.NewForm:
		return " new " + f.IPA + " " + f.Title
	case declaration.EmptyForm:
		return " empty"
	}
	return ""
}

func toldText(t declaration.Text) string {
	if t.State != declaration.Seen {
		return ""
	}
	said := fmt.Sprintf(" %s %s, status %s", t.Language, t.Model, or(t.Status.State, string(t.Status.Value)))
	said += ", prepared " + or(t.Prepared.State, t.Prepared.Value.String()) + ", reviewed " + or(t.Reviewed.State, t.Reviewed.Value.String())
	said += fmt.Sprintf(", feedback %s, enforcement %s", t.Feedback, t.Enforcement)
	if t.Rate.State == declaration.Seen {
		said += ", rate " + strconv.FormatFloat(t.Rate.Value, 'f', -1, 64)
	}
	return said
}

func or(state declaration.State, value string) string {
	if state == declaration.Seen {
		return value
	}
	return string(state)
}
