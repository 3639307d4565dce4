package mail

import (
	"context"
	"slices"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// Bounds of the search for keys.
const (
	maxSuppliers = 3
	maxSelectors = 4 // of one supplier
)

// madeUp is a selector that nobody has: a key there is a wildcard's (RFC 4592).
const madeUp = "campanile-no-such-selector"

// genericSelectors are those that mail programs and their guides suggest, the
// most frequent first.
var genericSelectors = [][]string{
	{"default", "dkim", "mail", "selector1"},
	{"google", "s1", "k1", "selector2"},
	{"s2", "key1", "smtp", "email"},
}

// keyring is a search for the DKIM keys of a domain.
type keyring struct {
	session   *network.Session
	domain    string
	selectors []evidence.Selector
	lookups   []evidence.Lookup
}

// findKeys asks for the keys that the suppliers' customers publish, and only
// when there is none for those that are in use anywhere. Selectors cannot be
// listed (RFC 6376 section 3.1), so to find none proves nothing, but for one
// answer: no name at all below _domainkey, nor at the most frequent selectors.
func findKeys(ctx context.Context, s *network.Session, domain string, suppliers []records.Supplier) ([]evidence.Selector, []evidence.Lookup) {
	k := &keyring{session: s, domain: domain}
	if !k.ofSuppliers(ctx, suppliers) {
		k.ofAnybody(ctx)
	}
	return k.selectors, k.lookups
}

// ofSuppliers asks for one key of each.
func (k *keyring) ofSuppliers(ctx context.Context, suppliers []records.Supplier) (found bool) {
	for _, supplier := range suppliers[:min(len(suppliers), maxSuppliers)] {
		for _, name := range supplier.Selectors[:min(len(supplier.Selectors), maxSelectors)] {
			if k.ask(ctx, supplier.ID, name) {
				found = true
				break
			}
		}
	}
	return found
}

// ofAnybody tries the generic selectors: the most frequent one alone, the others
// a few at a time, where a wildcard does not answer to all of them.
func (k *keyring) ofAnybody(ctx context.Context) {
	below := ask.One(ctx, k.session, "_domainkey."+k.domain, dns.TypeTXT)
	k.lookups = append(k.lookups, below)
	if below.NXDomain() {
		// RFC 8020: where a name does not exist, there is none below it either. Yet
		// many old servers deny a name that only has others below it (section 5).
		k.ask(ctx, "generic", genericSelectors[0]...)
		return
	}
	if k.ask(ctx, "generic", genericSelectors[0][0]) || k.ask(ctx, "made-up", madeUp) {
		return
	}
	for _, few := range genericSelectors {
		if k.ask(ctx, "generic", few...) {
			return
		}
	}
}

// ask asks for selectors that were not asked for yet, and reports whether one
// has a key that is not revoked.
func (k *keyring) ask(ctx context.Context, source string, names ...string) (found bool) {
	var list []ask.Question
	for _, name := range names {
		if !slices.ContainsFunc(k.selectors, func(s evidence.Selector) bool { return s.Name == name }) {
			k.selectors = append(k.selectors, evidence.Selector{Name: name, Source: source})
			list = append(list, ask.Question{Name: name + "._domainkey." + k.domain, Type: dns.TypeTXT})
		}
	}
	for _, l := range ask.All(ctx, k.session, list) {
		k.lookups = append(k.lookups, l)
		found = found || hasKey(l)
	}
	return found
}

// hasKey takes a key that is badly written for one: somebody means it.
func hasKey(l evidence.Lookup) bool {
	return slices.ContainsFunc(records.DKIMRecords(l.Records), func(text string) bool {
		key, err := records.ParseDKIM(text)
		return err != nil || !key.Revoked
	})
}
