package records

import (
	"errors"
	"strings"
)

// DMARC is one record of RFC 9989 (which replaced RFC 7489 in May 2026). A
// value that is not valid counts as not given, as section 4.8 asks.
type DMARC struct {
	Policy          string   // p: none, quarantine, reject; empty when missing or invalid
	Subdomains      string   // sp
	Missing         string   // np: names that do not exist
	Testing         bool     // t=y: apply one level less
	PublicSuffix    string   // psd: y, n or u; empty when missing or invalid
	Percent         string   // pct, historic; older readers sample by it
	AggregateTo     []string // rua: the valid addresses, as written
	FailuresTo      []string // ruf: the same
	PolicyMalformed bool     // p, sp or np is there and is none of the three words
}

// IsDMARC reports whether a TXT record is a DMARC record: the first tag is v
// with the value DMARC1, in capitals (RFC 9989 section 4.8).
func IsDMARC(text string) bool {
	first, _, _ := strings.Cut(text, ";")
	name, value, ok := strings.Cut(first, "=")
	return ok && strings.EqualFold(strings.TrimRight(name, blanks), "v") && strings.Trim(value, blanks) == "DMARC1"
}

// DMARCRecords picks the DMARC records out of TXT records in presentation form;
// what else stands at the name is dropped (RFC 9989 section 4.10).
func DMARCRecords(rdata []string) []string {
	var list []string
	for _, text := range Texts(rdata) {
		if IsDMARC(text) {
			list = append(list, text)
		}
	}
	return list
}

// ParseDMARC reads a record. An error means that receivers must ignore it.
func ParseDMARC(text string) (DMARC, error) {
	var record DMARC
	if !IsDMARC(text) {
		return record, errors.New("not a DMARC record")
	}
	for _, tag := range dmarcTags(text) {
		record.set(tag.name, tag.value)
	}
	// RFC 9989 section 4.10.1: with an address for reports this would be p=none.
	if !record.valid() && len(record.AggregateTo) == 0 {
		return record, errors.New("no valid policy and no address for reports")
	}
	return record, nil
}

// dmarcTag is one "name=value" of a record; the name is in lower case.
type dmarcTag struct{ name, value string }

// dmarcTags reads the tags behind the version. What is no tag is passed over,
// and of several with one name the first counts.
func dmarcTags(text string) []dmarcTag {
	var tags []dmarcTag
	seen := map[string]bool{}
	for _, part := range strings.Split(text, ";")[1:] {
		name, value, ok := strings.Cut(part, "=")
		name, value = strings.ToLower(strings.Trim(name, blanks)), strings.Trim(value, blanks)
		if !ok || seen[name] {
			continue
		}
		seen[name] = true
		tags = append(tags, dmarcTag{name, value})
	}
	return tags
}

// valid reports whether the policy counts: one word that is none of the three
// takes the others with it (RFC 9989 section 4.10.1).
func (r *DMARC) valid() bool { return r.Policy != "" && !r.PolicyMalformed }

func (r *DMARC) set(name, value string) {
	switch name {
	case "p":
		r.Policy = r.policy(value)
	case "sp":
		r.Subdomains = r.policy(value)
	case "np":
		r.Missing = r.policy(value)
	case "t":
		r.Testing = strings.EqualFold(value, "y")
	case "psd":
		if value = strings.ToLower(value); value == "y" || value == "n" || value == "u" {
			r.PublicSuffix = value
		}
	case "pct":
		r.Percent = value
	case "rua":
		r.AggregateTo = addresses(value)
	case "ruf":
		r.FailuresTo = addresses(value)
	}
}

func (r *DMARC) policy(value string) string {
	switch value = strings.ToLower(value); value {
	case "none", "quarantine", "reject":
		return value
	}
	r.PolicyMalformed = true
	return ""
}

// addresses keeps what a report can go to: URIs (RFC 9989 section 4.6).
func addresses(value string) []string {
	var list []string
	for uri := range strings.SplitSeq(value, ",") {
		if uri = strings.Trim(uri, blanks); isReportURI(uri) {
			list = append(list, uri)
		}
	}
	return list
}

// isReportURI wants a scheme and characters of RFC 3986, and of mailto a
// mailbox. A size limit behind "!" is an old form that readers pass over.
func isReportURI(uri string) bool {
	scheme, rest, _ := strings.Cut(uri, ":")
	if rest == "" || !isScheme(scheme) || strings.ContainsFunc(rest, notInURI) {
		return false
	}
	if !strings.EqualFold(scheme, "mailto") {
		return true
	}
	box, _, _ := strings.Cut(rest, "?")
	local, domain, _ := strings.Cut(box, "@")
	domain, _, _ = strings.Cut(domain, "!")
	return local != "" && domain != ""
}

func isScheme(s string) bool {
	if s == "" || !isLetter(s[0]) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && !isDigit(c) && c != '+' && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

func notInURI(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) }

// Effective gives the policy that receivers apply to the author domain itself
// (own) or to an existing subdomain: sp before p, anything invalid makes it
// none, and testing mode is one level less (RFC 9989 sections 4.7 and 4.10.1).
func (r DMARC) Effective(own bool) string {
	policy := r.Policy
	if !own && r.Subdomains != "" {
		policy = r.Subdomains
	}
	return r.applied(policy)
}

// EffectiveForMissing gives the policy for a subdomain that does not exist: np
// before sp before p (RFC 9989 section 4.7).
func (r DMARC) EffectiveForMissing() string {
	if r.Missing != "" {
		return r.applied(r.Missing)
	}
	return r.Effective(false)
}

func (r DMARC) applied(policy string) string {
	switch {
	case !r.valid():
		return "none"
	case r.Testing && policy == "reject":
		return "quarantine"
	case r.Testing:
		return "none"
	}
	return policy
}

// dmarcLabel stands before the name that a record speaks of.
const dmarcLabel = "_dmarc."

// maxWalk is the number of queries of the tree walk (RFC 9989 section 4.10).
const maxWalk = 8

// DMARCNames gives the names that the tree walk asks for a domain, in order:
// the domain itself, then its parents up to the top level, at most eight. From
// a name with eight labels or more the walk goes on at seven.
func DMARCNames(domain string) []string {
	labels := strings.Split(strings.TrimSuffix(domain, "."), ".")
	names := []string{dmarcLabel + strings.Join(labels, ".")}
	labels = labels[1:]
	if len(labels) > maxWalk-1 {
		labels = labels[len(labels)-(maxWalk-1):]
	}
	for ; len(labels) > 0; labels = labels[1:] {
		names = append(names, dmarcLabel+strings.Join(labels, "."))
	}
	return names
}
