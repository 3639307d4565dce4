package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"campanile/report/checklist"
	"campanile/report/internal/sample"
	"campanile/report/office"
	"campanile/rules"
)

func TestEveryDocumentIsTakenByBothFormats(t *testing.T) {
	t.Parallel()
	again := documents(t)
	for name, d := range documents(t) {
		for format := range formats {
			if !bytes.Equal(written(t, d, format), written(t, again[name], format)) {
				t.Errorf("%s, %s: the same document gives other bytes", name, format)
			}
		}
	}
}

func headings(d office.Document) []string {
	var list []string
	for _, block := range d.Body {
		if h, ok := block.(office.Heading); ok {
			list = append(list, strings.Repeat("#", h.Level)+" "+plain(h.Text))
		}
	}
	return list
}

func plain(runs []office.Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

func TestTheSectionsComeInTheOrderOfThePage(t *testing.T) {
	t.Parallel()
	var got []string
	for _, h := range headings(Of(full(t, rules.English, ""))) {
		if strings.HasPrefix(h, "# ") {
			got = append(got, h[2:])
		}
	}
	w := newPart(full(t, rules.English, ""), "", 0)
	want := []string{w.Say("summary.heading"), w.Say("followup.heading"), w.Say("how.heading"), w.Say("page.contents")}
	for _, actor := range w.Actors {
		want = append(want, actor.Name)
	}
	for _, id := range []string{
		"roadmap.heading", "technician.heading", "good.heading", "gaps.heading", "exposure.heading", "guideline.heading", "scheme.heading",
		"sent.heading", "annex.heading", "terms.heading", "method.heading",
	} {
		want = append(want, w.Say(id))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEveryEntryHasABoxToTickThatIsEmpty(t *testing.T) {
	t.Parallel()
	d := full(t, rules.Italian, "")
	var boxes []string
	for _, block := range Of(d).Body {
		if l, ok := block.(office.List); ok && l.Kind == office.Ticks {
			for _, item := range l.Items {
				boxes = append(boxes, strings.SplitN(item.Text[0].Text, ". ", 2)[1])
				if item.Done {
					t.Errorf("%q is ticked, and nobody has done it", plain(item.Text))
				}
			}
		}
	}
	if diff := cmp.Diff(titles(d), boxes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOnlyAPersonTicksABox(t *testing.T) {
	t.Parallel()
	for status, want := range map[checklist.Status]bool{checklist.Ticked: true, checklist.StillThere: false, checklist.Waiting: false, checklist.Excepted: false, checklist.CameBack: false} {
		d := sample.Valbassa(t, rules.Italian)
		d.Actors[0].Items[0].Status = status
		for _, block := range Of(d).Body {
			if l, ok := block.(office.List); ok && l.Kind == office.Ticks {
				if l.Items[0].Done != want {
					t.Errorf("%s: ticked is %t", status, l.Items[0].Done)
				}
				break
			}
		}
	}
}

func TestEveryPlaceholderIsFilled(t *testing.T) {
	t.Parallel()
	for name, d := range documents(t) {
		for _, block := range d.Body {
			for _, r := range runsOf(block) {
				if strings.Contains(r.Text, "<no value>") {
					t.Errorf("%s: %q", name, r.Text)
				}
			}
		}
	}
}

// A program that shows no SVG shows the bars and their words all the same.
func TestThePictureHasBarsAndWordsForOlderPrograms(t *testing.T) {
	t.Parallel()
	c := sample.Valbassa(t, rules.Italian).Mayor.Picture
	picture, err := png.Decode(bytes.NewReader(bars(c.SVG, c.Width, c.Height)))
	if err != nil {
		t.Fatal(err)
	}
	colours := map[color.Color]bool{}
	for x := range picture.Bounds().Dx() {
		for y := range picture.Bounds().Dy() {
			colours[picture.At(x, y)] = true
		}
	}
	if got := picture.Bounds().Size(); got != (image.Point{c.Width * finer, c.Height * finer}) || len(colours) < 4 {
		t.Errorf("%v with %d colours", got, len(colours))
	}
	ink := 0 // the first words of the key stand beside the first square
	for x := 21 * finer; x < 60*finer; x++ {
		for y := 3 * finer; y < 18*finer; y++ {
			if r, _, _, _ := picture.At(x, y).RGBA(); r < 0x8000 {
				ink++
			}
		}
	}
	if ink < 100 {
		t.Errorf("%d points of ink where words belong", ink)
	}
}

func TestTwoLanguagesAreTwoPartsAndEachWordNamesItsOwn(t *testing.T) {
	t.Parallel()
	italian, french := full(t, rules.Italian, ""), full(t, rules.French, "")
	d := Of(italian, french)
	if d.Language != "it" {
		t.Errorf("the whole is in %s", d.Language)
	}
	at := slices.IndexFunc(d.Body, func(b office.Block) bool {
		h, ok := b.(office.Heading)
		return ok && plain(h.Text) == "Français"
	})
	if at < 0 {
		t.Fatal("no part in French")
	}
	second := d.Body[at:]
	for _, block := range second {
		for _, r := range runsOf(block) {
			if r.Language != "fr" {
				t.Errorf("%q is in %q", r.Text, r.Language)
			}
		}
		if table, ok := block.(office.Table); ok && table.Language != "fr" {
			t.Errorf("table %q is in %q", table.Caption, table.Language)
		}
	}
	for _, block := range d.Body[:at-1] {
		for _, r := range runsOf(block) {
			if r.Language != "" && r.Text != "Italiano" && r.Text != "Français" {
				t.Errorf("%q is in %q", r.Text, r.Language)
			}
		}
	}
	for _, title := range titles(french) {
		if !slices.ContainsFunc(second, func(b office.Block) bool {
			h, ok := b.(office.Heading)
			return ok && strings.HasSuffix(plain(h.Text), title)
		}) {
			t.Errorf("the French part has no %q", title)
		}
	}
}

// runsOf gives every run of a block.
func runsOf(block office.Block) []office.Run {
	var runs []office.Run
	paragraphs := func(list []office.Paragraph) {
		for _, p := range list {
			runs = append(runs, p.Text...)
		}
	}
	switch b := block.(type) {
	case office.Heading:
		return b.Text
	case office.Paragraph:
		return b.Text
	case office.List:
		for _, item := range b.Items {
			runs = append(runs, item.Text...)
			paragraphs(item.More)
		}
	case office.Table:
		for _, row := range append([][]office.Cell{b.Header}, b.Rows...) {
			for _, c := range row {
				paragraphs(c)
			}
		}
	}
	return runs
}

func TestAnAnnexAndALetterStandAlone(t *testing.T) {
	t.Parallel()
	for name, d := range documents(t) {
		if !strings.HasPrefix(name, "annex") && !strings.HasPrefix(name, "letter") {
			continue
		}
		for _, block := range d.Body {
			for _, r := range runsOf(block) {
				if strings.HasPrefix(r.Link, "#") {
					t.Errorf("%s: %q leads to %s, which is in another document", name, r.Text, r.Link)
				}
			}
		}
	}
	bare := sample.Valbassa(t, rules.Italian)
	if got := headings(Annex(bare)); len(got) > 0 {
		t.Errorf("an annex of nothing: %q", got)
	}
}

func TestTheAnnexKeepsTheThreeNumbersApartAndEveryObservation(t *testing.T) {
	t.Parallel()
	d := Annex(full(t, rules.English, ""))
	var text strings.Builder
	for _, block := range d.Body {
		if h, ok := block.(office.Heading); ok {
			text.WriteString(plain(h.Text) + "\n")
			continue
		}
		for _, r := range runsOf(block) {
			text.WriteString(r.Text + "\n")
		}
	}
	for _, want := range []string{
		"33 of 100", "47 of 100", "More than half, 52.8 points of 100", "8.2 Plans against attacks", "The certificate has expired.", "Prova Srl",
		"Only the Internet.", "Of others.", "worth 8.3 points", "Then you can answer yes if it is true.", "campanile checklist update FILE --evidence PROVE", "Ada Prova",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the annex does not say %q", want)
		}
	}
}

// xmlOf gives the text of every part of a package, and all of its markup.
func xmlOf(t *testing.T, data []byte) (text, markup string) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var texts, all strings.Builder
	for _, file := range archive.File {
		if !strings.HasSuffix(file.Name, ".xml") && !strings.HasSuffix(file.Name, ".rels") {
			continue
		}
		opened, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		decoder := xml.NewDecoder(io.TeeReader(opened, &all))
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", file.Name, err)
			}
			if chars, ok := token.(xml.CharData); ok {
				texts.Write(chars)
			}
		}
	}
	return texts.String(), all.String()
}

func TestHostileTextIsShownAndDoesNothing(t *testing.T) {
	t.Parallel()
	for name, d := range documents(t) {
		if !strings.HasPrefix(name, "hostile") {
			continue
		}
		for format := range formats {
			text, markup := xmlOf(t, written(t, d, format))
			for _, want := range []string{`=HYPERLINK("http://evil.example";"x") <script>alert(1)</script>`, `\u202eexe.fdp`, `\x1b[31m`, "@mayor"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s, %s: %q is not shown", name, format, want)
				}
			}
			for _, acts := range []string{"<script", `="javascript`, `="http://evil`, `="//evil`} {
				if strings.Contains(markup, acts) {
					t.Errorf("%s, %s: %s acts", name, format, acts)
				}
			}
			if strings.ContainsFunc(markup, func(r rune) bool { return r != '\n' && r != '\u00A0' && !unicode.IsPrint(r) }) {
				t.Errorf("%s, %s: a character that has no shape", name, format)
			}
		}
	}
}
