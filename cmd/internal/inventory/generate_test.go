package inventory_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
)

// outcome is what has to become of a generated row.
type outcome int

const (
	kept outcome = iota
	repaired
	refused
)

// generated is a register made up for a test, with what has to come of it. Its
// names are those of no place.
type generated struct {
	bytes.Buffer
	counts  [3]int
	read    int
	refused []string // where, in the order of the list
	line    int      // the last one written
}

func (g *generated) count(what outcome, where string) {
	g.read++
	g.counts[what]++
	if what == refused {
		g.refused = append(g.refused, where)
	}
}

// ipaHeader is the header of the file enti in its real order.
var ipaHeader = strings.Split("_id,Codice_IPA,Denominazione_ente,Codice_fiscale_ente,Tipologia,Codice_Categoria,Codice_natura,Codice_ateco,Ente_in_liquidazione,"+
	"Codice_MIUR,Codice_ISTAT,Acronimo,Nome_responsabile,Cognome_responsabile,Titolo_responsabile,Codice_comune_ISTAT,Codice_catastale_comune,CAP,Indirizzo,"+
	"Mail1,Tipo_Mail1,Mail2,Tipo_Mail2,Mail3,Tipo_Mail3,Mail4,Tipo_Mail4,Mail5,Tipo_Mail5,Sito_istituzionale,Url_facebook,Url_linkedin,Url_twitter,Url_youtube,Data_aggiornamento", ",")

// ipaRow is a clean row of a municipality.
func ipaRow(n int) map[string]string {
	cadastral := fmt.Sprintf("%c%03d", 'A'+n/1000, n%1000)
	host := fmt.Sprintf("comune.borgofinto%d.example", n)
	return map[string]string{
		"_id": fmt.Sprint(n + 1), "Codice_IPA": "c_" + strings.ToLower(cadastral), "Denominazione_ente": fmt.Sprintf("Comune di Borgofinto %d", n),
		"Tipologia": "Pubbliche Amministrazioni", "Codice_Categoria": "L6", "Ente_in_liquidazione": "N",
		"Codice_comune_ISTAT": fmt.Sprintf("%03d%03d", 1+n%103, 1+n/103), "Codice_catastale_comune": cadastral, "CAP": "00000", "Indirizzo": "Piazza Inventata, 1",
		"Mail1": "protocollo@pec." + host, "Tipo_Mail1": "Pec", "Mail2": "info@" + host, "Tipo_Mail2": "Altro",
		"Sito_istituzionale": "https://www." + host + "/", "Data_aggiornamento": "2026-01-31",
	}
}

// set gives a change of one cell, of which H stands for the host and N for the
// number of the row.
func set(column, value string) func(map[string]string, int) {
	return func(row map[string]string, n int) {
		value := strings.ReplaceAll(strings.ReplaceAll(value, "{H}", fmt.Sprintf("comune.borgofinto%d.example", n)), "{N}", fmt.Sprint(n))
		row[column] = value
	}
}

func both(changes ...func(map[string]string, int)) func(map[string]string, int) {
	return func(row map[string]string, n int) {
		for _, change := range changes {
			change(row, n)
		}
	}
}

// ipaDirt is every kind of dirt of IndicePA. Broken changes the written row.
var ipaDirt = []struct {
	name   string
	want   outcome
	change func(row map[string]string, n int)
	broken func(line string) string
}{
	{"scheme-without-slashes", repaired, set("Sito_istituzionale", "https:{H}"), nil},
	{"www-before-scheme", repaired, set("Sito_istituzionale", "www.http://{H}"), nil},
	{"scheme-without-colon", repaired, set("Sito_istituzionale", "http//www.{H}"), nil},
	{"scheme-twice", repaired, set("Sito_istituzionale", "http://https://{H}/home"), nil},
	{"own-mailbox-as-site", repaired, set("Sito_istituzionale", "info@{H}"), nil},
	{"open-mailbox-as-site", repaired, both(set("Sito_istituzionale", "borgofinto@buche.example"), set("Mail2", "")), nil},
	{"no-site", repaired, set("Sito_istituzionale", ""), nil},
	{"no-site-and-no-mailbox-of-its-own", repaired, both(set("Sito_istituzionale", "n.d."), set("Mail2", "borgofinto{N}@buche.example")), nil},
	{"retired-name", repaired, set("Sito_istituzionale", "www.borgofinto{N}.gov.it"), nil},
	{"page-of-a-network", repaired, set("Sito_istituzionale", "https://www.facebook.com/borgofinto{N}"), nil},
	{"shared-host", repaired, set("Sito_istituzionale", "https://portale.example/c{N}/"), nil},
	{"several-sites", repaired, set("Sito_istituzionale", "www.{H}; www.altro{N}.example"), nil},
	{"comma-for-dot", repaired, set("Sito_istituzionale", "www,comune.borgofinto{N},example"), nil},
	{"name-encoded-twice", repaired, set("Denominazione_ente", "Comune di CittÃ\u00a0 {N}"), nil},
	{"name-in-another-encoding", repaired, set("Denominazione_ente", "Comune di Citt\xe0 {N}"), nil},
	{"name-from-a-page", repaired, set("Denominazione_ente", "Comune di Castel d&#39;Aria {N}"), nil},
	{"capital-code", repaired, func(row map[string]string, _ int) { row["Codice_IPA"] = strings.ToUpper(row["Codice_IPA"]) }, nil},
	{"zeros-lost", repaired, func(row map[string]string, _ int) {
		row["Codice_comune_ISTAT"] = strings.TrimLeft(row["Codice_comune_ISTAT"], "0") + ".0"
	}, nil},
	{"bad-mailbox", repaired, set("Mail2", "info.borgofinto.example"), nil},
	{"wound-up", repaired, set("Ente_in_liquidazione", "S"), nil},
	{"quotation-mark-out-of-place", repaired, set("CAP", "0000X"), func(line string) string { return strings.Replace(line, "0000X", `"00000`, 1) }},
	{"line-break-in-a-cell", kept, set("Indirizzo", "Piazza Inventata\nangolo \"Via Finta\", 2"), nil},
	{"consortium-of-the-same-seat", kept, both(set("Codice_IPA", "cons{N}"), set("Denominazione_ente", "Consorzio Finto {N}")), nil},
	{"young-municipality", kept, set("Codice_IPA", "X{N}YZ"), nil},
	{"empty-words", kept, both(set("Mail3", "null"), set("Acronimo", "N/A")), nil},
	{"cells-missing", refused, nil, func(line string) string { return line[:strings.LastIndex(line, ",")] }},
	{"cells-too-many", refused, set("CAP", "0000X"), func(line string) string { return strings.Replace(line, "0000X", "000,00", 1) }},
	{"cut-in-an-open-quotation", refused, set("CAP", "0000X"), func(line string) string {
		before, _, _ := strings.Cut(line, "0000X")
		return before + `"0000`
	}},
	{"no-code", refused, set("Codice_IPA", ""), nil},
	{"bad-code", refused, set("Codice_IPA", "c_?{N}"), nil},
	{"twice", refused, set("Codice_IPA", "c_a000"), nil},
}

// generateIPA makes a file enti of so many rows; one in three is dirty.
func generateIPA(rows int) *generated {
	g := &generated{}
	g.WriteString("\ufeff" + strings.Join(ipaHeader, ",") + "\r\n")
	g.line = 1
	for n := range rows {
		row, want, broken := ipaRow(n), kept, func(line string) string { return line }
		if n%3 == 2 {
			dirt := ipaDirt[n/3%len(ipaDirt)]
			want = dirt.want
			if dirt.change != nil {
				dirt.change(row, n)
			}
			if dirt.broken != nil {
				broken = dirt.broken
			}
		}
		g.count(want, fmt.Sprintf("enti.csv:%d", g.line+1))
		var line bytes.Buffer
		w := csv.NewWriter(&line)
		cells := make([]string, len(ipaHeader))
		for i, title := range ipaHeader {
			cells[i] = row[title]
		}
		_ = w.Write(cells) // a buffer takes all
		w.Flush()
		text := broken(strings.TrimSuffix(line.String(), "\n")) + "\n"
		g.line += strings.Count(text, "\n")
		g.WriteString(text)
		if n%500 == 0 {
			g.WriteString("\n") // a blank line is no row
			g.line++
		}
	}
	return g
}

// hall is an entry of the directory, before it is written.
type hall map[string]any

// inString is JSON inside a string, as the directory has it.
func inString(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // of a test: values that are written here
	}
	return string(text)
}

func sitesOf(addresses ...string) []any {
	var list []any
	for _, address := range addresses {
		list = append(list, map[string]string{"libelle": "", "valeur": address})
	}
	return list
}

// frenchDepartments are those whose numbers no district of a city can meet.
var frenchDepartments = func() []string {
	var list []string
	for n := 1; n <= 95; n++ {
		if n != 13 && n != 20 && n != 69 && n != 75 {
			list = append(list, fmt.Sprintf("%02d", n))
		}
	}
	return list
}()

func hallOf(n int) hall {
	code := frenchDepartments[n%len(frenchDepartments)] + fmt.Sprintf("%03d", 1+n/len(frenchDepartments))
	host := fmt.Sprintf("mairie-bourgfictif%d.example", n)
	return hall{
		"id": fmt.Sprintf("id-%d", n), "nom": fmt.Sprintf("Mairie - Bourgfictif %d", n), "siret": fmt.Sprintf("%014d", n), "code_insee_commune": code,
		"pivot":         inString([]any{map[string]any{"type_service_local": "mairie", "code_insee_commune": []string{code}}}),
		"site_internet": inString(sitesOf("https://www." + host)), "adresse_courriel": "accueil@" + host,
		"telephone": inString([]any{map[string]string{"valeur": "00 00 00 00 00"}}), "adresse": inString([]any{map[string]string{"nom_commune": "Bourgfictif"}}),
	}
}

// hallDirt is every kind of dirt of the French directory.
var hallDirt = []struct {
	name   string
	want   outcome
	change func(h hall, n int) any
}{
	{"www-before-scheme", repaired, site("www.http://mairie-bourgfictif%d.example")},
	{"scheme-twice", repaired, site("http://http://www.mairie-bourgfictif%d.example/")},
	{"own-mailbox-as-site", repaired, site("accueil@mairie-bourgfictif%d.example")},
	{"personal-page", repaired, site("http://bourgfictif%d.pagesperso-orange.fr/")},
	{"page-of-a-network", repaired, site("https://www.facebook.com/bourgfictif%d")},
	{"below-a-platform", repaired, site("https://bourgfictif%d.e-monsite.com/")},
	{"shared-host", repaired, site("https://www.portail.example/bourgfictif%d")},
	{"network-before-site", repaired, func(h hall, n int) any {
		h["site_internet"] = inString(sitesOf("https://facebook.com/b", fmt.Sprintf("https://mairie-bourgfictif%d.example", n)))
		return h
	}},
	{"no-site", repaired, func(h hall, _ int) any { h["site_internet"] = ""; return h }},
	{"no-site-and-an-open-mailbox", repaired, func(h hall, n int) any {
		h["site_internet"], h["adresse_courriel"] = nil, fmt.Sprintf("mairie.bourgfictif%d@buche.example", n)
		return h
	}},
	{"address-in-place-of-json", repaired, func(h hall, n int) any {
		h["site_internet"] = fmt.Sprintf("https://mairie-bourgfictif%d.example", n)
		return h
	}},
	{"pivot-broken", repaired, func(h hall, _ int) any { h["pivot"] = "[{"; return h }},
	{"bad-mailbox", repaired, func(h hall, n int) any {
		h["adresse_courriel"] = fmt.Sprintf("accueil@mairie-bourgfictif%d.example;néant", n)
		return h
	}},
	{"zero-lost", repaired, func(h hall, _ int) any {
		h["code_insee_commune"] = strings.TrimLeft(h["code_insee_commune"].(string), "0") + ".0"
		return h
	}},
	{"json-that-is-no-string", kept, func(h hall, n int) any {
		h["site_internet"] = sitesOf(fmt.Sprintf("https://mairie-bourgfictif%d.example", n))
		return h
	}},
	{"two-mailboxes", kept, func(h hall, n int) any {
		h["adresse_courriel"] = fmt.Sprintf("accueil@mairie-bourgfictif%d.example;mairie%d@buche.example", n, n)
		return h
	}},
	{"union", kept, func(h hall, n int) any {
		h["nom"], h["pivot"] = fmt.Sprintf("Communauté de communes fictive %d", n), inString([]any{map[string]any{"type_service_local": "epci"}})
		return h
	}},
	{"delegated", refused, func(h hall, n int) any { h["nom"] = fmt.Sprintf("Mairie déléguée - Hameau %d", n); return h }},
	{"annex", refused, func(h hall, n int) any { h["nom"] = fmt.Sprintf("Mairie annexe - Hameau %d", n); return h }},
	{"district", refused, func(h hall, _ int) any { h["code_insee_commune"] = "13203"; return h }},
	{"bad-code", refused, func(h hall, _ int) any { h["code_insee_commune"] = "2C001"; return h }},
	{"twice", refused, func(h hall, _ int) any { h["code_insee_commune"] = "01001"; return h }},
	{"kind-unknown", refused, func(h hall, _ int) any { h["pivot"], h["nom"] = "", "Accueil"; return h }},
	{"no-entry", refused, func(hall, int) any { return "Mairie" }},
}

func site(format string) func(hall, int) any {
	return func(h hall, n int) any {
		h["site_internet"] = inString(sitesOf(fmt.Sprintf(format, n)))
		return h
	}
}

// generateAnnuaire makes an export of the directory, one entry a line; one in
// four is dirty.
func generateAnnuaire(entries int) *generated {
	g := &generated{}
	g.WriteString("[\n")
	for n := range entries {
		var entry any = hallOf(n)
		want := kept
		if n%4 == 3 {
			dirt := hallDirt[n/4%len(hallDirt)]
			want, entry = dirt.want, dirt.change(hallOf(n), n)
		}
		g.count(want, fmt.Sprintf("annuaire.json:%d: entry %d", n+2, n+1))
		if n > 0 {
			g.WriteString(",\n")
		}
		g.WriteString(inString(entry))
	}
	g.WriteString("\n]\n")
	return g
}
