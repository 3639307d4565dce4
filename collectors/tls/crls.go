package tls

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Bounds of one list, and of all that are kept.
const (
	maxList  = 8 << 20 // bytes
	listTime = 15 * time.Second
	maxLists = 1 << 9
	// A list of the longest has a quarter of a million entries of a hundred bytes
	// or more. Those above a few thousand are kept up to so many entries together,
	// and fetched anew where there are more: whoever runs a server can make some.
	fewEntries = 1 << 12
	maxEntries = 1 << 21
)

// lists remembers the revocation lists of authorities (RFC 5280 section 5): all
// certificates of an authority share a few, and each is fetched once a day. The
// zero value is empty and ready; a nil one fetches nothing.
type lists struct {
	by      cache[listKey, listed]
	entries atomic.Int64 // of the long lists that were kept
}

// listKey joins the address with the one who must have signed: a certificate that
// points at somebody else's list spoils it for itself alone.
type listKey struct {
	address string
	issuer  [sha256.Size]byte
}

type listed struct {
	list *list
	err  error
}

// list is what is kept of a valid revocation list.
type list struct {
	from    time.Time
	revoked map[string]revoked // by the bytes of the serial number
	scope   scope
}

type revoked struct {
	on     time.Time
	reason int
}

// get gives the list at an address, if the issuer signed it and it is in force.
func (l *lists) get(ctx context.Context, s *network.Session, address string, issuer *x509.Certificate) (*list, error) {
	key := listKey{address, sha256.Sum256(slices.Concat(issuer.RawSubject, issuer.RawSubjectPublicKeyInfo))}
	kept, err := l.by.get(ctx, s.Now, key, maxLists, func() (listed, time.Time) {
		found, end, err := obtain(ctx, s, address, issuer)
		until := keptUntil(ctx, s.Now(), err)
		if err == nil && end.Before(until) {
			until = end
		}
		if err == nil && !l.hasRoom(len(found.revoked)) {
			until = time.Time{}
		}
		return listed{found, err}, until
	})
	if err != nil {
		return nil, err
	}
	return kept.list, kept.err
}

// hasRoom reports whether a list of so many entries may be kept.
func (l *lists) hasRoom(entries int) bool {
	return entries <= fewEntries || l.entries.Add(int64(entries)) <= maxEntries
}

func obtain(ctx context.Context, s *network.Session, address string, issuer *x509.Certificate) (*list, time.Time, error) {
	what := "the revocation list at " + address
	der, err := body(ctx, s, what, address, maxList, listTime)
	if err != nil {
		return nil, time.Time{}, err
	}
	found, end, err := readList(der, issuer, s.Now())
	if err != nil {
		return nil, time.Time{}, unusable(evidence.Malformed, "%s: %w", what, err)
	}
	return found, end, nil
}

// readList reads a list, and refuses it where it is not the issuer's, is not in
// force or says something that we do not understand.
func readList(der []byte, issuer *x509.Certificate, now time.Time) (*list, time.Time, error) {
	read, err := x509.ParseRevocationList(der)
	if err != nil {
		return nil, time.Time{}, err
	}
	// RFC 5280 section 6.3.3 (b)(1): two authorities may share a key.
	if !bytes.Equal(read.RawIssuer, issuer.RawSubject) {
		return nil, time.Time{}, errors.New("it is another authority's list")
	}
	if err := read.CheckSignatureFrom(issuer); err != nil {
		return nil, time.Time{}, fmt.Errorf("the signature is not its issuer's: %w", err)
	}
	// RFC 5280 section 5.1.2.5: every list says when the next one comes.
	if now.Before(read.ThisUpdate) || now.After(read.NextUpdate) {
		return nil, time.Time{}, fmt.Errorf("in force from %s to %s only", read.ThisUpdate.Format(time.DateOnly), read.NextUpdate.Format(time.DateOnly))
	}
	within, err := scopeOf(read.Extensions)
	if err != nil {
		return nil, time.Time{}, err
	}
	found := &list{from: read.ThisUpdate, revoked: make(map[string]revoked, len(read.RevokedCertificateEntries)), scope: within}
	for _, entry := range read.RevokedCertificateEntries {
		// RFC 5280 section 5.3: a list with a critical extension that is not
		// understood must not be used.
		if slices.ContainsFunc(entry.Extensions, func(e pkix.Extension) bool { return e.Critical }) {
			return nil, time.Time{}, errors.New("an entry has a critical extension")
		}
		found.revoked[string(entry.SerialNumber.Bytes())] = revoked{entry.RevocationTime, entry.ReasonCode}
	}
	return found, read.NextUpdate, nil
}

// scope is the part of an authority's certificates that a list speaks of (RFC
// 5280 section 5.2.5).
type scope struct {
	addresses []string // of the list itself; none: the list names no point
	named     bool     // the list names its point
	partial   bool     // some reasons only: who is not on it may be on another
	users     bool     // none of authorities
}

// covers reports whether the list is one that the certificate points to (RFC
// 5280 section 6.3.3 (b)(2)(i) and (ii)).
func (s scope) covers(leaf *x509.Certificate) bool {
	if s.users && leaf.IsCA {
		return false
	}
	return !s.named || slices.ContainsFunc(s.addresses, func(address string) bool {
		return slices.Contains(leaf.CRLDistributionPoints, address)
	})
}

// issuingPoint is the extension IssuingDistributionPoint.
type issuingPoint struct {
	Point struct {
		Names []asn1.RawValue `asn1:"optional,tag:0"`
		Name  asn1.RawValue   `asn1:"optional,tag:1"`
	} `asn1:"optional,tag:0"`
	Users      bool           `asn1:"optional,tag:1"`
	CAs        bool           `asn1:"optional,tag:2"`
	Reasons    asn1.BitString `asn1:"optional,tag:3"`
	Indirect   bool           `asn1:"optional,tag:4"`
	Attributes bool           `asn1:"optional,tag:5"`
}

func scopeOf(extensions []pkix.Extension) (scope, error) {
	issuing := asn1.ObjectIdentifier{2, 5, 29, 28}
	for _, e := range extensions {
		if e.Critical && !e.Id.Equal(issuing) { // a list of changes (section 5.2.4) among them
			return scope{}, fmt.Errorf("it has a critical extension %s", e.Id)
		}
	}
	value := extensionOf(extensions, issuing)
	if value == nil {
		return scope{}, nil
	}
	var point issuingPoint
	if rest, err := asn1.Unmarshal(value, &point); err != nil || len(rest) > 0 {
		return scope{}, errors.New("its distribution point cannot be read")
	}
	if point.CAs || point.Indirect || point.Attributes {
		return scope{}, errors.New("it is not a list of servers' certificates")
	}
	s := scope{
		named:   len(point.Point.Names) > 0 || len(point.Point.Name.FullBytes) > 0,
		partial: point.Reasons.BitLength > 0,
		users:   point.Users,
	}
	for _, name := range point.Point.Names {
		if name.Class == asn1.ClassContextSpecific && name.Tag == 6 { // uniformResourceIdentifier
			s.addresses = append(s.addresses, string(name.Bytes))
		}
	}
	return s, nil
}
