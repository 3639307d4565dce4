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
func Marshal(b *Bundle) ([]byte, error) {
	sorted := canonical(b)
	if err := sorted.Validate(); err != nil {
		return nil, fmt.Errorf("evidence of %s: %w", b.Target.Domain, err)
	}
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(sorted); err != nil {
		return nil, fmt.Errorf("evidence of %s: %w", b.Target.Domain, err)
	}
	if line.Len() > MaxLine {
		return nil, fmt.Errorf("evidence of %s: %d bytes, at most %d are kept", b.Target.Domain, line.Len(), MaxLine)
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

// canonical gives a copy whose lists stand in an order that does not depend on
// which answer came first. Lists whose order is a fact (hops, links, chains)
// keep it.
func canonical(b *Bundle) *Bundle {
	c := *b
	c.Taken = stamp(c.Taken)
	c.Names = sortedBy(c.Names, func(n Name) string { return n.Name })
	c.DNS.Lookups = sortedBy(c.DNS.Lookups, func(l Lookup) string { return l.Name + " " + l.Type })
	for i := range c.DNS.Lookups {
		c.DNS.Lookups[i].Records = sortedBy(c.DNS.Lookups[i].Records, func(s string) string { return s })
	}
	c.Mail.Exchanges = sortedBy(c.Mail.Exchanges, func(x Exchange) string { return fmt.Sprintf("%05d %s", x.Preference, x.Host) })
	c.Endpoints = sortedBy(c.Endpoints, func(e Endpoint) string { return fmt.Sprintf("%s %s %05d", e.Name, e.Address, e.Port) })
	c.Sites = sortedBy(c.Sites, func(s Site) string { return s.Host })
	return &c
}

func sortedBy[T any](list []T, key func(T) string) []T {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return list
}
