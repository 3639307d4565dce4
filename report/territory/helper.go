package territory

import (
	"cmp"
	"slices"
	"strings"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// helper is who can put something right at one municipality, and by what sign
// they were recognised there.
type helper struct {
	id, name, role, sign string
}

// helper finds who can put right what a verdict says. The second result is false
// where nobody was recognised in that role: a name is never guessed.
func (t *Town) helper(v score.Verdict) (helper, bool) {
	switch v.Rule.Actor {
	case rules.EmailSupplier:
		if gateway, ok := t.supplier("gateway"); ok && runs(gateway.sign, v.Subject) {
			return gateway, true
		}
		return t.supplier("mail")
	case rules.DNSSupplier:
		return t.supplier("dns")
	case rules.WebSupplier:
		return t.webHelper(v.Subject)
	case rules.NetSupplier, rules.Staff, rules.RTD: // behind a line or a firewall nobody is recognised
	}
	return helper{}, false
}

func (t *Town) supplier(role string) (helper, bool) {
	i := slices.IndexFunc(t.Suppliers, func(s evidence.Supplier) bool { return s.Role == role && s.Name != "" })
	if i < 0 {
		return helper{}, false
	}
	s := t.Suppliers[i]
	return helper{s.ID, s.Name, s.Role, s.Evidence}, true
}

// webHelper finds who runs a host of the web. A portal on a product's own hosts
// is run by its maker. The site belongs to the company that the page names, or to
// the product where it comes from the product's hosts; else to whoever hosts it.
// Software that anybody can install runs no site.
func (t *Town) webHelper(subject string) (helper, bool) {
	for _, p := range t.Platforms {
		if p.Use != evidence.ForSite && p.Definite && normal(p.Host) == normal(subject) {
			return maker(p), true
		}
	}
	i := slices.IndexFunc(t.Platforms, func(p evidence.Platform) bool { return p.Use == evidence.ForSite })
	if i >= 0 {
		p := t.Platforms[i]
		if p.Company != "" || p.Definite && strings.HasPrefix(p.Evidence, "host ") {
			return maker(p), true
		}
	}
	return t.supplier("web")
}

func maker(p evidence.Platform) helper {
	return helper{p.ID, cmp.Or(p.Company, p.Name), p.Use, p.Evidence}
}

// helpers are all who were recognised at a municipality and could be asked for
// something, and all who are.
func (t *Town) helpers() []helper {
	var list []helper
	add := func(h helper, ok bool) {
		if ok && !slices.Contains(list, h) {
			list = append(list, h)
		}
	}
	for _, role := range []string{"mail", "gateway", "dns"} {
		add(t.supplier(role))
	}
	add(t.webHelper(t.Target.Domain))
	for _, p := range t.Platforms {
		add(t.webHelper(p.Host))
	}
	for _, v := range t.Verdicts {
		if v.Outcome == checks.Fail {
			add(t.helper(v))
		}
	}
	return list
}

// key is what one company is known by: two entries of the rules with one name are
// one company to whoever writes to it.
func (h helper) key() string { return strings.ToLower(h.name) }

// runs reports whether a supplier recognised by a host name has the given host:
// it is that one, or lies beside it in the supplier's own domain.
func runs(sign, host string) bool {
	_, own, ok := strings.Cut(sign, " ")
	if own, host = normal(own), normal(host); !ok || own == host {
		return ok
	}
	_, domain, _ := strings.Cut(own, ".")
	return strings.Contains(domain, ".") && strings.HasSuffix(host, "."+domain)
}

// countriesOf are those in which the rules say that a supplier or a platform is
// found.
func countriesOf(set *rules.Set, id string) []string {
	for _, s := range set.Suppliers {
		if s.ID == id {
			return s.Countries
		}
	}
	for _, p := range set.Platforms {
		if p.ID == id {
			return p.Countries
		}
	}
	return nil
}
