package inventory_test

import (
	"bytes"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/collectors/evidence"
)

// nations are the two registers at their real size.
var nations = []struct {
	from     inventory.Origin
	rows     int
	generate func(int) *generated
}{
	{inventory.Origin{Register: inventory.IPA, Name: "enti.csv", Suppliers: suppliers}, 8_008, generateIPA},
	{inventory.Origin{Register: inventory.Annuaire, Name: "annuaire.json", Suppliers: suppliers}, 34_960, generateAnnuaire},
}

func TestRegisterOfANationAddsUpAndEachRefusalHasItsLine(t *testing.T) {
	for _, nation := range nations {
		t.Run(string(nation.from.Register), func(t *testing.T) { // not beside others: it is timed
			list := nation.generate(nation.rows)
			began := worked(t)
			got, err := inventory.Import(&list.Buffer, nation.from, inventory.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			if took := worked(t) - began; took > slower*5*time.Second {
				t.Errorf("took %s; want less than %s", took, slower*5*time.Second)
			}
			want := [5]int{nation.rows, list.counts[kept], list.counts[repaired], list.counts[refused], 0}
			if diff := cmp.Diff(want, [5]int{got.Read, got.Kept, got.Repaired, got.Refused, got.LeftOut}); diff != "" {
				t.Errorf("read, kept, repaired, refused, left out: -want +got\n%s", diff)
			}
			if len(got.Bodies) != got.Kept+got.Repaired {
				t.Errorf("%d bodies of %d kept and %d repaired rows", len(got.Bodies), got.Kept, got.Repaired)
			}
			if diff := cmp.Diff(list.refused, refusals(got)); diff != "" {
				t.Errorf("refused at: -want +got\n%s", diff)
			}
			checkBodies(t, got)
		})
	}
}

// checkBodies holds what is true of every body.
func checkBodies(t *testing.T, got inventory.Imported) {
	t.Helper()
	without := 0
	for _, b := range got.Bodies {
		if b.Domain == "" {
			without++
			continue
		}
		if domain, err := inventory.Domain(b.Domain); err != nil || domain != b.Domain {
			t.Errorf("line %d: %q is no domain to scan (%v)", b.Line, b.Domain, err)
		}
		if b.Province+b.Department == "" || b.Region == "" {
			t.Errorf("line %d: no place: %+v", b.Line, b)
		}
	}
	if without != got.Without || without == 0 {
		t.Errorf("%d bodies have no domain, %d were counted", without, got.Without)
	}
}

func refusals(got inventory.Imported) []string {
	var list []string
	for _, n := range got.Notes {
		if strings.HasPrefix(n.Text, "refused: ") {
			list = append(list, n.Where)
		}
	}
	return list
}

func BenchmarkRegisterOfANation(b *testing.B) {
	for _, nation := range nations {
		b.Run(string(nation.from.Register), func(b *testing.B) {
			text := nation.generate(nation.rows).Bytes()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := inventory.Import(bytes.NewReader(text), nation.from, inventory.Filter{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestEachKindOfDirtOfIndicePA shows one row of each kind by itself, so that what is
// counted above is also right.
func TestEachKindOfDirtOfIndicePA(t *testing.T) {
	t.Parallel()
	list := generateIPA(3 * len(ipaDirt))
	got, err := inventory.Import(&list.Buffer, nations[0].from, inventory.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	own := func(n int) string { return "comune.borgofinto" + strconv.Itoa(n) + ".example" }
	want := map[string]string{
		"scheme-without-slashes": "own", "www-before-scheme": "own", "scheme-without-colon": "own", "scheme-twice": "own", "own-mailbox-as-site": "own",
		"open-mailbox-as-site": "", "no-site": "own", "no-site-and-no-mailbox-of-its-own": "", "retired-name": "own", "page-of-a-network": "own",
		"shared-host":   "portale.example", // here it is the only one
		"several-sites": "own", "comma-for-dot": "own", "quotation-mark-out-of-place": "own", "line-break-in-a-cell": "own",
	}
	for at, dirt := range ipaDirt {
		domain, ok := want[dirt.name]
		if !ok {
			continue
		}
		n := 3*at + 2
		if domain == "own" {
			domain = own(n)
		}
		body := byCadastral(got.Bodies, ipaRow(n)["Codice_catastale_comune"])
		if body == nil || body.Domain != domain {
			t.Errorf("%s: got %+v, want domain %q", dirt.name, body, domain)
		}
	}
}

func byCadastral(bodies []inventory.Body, code string) *inventory.Body {
	for i := range bodies {
		if bodies[i].Cadastral == code {
			return &bodies[i]
		}
	}
	return nil
}

// read imports a list that is written out in a test.
func read(t *testing.T, register inventory.Register, text string, conditions ...string) inventory.Imported {
	t.Helper()
	filter, err := inventory.ParseFilter(conditions...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := inventory.Import(strings.NewReader(text), inventory.Origin{Register: register, Name: "list", Suppliers: suppliers}, filter)
	if err != nil {
		t.Fatal(err)
	}
	if sum := got.Kept + got.Repaired + got.Merged + got.Refused + got.LeftOut; sum != got.Read {
		t.Errorf("read %d rows, and %d have become something: %+v", got.Read, sum, got)
	}
	return got
}

func notes(got inventory.Imported) []string {
	var list []string
	for _, n := range got.Notes {
		list = append(list, n.String())
	}
	return list
}

const istatList = "Codice Regione;\"Codice dell'Unit\xe0 territoriale sovracomunale \n(valida a fini statistici)\";\"Codice Provincia (Storico)(1)\";" +
	"\"Codice Comune formato alfanumerico\";\"Denominazione (Italiana e straniera)\";\"Denominazione in italiano\";Denominazione Regione;" +
	"\"Sigla automobilistica\";\"Codice Catastale del comune\";\"Popolazione legale 2021 \n(31/12/2021)\"\r\n" +
	"01;201;001;001001;Cittadella Inventata;Cittadella Inventata;Piemonte;TO;X001;1.200\r\n" +
	"01;201;001;1002;Forr\xe0 di Sopra;Forr\xe0 di Sopra;Piemonte;TO;X002;99\r\n" +
	"20;113;113;113001;Scoglio Finto;Scoglio Finto;Sardegna;OT;X003;\r\n" +
	"20;113;113;11A001;Scoglio Rotto;Scoglio Rotto;Sardegna;OT;X004;5\r\n"

func TestISTATIsReadInItsOwnEncodingAndWithTitlesOverTwoLines(t *testing.T) {
	t.Parallel()
	got := read(t, inventory.ISTAT, istatList)
	want := []inventory.Body{
		{
			Target: evidence.Target{Name: "Cittadella Inventata", Country: "it"}, Register: inventory.ISTAT, Line: 4, Place: "001001", Cadastral: "X001",
			Municipality: true, Province: "TO", Region: "Piemonte", Population: 1200,
		},
		{
			Target: evidence.Target{Name: "Forrà di Sopra", Country: "it"}, Register: inventory.ISTAT, Line: 5, Place: "001002", Cadastral: "X002",
			Municipality: true, Province: "TO", Region: "Piemonte", Population: 99,
		},
		{
			Target: evidence.Target{Name: "Scoglio Finto", Country: "it"}, Register: inventory.ISTAT, Line: 6, Place: "113001", Cadastral: "X003",
			Municipality: true, Province: "OT", Region: "Sardegna",
		},
	}
	if diff := cmp.Diff(want, got.Bodies); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{`list:5: code "1002" was read as 001002`, `list:7: refused: "11A001" is no code of ISTAT`}, notes(got)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestOlderFileOfIndicePAIsReadByItsTabs(t *testing.T) {
	t.Parallel()
	got := read(t, inventory.IPAText, "cod_amm\tdes_amm\tComune\tProvincia\tRegione\tsito_istituzionale\ttipologia_istat\tmail1\ttipo_mail1\n"+
		"c_x001\tComune di \"Uno\tUno\tTO\tPiemonte\twww.comune.uno.example\tComuni e loro Consorzi e Associazioni\tcomune@certa.example\tpec\n"+
		"un_due\tUnione dei Due\tDue\tTO\tPiemonte\thttp://unione.due.example\tUnioni di Comuni e loro Consorzi e Associazioni\tnull\tnull\n"+
		"c_x003\tComune di Tre\tTre\tTO\n")
	want := []inventory.Body{
		{
			Target: evidence.Target{
				Domain: "comune.uno.example", Name: "Comune di \"Uno", Country: "it", Code: "c_x001",
				Mailboxes: []evidence.Mailbox{{Address: "comune@certa.example", PEC: true}},
			},
			Register: inventory.IPAText, Line: 2, Cadastral: "X001", Category: "L6", Municipality: true, Province: "TO", Region: "Piemonte",
		},
		{
			Target:   evidence.Target{Domain: "unione.due.example", Name: "Unione dei Due", Country: "it", Code: "un_due"},
			Register: inventory.IPAText, Line: 3, Category: "L18", Province: "TO", Region: "Piemonte",
		},
	}
	if diff := cmp.Diff(want, got.Bodies); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([]string{"list:4: refused: has 4 cells where the header has 9"}, notes(got)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

const inseeList = "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT\n" +
	"COM,01001,84,01,01D,012,0,BOURGFICTIF,Bourgfictif,Bourgfictif,0108,\n" +
	"COMD,01001,,,,,0,BOURGFICTIF,Bourgfictif,Bourgfictif,,01001\n" +
	"COMD,01002,,,,,0,HAMEAU,Hameau,Hameau,,01001\n" +
	"COMA,01003,,,,,0,PERDU,Perdu,Perdu,,01999\n" +
	"COM,2A001,94,2A,20R,2A1,0,ILOT,Ilot,Îlot,2A01,\n" +
	"ARM,13201,93,13,,,0,QUARTIER,Quartier,Quartier 1,,13055\n"

func TestFormerMunicipalitiesLeaveTheirCodeToTheirSuccessor(t *testing.T) {
	t.Parallel()
	got := read(t, inventory.INSEE, inseeList)
	want := []inventory.Body{
		{
			Target: evidence.Target{Name: "Bourgfictif", Country: "fr", Code: "01001"}, Register: inventory.INSEE, Line: 2, Place: "01001", Municipality: true,
			Department: "01", Region: "Auvergne-Rhône-Alpes", FormerCodes: []string{"01002"},
		},
		{
			Target: evidence.Target{Name: "Îlot", Country: "fr", Code: "2A001"}, Register: inventory.INSEE, Line: 6, Place: "2A001", Municipality: true,
			Department: "2A", Region: "Corse",
		},
	}
	if diff := cmp.Diff(want, got.Bodies); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if diff := cmp.Diff([5]int{6, 2, 0, 2, 2}, [5]int{got.Read, got.Kept, got.Repaired, got.Merged, got.Refused}); diff != "" {
		t.Errorf("read, kept, repaired, merged, refused: -want +got\n%s", diff)
	}
	filtered := read(t, inventory.INSEE, inseeList, "dipartimento=Corse-du-Sud")
	if filtered.LeftOut != 3 || filtered.Merged != 0 || len(filtered.Bodies) != 1 {
		t.Errorf("a former municipality of one that is left out is left out: %+v", filtered)
	}
}

// Who makes a list at home writes the columns in his own language; of two that
// mean the same the English one counts, then the first.
func TestOwnListMayHaveItalianOrFrenchColumns(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Comune;Sito web;Abitanti;Unione;Nome\nBorgo;comune.borgo.example;612;Unione Alta;X\n",
		"Nom,Domaine,Habitants,Intercommunalité\nBorgo,comune.borgo.example,612,Unione Alta\n",
		"sito;domain;name;population;union\nx.example;comune.borgo.example;Borgo;612;Unione Alta\n",
	} {
		got := read(t, inventory.Own, text)
		if len(got.Bodies) != 1 || got.Bodies[0].Domain != "comune.borgo.example" || got.Bodies[0].Name != "Borgo" || got.Bodies[0].Population != 612 || got.Bodies[0].Union != "Unione Alta" {
			t.Errorf("%s%+v", text, got)
		}
	}
}

func TestOwnListMaySayWhereABodyBelongs(t *testing.T) {
	t.Parallel()
	got := read(t, inventory.Own, "domain;name;region;union;population;former_codes;former_domains;remark\n"+
		"https:comune.uno.example;Uno;Terra di Mezzo;Unione del Finto;1.500;X7 X8;comune.vecchio.example;x\n"+
		"comune.due.example;Due;Terra di Mezzo;;;;non un dominio;\n"+
		"comune.uno.example;Uno di nuovo;;;;;;\n")
	if len(got.Bodies) != 2 || got.Refused != 1 {
		t.Fatalf("got %+v", got)
	}
	want := inventory.Body{
		Target:   evidence.Target{Domain: "comune.uno.example", Name: "Uno", Country: "it", Former: []string{"comune.vecchio.example"}},
		Register: inventory.Own, Line: 2, Municipality: true, Region: "Terra di Mezzo", Union: "Unione del Finto", Population: 1500, FormerCodes: []string{"X7", "X8"},
	}
	if diff := cmp.Diff(want, got.Bodies[0]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if got.Repaired != 2 || !strings.Contains(strings.Join(notes(got), "\n"), "list:4: refused: domain comune.uno.example stands already at line 2") {
		t.Errorf("got %q", notes(got))
	}
}

func TestListBesideFillsInWhatThisOneDoesNotTell(t *testing.T) {
	t.Parallel()
	beside := read(t, inventory.ISTAT, istatList).Bodies
	text := "Codice_IPA,Denominazione_ente,Codice_Categoria,Codice_comune_ISTAT,Codice_catastale_comune,Sito_istituzionale\n" +
		"c_x001,Comune di Cittadella Inventata,L6,001001,X001,comune.cittadella.example\n" +
		"cons,Consorzio di Cittadella,L6,001001,X001,consorzio.example\n" +
		"c_x002,Comune di Forrà,L6,001002,X002,comune.forra.example\n" +
		"c_x003,Comune di Scoglio Finto,L6,113001,X003,comune.scoglio.example\n"
	filter, err := inventory.ParseFilter("popolazione>=1000", "tipo=comune")
	if err != nil {
		t.Fatal(err)
	}
	got, err := inventory.Import(strings.NewReader(text), inventory.Origin{Register: inventory.IPA, Name: "list", Beside: beside}, filter)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Bodies) != 1 || got.Bodies[0].Population != 1200 || got.LeftOut != 2 || got.Refused != 1 {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff([]string{"list:5: refused: its population is not known, and the filter asks for it"}, notes(got)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	_, err = inventory.Import(strings.NewReader(text), inventory.Origin{Register: inventory.IPA, Name: "list"}, filter)
	if exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), "asks for what no row tells (its population is not known)") {
		t.Errorf("nobody is left out for what the list cannot tell: %v", err)
	}
}

func TestUnreadableListIsRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		register inventory.Register
		text     string
		want     string
	}{
		{"unknown-register", "bottega", "a,b\n", `no register is called "bottega"; those known are ipa, ipa-txt`},
		{"empty", inventory.IPA, "", "the list list is empty; download it again"},
		{"header-alone", inventory.INSEE, "TYPECOM,COM,LIBELLE\n", "the list list has no rows"},
		{"another-file", inventory.ISTAT, "domain,name\ncomune.example,x\n", `list:1: the column "codice comune formato alfanumerico" is missing; is this`},
		{"endless-header", inventory.IPA, strings.Repeat("a,", 100_000), "list:1: a header of 100001 columns; is this the file enti"},
		{"utf-16", inventory.IPA, "\xff\xfeC\x00o\x00", "is UTF-16 text; save it as"},
		{"workbook", inventory.ISTAT, "PK\x03\x04xl/workbook.xml", "is a packed file or a workbook"},
		{"page-in-place-of-json", inventory.Annuaire, "<html>", "is not JSON"},
		{"json-of-something-else", inventory.Annuaire, `{"results":{}}`, "no list of entries in it"},
		{"json-cut-in-an-entry", inventory.Annuaire, `[{"nom":"Mairie"},{"nom":`, "entry 2: not readable as JSON"},
		{"json-cut-after-an-entry", inventory.Annuaire, `[{"nom":"Mairie"}`, "the list is cut short after entry 1"},
		{"one-page-of-many", inventory.Annuaire, `{"total_count":34960,"results":[{"nom":"Mairie"}]}`, "holds 1 of 34960 entries; download the whole list"},
		{"entry-without-end", inventory.Annuaire, `[{"nom":"` + strings.Repeat("a", 5<<20), "entry 1: not readable as JSON"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := inventory.Import(strings.NewReader(test.text), inventory.Origin{Register: test.register, Name: "list"}, inventory.Filter{})
			if exit.Code(err) != exit.Usage || !strings.Contains(err.Error(), test.want) || got.Read != 0 {
				t.Errorf("got %v, %v; want %s", got, err, test.want)
			}
		})
	}
}

// breaking fails in the middle of a list.
type breaking struct{ io.Reader }

func (b breaking) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = io.ErrClosedPipe
	}
	return n, err
}

func TestListThatBreaksOffIsNotImported(t *testing.T) {
	t.Parallel()
	for register, text := range map[inventory.Register]string{inventory.INSEE: inseeList, inventory.Annuaire: "[\n{}"} {
		got, err := inventory.Import(breaking{strings.NewReader(text)}, inventory.Origin{Register: register, Name: "list"}, inventory.Filter{})
		if err == nil || got.Read != 0 {
			t.Errorf("%s: got %+v, %v", register, got, err)
		}
	}
}

func TestBrokenRowCostsNoOther(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows    string
		bodies  int
		refused []string
	}{
		"quotation-opens-and-never-closes": {"COM,01001,\"Uno\nCOM,01002,Due\nCOM,01003,Tre\n", 3, nil},
		"two-of-them-make-no-cell":         {"COM,01001,\"Uno,x\nCOM,01002,\"Due,x\nCOM,01003,Tre\n", 1, []string{"list:2", "list:3"}},
		"text-after-a-quotation":           {"COM,01001,\"Uno\" due\nCOM,01003,Tre\n", 2, nil},
		"line-of-two-megabytes":            {"COM,01001," + strings.Repeat("a", 2<<20) + "\nCOM,01003,Tre\n", 1, []string{"list:2"}},
		"opens-on-the-last-line":           {"COM,01001,Uno\nCOM,01002,\"Due", 2, nil},
		"spreadsheet-adds-empty-rows":      {"COM,01001,Uno\n,,\n\n  \nCOM,01002,Due\n", 2, nil},
		"line-ends-of-windows":             {"COM,01001,Uno\r\nCOM,01002,\"Due\r\ne mezzo\"\r\n", 2, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, inventory.INSEE, "TYPECOM,COM,LIBELLE\n"+test.rows)
			if len(got.Bodies) != test.bodies {
				t.Errorf("%d bodies, want %d: %q", len(got.Bodies), test.bodies, notes(got))
			}
			if diff := cmp.Diff(test.refused, refusals(got)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			for _, b := range got.Bodies {
				if strings.ContainsAny(b.Name, "\"\r\n") {
					t.Errorf("name %q", b.Name)
				}
			}
		})
	}
}

func TestDomainThatSeveralBodiesGive(t *testing.T) {
	t.Parallel()
	got := read(t, inventory.Own, "domain,name\nunione.example,Unione\nunione.example/a,A\nunione.example/b,B\nunione.example/c,C\n"+
		"coppia.example,D\nhttps://coppia.example/e,E\n")
	// A list of one's own has no codes, so the domain tells its bodies apart.
	if got.Refused != 4 {
		t.Errorf("got %+v", got)
	}
	rows := "Codice_IPA,Denominazione_ente,Codice_Categoria,Codice_comune_ISTAT,Sito_istituzionale\n" +
		"u,Unione,L18,,unione.example\na,A,L6,,unione.example/a\nb,B,L6,,unione.example/b\nc,C,L6,,unione.example/c\n" +
		"d,D,L6,,coppia.example\ne,E,L6,,https://coppia.example/e\n"
	got = read(t, inventory.IPA, rows)
	var domains []string
	for _, b := range got.Bodies {
		domains = append(domains, b.Domain)
	}
	if diff := cmp.Diff([]string{"unione.example", "", "", "", "coppia.example", "coppia.example"}, domains); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	want := "list:7: coppia.example is also the domain of line 6; it is scanned once"
	if all := notes(got); len(all) != 4 || all[3] != want || !strings.Contains(all[0], "4 bodies of the list give unione.example") || got.Without != 3 {
		t.Errorf("got %q", all)
	}
}

func FuzzImport(f *testing.F) {
	f.Add("annuaire", inString([]any{hallOf(1)}))
	f.Add("insee", inseeList)
	f.Add("istat", istatList)
	f.Add("ipa", generateIPA(9).String())
	f.Fuzz(func(t *testing.T, register, text string) {
		got, err := inventory.Import(strings.NewReader(text), inventory.Origin{Register: inventory.Register(register), Name: "list"}, inventory.Filter{})
		if err != nil {
			return
		}
		if got.Kept+got.Repaired+got.Merged+got.Refused+got.LeftOut != got.Read || len(got.Bodies) != got.Kept+got.Repaired {
			t.Errorf("counts do not add up: %+v", got)
		}
		for _, b := range got.Bodies {
			if domain, err := inventory.Domain(b.Domain); b.Domain != "" && (err != nil || strings.TrimPrefix(domain, "www.") != strings.TrimPrefix(b.Domain, "www.")) {
				t.Errorf("%q is no domain (%v)", b.Domain, err)
			}
		}
	})
}
