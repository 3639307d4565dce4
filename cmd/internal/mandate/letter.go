package mandate

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"campanile/cmd/internal/inventory"
	"campanile/rules"
)

// Format is a kind of file for the letter.
type Format string

// The formats of the letter.
const (
	HTML Format = "html"
	DOCX Format = "docx"
)

// letter is what is laid out, in every format the same.
type letter struct {
	Language   string
	Title      string
	Lead       string
	Rows       []row
	Sections   []part
	Signatures []signature
	Foot       string
	Digest     string
}

// row is one line of the table at the head.
type row struct {
	Label  string
	Values []string
}

// part is a section with its words filled in.
type part struct {
	Heading string
	Text    []string
	Items   []string
	After   []string
}

// Letter writes the letter to sign.
func (m *Mandate) Letter(w io.Writer, language rules.Language, format Format) error {
	words, err := wordsIn(language)
	if err != nil {
		return err
	}
	l := m.letter(words)
	switch format {
	case HTML:
		return l.html(w)
	case DOCX:
		return l.docx(w)
	}
	return fmt.Errorf("no letter as %q; choose %s or %s", format, HTML, DOCX)
}

func (m *Mandate) letter(w words) letter {
	values := m.values(w)
	l := letter{
		Language: string(w.language), Title: w.fill(w.Title), Lead: w.fill(w.Lead), Rows: m.rows(w),
		Foot: w.fill(w.Foot), Digest: strings.TrimPrefix(m.Digest, "sha256:"),
	}
	for _, s := range w.Sections {
		if m.when(s.When) {
			l.Sections = append(l.Sections, m.part(w, s, values))
		}
	}
	for _, s := range w.Signatures {
		l.Signatures = append(l.Signatures, signature{w.fill(s.Who, values...), s.Lines})
	}
	return l
}

// values are what the braces of the words stand for.
func (m *Mandate) values(w words) []string {
	return []string{"{body}", m.Body, "{by}", m.By, "{role}", m.Role, "{from}", w.date(m.From), "{until}", w.date(m.Until), "{contact}", m.Contact}
}

// when reports whether a condition of the words holds for the mandate.
func (m *Mandate) when(condition string) bool {
	switch condition {
	case "shared": // shared servers are named
		return len(m.Shared) > 0
	case "ssh": // SSH servers may be asked which ways to log in they offer
		return m.SSHMethods
	case "no-ssh":
		return !m.SSHMethods
	}
	return condition == ""
}

func (m *Mandate) part(w words, s section, values []string) part {
	p := part{Heading: w.fill(s.Heading, values...)}
	for _, text := range s.Text {
		p.Text = append(p.Text, w.fill(text, values...))
	}
	for _, i := range s.Items {
		if m.when(i.When) && (i.Country == "" || m.in(i.Country)) {
			p.Items = append(p.Items, w.fill(i.Text, values...))
		}
	}
	for _, text := range s.After {
		p.After = append(p.After, w.fill(text, values...))
	}
	return p
}

// in reports whether the body is of the country, as far as its domains tell.
func (m *Mandate) in(country string) bool {
	return slices.ContainsFunc(m.Domains, func(domain string) bool { return inventory.Country(domain) == country })
}

func (m *Mandate) rows(w words) []row {
	rows := []row{
		{w.Labels.Body, []string{m.Body}},
		{w.Labels.By, []string{m.By + ", " + m.Role}},
		{w.Labels.Domains, nil},
		{w.Labels.Addresses, nil},
	}
	for _, domain := range m.Domains {
		rows[2].Values = append(rows[2].Values, readable(domain)+" "+w.Below)
	}
	for _, network := range m.Addresses {
		rows[3].Values = append(rows[3].Values, w.addresses(network))
	}
	if len(m.Shared) > 0 {
		shared := row{Label: w.Labels.Shared}
		for _, host := range m.Shared {
			shared.Values = append(shared.Values, w.fill(w.Shared, "{address}", host.Address.String(), "{owner}", host.Owner, "{agreed}", host.Agreed))
		}
		rows = append(rows, shared)
	}
	return append(rows,
		row{w.Labels.From, []string{w.date(m.From)}},
		row{w.Labels.Until, []string{w.date(m.Until)}},
		row{w.Labels.Contact, []string{m.Contact}},
	)
}

// readable writes a name with accents as people know it, with the form that is
// scanned beside it: two names may look alike.
func readable(domain string) string {
	if name, err := idna.ToUnicode(domain); err == nil && name != domain {
		return name + " (" + domain + ")"
	}
	return domain
}

// addresses writes a network as whoever signs understands it: from, to.
func (w words) addresses(network netip.Prefix) string {
	if network.IsSingleIP() {
		return short(network)
	}
	return w.fill(w.Range, "{first}", network.Addr().String(), "{last}", last(network).String()) + " (" + network.String() + ")"
}

// last gives the highest address of a network.
func last(network netip.Prefix) netip.Addr {
	bytes := network.Addr().AsSlice()
	for i := range bytes {
		if kept := network.Bits() - 8*i; kept < 8 {
			bytes[i] |= 0xff >> max(kept, 0)
		}
	}
	address, _ := netip.AddrFromSlice(bytes)
	return address
}

// AskHost gives the message to whoever keeps a shared server: whether they agree
// that its ports are looked at.
func (m *Mandate) AskHost(language rules.Language, address netip.Addr, names []string) (string, error) {
	w, err := wordsIn(language)
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		names = m.Domains
	}
	values := append(m.values(w), "{address}", address.String(), "{names}", list(names))
	var paragraphs []string
	for _, i := range w.AskHost {
		if m.when(i.When) {
			paragraphs = append(paragraphs, w.fill(i.Text, values...))
		}
	}
	return strings.Join(paragraphs, "\n\n") + "\n", nil
}
