package dnssec

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Anchor is the set of keys that DNSSEC validation starts from. The zero value
// means that there is none, and that the chain is not looked at.
type Anchor struct {
	ds   []*dns.DS
	keys []*dns.DNSKEY
}

//go:embed root.zone
var rootZone string

// RootAnchor is the anchor of the public root (keys 20326 and 38696).
func RootAnchor() Anchor {
	anchor, err := ReadAnchor(strings.NewReader(rootZone))
	if err != nil {
		panic("dnssec: root.zone: " + err.Error())
	}
	return anchor
}

// maxAnchor bounds a trust anchor file, in bytes.
const maxAnchor = 64 << 10

// ReadAnchor reads DS and DNSKEY records of the root zone in zone-file form
// (RFC 1035 section 5.1), with comments and parentheses. It refuses anything
// else, with the line and the reason.
func ReadAnchor(r io.Reader) (Anchor, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxAnchor+1))
	switch {
	case err != nil:
		return Anchor{}, fmt.Errorf("reading the trust anchor: %w", err)
	case len(text) > maxAnchor:
		return Anchor{}, fmt.Errorf("longer than %d bytes; a trust anchor is a few DS or DNSKEY records", maxAnchor)
	}
	entries, err := splitEntries(string(text))
	if err != nil {
		return Anchor{}, err
	}
	var anchor Anchor
	for _, e := range entries {
		if err := anchor.add(e.text); err != nil {
			return Anchor{}, fmt.Errorf("line %d: %w", e.line, err)
		}
	}
	if anchor.Empty() {
		return Anchor{}, errors.New("no DS or DNSKEY record of the root in it")
	}
	return anchor, nil
}

// Empty reports whether there is nothing to start from.
func (a Anchor) Empty() bool { return len(a.ds) == 0 && len(a.keys) == 0 }

// entry is one record, which parentheses may spread over several lines.
type entry struct {
	line int // where it starts, counted from 1
	text string
}

// splitEntries takes comments out and joins what stands in parentheses. None
// of the records that are read here may hold a quoted string, so a semicolon
// always starts a comment.
func splitEntries(text string) ([]entry, error) {
	var list []entry
	open, number := 0, 0
	for line := range strings.Lines(text) {
		number++
		line, _, _ = strings.Cut(line, ";")
		if open == 0 {
			list = append(list, entry{line: number})
		}
		last := &list[len(list)-1]
		last.text += " " + strings.NewReplacer("(", " ", ")", " ").Replace(strings.TrimRight(line, "\r\n"))
		if open += strings.Count(line, "(") - strings.Count(line, ")"); open < 0 {
			return nil, fmt.Errorf("line %d: a closing parenthesis too many", number)
		}
	}
	if open > 0 {
		return nil, fmt.Errorf("line %d: a parenthesis that is never closed", list[len(list)-1].line)
	}
	return slices.DeleteFunc(list, func(e entry) bool { return strings.TrimSpace(e.text) == "" }), nil
}

func (a *Anchor) add(text string) error {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "$") {
		return fmt.Errorf("%s: directives are not read here; write out the DS or DNSKEY records", strings.Fields(text)[0])
	}
	rr, err := dns.NewRR(text)
	if err != nil || rr == nil {
		return fmt.Errorf("not a record in zone-file form: %.60q", text)
	}
	if name := rr.Header().Name; name != "." {
		return fmt.Errorf("a record of %s; only the root (.) can be the anchor", strings.TrimSuffix(name, "."))
	}
	if rr.Header().Class != dns.ClassINET {
		return fmt.Errorf("class %s; only IN is read", dns.ClassToString[rr.Header().Class])
	}
	switch rr := rr.(type) {
	case *dns.DS:
		return a.addDS(rr)
	case *dns.DNSKEY:
		return a.addKey(rr)
	}
	return fmt.Errorf("a record of type %s; only DS and DNSKEY are read", dns.TypeToString[rr.Header().Rrtype])
}

func (a *Anchor) addDS(ds *dns.DS) error {
	size := map[uint8]int{dns.SHA256: 32, dns.SHA384: 48}[ds.DigestType]
	digest, err := hex.DecodeString(ds.Digest)
	switch {
	case size == 0:
		return fmt.Errorf("digest type %d; use 2 (SHA-256) or 4 (SHA-384)", ds.DigestType)
	case err != nil || len(digest) != size:
		return fmt.Errorf("the digest of DS %d is not %d bytes in hexadecimal", ds.KeyTag, size)
	}
	a.ds = append(a.ds, ds)
	return nil
}

func (a *Anchor) addKey(key *dns.DNSKEY) error {
	switch {
	case key.Flags&dns.ZONE == 0 || key.Protocol != 3: // RFC 4034 section 2.1
		return errors.New("a DNSKEY that is no zone key (flags 257 or 256, protocol 3)")
	case key.Flags&dns.REVOKE != 0: // RFC 5011 section 2.1
		return fmt.Errorf("key %d is revoked; take the present key", key.KeyTag())
	case key.ToDS(dns.SHA256) == nil:
		return errors.New("a DNSKEY whose key is not base64")
	}
	a.keys = append(a.keys, key)
	return nil
}

// holds reports whether the key is one that the anchor names. A revoked key is
// never one (RFC 5011 section 2.1).
func (a Anchor) holds(key *dns.DNSKEY) bool {
	if key.Flags&dns.ZONE == 0 || key.Flags&dns.REVOKE != 0 || key.Protocol != 3 {
		return false
	}
	same := func(k *dns.DNSKEY) bool {
		return k.Algorithm == key.Algorithm && strings.EqualFold(k.ToDS(dns.SHA256).Digest, digestOf(key, dns.SHA256))
	}
	return slices.ContainsFunc(a.keys, same) || slices.ContainsFunc(a.ds, func(ds *dns.DS) bool {
		return ds.KeyTag == key.KeyTag() && ds.Algorithm == key.Algorithm && strings.EqualFold(ds.Digest, digestOf(key, ds.DigestType))
	})
}

func digestOf(key *dns.DNSKEY, kind uint8) string {
	if ds := key.ToDS(kind); ds != nil {
		return ds.Digest
	}
	return ""
}

// tags lists the key tags of the anchor, for people.
func (a Anchor) tags() []uint16 {
	var list []uint16
	for _, ds := range a.ds {
		list = append(list, ds.KeyTag)
	}
	for _, key := range a.keys {
		list = append(list, key.KeyTag())
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Digest names the anchor in the evidence: the SHA-256 of its records in
// canonical form, sorted. Comments, order and repetition do not change it.
func (a Anchor) Digest() string {
	if a.Empty() {
		return ""
	}
	var lines []string
	for _, ds := range a.ds {
		lines = append(lines, fmt.Sprintf(". IN DS %d %d %d %s\n", ds.KeyTag, ds.Algorithm, ds.DigestType, strings.ToUpper(ds.Digest)))
	}
	for _, key := range a.keys {
		lines = append(lines, fmt.Sprintf(". IN DNSKEY %d %d %d %s\n", key.Flags, key.Protocol, key.Algorithm, key.PublicKey))
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(lines), "")))
	return "sha256:" + hex.EncodeToString(sum[:])
}
