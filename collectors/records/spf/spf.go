// Package spf answers as a receiver of mail would: may this address send for
// this domain (RFC 7208)? It follows check_host() and asks the DNS through its
// caller; it must not touch the network or the clock itself.
package spf

import (
	"context"
	"net/netip"
	"strings"
)

// Result is one of the seven words of RFC 7208 section 2.6.
type Result string

// The results of check_host().
const (
	None      Result = "none"      // no SPF record, or no domain that could have one
	Neutral   Result = "neutral"   // the domain says nothing about this address
	Pass      Result = "pass"      // the address may send
	Fail      Result = "fail"      // the address may not send
	SoftFail  Result = "softfail"  // the address probably may not send
	TempError Result = "temperror" // the DNS gave no usable answer
	PermError Result = "permerror" // the published records cannot be evaluated
)

// Type is the type of a DNS question.
type Type string

// The types that an evaluation asks for.
const (
	TXT  Type = "TXT"
	A    Type = "A"
	AAAA Type = "AAAA"
	MX   Type = "MX"
	PTR  Type = "PTR"
)

// Lookup asks the DNS. Names come without a final dot and may hold any byte,
// since parts of the message go into them.
type Lookup interface {
	Ask(ctx context.Context, name string, kind Type) Answer
}

// Answer is what the DNS said. Without values and without Failed it is an
// authoritative no: the name or the record does not exist.
type Answer struct {
	Failed    string       // why there is no usable answer: a timeout, SERVFAIL ...
	Texts     []string     // TXT, the strings of each record joined
	Addresses []netip.Addr // A and AAAA
	Names     []string     // PTR, and the hosts of MX by preference
}

func (a Answer) empty() bool { return len(a.Texts)+len(a.Addresses)+len(a.Names) == 0 }

// Query is what a receiver knows of the one who sends (RFC 7208 section 4.1).
type Query struct {
	IP       netip.Addr // the client's address
	Helo     string     // the name after HELO or EHLO
	MailFrom string     // the reverse-path; empty when it is null
}

// Outcome is the result and how it came about.
type Outcome struct {
	Result      Result
	Domain      string // whose record was evaluated, in lower case
	Matched     string // the term that decided, in the record of the domain or the one it redirects to
	Lookups     int    // terms that asked the DNS; more than MaxLookups are an error
	VoidLookups int    // terms that asked for something that does not exist; more than MaxVoidLookups are an error
	Reason      string // one sentence in English, in printable ASCII
}

// The limits of RFC 7208 section 4.6.4.
const (
	MaxLookups     = 10 // terms that ask the DNS
	MaxVoidLookups = 2  // terms that ask in vain
	maxHosts       = 10 // hosts of one MX record set, names of one PTR record set
)

// Check is check_host() of RFC 7208 section 4. The ten terms that may ask bound
// depth and work, since every include and every redirect is one of them: it
// asks at most 122 questions: for the record, for ten terms with ten hosts each,
// and once for the client's names.
func Check(ctx context.Context, lookup Lookup, q Query) Outcome {
	e := &evaluation{lookup: lookup, ip: q.IP.Unmap().WithZone(""), helo: q.Helo}
	e.local, e.domain = q.sender()
	f := e.host(ctx, place{domain: e.domain})
	e.outcome.Result, e.outcome.Matched, e.outcome.Reason = f.result, f.term, f.reason
	e.outcome.Domain = shown(e.domain)
	return e.outcome
}

// sender gives the identity that is checked: with a null reverse-path it is
// that of HELO (RFC 7208 section 2.4), and without a local part it is the
// postmaster (section 4.3).
func (q Query) sender() (local, domain string) {
	at := strings.LastIndexByte(q.MailFrom, '@')
	local, domain = q.MailFrom[:max(at, 0)], q.MailFrom[at+1:]
	if q.MailFrom == "" {
		domain = q.Helo
	}
	if local == "" {
		local = "postmaster"
	}
	return local, strings.ToLower(strings.TrimSuffix(domain, "."))
}

// evaluation is one run of check_host() with all its includes.
type evaluation struct {
	lookup Lookup
	ip     netip.Addr
	helo   string
	local  string // of the sender
	domain string // of the sender

	outcome   Outcome
	void      bool     // the term under way has asked in vain
	validated []string // the client's names, see names
	hasNames  bool
}

// ask puts one question, and notes when it was in vain.
func (e *evaluation) ask(ctx context.Context, name string, kind Type) Answer {
	answer := e.lookup.Ask(ctx, name, kind)
	if answer.Failed == "" && answer.empty() {
		e.void = true
	}
	return answer
}

// settle closes the account of a term. RFC 7208 section 4.6.4 counts terms:
// one that asks in vain several times is one.
func (e *evaluation) settle() (within bool) {
	if e.void {
		e.outcome.VoidLookups++
		e.void = false
	}
	return e.outcome.VoidLookups <= MaxVoidLookups
}
