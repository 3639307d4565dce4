package dashboard

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"campanile/report/territory"
	"campanile/rules"
)

var supplierIn = regexp.MustCompile(`href="(/suppliers/[^"/]+)"`)

// anySupplier gives the page of the first supplier of the list.
func anySupplier(v *visitor) string {
	v.t.Helper()
	found := supplierIn.FindStringSubmatch(v.wants("the suppliers", v.get("/suppliers"), http.StatusOK).text)
	if found == nil {
		v.t.Fatal("the list leads to no supplier")
	}
	return found[1]
}

func TestWhoCanPutRightMost(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	list := v.get("/suppliers")
	v.shows(list, "Where one request helps most", "2 municipalities of 2", "Suppliers are recognised from outside", "What the municipalities can do themselves")
	v.hides(list, "<script>alert", "<img src=x")
	page := v.wants("a supplier", v.get(anySupplier(v)), http.StatusOK)
	v.shows(page, "2 municipalities of 2", "How this supplier was recognised", "Nobody has confirmed them", "The letter, ready to send", `href="/town?domain=comune.valbassa.example"`)
	v.hides(page, "<script>alert", "<img src=x")
	v.wants("nobody", v.get("/suppliers/nobody-of-that-name"), http.StatusNotFound)
}

// A page that is kept is not an old one: another look makes it anew.
func TestAKeptPageIsNotOld(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	path := anySupplier(v)
	v.shows(v.get(path), "2 municipalities of 2")
	v.shows(v.get(path), "2 municipalities of 2")
	p.look(p.unseen, "Nuovo", "comune.nuovo.example", 0, false)
	v.shows(v.get(path), "3 municipalities of 3")
	v.hides(v.get(path), "municipalities of 2")
}

func TestALongLetterIsCutAtALine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("una riga della lettera\n", 3000)
	if got, cut := beginning(long); !cut || len(got) > mostShown || !strings.HasSuffix(got, "lettera\n") || !strings.HasPrefix(long, got) {
		t.Errorf("%d bytes, cut: %v", len(got), cut)
	}
	if got, cut := beginning("breve"); cut || got != "breve" {
		t.Error("a short letter is cut")
	}
}

func TestTheLetterAsFiles(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	path := anySupplier(v)
	for ending, kind := range map[string]string{
		"/letter.txt": "text/plain; charset=utf-8", "/places.csv": "text/csv; charset=utf-8",
		"/letter.docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	} {
		file := v.wants(ending, v.get(path+ending), http.StatusOK)
		if got := file.Header.Get("Content-Type"); got != kind {
			t.Errorf("%s: %s", ending, got)
		}
		if got := file.Header.Get("Content-Disposition"); !regexp.MustCompile(`^attachment; filename="campanile-[a-z0-9-]+\.[a-z]+"$`).MatchString(got) {
			t.Errorf("%s: %s", ending, got)
		}
		switch ending {
		case "/letter.docx":
			openable(t, file.text)
		case "/places.csv":
			v.shows(file, "comune.valbassa.example", "comune.ostile.example", "c_x000")
		default:
			v.shows(file, "Comune di Valbassa")
		}
		v.wants(ending+" of nobody", v.get("/suppliers/nobody-of-that-name"+ending), http.StatusNotFound)
	}
}

// openable opens a document as a word processor does.
func openable(t *testing.T, file string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(file)), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func change(severity rules.Severity, towns int, once bool) territory.Change {
	return territory.Change{Rule: string(severity), Severity: severity, Effort: rules.Hours, Towns: make([]territory.Concerned, towns), Once: once}
}

// What wants action within a quarter comes first, and the wide but minor one is told
// beside it; a request for one town alone is not where a request helps most.
func TestTheRequestThatHelpsMost(t *testing.T) {
	t.Parallel()
	a := &territory.Supplier{Name: "a", Changes: []territory.Change{change(rules.High, 1, false), change(rules.Medium, 3, false), change(rules.Low, 9, false)}}
	b := &territory.Supplier{Name: "b", Changes: []territory.Change{change(rules.High, 3, true), change(rules.Low, 2, false)}}
	for name, c := range map[string]struct {
		list []*territory.Supplier
		want string
	}{
		"both":    {[]*territory.Supplier{a, b}, "b high, a low"},
		"one":     {[]*territory.Supplier{b}, "b high"},
		"alone":   {[]*territory.Supplier{{Name: "c", Changes: []territory.Change{change(rules.High, 1, false), change(rules.Low, 5, false)}}}, "c low"},
		"single":  {[]*territory.Supplier{{Name: "d", Changes: []territory.Change{change(rules.High, 1, false)}}}, "d high"},
		"nothing": {nil, ""},
	} {
		var got []string
		for _, each := range tellerIn(t, rules.English).best(c.list) {
			got = append(got, each.Name+" "+each.Rule)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestNamesOfFilesAreHarmless(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"nuvolette": "nuvolette", "../../etc/passwd": "etc-passwd", "\"; x=\"\r\n": "x", "": "letter", "日本": "letter", "Società Alfa": "societ--alfa",
	} {
		if got := fileName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestWorkshopsWithNamesAndWithout(t *testing.T) {
	t.Parallel()
	p := newPlace(t, nil)
	v := p.visitor()
	named := v.wants("with names", v.get("/workshops"), http.StatusOK)
	v.shows(named, "The four themes", "Comune di Valbassa", `href="/workshops?anonymous=1"`, `href="/workshops.docx"`, "2 municipalities of 2")
	v.hides(named, "<script>alert")
	nameless := v.wants("without", v.get("/workshops?anonymous=1"), http.StatusOK)
	v.shows(nameless, `href="/workshops.docx?anonymous=1"`)
	v.hides(nameless, "Valbassa", "valbassa", "ostile")
	if text := openable(t, v.wants("the sheets", v.get("/workshops.docx"), http.StatusOK).text); !strings.Contains(text, "Valbassa") {
		t.Error("the sheets name nobody")
	}
	if text := openable(t, v.wants("the sheets", v.get("/workshops.docx?anonymous=1"), http.StatusOK).text); strings.Contains(text, "Valbassa") {
		t.Error("the nameless sheets name somebody")
	}
}
