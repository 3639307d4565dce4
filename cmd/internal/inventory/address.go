package inventory

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// mailboxes reads the official addresses; one that is none costs itself, not the
// row.
func (i *importer) mailboxes(r *row) {
	held := entry{Target: r.Target}
	for _, m := range r.mails {
		list, err := several(m.text)
		if err != nil {
			r.note("mailboxes left out: %v", err)
			continue
		}
		for _, text := range list {
			box, err := mailbox(strings.Trim(text, ".,:<>"), i.from.Suppliers)
			if err != nil {
				r.note("mailbox left out: %v", err)
				continue
			}
			box.PEC = box.PEC || m.pec
			held.takeMailbox(box)
		}
	}
	r.Target = held.Target
}

// address reads the site, and finds the domain that the body calls its own. A
// body whose domain cannot be known is kept without: it is listed, and not
// scanned.
func (i *importer) address(r *row) {
	found, err := readSite(r.site)
	switch {
	case err != nil:
		r.note("%v", err)
	case found.box != "":
		i.fromMailbox(r, found)
	case found.domain != "":
		if found.mended != "" {
			r.note("%s", found.mended)
		}
		r.Domain, r.path = found.domain, found.path
		i.known(r)
	}
	i.olderDomains(r)
	if r.Domain == "" && !r.plain {
		i.guess(r)
	}
	if r.Country == "" && r.Domain != "" {
		r.Country = Country(r.Domain)
	}
}

// fromMailbox takes an e-mail address that stands where the site should.
func (i *importer) fromMailbox(r *row, found foundSite) {
	if box, err := mailbox(found.box, i.from.Suppliers); err == nil {
		held := entry{Target: r.Target}
		held.takeMailbox(box)
		r.Target = held.Target
	}
	if ownName(found.domain, r.Name, i.from.Suppliers) {
		r.Domain = found.domain
		r.note("an e-mail address, %s, stands in place of the site; its domain was taken", short(found.box))
		return
	}
	r.note("an e-mail address, %s, stands in place of the site, and its domain is not the body's own", short(found.box))
}

// known gives up a domain that is retired or that many share.
func (i *importer) known(r *row) {
	about, ok := i.hosts.of(r.Domain)
	if !ok || about.kind == "retired" && !i.retires(r) {
		return
	}
	switch about.kind {
	case "retired":
		r.note("%s is retired: %s; it is kept as a former domain", r.Domain, about.why)
		r.Former = union(r.Former, r.Domain)
		r.Domain = ""
	case "shared":
		r.note("%s is not the body's own: %s", r.Domain, about.why)
		r.Domain = ""
	case "below":
		r.note("%s is not a name of its own: %s", r.Domain, about.why)
	}
}

// retires tells whether the body had to leave gov.it. That holds for local
// bodies and schools, which have the categories L of IndicePA, and not for those
// of the State (AgID determination 36/2018).
func (i *importer) retires(r *row) bool {
	return !strings.HasSuffix(r.Domain, ".gov.it") || strings.HasPrefix(r.Category, "L") || r.Municipality
}

// olderDomains reads the cell with former domains.
func (i *importer) olderDomains(r *row) {
	list, err := several(r.former)
	if err != nil {
		r.note("former domains left out: %v", err)
	}
	for _, text := range list {
		found, err := readSite(text)
		if err != nil || found.box != "" {
			r.note("former domain %q left out: it is not a domain name", short(text))
			continue
		}
		r.Former = union(r.Former, found.domain)
	}
	r.Former = slices.DeleteFunc(r.Former, func(name string) bool { return name == r.Domain })
	if len(r.Former) == 0 {
		r.Former = nil
	}
}

// guess takes the domain of the body's own mailboxes where no site is known, and
// says so.
func (i *importer) guess(r *row) {
	if r.site == "" {
		r.note("no site is given")
	}
	for _, box := range r.Mailboxes {
		_, domain, _ := strings.Cut(box.Address, "@")
		about, known := i.hosts.of(domain)
		if box.PEC || box.Provider != "" || known && about.kind != "below" || !ownName(domain, r.Name, i.from.Suppliers) {
			continue
		}
		r.note("the domain %s was taken from the mailbox %s", domain, evidence.Clip(box.Address, 120))
		r.Domain = domain
		return
	}
	r.note("no domain is known; the body is listed, and not scanned")
}

// shared looks for domains that several bodies give. Of many, at most the one
// that has the host to itself owns it; few may share it, and it is said.
func (i *importer) shared() {
	claims := map[string][]*row{}
	for _, r := range i.rows {
		if r.Domain != "" {
			claims[r.Domain] = append(claims[r.Domain], r)
		}
	}
	for domain, list := range claims {
		if len(list) == 1 {
			continue
		}
		owner := ownerOf(list)
		for _, r := range list {
			switch {
			case r == owner:
			case len(list) >= sharedBy:
				r.Domain = ""
				r.note("%d bodies of the list give %s: a host that they share is nobody's own; the body is listed, and not scanned", len(list), domain)
			case r != list[0]:
				r.note("%s is also the domain of %s; it is scanned once", domain, list[0].at())
			}
		}
	}
}

// ownerOf is the one that has the host to itself, where the others have a page
// each; nil where that is none or several.
func ownerOf(list []*row) *row {
	var owner *row
	for _, r := range list {
		if r.path {
			continue
		}
		if owner != nil {
			return nil
		}
		owner = r
	}
	return owner
}
