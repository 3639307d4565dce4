package evidence

import (
	"errors"
	"fmt"
	"slices"
)

// Validate says what in the bundle no collector would have written.
func (b *Bundle) Validate() error {
	switch {
	case b.Schema != Schema:
		return fmt.Errorf("schema %d, this program reads %d", b.Schema, Schema)
	case b.Target.Domain == "":
		return errors.New("target without a domain")
	case b.Taken.IsZero():
		return errors.New("no time (taken)")
	case b.Taken.UTC().Year() < 1 || b.Taken.UTC().Year() > 9999:
		return fmt.Errorf("taken in the year %d", b.Taken.UTC().Year())
	case !slices.Contains([]Profile{Passive, Standard, Full}, b.Profile):
		return fmt.Errorf("unknown profile %q", b.Profile)
	}
	for _, family := range b.Families {
		if !slices.Contains(Families, family) {
			return fmt.Errorf("unknown family %q", family)
		}
	}
	return firstError(b.validateDNS, b.validateMail, b.validateEndpoints, b.validateSites, b.validateServices)
}

func firstError(checks ...func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bundle) validateDNS() error {
	if err := atMost("look-ups", len(b.DNS.Lookups), MaxLookups); err != nil {
		return err
	}
	for _, l := range b.DNS.Lookups {
		where := "dns " + l.Name + " " + l.Type
		if err := l.valid(where); err != nil {
			return err
		}
		if err := atMost(where+": records", len(l.Records), MaxRecords); err != nil {
			return err
		}
		for _, record := range l.Records {
			if err := atMost(where+": bytes of a record", len(record), MaxRecord); err != nil {
				return err
			}
		}
	}
	return firstError(
		func() error { return b.DNS.Signed.valid("dns signed") },
		func() error { return b.DNS.Delegation.valid("dns delegation") },
		func() error { return atMost("names", len(b.Names), MaxNames) },
		func() error { return atMost("references", len(b.DNS.References), MaxReferences) },
		b.validateServers,
	)
}

func (b *Bundle) validateServers() error {
	for _, s := range b.DNS.Servers {
		where := "name server " + s.Host + " " + s.Address
		if err := firstError(
			func() error { return s.valid(where) },
			func() error { return s.Authoritative.valid(where + " authority") },
			func() error { return s.Recursion.valid(where + " recursion") },
			func() error { return s.Transfer.valid(where + " transfer") },
		); err != nil {
			return err
		}
	}
	return atMost("name servers", len(b.DNS.Servers), MaxNameServers)
}

func (b *Bundle) validateMail() error {
	for _, x := range b.Mail.Exchanges {
		if err := x.Addresses.valid("mail " + x.Host + " addresses"); err != nil {
			return err
		}
		for _, s := range x.Servers {
			where := "mail " + x.Host + " " + s.Address
			if err := firstError(
				func() error { return s.valid(where) },
				func() error { return s.StartTLS.valid(where + " starttls") },
				func() error { return s.TLS.validate(where) },
				func() error { return s.Weak.valid(where + " weak suites") },
				func() error { return s.Accepts.validate(where) },
				func() error { return s.DANE.valid(where + " dane") },
				func() error { return s.Reverse.valid(where + " reverse") },
				func() error { return validOffers(where, s.Offers) },
			); err != nil {
				return err
			}
		}
	}
	if err := firstError(
		func() error { return b.Mail.Policy.valid("mail policy") },
		func() error { return b.Mail.Policy.TLS.validate("mail policy") },
		func() error { return b.Mail.Control.valid("mail control") },
	); err != nil {
		return err
	}
	return atMost("mail policy: bytes", len(b.Mail.Policy.Body), MaxPolicy)
}

func (b *Bundle) validateEndpoints() error {
	if err := atMost("endpoints", len(b.Endpoints), MaxEndpoints); err != nil {
		return err
	}
	for _, e := range b.Endpoints {
		where := fmt.Sprintf("endpoint %s %s:%d", e.Name, e.Address, e.Port)
		if err := firstError(
			func() error { return e.Connect.valid(where) },
			func() error { return e.TLS.validate(where) },
			func() error { return e.Second.validate(where + " second") },
			func() error { return e.Accepts.validate(where) },
			func() error { return validOffers(where, e.Offers) },
		); err != nil {
			return err
		}
	}
	return nil
}

func validOffers(where string, offers []VersionOffer) error {
	for _, o := range offers {
		if err := o.valid(where + " " + o.Version); err != nil {
			return err
		}
	}
	return nil
}

func (h Handshake) validate(where string) error {
	if err := h.valid(where + " tls"); err != nil {
		return err
	}
	if err := firstError(
		func() error { return h.Trust.valid(where + " trust") },
		func() error { return h.Trust.Match.valid(where + " match") },
		func() error { return h.Staple.valid(where + " staple") },
		func() error { return h.Revoked.valid(where + " revocation") },
	); err != nil {
		return err
	}
	for _, c := range h.Certificates {
		if err := firstError(
			func() error { return atMost(where+": bytes of a certificate", len(c.DER), MaxCertificate) },
			func() error { return atMost(where+": lints of a certificate", len(c.Lints), MaxLints) },
		); err != nil {
			return err
		}
	}
	return atMost(where+": certificates", len(h.Certificates), MaxChain)
}

func (s State) valid(where string) error {
	switch s {
	case NotAsked, Seen, Absent, Unknown:
		return nil
	}
	return fmt.Errorf("%s: unknown state %q", where, s)
}

// valid refuses an observation that no collector makes: an unknown without a
// reason would let a check explain nothing.
func (o Observation) valid(where string) error {
	if err := o.State.valid(where); err != nil {
		return err
	}
	switch {
	case o.State == Unknown && o.Problem == "":
		return fmt.Errorf("%s: unknown without a problem", where)
	case o.Known() && o.Problem != "":
		return fmt.Errorf("%s: %s, yet with problem %q", where, o.State, o.Problem)
	case o.Problem != "" && !slices.Contains(Problems, o.Problem):
		return fmt.Errorf("%s: unknown problem %q", where, o.Problem)
	}
	return atMost(where+": bytes of detail", len(o.Detail), MaxDetail)
}

func atMost(what string, n, limit int) error {
	if n > limit {
		return fmt.Errorf("%s: %d, at most %d are read", what, n, limit)
	}
	return nil
}
