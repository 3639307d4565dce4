package evidence

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Write appends the bundle to w as one line of JSON, in canonical form: the
// same facts always give the same bytes. The line goes out in a single Write,
// so that an interrupted scan leaves whole lines.
func Write(w io.Writer, b *Bundle) error {
	line, err := Marshal(b)
	if err != nil {
		return err
	}
	if _, err := w.Write(line); err != nil {
		return fmt.Errorf("writing the evidence of %s: %w", b.Target.Domain, err)
	}
	return nil
}

// Marshal gives the canonical line of a bundle, the final line feed included.
//
// The line is made from what a reader would read: so it can be read, the bundle
// itself is not touched by the sorting, and the digest of what was scanned is
// the digest of what was kept (an empty list and no list are the same there).
func Marshal(b *Bundle) ([]byte, error) {
	line, err := encode(b)
	if err != nil {
		return nil, fmt.Errorf("evidence of %s: %w", b.Target.Domain, err)
	}
	read, err := Unmarshal(line)
	if err != nil {
		return nil, fmt.Errorf("evidence of %s: %w", b.Target.Domain, err)
	}
	read.sort()
	if line, err = encode(read); err != nil {
		return nil, fmt.Errorf("evidence of %s: %w", b.Target.Domain, err)
	}
	return line, nil
}

func encode(b *Bundle) ([]byte, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(b); err != nil {
		return nil, err
	}
	if line.Len() > MaxLine {
		return nil, fmt.Errorf("%d bytes, at most %d are kept", line.Len(), MaxLine)
	}
	return line.Bytes(), nil
}

// Digest names the evidence: the SHA-256 of its canonical line.
func Digest(b *Bundle) (string, error) {
	line, err := Marshal(b)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(line)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// sort brings the lists into an order that does not depend on which answer came
// first. Lists whose order is a fact (hops, links, chains) keep it.
func (b *Bundle) sort() {
	b.Taken = stamp(b.Taken)
	b.Families = append([]Family{}, b.Families...)
	slices.SortFunc(b.Families, func(x, y Family) int {
		return cmp.Compare(slices.Index(Families, x), slices.Index(Families, y))
	})
	slices.SortFunc(b.Names, func(x, y Name) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Source, y.Source))
	})
	b.DNS.sort()
	b.Mail.sort()
	slices.SortStableFunc(b.Endpoints, func(x, y Endpoint) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Address, y.Address), cmp.Compare(x.Port, y.Port))
	})
	for _, e := range b.Endpoints {
		slices.SortStableFunc(e.Offers, func(x, y VersionOffer) int { return cmp.Compare(x.Version, y.Version) })
		e.TLS.sort()
		e.Second.sort()
		e.Accepts.sort()
	}
	slices.SortStableFunc(b.Sites, func(x, y Site) int { return cmp.Compare(x.Host, y.Host) })
	for _, s := range b.Sites {
		for _, v := range []Visit{s.HTTP, s.HTTPS, s.SecurityTxt} {
			v.sort()
		}
	}
}

func (d *DNS) sort() {
	slices.SortStableFunc(d.Lookups, func(x, y Lookup) int {
		return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.Type, y.Type))
	})
	for _, l := range d.Lookups {
		slices.Sort(l.Records)
	}
}

func (m *Mail) sort() {
	slices.SortStableFunc(m.Exchanges, func(x, y Exchange) int {
		return cmp.Or(cmp.Compare(x.Preference, y.Preference), cmp.Compare(x.Host, y.Host))
	})
	for _, x := range m.Exchanges {
		slices.SortStableFunc(x.Servers, func(x, y Server) int { return cmp.Compare(x.Address, y.Address) })
		for _, s := range x.Servers {
			slices.Sort(s.Extensions)
			s.TLS.sort()
			s.Accepts.sort()
		}
	}
}

func (h Handshake) sort() {
	for _, c := range h.Certificates {
		slices.Sort(c.Names)
		slices.Sort(c.Lints)
	}
}

// sort leaves the groups in the order of their registry, in which they come.
func (a Accepts) sort() {
	slices.SortFunc(a.Suites, func(x, y AcceptedSuite) int { return cmp.Compare(x.Suite, y.Suite) })
}

// sort keeps the order of headers with one name: it is part of their meaning
// (RFC 9110 section 5.3).
func (v Visit) sort() {
	for _, h := range v.Hops {
		slices.SortStableFunc(h.Headers, func(x, y Header) int { return cmp.Compare(x.Name, y.Name) })
	}
}
