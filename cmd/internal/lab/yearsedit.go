package lab

import (
	"slices"
	"strings"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// gone makes a look-up one that found nothing.
func gone(l *evidence.Lookup, code string) {
	l.State, l.Rcode, l.Records, l.Aliases = evidence.Absent, code, nil, nil
}

// lookup gives the answer to a question to change it, or nil.
func (s stage) lookup(name, kind string) *evidence.Lookup {
	for i := range s.DNS.Lookups {
		if l := &s.DNS.Lookups[i]; l.Name == name && l.Type == kind {
			return l
		}
	}
	return nil
}

func (s stage) dmarc() *evidence.Lookup { return s.lookup("_dmarc."+s.Target.Domain, "TXT") }

// withoutDMARC takes the record away: then the names above were asked, too.
func withoutDMARC(s stage) {
	record := s.dmarc()
	if record == nil {
		return
	}
	gone(record, "NXDOMAIN")
	at := record.At
	for _, name := range records.DMARCNames(s.Target.Domain) {
		if s.lookup(name, "TXT") == nil {
			s.DNS.Lookups = append(s.DNS.Lookups, evidence.Lookup{Name: name, Type: "TXT", Observation: evidence.AbsentAt(at), Rcode: "NXDOMAIN"})
		}
	}
}

// watchingDMARC is the record as most begin: receivers watch, and let all in.
func watchingDMARC(s stage) {
	if record := s.dmarc(); record != nil {
		for i, text := range record.Records {
			for _, policy := range []string{"reject", "quarantine"} {
				text = strings.ReplaceAll(text, "p="+policy, "p=none")
			}
			record.Records[i] = text
		}
	}
}

// oneDMARC and oneSPF leave one of several records.
func oneDMARC(s stage) {
	if record := s.dmarc(); record != nil {
		record.Records = record.Records[len(record.Records)-1:]
	}
}

func oneSPF(s stage) {
	txt := s.lookup(s.Target.Domain, "TXT")
	if txt == nil {
		return
	}
	found := false
	txt.Records = slices.DeleteFunc(txt.Records, func(text string) bool {
		second := found && strings.HasPrefix(text, `"v=spf1`)
		found = found || strings.HasPrefix(text, `"v=spf1`)
		return second
	})
}

func withoutCAA(s stage) {
	for i := range s.DNS.Lookups {
		if l := &s.DNS.Lookups[i]; l.Type == "CAA" && l.State == evidence.Seen {
			gone(l, "NOERROR")
		}
	}
	for name := s.Target.Domain; strings.Contains(name, "."); { // whoever finds none climbs on
		if s.lookup(name, "CAA") == nil {
			s.DNS.Lookups = append(s.DNS.Lookups, evidence.Lookup{Name: name, Type: "CAA", Observation: evidence.AbsentAt(s.Taken), Rcode: "NOERROR"})
		}
		_, name, _ = strings.Cut(name, ".")
	}
}

// withoutRedirect shows the page to whoever comes without a lock.
func withoutRedirect(s stage) {
	for i := range s.Sites {
		visit := &s.Sites[i].HTTP
		if len(visit.Hops) < 2 {
			continue
		}
		last := visit.Last()
		last.URL, last.Address = visit.Hops[0].URL, visit.Hops[0].Address
		last.Headers = withoutHeader(last.Headers, "strict-transport-security")
		visit.Hops = []evidence.Hop{last}
		visit.Cookies = nil
	}
}

func withoutHSTS(s stage) {
	for i := range s.Sites {
		for _, visit := range []*evidence.Visit{&s.Sites[i].HTTP, &s.Sites[i].HTTPS} {
			for j := range visit.Hops {
				visit.Hops[j].Headers = withoutHeader(visit.Hops[j].Headers, "strict-transport-security")
			}
		}
	}
}

func withoutHeader(headers []evidence.Header, name string) []evidence.Header {
	return slices.DeleteFunc(slices.Clone(headers), func(h evidence.Header) bool { return h.Name == name })
}

// withoutDeclaration takes the link out of the footer, and what was behind it.
func withoutDeclaration(s stage) {
	for i := range s.Sites {
		site := &s.Sites[i]
		for _, page := range []*evidence.Page{site.HTTP.Page, site.HTTPS.Page} {
			if page != nil {
				page.Links = slices.DeleteFunc(page.Links, isDeclaration)
				page.Mentions = slices.DeleteFunc(page.Mentions, func(m string) bool { return strings.Contains(m, "Dichiarazione di accessibilit") })
			}
		}
		site.Linked = slices.DeleteFunc(site.Linked, func(l evidence.Linked) bool { return l.Duty == evidence.DeclarationDuty })
	}
}

func isDeclaration(l evidence.Link) bool {
	return l.Mark == "accessibility-link" || strings.HasPrefix(l.Text, "Dichiarazione di accessibilit")
}

// withoutContact answers that there is no security.txt.
func withoutContact(s stage) {
	for i := range s.Sites {
		visit := &s.Sites[i].SecurityTxt
		if visit.State != evidence.Seen || len(visit.Hops) == 0 {
			continue
		}
		last := visit.Last()
		last.Status = 404
		visit.Hops, visit.Text = []evidence.Hop{last}, ""
	}
}

func withOldTLS(s stage) {
	for i := range s.Endpoints {
		for j, offer := range s.Endpoints[i].Offers {
			if offer.Version == "TLS 1.0" || offer.Version == "TLS 1.1" {
				s.Endpoints[i].Offers[j].State = evidence.Seen
			}
		}
	}
}

// wholeChain lets the servers send the intermediate along, which another town's do.
func wholeChain(other string) func(stage) {
	return func(s stage) {
		donor := s.seen[other]
		if donor == nil || len(donor.Endpoints) == 0 || len(donor.Endpoints[0].TLS.Certificates) < 2 {
			return
		}
		intermediate := donor.Endpoints[0].TLS.Certificates[1]
		intermediate.NotBefore = intermediate.NotBefore.AddDate(-3, 0, 0)
		for i := range s.Endpoints {
			shake := &s.Endpoints[i].TLS
			if len(shake.Certificates) == 1 && len(shake.Trust.Fetched) > 0 {
				shake.Certificates = append(shake.Certificates, intermediate)
				shake.Trust.Fetched = nil
			}
		}
	}
}

// ranOut lets the certificates of the site end some days before the last look.
func ranOut(days int) func(stage) {
	return func(s stage) {
		ended := s.until.UTC().Truncate(24*time.Hour).AddDate(0, 0, -days)
		for i := range s.Endpoints {
			shake := &s.Endpoints[i].TLS
			if len(shake.Certificates) > 0 {
				shake.Certificates[0].NotBefore, shake.Certificates[0].NotAfter = ended.AddDate(0, 0, -90), ended
				shake.Trust.Until = ended
			}
		}
	}
}

// silent lets the web servers not answer in time.
func silent(s stage) {
	timeout := evidence.UnknownAt(s.Taken, evidence.Timeout, "")
	for i := range s.Endpoints {
		e := &s.Endpoints[i]
		*e = evidence.Endpoint{Name: e.Name, Address: e.Address, Port: e.Port, Connect: timeout}
	}
	for i := range s.Sites {
		site := &s.Sites[i]
		mute := func(v evidence.Visit) evidence.Visit {
			if v.State == evidence.NotAsked {
				return v
			}
			return evidence.Visit{URL: v.URL, Observation: timeout, Attempts: 2}
		}
		*site = evidence.Site{
			Host: site.Host, Addresses: site.Addresses,
			HTTP: mute(site.HTTP), HTTPS: mute(site.HTTPS), SecurityTxt: mute(site.SecurityTxt), Robots: mute(site.Robots),
		}
	}
}

// mailFrom gives a town the mail servers, and the records for them, of another one.
func mailFrom(other string) func(stage) {
	return func(s stage) {
		donor := s.seen[other]
		if donor == nil {
			return
		}
		if copied, err := clone(donor); err == nil {
			move(copied, s.Taken)
			s.moveMail(copied)
		}
	}
}

func (s stage) moveMail(donor *evidence.Bundle) {
	domain, theirs := s.Target.Domain, donor.Target.Domain
	s.Mail.Exchanges = donor.Mail.Exchanges
	for _, kind := range []string{"MX", "TXT"} {
		from, to := donor.DNS.Lookup(theirs, kind), s.lookup(domain, kind)
		if to != nil {
			to.Records = from.Records
		}
	}
	for _, l := range donor.DNS.Lookups {
		if !strings.HasPrefix(l.Name, "_") && s.lookup(l.Name, l.Type) == nil && !strings.Contains(l.Name, theirs) {
			s.DNS.Lookups = append(s.DNS.Lookups, l)
		}
		if strings.HasPrefix(l.Name, "_25._tcp.") || strings.HasPrefix(l.Name, "_spf.") {
			if s.lookup(l.Name, l.Type) == nil {
				s.DNS.Lookups = append(s.DNS.Lookups, l)
			}
		}
	}
	s.DNS.References = slices.DeleteFunc(s.DNS.References, func(r evidence.Reference) bool { return r.From == domain && (r.Type == "MX" || r.Type == "SPF") })
	for _, r := range donor.DNS.References {
		if r.From == theirs && (r.Type == "MX" || r.Type == "SPF") {
			r.From = domain
			s.DNS.References = append(s.DNS.References, r)
		}
	}
	s.Suppliers = slices.DeleteFunc(s.Suppliers, func(p evidence.Supplier) bool { return p.Role == "mail" })
	for _, p := range donor.Suppliers {
		if p.Role == "mail" {
			s.Suppliers = append(s.Suppliers, p)
		}
	}
}
