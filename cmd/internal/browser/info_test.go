package browser

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// small is a PDF with three objects; the dictionary stands in the middle.
func small(info string) string {
	var b strings.Builder
	b.WriteString("%PDF-1.4\n")
	var places []int
	for _, object := range []string{"2 0 obj\n<</Type /Catalog\n/Lang (it)>>\nendobj\n", "1 0 obj\n" + info + "\nendobj\n", "3 0 obj\n(three)\nendobj\n"} {
		places = append(places, b.Len())
		b.WriteString(object)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 5\n0000000000 65535 f \n%010d 00000 n \n%010d 00000 n \n%010d 00000 n \n0000000000 00000 f \n", places[1], places[0], places[2])
	fmt.Fprintf(&b, "trailer\n<</Size 5\n/Root 2 0 R\n/Info 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", at)
	return b.String()
}

func TestTheDictionaryIsReplacedAndTheTableMoves(t *testing.T) {
	t.Parallel()
	p := properties()
	p.Title, p.Subject, p.Author = "Sì", "s", "a"
	got, err := describe([]byte(small("<</Title (x)\n/Producer (Skia/PDF m156)\n/CreationDate (D:20301231235959+00'00')>>")), p)
	if err != nil {
		t.Fatal(err)
	}
	want := small("<</Title <FEFF005300EC>\n/Author <FEFF0061>\n/Subject <FEFF0073>\n/Creator <FEFF0061>\n/Producer (Skia/PDF m156)\n" +
		"/CreationDate (D:20261121100000+00'00')\n/ModDate (D:20261121100000+00'00')>>")
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAPDFOfAnotherFormIsRefusedNotBroken(t *testing.T) {
	t.Parallel()
	whole := small("<</Title (x)>>")
	for name, text := range map[string]string{
		"empty":                 "",
		"no-table":              "%PDF-1.4\nstartxref\n0\n%%EOF\n",
		"cut":                   whole[:len(whole)-20],
		"table-elsewhere":       strings.Replace(whole, "startxref\n", "startxref\n1", 1),
		"table-past-the-end":    strings.Replace(whole, "startxref\n", "startxref\n99999", 1),
		"more-entries-than-fit": strings.Replace(whole, "xref\n0 5", "xref\n0 9999999", 1),
		"entry-of-another-form": strings.Replace(whole, "65535 f ", "65535 x ", 1),
		"no-dictionary":         strings.Replace(whole, "/Info 1 0 R", "", 1),
		"dictionary-unknown":    strings.Replace(whole, "/Info 1 0 R", "/Info 7 0 R", 1),
		"dictionary-free":       strings.Replace(whole, "/Info 1 0 R", "/Info 4 0 R", 1),
		"dictionary-elsewhere":  strings.Replace(whole, "1 0 obj", "9 0 obj", 1),
	} {
		if _, err := describe([]byte(text), properties()); !errors.Is(err, errForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestThePacketIsAppendedAndTheCatalogueNamesIt(t *testing.T) {
	t.Parallel()
	before, p := small("<</Title (x)>>"), properties()
	p.Title = "Comune di </rdf:li> & altri\x1b"
	got, err := withPacket([]byte(before), p)
	if err != nil {
		t.Fatal(err)
	}
	added, kept := strings.CutPrefix(string(got), before)
	if !kept {
		t.Fatal("what was there has changed")
	}
	for _, want := range []string{
		"5 0 obj\n<</Type /Metadata\n/Subtype /XML\n/Length ", "2 0 obj\n<</Type /Catalog\n/Metadata 5 0 R\n/Lang (it)>>\nendobj\n",
		"<dc:language><rdf:Bag><rdf:li>it</rdf:li>", "Comune di &lt;/rdf:li&gt; &amp; altri\ufffd<", "<xmp:CreateDate>2026-11-21T10:00:00Z<",
		"<</Size 6\n/Root 2 0 R\n/Info 1 0 R\n/Prev " + fmt.Sprint(strings.Index(before, "xref\n")) + ">>",
	} {
		if !strings.Contains(added, want) {
			t.Errorf("want %q in:\n%s", want, added)
		}
	}
	for _, object := range []string{"2 0 obj", "5 0 obj"} {
		if place := fmt.Sprintf("%010d 00000 n ", len(before)+strings.Index(added, object)); !strings.Contains(added, place) {
			t.Errorf("%s: no entry %q", object, place)
		}
	}
}

func TestAPacketIsNotGuessedAt(t *testing.T) {
	t.Parallel()
	whole := small("<</Title (x)>>")
	for name, text := range map[string]string{
		"cut":             whole[:len(whole)-20],
		"no-catalogue":    strings.Replace(whole, "/Root 2 0 R", "", 1),
		"root-is-another": strings.Replace(whole, "/Root 2 0 R", "/Root 3 0 R", 1),
		"already-there":   strings.Replace(whole, "/Lang (it)", "/Metadata 3 0 R", 1),
	} {
		if _, err := withPacket([]byte(text), properties()); !errors.Is(err, errForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDescribe(f *testing.F) {
	f.Add([]byte(small("<</Title (x)>>")))
	f.Fuzz(func(t *testing.T, pdf []byte) {
		out, err := describe(pdf, properties())
		if err == nil && len(out) == 0 {
			t.Error("nothing is left of it")
		}
		if err != nil {
			return
		}
		if longer, err := withPacket(out, properties()); err == nil && len(longer) <= len(out) {
			t.Error("the packet is not there")
		}
	})
}
