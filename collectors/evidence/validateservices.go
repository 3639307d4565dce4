package evidence

import "fmt"

func (b *Bundle) validateServices() error {
	s := b.Services
	if err := firstError(
		func() error { return s.valid("services") },
		func() error { return s.Engine.valid("services engine") },
		func() error { return atMost("services: hosts", len(s.Hosts), MaxPlaces) },
		func() error { return atMost("services: templates", len(s.Templates), MaxTemplates) },
		func() error { return atMost("services: places tried", len(s.Tried), MaxTried) },
		func() error { return atMost("services: templates untried", len(s.Untried), MaxUntried) },
		func() error { return atMost("services: matches", len(s.Exposed), MaxMatches) },
	); err != nil {
		return err
	}
	for _, h := range s.Hosts {
		if err := h.validate("host " + h.Address); err != nil {
			return err
		}
	}
	for _, t := range s.Tried {
		if err := t.valid("templates at " + t.URL); err != nil {
			return err
		}
	}
	for _, u := range s.Untried {
		if err := u.valid("template " + u.Template + " at " + u.URL); err != nil {
			return err
		}
	}
	for _, m := range s.Exposed {
		if err := atMost("template "+m.Template+": bytes taken out", len(m.Extract), MaxDetail); err != nil {
			return err
		}
	}
	return nil
}

func (h Host) validate(where string) error {
	if err := firstError(
		func() error { return h.valid(where) },
		func() error { return atMost(where+": ports", len(h.Ports), MaxPorts) },
		func() error { return atMost(where+": filtered ports", len(h.Filtered), MaxPorts) },
		func() error { return atMost(where+": datagrams", len(h.Datagrams), MaxFacts) },
	); err != nil {
		return err
	}
	for _, d := range h.Datagrams {
		if err := d.valid(fmt.Sprintf("%s datagram %s", where, d.Service)); err != nil {
			return err
		}
	}
	for _, p := range h.Ports {
		at := fmt.Sprintf("%s %s %d", where, p.Transport, p.Number)
		if err := firstError(
			func() error { return p.Identity.valid(at) },
			func() error { return atMost(at+": facts", len(p.Facts), MaxFacts) },
			func() error { return atMost(at+": bytes of the greeting", len(p.Greeting), MaxDetail) },
		); err != nil {
			return err
		}
		if p.Transport != "tcp" && p.Transport != "udp" {
			return fmt.Errorf("%s: neither tcp nor udp", at)
		}
	}
	return nil
}
