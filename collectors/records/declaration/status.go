package declaration

import "strings"

// claim is one status that a sentence states.
type claim struct {
	status Status
	site   bool // the sentence speaks of the site
	at     int  // number of the sentence
}

// claimsIn finds the statuses that a sentence states.
func claimsIn(s sentence, at int) []claim {
	if contains(s.padded, "quando", "lorsque", "quand", "when", "wenn", "cuando") {
		return nil // it explains what the words mean
	}
	if contains(s.padded, "gdpr", "rgpd", "dsgvo", "2016 679", "privacy", "datenschutz", "protezione dei dati", "donnees personnelles", "iso") {
		return nil // it conforms to something else
	}
	list := nouns(s, at)
	for i, t := range s.tokens {
		if len(list) == maxClaims {
			break
		}
		var status Status
		switch {
		case t.text == "vereinbar" || t.text == "konform" || t.text == "konforme":
			status = german(s.tokens, i)
		case isHead(t.text):
			status = straight(s.tokens, i)
		}
		if status == "" {
			continue
		}
		if who := subject(s.tokens, i); who != ofContent {
			list = append(list, claim{status, who == ofSite, at})
		}
	}
	return list
}

// nouns reads «conformité partielle», which counts where the status belongs.
func nouns(s sentence, at int) []claim {
	switch {
	case contains(s.padded, "conformita parziale", "conformite partielle", "conformidad parcial", "partial compliance", "partial conformance", "partial conformity"):
		return []claim{{Partial, false, at}}
	case contains(s.padded, "conformita totale", "conformita piena", "piena conformita", "conformite totale", "conformidad plena", "full compliance", "full conformance"):
		return []claim{{Full, false, at}}
	}
	return nil
}

const maxClaims = 8 // of one sentence

// isHead tells the words that carry a status, in the singular: the plural speaks
// of documents. German ones are read by another rule.
func isHead(word string) bool {
	switch word {
	case "conforme", "compliant", "conformant", "comply", "complies", "conform", "conforms":
		return true
	}
	return false
}

// degree is what a word says about how far.
func degree(word string) Status {
	switch word {
	case "pienamente", "totalmente", "completamente", "interamente", "integralmente", "tutto", "pieno",
		"totalement", "entierement", "pleinement", "completement", "integralement", "tout",
		"fully", "totally", "completely", "entirely", "wholly",
		"vollstandig", "vollumfanglich", "ganzlich", "komplett", "uneingeschrankt", "vollends",
		"plenamente", "enteramente", "plena":
		return Full
	case "parzialmente", "parte", "partiellement", "partie", "partially", "partly", "part", "largely", "mostly",
		"teilweise", "grosstenteils", "weitgehend", "uberwiegend", "teil", "teilen", "parcialmente":
		return Partial
	}
	return ""
}

func negates(word string) bool {
	switch word {
	case "non", "no", "pas", "not", "nicht", "cannot":
		return true
	}
	return false
}

// filler are the small words that stand between «not», «fully» and «compliant».
func filler(word string) bool {
	switch word {
	case "e", "est", "is", "are", "ist", "es", "esta", "ancora", "al", "momento", "del", "attualmente", "risulta", "essere", "sempre", "toujours",
		"encore", "actuellement", "a", "fait", "yet", "currently", "at", "present", "only", "solo", "soltanto", "seulement", "que", "nur", "noch", "in", "en", "todavia",
		"aun", "actualmente", "does", "do", "did", "be", "to", "considered", "deemed", "ce", "jour", "oggi", "ad", "n", "ne", "stato", "il", "qu", "considerato", "sito", "site", "website":
		return true
	}
	return false
}

const maxGap = 8 // words between the first word of a status and its last

// straight reads «not yet fully compliant» back from its last word, and
// «conforme partiellement» on from it.
func straight(tokens []token, i int) Status {
	var deg Status
	neg := false
	for at, gap := i-1, 0; at >= 0 && gap < maxGap; at-- {
		word := tokens[at].text
		if !tokens[at].letters() {
			if strings.Contains("«»\"'“”-*()[]`", word) {
				continue
			}
			break
		}
		gap++
		if negates(word) {
			neg = true
			break
		}
		if d := degree(word); d != "" && deg == "" {
			deg = d
			continue
		}
		if !filler(word) {
			break
		}
	}
	if deg == "" && !neg {
		deg = after(tokens, i)
	}
	if status := together(deg, neg); status != "" {
		return status
	}
	return plainly(tokens, i)
}

// after reads the words behind: «conforme solo in parte».
func after(tokens []token, i int) Status {
	for at := i + 1; at < len(tokens) && at <= i+4; at++ {
		if d := degree(tokens[at].text); d != "" {
			return d
		}
		if tokens[at].text != "-" && !filler(tokens[at].text) {
			break
		}
	}
	return ""
}

func together(deg Status, neg bool) Status {
	switch {
	case neg && deg == Full:
		return NotFull
	case neg && deg == Partial:
		return "" // «not partially» says nothing that a reader may rely on
	case neg:
		return None
	}
	return deg
}

// plainly reads a bare «è conforme ai requisiti»: AgID's own help and the French
// text of the Decision leave «fully» out. A verb must stand before it, and what
// it conforms to behind it.
func plainly(tokens []token, i int) Status {
	if i == 0 || i+1 == len(tokens) {
		if len(tokens) == 1 {
			return Full // a line of its own, or a cell
		}
		return onlyWord(tokens, i)
	}
	switch tokens[i-1].text {
	case "e", "est", "is", "es", "'":
	default:
		return ""
	}
	switch tokens[i+1].text {
	case "ai", "alla", "alle", "agli", "al", "a", "au", "aux", "avec", "with", "con", "to":
		return Full
	}
	return ""
}

// onlyWord reads «Stato di conformità: conforme».
func onlyWord(tokens []token, i int) Status {
	if i > 0 && tokens[i-1].text == ":" && (i+1 == len(tokens) || tokens[i+1].text == ".") {
		return Full
	}
	return ""
}

const reach = 40 // tokens between the verb of a German sentence and its end

// german reads the words between «ist» and «vereinbar», wherever they stand:
// «ist mit der Verordnung nicht vollständig vereinbar».
func german(tokens []token, i int) Status {
	from := max(0, i-8)
	for at := i - 1; at >= 0 && at > i-reach; at-- {
		if word := tokens[at].text; word == "ist" || word == "sind" || word == "war" {
			from = at + 1
			break
		}
	}
	var deg Status
	neg, every := false, false
	for at := from; at < i; at++ {
		word := tokens[at].text
		switch {
		case word == "nicht" && at+1 < len(tokens) && strings.HasPrefix(tokens[at+1].text, "barrierefrei"):
			// «mit Ausnahme der nicht barrierefreien Inhalte»
		case negates(word):
			neg = true
		case word == "allen" || word == "alle":
			every = true
		case degree(word) != "":
			deg = degree(word)
		}
	}
	if neg && every && deg == "" {
		return NotFull
	}
	return together(deg, neg)
}

// The subjects of a sentence.
const (
	ofNobody = iota
	ofSite
	ofContent
)

// subject tells what a status is said of: the nearest word before it that names
// a site or parts of one. A sentence that begins with the site is about it.
func subject(tokens []token, i int) int {
	for at := range min(i, 6) {
		if who := subjectOf(tokens[at].text); who != ofNobody {
			return who
		}
	}
	for at := i - 1; at >= 0 && at > i-reach; at-- {
		if who := subjectOf(tokens[at].text); who != ofNobody {
			return who
		}
	}
	return ofNobody
}

func subjectOf(word string) int {
	switch word {
	case "sito", "siti", "site", "sites", "website", "websites", "webseite", "internetseite", "internetseiten", "internetauftritt", "internetangebot", "internetprasenz",
		"webauftritt", "auftritt", "homepage", "portale", "portal", "portail", "app", "application", "applicazione", "anwendung", "webanwendung", "service", "servizio",
		"sitio", "webangebot", "angebot", "webprasenz", "aplicacion":
		return ofSite
	case "documento", "documenti", "document", "documents", "pdf", "file", "files", "video", "videos", "immagine", "immagini", "image", "images", "contenuto", "contenuti",
		"contenu", "contenus", "content", "contents", "parti", "parts", "sezione", "sezioni", "modulo", "moduli", "formulaire", "formulaires", "form", "forms", "mappa",
		"mappe", "maps", "carte", "cartes", "inhalt", "inhalte", "dokument", "dokumente", "bild", "bilder", "formular", "formulare", "contenido", "contenidos",
		"documentos", "imagenes", "partes", "criterio", "criteri", "critere", "criteres", "criteria", "criterios", "elemento", "elementi", "elements", "allegati":
		return ofContent
	}
	return ofNobody
}
