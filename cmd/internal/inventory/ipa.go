package inventory

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// ipa reads the file "enti" of IndicePA. It is read by the names of its columns,
// of which the register has had several orders.
func (i *importer) ipa(r io.Reader) error {
	return i.rowsOf(r, layout{
		title: "the file enti of IndicePA", quoted: true, country: "it",
		required: []string{"codice ipa", "denominazione ente", "codice categoria", "codice comune istat", "sito istituzionale"},
	}, func(c cells) {
		r := c.row
		r.Name = r.title(c.get("denominazione ente"))
		r.Category = strings.ToUpper(c.get("codice categoria"))
		r.Cadastral = strings.ToUpper(c.get("codice catastale comune"))
		r.ipaCode(c.get("codice ipa"))
		r.istatPlace(c.get("codice comune istat"))
		r.Municipality = r.Category == "L6" && isMunicipality(r)
		r.site = c.get("sito istituzionale")
		for n := 1; n <= 5; n++ {
			kind := c.get(fmt.Sprintf("tipo mail%d", n))
			r.mail(c.get(fmt.Sprintf("mail%d", n)), kind)
		}
		if strings.EqualFold(c.get("ente in liquidazione"), "S") {
			r.note("the body is being wound up")
		}
	})
}

// ipaText reads amministrazioni.txt, in which IndicePA was published before:
// tab separated, without quotation marks and without statistical codes.
func (i *importer) ipaText(r io.Reader) error {
	return i.rowsOf(r, layout{
		title: "amministrazioni.txt of IndicePA", country: "it",
		required: []string{"cod amm", "des amm", "provincia", "regione", "sito istituzionale"},
	}, func(c cells) {
		r := c.row
		r.Name = r.title(c.get("des amm"))
		kind := c.get("tipologia istat")
		r.Category = firstOf(categoryNamed(kind), kind)
		r.ipaCode(c.get("cod amm"))
		if rest, ok := strings.CutPrefix(r.Code, "c_"); ok && cadastral.MatchString(strings.ToUpper(rest)) {
			r.Cadastral = strings.ToUpper(rest)
		}
		r.Municipality = r.Category == "L6" && isMunicipality(r)
		r.Province = strings.ToUpper(c.get("provincia"))
		r.Region = c.get("regione")
		r.site = c.get("sito istituzionale")
		for n := 1; n <= 5; n++ {
			kind := c.get(fmt.Sprintf("tipo mail%d", n))
			r.mail(c.get(fmt.Sprintf("mail%d", n)), kind)
		}
	})
}

var (
	cadastral = regexp.MustCompile(`^[A-Z]\d{3}$`)
	ipaCode   = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,20}$`)
	istatCode = regexp.MustCompile(`^\d{6}$`)
)

// ipaCode reads the code that IndicePA gives to a body. That of a municipality
// is c_ and its cadastral code, in lower case; younger bodies have any.
func (r *row) ipaCode(text string) {
	switch {
	case text == "":
		r.err = errors.New("the code of IndicePA is missing")
	case !ipaCode.MatchString(text):
		r.err = fmt.Errorf("%q is no code of IndicePA", short(text))
	case strings.HasPrefix(text, "C_") && cadastral.MatchString(strings.ToUpper(text[2:])):
		r.note("code %q was read as %s", text, strings.ToLower(text))
		text = strings.ToLower(text)
	}
	r.Code = text
}

// istatPlace reads the code of the municipality where the body has its seat.
func (r *row) istatPlace(text string) {
	if text == "" {
		return
	}
	r.Place = r.code(text, 6)
	if !istatCode.MatchString(r.Place) {
		r.note("%q is no code of ISTAT; the place was left empty", short(text))
		r.Place = ""
	}
}

// isMunicipality tells a municipality from the consortia of its category. The
// seat of a consortium has the same cadastral code; its own code has not.
func isMunicipality(r *row) bool {
	first, _, _ := strings.Cut(plain(r.Name), " ")
	return first == "comune" || r.Cadastral != "" && strings.EqualFold(r.Code, "c_"+r.Cadastral)
}

func (r *row) mail(text, kind string) {
	if text != "" {
		r.mails = append(r.mails, officialMail{text, strings.EqualFold(kind, "pec")})
	}
}

// categories are those of IndicePA by the first words of their names, as the
// older file has them.
var categories = []struct{ name, code string }{
	{"unioni di comuni", "L18"},
	{"comunita montane", "L12"},
	{"citta metropolitane", "L45"},
	{"comuni e loro consorzi", "L6"},
	{"regioni", "L4"},
	{"province e loro", "L5"},
	{"consorzi tra amministrazioni locali", "L36"},
	{"aziende sanitarie locali", "L7"},
	{"istituti di istruzione statale", "L33"},
}

func categoryNamed(text string) string {
	for _, c := range categories {
		if strings.HasPrefix(plain(text), c.name) {
			return c.code
		}
	}
	return ""
}
