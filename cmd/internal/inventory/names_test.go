package inventory_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/collectors/evidence"
)

var towns = []evidence.Target{{Domain: "comune.uno.example"}, {Domain: "polizia.comune.uno.example"}, {Domain: "commune-deux.example"}}

func TestNamesGoToTheTownTheyBelongTo(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"comune.uno.example":         {"servizi.comune.uno.example", "old.comune.uno.example"},
		"polizia.comune.uno.example": {"multe.polizia.comune.uno.example"},
		"commune-deux.example":       {"xn--t-bga.commune-deux.example"},
	}
	for name, text := range map[string]string{
		"one-a-line": "\ufeff# a remark\r\nServizi.comune.uno.example\r\n*.old.comune.uno.example # two\n\nmulte.polizia.comune.uno.example\nté.commune-deux.example\nservizi.comune.uno.example.\n",
		"csv": "id,common_name,name_value\n1,servizi.comune.uno.example,\"servizi.comune.uno.example\nold.comune.uno.example\"\n" +
			"2,multe.polizia.comune.uno.example,té.commune-deux.example\n",
		"csv-with-semicolons": "Common Name;Issuer\nservizi.comune.uno.example;CA\nold.comune.uno.example;CA\nmulte.polizia.comune.uno.example;CA\nté.commune-deux.example;CA\n",
		"json-list": `[{"issuer_name":"CA","common_name":"servizi.comune.uno.example","name_value":"servizi.comune.uno.example\nold.comune.uno.example"},` +
			`{"name_value":"multe.polizia.comune.uno.example"},{"dns_names":["té.commune-deux.example"]}]`,
		"json-lines": `{"name_value":"servizi.comune.uno.example"}` + "\n" + `{"name_value":"*.old.comune.uno.example"}` + "\n" +
			`{"common_name":"multe.polizia.comune.uno.example","name_value":"té.commune-deux.example"}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, notes, err := inventory.Names{Targets: towns}.Read(list(t, text))
			if err != nil || len(notes) > 0 {
				t.Fatal(err, notes)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestNamesOfOtherTownsAreToldOnce(t *testing.T) {
	t.Parallel()
	path := list(t, "servizi.comune.uno.example\nservizi.comune.tre.example\nalbo.comune.tre.example\nnotcommune-deux.example\n")
	got, notes, err := inventory.Names{Targets: towns}.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"comune.uno.example": {"servizi.comune.uno.example"}}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	want := path + ":2: left out: names that belong to none of the municipalities (3), such as servizi.comune.tre.example"
	if len(notes) != 1 || notes[0].String() != want {
		t.Errorf("got %v, want %s", notes, want)
	}
}

func TestWhatIsNoNameInAnExportIsToldOnce(t *testing.T) {
	t.Parallel()
	path := list(t, `[{"common_name":"Protocollo","name_value":"protocollo@comune.uno.example\nalbo.comune.uno.example"}]`)
	got, notes, err := inventory.Names{Targets: towns}.Read(path)
	if err != nil || len(got["comune.uno.example"]) != 1 {
		t.Fatal(got, err)
	}
	want := path + `: entry 1: left out: entries that are no host names (2), such as "protocollo@comune.uno.example"`
	if len(notes) != 1 || notes[0].String() != want {
		t.Errorf("got %v, want %s", notes, want)
	}
}

func TestBadListOfNamesIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": ": the list of names is empty",
		"servizi.comune.uno.example\nnot a name\n": `:2: "not a name" is not a host name`,
		"servizi.comune.uno.example\nserver1\n":    `:2: "server1" is not a host name`,
		"servizi.comune.tre.example\n":             ": no name in it belongs to one of the 3 municipalities; give names such as servizi.comune.uno.example",
		`[{"name_value":"a.comune.uno.example"},{`: ": entry 2: not readable as JSON",
		`[{"name_value":7}]`:                       ": entry 1: not readable as JSON",
		`{"name_value"`:                            ": entry 1: not readable as JSON",
	} {
		path := list(t, text)
		got, _, err := inventory.Names{Targets: towns}.Read(path)
		if err == nil || exit.Code(err) != exit.Usage || !strings.HasPrefix(err.Error(), path+want) || got != nil {
			t.Errorf("%q: got %v, %v; want %s", text, got, err, want)
		}
	}
}

func TestBadNamesAreLeftOutWhenAskedFor(t *testing.T) {
	t.Parallel()
	path := list(t, "not a name\nalbo.comune.uno.example\n")
	got, notes, err := inventory.Names{Targets: towns, SkipInvalid: true}.Read(path)
	if err != nil || len(got["comune.uno.example"]) != 1 {
		t.Fatal(got, err)
	}
	if want := path + `:1: left out: "not a name" is not a host name`; len(notes) != 1 || notes[0].String() != want {
		t.Errorf("got %v, want %s", notes, want)
	}
}

func TestNamesOfOneTownAreBounded(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "h%d.comune.uno.example\n", i)
	}
	path := list(t, text.String())
	got, notes, err := inventory.Names{Targets: towns}.Read(path)
	if err != nil || len(got["comune.uno.example"]) != 800 {
		t.Fatal(len(got["comune.uno.example"]), err)
	}
	if want := path + ":801: left out: names past the first 800 of one municipality, from h800.comune.uno.example on"; len(notes) != 1 || notes[0].String() != want {
		t.Errorf("got %v, want %s", notes, want)
	}
}

func TestMissingListOfNamesIsNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "nowhere.txt")
	_, _, err := inventory.Names{Targets: towns}.Read(path)
	if exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	_, _, err = inventory.Names{Targets: towns}.Read(os.TempDir())
	if exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("a folder: got %v", err)
	}
}
