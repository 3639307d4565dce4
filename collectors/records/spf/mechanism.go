package spf

import (
	"context"
	"net/netip"
	"strings"

	"campanile/collectors/records"
)

// matches evaluates one mechanism (RFC 7208 section 5). A match carries its
// reason; trouble ends the whole evaluation.
func (e *evaluation) matches(ctx context.Context, term records.SPFTerm, p place) (match, trouble *finding) {
	if term.Asks() {
		if trouble := e.spend(term, p); trouble != nil {
			return nil, trouble
		}
	}
	found := false
	switch term.Name {
	case "all":
		return p.find(Pass, "no term before %s matches %s", shown(term.Raw), e.ip), nil
	case "include":
		return e.include(ctx, term, p)
	case "ip4", "ip6":
		found = e.network(term)
	case "a":
		found, trouble = e.address(ctx, term, p)
	case "mx":
		found, trouble = e.exchange(ctx, term, p)
	case "ptr":
		found = e.pointer(ctx, term, p)
	case "exists":
		found, trouble = e.exists(ctx, term, p)
	}
	if !found || trouble != nil {
		return nil, trouble
	}
	return p.find(Pass, "%s matches %s", shown(term.Raw), e.ip), nil
}

// network is ip4 and ip6 (section 5.6); an address of the other family does not
// match.
func (e *evaluation) network(term records.SPFTerm) bool {
	text, _, _ := strings.Cut(term.Value, "/")
	address, err := netip.ParseAddr(text)
	return err == nil && e.within(address, term)
}

// within compares as many leading bits as the term says (section 5).
func (e *evaluation) within(address netip.Addr, term records.SPFTerm) bool {
	bits := term.Bits6
	if address.Is4() {
		bits = term.Bits4
	}
	if bits < 0 {
		bits = address.BitLen()
	}
	prefix, err := address.Prefix(bits)
	return err == nil && prefix.Contains(e.ip)
}

// hosts asks for the addresses of the client's family (section 5).
func (e *evaluation) hosts(ctx context.Context, name string) Answer {
	kind := AAAA
	if e.ip.Is4() {
		kind = A
	}
	return e.ask(ctx, name, kind)
}

// hostMatches compares the addresses of one host (section 5.3).
func (e *evaluation) hostMatches(ctx context.Context, name string, term records.SPFTerm, p place) (bool, *finding) {
	answer := e.hosts(ctx, name)
	if answer.Failed != "" {
		return false, e.failed(name, "address", answer, term, p)
	}
	for _, address := range answer.Addresses {
		if e.within(address.Unmap(), term) {
			return true, nil
		}
	}
	return false, nil
}

// failed is a question without an answer: the result is temporary, whatever
// else the record says (section 5).
func (e *evaluation) failed(name, kind string, answer Answer, term records.SPFTerm, p place) *finding {
	return p.find(TempError, "no usable answer to %s %s (%s), at %s", kind, shown(name), shown(answer.Failed), shown(term.Raw))
}

// address is "a" (section 5.3).
func (e *evaluation) address(ctx context.Context, term records.SPFTerm, p place) (bool, *finding) {
	name := e.target(ctx, term, p)
	if !wellFormed(name) {
		return false, nil // section 4.8 leaves it open; such a name cannot exist
	}
	return e.hostMatches(ctx, name, term, p)
}

// exchange is "mx" (section 5.4). There is no implicit MX here.
func (e *evaluation) exchange(ctx context.Context, term records.SPFTerm, p place) (bool, *finding) {
	name := e.target(ctx, term, p)
	if !wellFormed(name) {
		return false, nil
	}
	answer := e.ask(ctx, name, MX)
	if answer.Failed != "" {
		return false, e.failed(name, string(MX), answer, term, p)
	}
	// Section 4.6.4: more than ten hosts are an error. We say so without looking
	// at the first ten, or the result would hang on the order of the answer.
	if len(answer.Names) > maxHosts {
		return false, p.find(PermError, "%s has %d mail exchangers, more than %d, at %s", shown(name), len(answer.Names), maxHosts, shown(term.Raw))
	}
	for _, host := range answer.Names {
		host = strings.TrimSuffix(host, ".")
		if !wellFormed(host) {
			continue // the null MX, for one (RFC 7505)
		}
		if found, trouble := e.hostMatches(ctx, host, term, p); found || trouble != nil {
			return found, trouble
		}
	}
	return false, nil
}

// exists asks for A, whatever the client's family is (section 5.7).
func (e *evaluation) exists(ctx context.Context, term records.SPFTerm, p place) (bool, *finding) {
	name := e.target(ctx, term, p)
	if !wellFormed(name) {
		return false, nil
	}
	answer := e.ask(ctx, name, A)
	if answer.Failed != "" {
		return false, e.failed(name, string(A), answer, term, p)
	}
	return len(answer.Addresses) > 0, nil
}

// pointer is "ptr" (section 5.5): a validated name of the client is the target
// or below it.
func (e *evaluation) pointer(ctx context.Context, term records.SPFTerm, p place) bool {
	target := e.target(ctx, term, p)
	for _, name := range e.names(ctx) {
		if isAtOrBelow(name, target) {
			return true
		}
	}
	return false
}

// names gives the validated names of the client, asked for once (section 5.5).
// A failure is no error here: without the PTR records there is no name, and a
// name without an answer is skipped. Beyond ten they are ignored (4.6.4).
func (e *evaluation) names(ctx context.Context) []string {
	if e.hasNames {
		return e.validated
	}
	e.hasNames = true
	answer := e.ask(ctx, reverse(e.ip), PTR)
	if answer.Failed != "" {
		return nil
	}
	for _, name := range answer.Names[:min(len(answer.Names), maxHosts)] {
		name = strings.ToLower(strings.TrimSuffix(name, "."))
		if !wellFormed(name) {
			continue
		}
		for _, address := range e.hosts(ctx, name).Addresses {
			if address.Unmap() == e.ip {
				e.validated = append(e.validated, name)
				break
			}
		}
	}
	return e.validated
}

func isAtOrBelow(name, above string) bool {
	above = strings.ToLower(above)
	return above != "" && (name == above || strings.HasSuffix(name, "."+above))
}
