package evidence

import "fmt"

func (b *Bundle) validateSites() error {
	if err := atMost("sites", len(b.Sites), MaxSites); err != nil {
		return err
	}
	for _, s := range b.Sites {
		if err := s.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (s Site) validate() error {
	where := "site " + s.Host
	if err := firstError(
		func() error { return s.Addresses.valid(where + " addresses") },
		func() error { return atMost(where+": parts", len(s.Parts), MaxParts) },
		func() error { return atMost(where+": linked pages", len(s.Linked), MaxLinked) },
	); err != nil {
		return err
	}
	visits := append([]Visit{s.HTTP, s.HTTPS, s.SecurityTxt, s.Robots}, s.Parts...)
	for _, l := range s.Linked {
		if err := l.Statement.validate(where + " " + l.URL + " declaration"); err != nil {
			return err
		}
		visits = append(visits, l.Visit)
	}
	for _, v := range visits {
		if err := v.validate(where + " " + v.URL); err != nil {
			return err
		}
	}
	return nil
}

func (v Visit) validate(where string) error {
	if err := firstError(
		func() error { return v.valid(where) },
		func() error { return atMost(where+": hops", len(v.Hops), MaxHops) },
		func() error { return atMost(where+": bytes of text", len(v.Text), MaxPolicy) },
	); err != nil || v.Page == nil {
		return err
	}
	return v.Page.validate(where)
}

func (p *Page) validate(where string) error {
	if err := p.Footer.valid(where + " footer"); err != nil {
		return err
	}
	for _, mention := range p.Mentions {
		if err := atMost(where+": bytes of a mention", len(mention), MaxMention); err != nil {
			return err
		}
	}
	for _, n := range []int{
		len(p.Links), len(p.Scripts), len(p.Styles), len(p.Frames), len(p.Forms), len(p.Mentions), len(p.Policies), len(p.Referrers),
	} {
		if err := atMost(where+": parts of the page", n, MaxLinks); err != nil {
			return err
		}
	}
	for _, form := range p.Forms {
		if err := atMost(where+": hidden fields of a form", len(form.Hidden), MaxHidden); err != nil {
			return err
		}
	}
	return firstError(
		func() error { return atMost(where+": hosts", max(len(p.Hosts), len(p.Named)), MaxHosts) },
		func() error { return atMost(where+": topics", len(p.Topics), MaxTopics) },
	)
}

func (s *Statement) validate(where string) error {
	if s == nil {
		return nil
	}
	for _, state := range []State{
		s.State, s.Status.State, s.Prepared.State, s.Reviewed.State, s.Rate.State, s.Feedback, s.Enforcement, s.Contact.Mailbox, s.Contact.Telephone, s.Contact.Form,
	} {
		if err := state.valid(where); err != nil {
			return fmt.Errorf("reading what it states: %w", err)
		}
	}
	return nil
}
