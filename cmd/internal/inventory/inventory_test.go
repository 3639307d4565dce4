package inventory_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/collectors/evidence"
)

func TestWhatIsReadAsADomain(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"comune.example":                          "comune.example",
		"  Comune.Example.  ":                     "comune.example",
		"www.comune.example":                      "comune.example",
		"https://www.comune.example/pagina?x=1#y": "comune.example",
		"HTTP://comune.example:8080/":             "comune.example",
		"https:comune.example":                    "comune.example",
		"//comune.example/":                       "comune.example",
		"comune.example/a@b":                      "comune.example",
		"www.example":                             "www.example", // nothing would be left
		"comune.città.example":                    "comune.xn--citt-3na.example",
		"commune-de-l-été.example":                "xn--commune-de-l-t-nkbb.example",
		"xn--citt-3na.example":                    "xn--citt-3na.example",
		"comune_vecchio.example":                  "comune_vecchio.example",
		strings.Repeat("a", 63) + ".example":      strings.Repeat("a", 63) + ".example",
		"comune。example":                          "comune.example", // the full stop of other scripts (UTS 46)
		"polizia.comune.example":                  "polizia.comune.example",
		"https://comune.example\\@evil.example/":  "",
		"comune di esempio":                       "",
		"info@comune.example":                     "",
		"@":                                       "",
		"192.0.2.1":                               "",
		"[2001:db8::1]":                           "",
		"comune":                                  "",
		"":                                        "",
		".":                                       "",
		"comune..example":                         "",
		"-comune.example":                         "",
		"comune-.example":                         "",
		"comune.example:port":                     "",
		"*.comune.example":                        "",
		"comune.example;rm":                       "",
		"comune\x1b[31m.example":                  "",
		strings.Repeat("a", 64) + ".example":      "",
		strings.Repeat("abcdefgh.", 30) + "example": "",
	} {
		got, err := inventory.Domain(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q (%v), want %q", text, got, err, want)
		}
	}
}

func TestWhoseLawApplies(t *testing.T) {
	t.Parallel()
	for domain, want := range map[string]string{
		"comune.esempio.to.it": "it", "comune.example": "it", "comunediesempio.example": "it",
		"mairie-exemple.fr": "fr", "ville.example.bzh": "fr", "commune-de-fable.test": "fr", "mairie.example": "fr",
		"gemeinde.example": "eu", "comunedade.example": "eu",
	} {
		if got := inventory.Country(domain); got != want {
			t.Errorf("%s: got %s, want %s", domain, got, want)
		}
	}
}

func list(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "towns.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestListsAreReadByTheirHeader(t *testing.T) {
	t.Parallel()
	path := list(t, "\ufeffname,domain,code,country\n# a remark\n\"Comune di Uno, già Due\",comune.uno.example,c_x001,IT\n\nCommune de Trois,https://www.commune-trois.example/,,fr\n")
	got, notes, err := inventory.Source{Arguments: []string{"@" + path, "comune.quattro.example"}}.Targets()
	if err != nil || len(notes) != 0 {
		t.Fatal(err, notes)
	}
	want := []evidence.Target{
		{Domain: "comune.uno.example", Name: "Comune di Uno, già Due", Country: "it", Code: "c_x001"},
		{Domain: "commune-trois.example", Name: "Commune de Trois", Country: "fr"},
		{Domain: "comune.quattro.example", Country: "it"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestBadLineIsNamedAndNothingIsScanned(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"comune.uno.example\ncomune due.example\n":     ":2: \"comune due.example\" has a space in it",
		"comune.uno.example\n\"comune.due.example\n":   ":2: extraneous or missing \" in quoted-field",
		"domain,name\n,Comune senza dominio\n":         ":2: no domain given",
		"domain,sito\ncomune.uno.example,x\n":          ":1: column \"sito\" is none of",
		"domain,name,country\ncomune.uno.example,x,de": ":2: country \"de\" is none of it, fr, eu",
		"comune.uno.example,Citt\xe0 Uno\n":            ":1: not UTF-8 text; save the list as",
		"\xff\xfec\x00o\x00":                           ":1: not UTF-8 text; save the list as",
	} {
		path := list(t, text)
		targets, _, err := inventory.Source{Arguments: []string{"@" + path}}.Targets()
		if err == nil || exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), path+want) || targets != nil {
			t.Errorf("%q: got %v, %v; want ...%s", text, targets, err, want)
		}
	}
}

func TestListWithSemicolonsIsReadAsSpreadsheetsWriteIt(t *testing.T) {
	t.Parallel()
	path := list(t, "\ufeffname;domain\r\nComune di Uno, già Due;comune.uno.example\r\n")
	got, _, err := inventory.Source{Arguments: []string{"@" + path}}.Targets()
	if err != nil {
		t.Fatal(err)
	}
	want := []evidence.Target{{Domain: "comune.uno.example", Name: "Comune di Uno, già Due", Country: "it"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// Reading a folder fails at every line; leaving bad lines out must not go on
// with it for ever.
func TestFolderInPlaceOfAListIsRefused(t *testing.T) {
	t.Parallel()
	_, _, err := inventory.Source{Arguments: []string{"@" + t.TempDir()}, SkipInvalid: true}.Targets()
	if err == nil || exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("got %v", err)
	}
}

func TestSkippedLinesAreTold(t *testing.T) {
	t.Parallel()
	path := list(t, "comune.uno.example\nnot a domain\nwww.comune.uno.example\ncomune.due.example\n")
	targets, notes, err := inventory.Source{Arguments: []string{"@" + path}, SkipInvalid: true}.Targets()
	if err != nil {
		t.Fatal(err)
	}
	if len(targets) != 2 || len(notes) != 2 {
		t.Fatalf("targets %v, notes %v", targets, notes)
	}
	for i, want := range []string{path + ":2: left out: ", path + ":3: comune.uno.example stands already at " + path + ":1; scanned once"} {
		if !strings.HasPrefix(notes[i].String(), want) {
			t.Errorf("note %q, want %q", notes[i], want)
		}
	}
}

func FuzzDomain(f *testing.F) {
	for _, text := range []string{"comune.example", "https://www.comune.example/", "info@comune.example", "comune.città.example", "xn--a.example"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		domain, err := inventory.Domain(text)
		if err != nil {
			return
		}
		again, err := inventory.Domain(domain)
		if err != nil || strings.TrimPrefix(domain, "www.") != strings.TrimPrefix(again, "www.") {
			t.Errorf("%q is read as %q, and that as %q (%v)", text, domain, again, err)
		}
	})
}
