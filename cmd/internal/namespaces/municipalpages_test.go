package namespaces

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Links of the footer as the trials have them, and what the form gave.
const (
	ownDeclaration   = "https://form.agid.gov.it/c_x000/comune_di_esempio/dichiarazione"
	otherDeclaration = "https://form.agid.gov.it/c_x999/comune_di_vicinato/dichiarazione"
	oldDeclaration   = "https://form.agid.gov.it/view/d6aae140-719a-11ef-9abc-020000000001" // of 13 September 2024
	undated          = "https://form.agid.gov.it/view/eca3487c-f3cb-40be-a590-020000000001" // version 4
)

// templatePage is the page of the municipal template in the corpus, with other
// items in its footer in place of the declaration.
func templatePage(t *testing.T, items ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.FromSlash("../../../testdata/pages/design-comuni/new-address.html"))
	if err != nil {
		t.Fatal(err)
	}
	before, after, found := strings.Cut(string(content), declared(ownDeclaration))
	if !found {
		t.Fatal("the page of the corpus has no such declaration")
	}
	return before + strings.Join(items, "\n          ") + after
}

// declared is the item of the declaration as the template has it.
func declared(address string) string {
	return item(address, `data-element="accessibility-link"`, "Dichiarazione di accessibilità")
}

func item(address, attribute, label string) string {
	if attribute != "" {
		attribute = " " + attribute
	}
	return fmt.Sprintf(`<li><a href="%s"%s>%s</a></li>`, address, attribute, label)
}

// footerless is a page of the template whose footer a script brings.
func footerless(script string) string {
	return `<!doctype html><html lang="it"><head><meta charset="utf-8"><title>Comune di Esempio</title></head><body>
<header class="it-header-wrapper"><a href="/">Comune di Esempio</a></header>
<main><h1>Comune di Esempio</h1><p>Gli uffici sono aperti al pubblico dal lunedì al venerdì mattina. Per la carta d'identità si prende appuntamento per telefono oppure allo sportello.</p></main>
<div id="footer"></div>
` + script + `
</body></html>
`
}

// Scripts that bring a footer.
const (
	fetchesFooter = `<script>fetch('/footer.html').then(function (r) { return r.text() }).then(function (t) { document.getElementById('footer').innerHTML = t })</script>`
	writesFooter  = `<script src="/Footer_js.js"></script>`
	linksFooter   = `<script src="/linkfooter.js?v=2"></script>`
)

// footerItems are those of a footer that a script brings.
func footerItems(items ...string) string {
	all := append([]string{
		item("/privacy", `data-element="privacy-policy-link"`, "Informativa privacy"),
		item("/note-legali", `data-element="legal-notes"`, "Note legali"),
		item("/mappa", "", "Mappa del sito"),
	}, items...)
	return `<ul class="it-footer">` + strings.Join(all, "") + `</ul>`
}

// written is a script that writes markup, one string a line.
func written(markup string) string {
	script := "var anno = new Date().getFullYear();\n"
	for piece := range strings.SplitSeq(markup, "<li>") {
		script += "document.write('" + strings.ReplaceAll("<li>"+piece, "'", `\'`) + "');\n"
	}
	return strings.Replace(script, "<li><ul", "<ul", 1)
}

// inserted is a script that joins strings and sets them into the page.
func inserted(markup string) string {
	return "var voci = '" + strings.ReplaceAll(strings.ReplaceAll(markup, "'", `\'`), "<li>", "' +\n  '<li>") + "';\ndocument.getElementById('footer').innerHTML = voci;\n"
}

// ownText is a declaration of the town's own making.
func ownText(year int) string {
	return fmt.Sprintf(`<!doctype html><html lang="it"><head><meta charset="utf-8"><title>Accessibilità</title></head><body><main>
<h1>Dichiarazione di accessibilità</h1>
<p>Il Comune di Esempio vuole un sito che tutti possano usare. Questo sito web è parzialmente conforme ai requisiti di legge sull'accessibilità.</p>
<h2>Contenuti non accessibili</h2><p>Le planimetrie non hanno una descrizione.</p>
<p>Dichiarazione redatta il 3 febbraio %d.</p>
<h2>Feedback e informazioni di contatto</h2><p>Scrivere a <a href="mailto:ufficio@comune.fatto.example">ufficio@comune.fatto.example</a>.</p>
</main></body></html>
`, year)
}

// leadsOn is a page of the town's own with the link to AgID's form.
const leadsOn = `<!doctype html><html lang="it"><head><meta charset="utf-8"><title>Accessibilità</title></head><body><main>
<h1>Accessibilità del sito</h1><p>La dichiarazione del Comune si legge sul sito dell'agenzia che la raccoglie.</p>
<p><a href="` + ownDeclaration + `">Dichiarazione di accessibilità sul sito di AgID</a></p>
</main></body></html>
`

// municipalTrials are the ways to use the template, right and wrong.
func municipalTrials(t *testing.T) []municipalTrial {
	t.Helper()
	today, lastReview := filed(time.Now()), time.Now().Year()-3
	objectives := item(today, "", "Obiettivi di accessibilità")
	const marked = `data-element="accessibility-link"`
	page := func(items ...string) string { return templatePage(t, append(items, objectives)...) }
	brought := footerItems(declared(today), objectives)
	onlyOwn := page(item("/dichiarazione", marked, "Dichiarazione di accessibilità"))
	robots := func(path string) string { return "User-agent: *\nDisallow: " + path + "\n" }
	type files = map[string]string
	return []municipalTrial{
		{"with the attribute", municipalTown("attributo", page(declared(today)), nil), "+++-+-+.-", []string{"declaration-outdated basis=link"}},
		{"with the attribute, new address", municipalTown("nuovo", page(declared(ownDeclaration)), nil), "++++?-+.-", []string{"declaration-outdated problem=unreadable"}},
		{"without the attribute", municipalTown("spoglio", page(item(today, "", "Dichiarazione di accessibilità")), nil), "+++-+-+.-", nil},
		{"label renamed", municipalTown("ribattezzato", page(item(today, "", "Accessibilità del sito: la dichiarazione")), nil), "+++-+-+.-", nil},
		{"label renamed, new address", municipalTown("conforme", page(item(ownDeclaration, "", "Conformità del sito")), nil), "++++?-+.-", nil},
		{"label in English", municipalTown("inglese", page(item(today, "", "Accessibility statement")), nil), "+++-+-+.-", nil},
		{"label in German", municipalTown("tedesco", page(item(today, "", "Erklärung zur Barrierefreiheit")), nil), "+++-+-+.-", nil},
		{"label in French", municipalTown("francese", page(item(today, "", "Déclaration d’accessibilité")), nil), "+++-+-+.-", nil},
		{"declaration of 2024", municipalTown("vecchia", page(declared(oldDeclaration)), nil), "+++-!-+.-", []string{"declaration-outdated stated_on=2024-09-13"}},
		{"declaration without a date", municipalTown("senzadata", page(declared(undated)), nil), "+++-?-+.-", nil},
		{"footer by fetch: /footer.html", municipalTown("fetch", footerless(fetchesFooter), files{"footer.html": brought}), "+++-+-+.-", nil},
		{"footer by script: Footer_js.js", municipalTown("script", footerless(writesFooter), files{"Footer_js.js": written(brought)}), "+++-+-+.-", nil},
		{"footer by script: linkfooter.js", municipalTown("link", footerless(linksFooter), files{"linkfooter.js": inserted(brought)}), "+++-+-+.-", nil},
		{"footer by fetch, without a declaration", municipalTown("mancante", footerless(fetchesFooter), files{"footer.html": footerItems()}), "!-----!.-", []string{"declaration-missing reason=no-link"}},
		{"no declaration", municipalTown("niente", templatePage(t), nil), "!-----!.-", []string{"declaration-missing reason=no-link"}},
		{"placeholder of the template", municipalTown("segnaposto", page(declared("https://form.agid.gov.it/view/xyz")), nil), "--!---+.-", nil},
		{"link to #", municipalTown("cancelletto", page(declared("#")), nil), "--!---+.-", nil},
		{"declaration of another body", municipalTown("vicino", page(declared(otherDeclaration)), nil), "+++!?-+.-", []string{"declaration-other-body code=c_x999", "declaration-other-body own=c_x000"}},
		{"only the objectives", municipalTown("obiettivi", page(), nil), "!-----+.-", []string{"declaration-missing reason=only-objectives"}},
		{"dead link", municipalTown("morto", onlyOwn, nil), "!-----+.-", []string{"declaration-missing reason=dead-link"}},
		{"an internal page that leads on", municipalTown("duepassi", onlyOwn, files{"dichiarazione.html": leadsOn}), "++++?-+.-", nil},
		{"a text of its own", municipalTown("fatto", onlyOwn, files{"dichiarazione.html": ownText(lastReview)}), "+!+-!++.+", []string{"declaration-outdated basis=text"}},
		{"robots.txt forbids the page", municipalTown("riservato", onlyOwn, files{"dichiarazione.html": leadsOn, "robots.txt": robots("/dichiarazione")}), "+?+???+.?", []string{"declaration-not-official problem=robots"}},
		{"robots.txt forbids the footer", municipalTown("vietato", footerless(fetchesFooter), files{"footer.html": brought, "robots.txt": robots("/footer")}), "???????.?", []string{"declaration-missing problem=robots", "objectives-missing problem=robots"}},
		{"robots.txt answers 503", municipalTown("chiuso", footerless(fetchesFooter), files{"footer.html": brought}, "location = /robots.txt { return 503; }"), "???????.?", []string{"declaration-missing problem=robots"}},
		{"footer answers 404", municipalTown("perso", footerless(fetchesFooter), nil), "???????.?", nil},
		{"footer answers 500", municipalTown("rotto", footerless(fetchesFooter), nil, "location = /footer.html { return 500; }"), "???????.?", nil},
		{"footer does not answer", municipalTown("fermo", footerless(fetchesFooter), nil, "location = /footer.html { proxy_pass http://"+muteServer+"; proxy_read_timeout 600s; }"), "???????.?", []string{"declaration-missing problem=timeout"}},
	}
}
