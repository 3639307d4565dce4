package duties

import (
	"slices"
	"strings"

	"campanile/collectors/records/internal/plain"
)

// reader recognises one kind. Words and stems are folded, phrases are of whole
// words.
type reader struct {
	kind      Kind
	mark      string   // data-element of the Italian municipal model
	labels    []string // phrases of a label
	stems     []string // beginnings of words of a label
	weak      []string // phrases of a label that may mean something else
	addresses []string // phrases of an address after the host
	hosts     []string // and those below
	names     []string // first labels of a host
	portals   []string // what a host of a product for it has somewhere in its name
	trap      func(link) bool
}

// of tells how surely a link is of the kind.
func (r reader) of(k link) strength {
	switch {
	case r.mark != "" && k.Mark == r.mark:
		return marked
	case r.trap != nil && r.trap(k):
		return none
	case plain.Contains(k.words, r.labels...), len(r.stems) > 0 && plain.Begins(k.words, r.stems...):
		// Many words in the middle of a page are news, or a sentence.
		if k.Place == "main" && k.count > 10 {
			return hinted
		}
		return labelled
	case k.under(r.hosts...):
		return labelled
	case plain.Contains(k.words, r.weak...), plain.Contains(k.path, r.addresses...), k.named(r.names...), k.portal(r.portals...):
		return hinted
	}
	return none
}

// under reports whether the link leads to one of the hosts, or below one.
func (k link) under(hosts ...string) bool {
	return slices.ContainsFunc(hosts, func(host string) bool {
		return k.host == host || strings.HasSuffix(k.host, "."+host)
	})
}

// named reports whether the host begins with one of the labels.
func (k link) named(labels ...string) bool {
	first, _, more := strings.Cut(k.host, ".")
	return more && slices.Contains(labels, first)
}

// portal reports whether the host has one of the words somewhere in its name.
func (k link) portal(words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(k.host, word) })
}

// others are those to whom municipal pages link and who speak there of somebody
// else's privacy: the authorities, the law, the maker of a captcha or a map.
var others = []string{
	"garanteprivacy.it", "gpdp.it", "cnil.fr", "edpb.europa.eu", "edps.europa.eu", "eur-lex.europa.eu", "normattiva.it", "legifrance.gouv.fr", "aepd.es",
	"google.com", "google.it", "google.fr", "youtube.com", "facebook.com", "instagram.com", "twitter.com", "x.com", "linkedin.com", "microsoft.com",
	"openstreetmap.org", "osmfoundation.org", "matomo.org", "allaboutcookies.org", "aboutcookies.org", "youronlinechoices.com", "youronlinechoices.eu",
	"mozilla.org", "apple.com", "tiktok.com", "whatsapp.com", "hcaptcha.com", "cloudflare.com",
}

// othersPrivacy recognises the notice of somebody else by its host or by its
// label.
func othersPrivacy(k link) bool {
	return k.under(others...) ||
		plain.Contains(k.words, "garante", "cnil", "google", "recaptcha", "facebook", "youtube", "hcaptcha") && !plain.Contains(k.words, "informativa", "policy", "politique")
}

// button recognises the choices of a cookie banner, which are no notice.
func button(k link) bool {
	switch k.first {
	case "accetta", "accetto", "accept", "accepter", "j", "rifiuta", "rifiuto", "refuser", "refuse", "reject", "decline", "consenti", "nega", "allow", "deny",
		"tout", "akzeptieren", "ablehnen", "alle", "aceptar", "rechazar", "chiudi", "close", "fermer", "continua", "continuer", "ok", "solo", "personnaliser":
		return true
	}
	return false
}

// ofWaste recognises the transparency of waste and its tariff (TARI), which is a
// duty of its own, and that of elections and of days of events.
func ofWaste(k link) bool {
	return plain.Begins(k.words, "rifiut", "tariff", "giornat", "elezion", "elettor", "banc") || plain.Contains(k.words, "tari", "arera", "tarip") ||
		plain.Begins(k.path, "rifiut") || plain.Contains(k.path, "tari", "arera")
}

// ofPaper recognises announcements that the law wants published, offices and
// help: nothing about who answers for a site.
func ofPaper(k link) bool {
	return plain.Contains(k.words, "annonces legales", "pubblicita legale", "assistenza legale", "assistance legale", "ufficio legale")
}

// ofOneForm recognises one form, such as that to write a message, or one to print.
func ofOneForm(k link) bool {
	return Document(k.URL) != "" || plain.Contains(k.words, "formulaire de contact", "modulo di contatto", "contact form", "kontaktformular", "formulario de contacto", "moduli abitativi", "moduli formativi")
}

// ofDesk recognises what town halls say of identity cards and of SPID as the
// desk that issues them.
func ofDesk(k link) bool {
	return plain.Contains(k.words, "carta d identita", "rilascio", "attivazione", "attiva spid", "richiedi spid", "come ottenere", "richiesta cie", "sans rendez vous", "cos e spid")
}

// ofTrade recognises the permits that town halls grant.
func ofTrade(k link) bool {
	return plain.Begins(k.words, "commerc", "edilizi", "taxi", "cacci", "pesca", "debit", "boisson", "sport") || plain.Contains(k.words, "ncc", "iv")
}
