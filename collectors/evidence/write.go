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
	"strconv"
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
	if len(line) > MaxLine {
		return nil, fmt.Errorf("evidence of %s: %d bytes, at most %d are kept", b.Target.Domain, len(line), MaxLine)
	}
	return line, nil
}

func encode(b *Bundle) ([]byte, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(b)
	return line.Bytes(), err
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
	sortBy(b.Families, func(f Family) string { return strconv.Itoa(slices.Index(Families, f)) })
	sortBy(b.Names, func(n Name) string { return n.Name }, func(n Name) string { return n.Source })
	sortBy(b.DNS.Lookups, func(l Lookup) string { return l.Name }, func(l Lookup) string { return l.Type })
	for _, l := range b.DNS.Lookups {
		slices.Sort(l.Records)
	}
	sortBy(b.Mail.Exchanges, func(x Exchange) string { return number(x.Preference) }, func(x Exchange) string { return x.Host })
	for _, x := range b.Mail.Exchanges {
		sortBy(x.Servers, func(s Server) string { return s.Address })
		for _, s := range x.Servers {
			slices.Sort(s.Extensions)
			s.TLS.sort()
		}
	}
	sortBy(b.Endpoints, func(e Endpoint) string { return e.Name }, func(e Endpoint) string { return e.Address },
		func(e Endpoint) string { return number(e.Port) })
	for _, e := range b.Endpoints {
		sortBy(e.Offers, func(o VersionOffer) string { return o.Version })
		e.TLS.sort()
	}
	sortBy(b.Sites, func(s Site) string { return s.Host })
	for _, s := range b.Sites {
		for _, v := range []Visit{s.HTTP, s.HTTPS, s.SecurityTxt} {
			v.sort()
		}
	}
}

func (h Handshake) sort() {
	for _, c := range h.Certificates {
		slices.Sort(c.Names)
	}
}

// sort keeps the order of equal headers: it is their meaning (RFC 9110 section
// 5.3).
func (v Visit) sort() {
	for _, h := range v.Hops {
		sortBy(h.Headers, func(h Header) string { return h.Name })
	}
}

// number writes ports and preferences so that they sort as numbers.
func number(n int) string { return fmt.Sprintf("%05d", n) }

// sortBy sorts by the first key, then by the next.
func sortBy[T any](list []T, keys ...func(T) string) {
	slices.SortStableFunc(list, func(a, b T) int {
		for _, key := range keys {
			if order := cmp.Compare(key(a), key(b)); order != 0 {
				return order
			}
		}
		return 0
	})
}
