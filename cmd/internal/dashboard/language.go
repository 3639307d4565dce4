package dashboard

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"campanile/rules"
)

// languageCookie keeps which language a browser reads.
const languageCookie = "campanile-language"

// languageAge is how long a browser remembers it: a year, in seconds.
const languageAge = 365 * 24 * 60 * 60

// languageOf gives the language of a page: what was chosen in this browser, else
// that of the account, else what the browser asks for, else the site's.
func (s *site) languageOf(r *http.Request, account rules.Language) rules.Language {
	if cookie, err := r.Cookie(s.cookieName(languageCookie)); err == nil {
		if l := rules.Language(cookie.Value); slices.Contains(rules.Languages, l) {
			return l
		}
	}
	if slices.Contains(rules.Languages, account) {
		return account
	}
	wanted, _, err := language.ParseAcceptLanguage(clipped(r.Header.Get("Accept-Language"), 200))
	if err != nil {
		return s.Language
	}
	for _, tag := range wanted {
		base, _ := tag.Base()
		if l := rules.Language(base.String()); slices.Contains(rules.Languages, l) {
			return l
		}
	}
	return s.Language
}

func clipped(text string, most int) string { return text[:min(len(text), most)] }

// chooseLanguage keeps a language and goes back to where it was chosen.
func (s *site) chooseLanguage(w http.ResponseWriter, r *http.Request) {
	l := rules.Language(r.PostForm.Get("to"))
	if !slices.Contains(rules.Languages, l) {
		s.trouble(w, r, http.StatusBadRequest, trouble{ID: "form"})
		return
	}
	s.setCookie(w, languageCookie, string(l), languageAge)
	http.Redirect(w, r, inside(r.PostForm.Get("back")), http.StatusSeeOther) //nolint:gosec // inside keeps it within the site
}

// inside gives an address of this site, and the first page for any other: a
// link must not lead elsewhere through us.
func inside(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	back := url.URL{Path: u.Path, RawQuery: u.RawQuery}
	return back.RequestURI()
}
