package records_test

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"campanile/collectors/records"
)

// toldAs writes pairs of a name and a value, without those that are empty, zero
// or no; an error comes last.
func toldAs(err error, pairs ...any) string {
	var parts []string
	for i := 0; i+1 < len(pairs); i += 2 {
		value := ""
		switch v := pairs[i+1].(type) {
		case []string:
			value = strings.Join(v, ",")
		case bool:
			value = map[bool]string{true: "yes"}[v]
		case string:
			value = v
		case int:
			value = strings.TrimPrefix(strconv.Itoa(v), "0")
		}
		if value != "" {
			parts = append(parts, fmt.Sprintf("%s=%s", pairs[i], value))
		}
	}
	if err != nil {
		parts = append(parts, "error: "+err.Error())
	}
	return strings.Join(parts, " ")
}

// toldDMARC tells what is in a record, and what readers do who find it at a name:
// with mail from the name itself, from names below it and from names below it
// that do not exist.
func toldDMARC(text string) string {
	r, err := records.ParseDMARC(text)
	facts := zone{"comune.example": text}.facts("comune.example", "comune.example")
	d := records.DiscoverDMARC(facts)
	older := d.Older.Policy
	if d.Older.Percent != 100 {
		older += ":" + strconv.Itoa(d.Older.Percent) + "%"
	}
	return toldAs(err, "p", r.Policy, "sp", r.Subdomains, "np", r.Missing, "t", r.Testing, "psd", r.PublicSuffix, "pct", r.Percent,
		"rua", r.AggregateTo, "ruf", r.FailuresTo, "malformed", r.PolicyMalformed,
		"newer", d.Effective.Self+"/"+d.Effective.Existing+"/"+d.Effective.Missing, "older", older)
}

func toldMTASTS(text string) string {
	if len(records.MTASTSRecords([]string{quote(text)})) == 0 {
		_, err := records.ParseMTASTS(text)
		return "no record, " + toldAs(err)
	}
	r, err := records.ParseMTASTS(text)
	return toldAs(err, "id", r.ID)
}

func toldMTASTSPolicy(body string) string {
	p, err := records.ParseMTASTSPolicy(body)
	return toldAs(err, "mode", p.Mode, "mx", p.MX, "max_age", strconv.Itoa(p.MaxAge)+"s")
}

func toldLists(text string) string {
	host, patterns, _ := strings.Cut(text, " in ")
	if (records.MTASTSPolicy{MX: strings.Fields(patterns)}).Lists(host) {
		return "listed"
	}
	return "not listed"
}

func toldTLSRPT(text string) string {
	if len(records.TLSRPTRecords([]string{quote(text)})) == 0 {
		_, err := records.ParseTLSRPT(text)
		return "no record, " + toldAs(err)
	}
	r, err := records.ParseTLSRPT(text)
	return toldAs(err, "rua", r.Reports)
}

// toldCAA tells what is in each record of a set, and whether the set lets in an
// authority that answers to ca.example and to tls.ca.example.
func toldCAA(text string) string {
	var set []records.CAA
	var parts []string
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		r, err := records.ParseCAA(line)
		set = append(set, r)
		issuer, ok := r.Issuer()
		if ok && issuer == "" {
			issuer = "nobody"
		}
		parts = append(parts, toldAs(err, "flags", int(r.Flags), "critical", r.Critical, "tag", r.Tag, "value", strconv.Quote(r.Value), "issuer", issuer))
	}
	allowed := func(wildcard bool) string {
		if records.CAAAllows(set, wildcard, []string{"CA.example", "tls.ca.example"}) {
			return "allowed"
		}
		return "forbidden"
	}
	return strings.Join(parts, " | ") + " => " + allowed(false) + ", wildcard " + allowed(true)
}

func toldIssuer(name string) string {
	if list := records.CAAIdentifiers(name); list != nil {
		return strings.Join(list, " ")
	}
	return "not known"
}

func toldTLSA(rdata string) string {
	r, err := records.ParseTLSA(rdata)
	if err != nil {
		return toldAs(err)
	}
	digits := hex.EncodeToString(r.Data)
	if len(digits) > 8 {
		digits = fmt.Sprintf("%s...(%d)", digits[:8], len(r.Data))
	}
	return fmt.Sprintf("%d/%d/%d ", r.Usage, r.Selector, r.Matching) + toldAs(nil, "data", digits, "usable", r.Usable())
}

func toldDKIM(text string) string {
	k, err := records.ParseDKIM(text)
	told := toldAs(err, "type", k.Type, "bits", k.Bits, "bare", k.Bare, "revoked", k.Revoked, "testing", k.Testing,
		"hashes", k.Hashes, "services", k.Services, "flags", k.Flags)
	if len(records.DKIMRecords([]string{quote(text)})) == 0 {
		return "no key, " + told
	}
	return told
}

func toldDNSKEY(rdata string) string {
	k, err := records.ParseDNSKEY(rdata)
	if err != nil {
		return toldAs(err)
	}
	return fmt.Sprintf("%d/%d ", k.Flags, k.Algorithm) + toldAs(err, "bits", k.Bits)
}

func toldDS(rdata string) string {
	d, err := records.ParseDS(rdata)
	if err != nil {
		return toldAs(err)
	}
	return fmt.Sprintf("%d/%d/%d", d.KeyTag, d.Algorithm, d.DigestType)
}

func toldReverse(text string) string {
	addr, _ := netip.ParseAddr(text)
	if name := records.ReverseName(addr); name != "" {
		return name
	}
	return "no name"
}
