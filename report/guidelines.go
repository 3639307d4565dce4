package report

import (
	"slices"
	"strconv"

	"campanile/collectors/evidence"
	"campanile/report/guideline"
	"campanile/rules"
)

// AssessedSite is one TLS server of the web against every guideline, for
// programs. A name with several addresses is one server: what one of them
// accepts, it accepts.
type AssessedSite struct {
	Host        string
	Port        int
	Depth       string
	Assessments []guideline.Assessment
}

// GuidelinePage is what the reader is told about the guidelines.
type GuidelinePage struct {
	Sites []GuidedSites
	About []AboutGuideline
}

// GuidedSites are sites with the same results, in words.
type GuidedSites struct {
	Hosts   []string
	Rows    []GuidedRow // one for each guideline with a column
	Others  []GuidedRow // further editions
	Shallow bool        // something is open that the full depth would ask
}

// GuidedRow is the result for one guideline.
type GuidedRow struct {
	Column  string
	Name    string
	Verdict string
	Short   string // the same for a narrow column
	Why     []string
}

// AboutGuideline says what a guideline is.
type AboutGuideline struct {
	Name, Link, Note string
	Unseen           []string
}

// assess holds every TLS server of the evidence against the guidelines.
func assess(in Input) []AssessedSite {
	var list []AssessedSite
	type server struct {
		host string
		port int
	}
	addresses := map[server][]evidence.Endpoint{}
	var order []server
	for _, e := range in.Bundle.Endpoints {
		key := server{e.Name, e.Port}
		if guideline.Spoken(e) && !slices.Contains(order, key) {
			order = append(order, key)
		}
		// An address that stayed silent may accept anything; one to which there is no
		// way from here, or that proves to speak no TLS, has no say.
		if e.Connect.Problem != evidence.NoRoute && e.TLS.Problem != evidence.NoRoute && e.TLS.State != evidence.Absent {
			addresses[key] = append(addresses[key], e)
		}
	}
	for _, key := range order {
		site := AssessedSite{Host: key.host, Port: key.port, Depth: depthOf(addresses[key])}
		for _, g := range in.Rules.Guidelines {
			site.Assessments = append(site.Assessments, guideline.Of(g, addresses[key]))
		}
		if len(site.Assessments) > 0 {
			list = append(list, site)
		}
	}
	return list
}

// depthOf gives the least depth at which an address was asked, of those that
// answered.
func depthOf(addresses []evidence.Endpoint) string {
	depth := evidence.FullDepth
	for _, e := range addresses {
		switch {
		case !guideline.Spoken(e):
		case e.Accepts.Depth == "":
			return ""
		case e.Accepts.Depth == evidence.GradeDepth:
			depth = evidence.GradeDepth
		}
	}
	return depth
}

func guidelinePage(w words, guidelines []*rules.Guideline, assessed []AssessedSite) *GuidelinePage {
	// Where no site was asked for more than a page, nothing can be said of any.
	if !slices.ContainsFunc(assessed, func(site AssessedSite) bool { return site.Depth != "" }) {
		return nil
	}
	page := &GuidelinePage{}
	for _, site := range assessed {
		page.add(guided(w, site))
	}
	for _, g := range guidelines {
		if g.Column == "" {
			continue
		}
		about := AboutGuideline{Name: g.Name[w.language], Link: g.Link, Note: w.spaced(g.Note[w.language])}
		for _, code := range g.Unseen {
			about.Unseen = append(about.Unseen, w.say("guideline.besides."+code))
		}
		page.About = append(page.About, about)
	}
	return page
}

// add joins a site to the one with the same results.
func (p *GuidelinePage) add(site GuidedSites) {
	same := func(a, b GuidedRow) bool {
		return a.Name == b.Name && a.Verdict == b.Verdict && slices.Equal(a.Why, b.Why)
	}
	for i := range p.Sites {
		other := &p.Sites[i]
		if other.Shallow == site.Shallow && slices.EqualFunc(other.Rows, site.Rows, same) && slices.EqualFunc(other.Others, site.Others, same) {
			other.Hosts = append(other.Hosts, site.Hosts...)
			return
		}
	}
	p.Sites = append(p.Sites, site)
}

func guided(w words, site AssessedSite) GuidedSites {
	name := shown(site.Host)
	if site.Port != 443 {
		name += ":" + strconv.Itoa(site.Port)
	}
	result := GuidedSites{Hosts: []string{name}}
	for _, a := range site.Assessments {
		row := guidedRow(w, site.Depth, a)
		if row.Column == "" {
			result.Others = append(result.Others, row)
			continue
		}
		result.Rows = append(result.Rows, row)
		if a.Verdict == guideline.Unknown && site.Depth == evidence.GradeDepth {
			result.Shallow = true
		}
	}
	return result
}

func guidedRow(w words, depth string, a guideline.Assessment) GuidedRow {
	row := GuidedRow{Column: a.Guideline.Column, Name: a.Guideline.Name[w.language], Why: reasons(w, depth, a)}
	row.Verdict = levelWord(w, a.Guideline, a.Verdict)
	row.Short = row.Verdict
	if a.Verdict == guideline.Unknown {
		row.Short = "?"
		if a.Best != a.Guideline.Ladder()[0] {
			row.Verdict = w.say("guideline.at-best", "Verdict", levelWord(w, a.Guideline, a.Best))
		}
	}
	return row
}

func levelWord(w words, g *rules.Guideline, verdict string) string {
	switch {
	case verdict == guideline.Unknown:
		return w.say("guideline.unknown")
	case g.Score != nil:
		return verdict
	}
	return g.Words[rules.Level(verdict)][w.language]
}

// reasons says what decides the verdict, where it is not a good one, and what
// is not known, where that keeps it open.
func reasons(w words, depth string, a guideline.Assessment) []string {
	ladder := a.Guideline.Ladder()
	rank := func(word string) int { return slices.Index(ladder, word) }
	var why, open []string
	for _, c := range a.Criteria {
		switch {
		case c.Best == a.Best && rank(c.Best) > 0 && c.Best != string(rules.Sufficient):
			why = append(why, w.say("guideline.why."+c.Code, "List", w.list(factWords(w, c))))
		case c.Code == "score": // it is open because another question is
		case a.Verdict == guideline.Unknown && rank(c.Worst) > rank(a.Best):
			if topic := w.say("guideline.open." + topicOf(c.Code)); !slices.Contains(open, topic) {
				open = append(open, topic)
			}
		}
	}
	switch {
	case len(open) == 0:
	case depth == "":
		why = append(why, w.say("guideline.ordinary"))
	default:
		why = append(why, w.say("guideline.not-known", "List", w.list(open)))
	}
	return why
}

// factWords makes facts harmless and readable.
func factWords(w words, c guideline.Criterion) []string {
	list := make([]string, len(c.Facts))
	for i, fact := range c.Facts {
		text := clean(clip(fact, maxInText))
		n, err := strconv.Atoi(fact)
		switch {
		case c.Code == "dh" && err == nil:
			text = w.count("guideline.bits", n)
		case c.Code == "lifetime" && err == nil:
			text = w.count("guideline.days", n)
		case c.Code == "signature" && len(text) > 3 && text[:3] == "SHA":
			text = "SHA-" + text[3:]
		}
		list[i] = text
	}
	return list
}

// topicOf gives the question behind a criterion that is not known.
func topicOf(code string) string {
	switch code {
	case "ssl2", "ssl3", "tls1", "no-tls13", "old-only", "ssl3-only", "poodle":
		return "versions"
	case "export", "anonymous", "short-cipher", "3des", "rc4", "no-aead", "no-forward-secrecy":
		return "suites"
	case "untrusted", "expired", "name", "sha1-certificate", "md5-certificate", "incomplete-chain", "key", "signature", "lifetime":
		return "certificate"
	case "short-key", "weak-key":
		return "groups"
	}
	return code
}
