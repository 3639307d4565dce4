package headers

// Site is what was seen of a site, as far as its headers are judged. A site that
// nobody could reach has no headers to judge: there is nothing to say of it.
type Site struct {
	Domain  string   // the registered domain of the host
	Route   *Route   // nil where it is not known
	HTTPS   bool     // somebody answers at https://host/
	Trusted bool     // with a certificate that browsers take
	Own     []Values // every answer of the host itself on https, in order

	Page    Page     // where the visitor ends who begins on https, or on http where there is none
	Cookies []Cookie // of every answer, in order
	Sharing *Sharing // nil where it was not asked
}

// Page is the answer that a visitor sees.
type Page struct {
	Values    Values
	Policies  []string // contents of meta elements for content security policies
	Referrers []string // contents of meta elements called referrer
	HTML      bool
	Scripts   *[]Script // nil where they were not read
}

// Report is what the Observatory would say.
type Report struct {
	Results []Result // of every test that could be made
	Open    []Test   // those that could not; with them the score may be lower
	Score   int
	Grade   string
}

// Judge makes every test.
func Judge(s Site) Report {
	page := s.Page.Values
	transport := s.transport()
	results := []Result{
		ContentPolicy(page.of("content-security-policy"), s.Page.Policies, page.of("content-security-policy-report-only"), s.HTTPS),
		CookiesSet(s.Cookies, transport.Passes()),
		s.sharing(),
		s.redirection(),
		Referrer(page.of("referrer-policy"), s.Page.Referrers),
		transport,
		s.integrity(),
		ContentType(page.of("x-content-type-options")),
		Framing(page.of("x-frame-options"), page.of("content-security-policy")),
		Resource(page.of("cross-origin-resource-policy")),
	}
	var r Report
	for i, test := range Tests() {
		if results[i] == "" {
			r.Open = append(r.Open, test)
			continue
		}
		r.Results = append(r.Results, results[i])
	}
	r.Score = Score(r.Results)
	r.Grade = Grade(r.Score)
	return r
}

// transport judges HSTS, which needs https and a certificate that browsers take
// (RFC 6797 section 8.1).
func (s Site) transport() Result {
	switch {
	case !s.HTTPS:
		return TransportNoHTTPS
	case !s.Trusted:
		return TransportInvalidChain
	}
	var lines []string
	for _, answer := range s.Own {
		// RFC 6797 section 8.1: each answer that has the header says it anew.
		if found := answer.of("strict-transport-security"); len(found) > 0 {
			lines = found
		}
	}
	return StrictTransport(lines)
}

func (s Site) redirection() Result {
	if s.Route == nil {
		return ""
	}
	return Redirection(*s.Route)
}

func (s Site) sharing() Result {
	if s.Sharing == nil {
		return ""
	}
	return ResourceSharing(*s.Sharing)
}

func (s Site) integrity() Result {
	switch {
	case !s.Page.HTML:
		return IntegrityNoHTML
	case s.Page.Scripts == nil:
		return ""
	}
	return Integrity(*s.Page.Scripts, s.Domain, s.HTTPS)
}
