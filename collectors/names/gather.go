package names

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// maxGathered leaves room for the labels in a bundle.
const maxGathered = evidence.MaxNames - maxQuestions

// gather lists the names that the evidence and the user hold, each once, under
// the weightiest of its sources: what the town itself links to comes first.
func gather(b *evidence.Bundle, listed []string) []evidence.Name {
	domain := b.Target.Domain
	names := slices.Clone(b.Names)
	for _, found := range []struct {
		source string
		hosts  []string
	}{
		{"link", linked(b.Sites)},
		{"mx", lastFields(b.DNS.Lookups, "MX")},
		{"ns", lastFields(b.DNS.Lookups, "NS")},
		{"list", listed},
		{"certificate", certified(b.Endpoints)},
		{"cname", aliased(b.DNS.Lookups)},
		{"spf", authorised(b.DNS.Lookups)},
		{"txt", mentioned(b.DNS.Lookups)},
	} {
		for _, host := range slices.Sorted(slices.Values(found.hosts)) {
			host, ok := hostBelow(host, domain)
			if ok && !has(names, host) && len(names) < maxGathered {
				names = append(names, evidence.Name{Name: host, Source: found.source})
			}
		}
	}
	return names
}

func has(names []evidence.Name, host string) bool {
	return slices.ContainsFunc(names, func(n evidence.Name) bool { return n.Name == host })
}

// hostBelow reads a host name below the domain, as evidence writes it. A label
// that begins with an underscore is no host's (RFC 8552), and a star is none.
func hostBelow(text, domain string) (host string, ok bool) {
	if len(text) > 253+1 {
		return "", false
	}
	host, err := idna.Lookup.ToASCII(strings.ToLower(strings.TrimSuffix(text, ".")))
	if err != nil {
		host = strings.ToLower(strings.TrimSuffix(text, "."))
	}
	if !strings.HasSuffix(host, "."+domain) || len(host) > 253 {
		return "", false
	}
	return host, !slices.ContainsFunc(strings.Split(host, "."), notOfHosts)
}

// notOfHosts refuses labels that no host name has (RFC 1123 section 2.1); an
// underscore inside stands in some older names.
func notOfHosts(label string) bool {
	return label == "" || len(label) > 63 || strings.IndexByte("-_", label[0]) >= 0 || strings.HasSuffix(label, "-") ||
		strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != ""
}

// firstLabel is what stands directly in front of the domain.
func firstLabel(host, domain string) string {
	host = strings.TrimSuffix(host, "."+domain)
	return host[strings.LastIndexByte(host, '.')+1:]
}

// linked lists the hosts that the pages lead to: links, frames, forms, and
// where the site sent its visitors.
func linked(sites []evidence.Site) []string {
	var hosts []string
	add := func(address string) {
		if u, err := url.Parse(address); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			hosts = append(hosts, u.Hostname())
		}
	}
	for _, s := range sites {
		for _, v := range []evidence.Visit{s.HTTP, s.HTTPS} {
			for _, hop := range v.Hops {
				add(hop.URL)
				add(hop.Location)
			}
			if v.Page == nil {
				continue
			}
			for _, l := range v.Page.Links {
				add(l.URL)
			}
			for _, f := range v.Page.Forms {
				add(f.Action)
			}
			for _, frame := range v.Page.Frames {
				add(frame)
			}
		}
	}
	return hosts
}

// certified lists the names in the certificates that the town's servers
// present for it (RFC 9525 section 2).
func certified(endpoints []evidence.Endpoint) []string {
	var hosts []string
	for _, e := range endpoints {
		if len(e.TLS.Certificates) > 0 {
			hosts = append(hosts, e.TLS.Certificates[0].Names...)
		}
	}
	return hosts
}

// lastFields lists the hosts that records of a type end with.
func lastFields(lookups []evidence.Lookup, kind string) []string {
	var hosts []string
	for _, l := range lookups {
		if l.Type != kind {
			continue
		}
		for _, record := range l.Records {
			if fields := strings.Fields(record); len(fields) > 0 {
				hosts = append(hosts, fields[len(fields)-1])
			}
		}
	}
	return hosts
}

func aliased(lookups []evidence.Lookup) []string {
	var hosts []string
	for _, l := range lookups {
		hosts = append(hosts, l.Aliases...)
	}
	return hosts
}

// authorised lists the names in the terms of SPF records.
func authorised(lookups []evidence.Lookup) []string {
	var hosts []string
	for _, l := range lookups {
		for _, text := range texts(l, records.SPFRecords) {
			record, _ := records.ParseSPF(text) // what can be read of it
			for _, term := range record.Terms {
				if !records.HasMacro(term.Value) && term.Name != "ip4" && term.Name != "ip6" {
					hosts = append(hosts, term.Value)
				}
			}
		}
	}
	return hosts
}

// mentioned lists whatever may be a name in a TXT record.
func mentioned(lookups []evidence.Lookup) []string {
	var hosts []string
	for _, l := range lookups {
		for _, text := range texts(l, records.Texts) {
			hosts = append(hosts, strings.FieldsFunc(strings.ToLower(text), betweenNames)...)
		}
	}
	return hosts
}

func texts(l evidence.Lookup, read func([]string) []string) []string {
	if l.Type != "TXT" {
		return nil
	}
	return read(l.Records)
}

func betweenNames(r rune) bool {
	return r != '-' && r != '.' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
}
