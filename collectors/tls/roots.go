package tls

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// Roots is a set of certificate authorities that count as trusted.
type Roots struct {
	Pool *x509.CertPool
	Name string // for the evidence: which set, taken when

	public map[[sha256.Size]byte]bool // those that every browser knows, by their hash
}

// isPublic reports whether an authority belongs to the embedded set.
func (r Roots) isPublic(root *x509.Certificate) bool { return r.public[sha256.Sum256(root.Raw)] }

// hasSubject reports whether an authority of this name is in the set.
func (r Roots) hasSubject(name []byte) bool {
	subjects := r.Pool.Subjects() //nolint:staticcheck // it leaves out those of the system only, and this set has none
	return slices.ContainsFunc(subjects, func(subject []byte) bool { return bytes.Equal(subject, name) })
}

// MozillaRoots is the embedded set of Mozilla, with its constraints, plus the
// authorities of a PEM file where one is given.
func MozillaRoots(extra []byte) (Roots, error) {
	pool, count, public := x509.NewCertPool(), 0, map[[sha256.Size]byte]bool{}
	for root := range bundle.Roots() {
		certificate, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			return Roots{}, fmt.Errorf("embedded authority %d: %w", count+1, err)
		}
		pool.AddCertWithConstraint(certificate, root.Constraint)
		public[sha256.Sum256(certificate.Raw)] = true
		count++
	}
	name := fmt.Sprintf("Mozilla%s (x509roots), %d authorities", bundleDate(), count)
	if len(bytes.TrimSpace(extra)) == 0 {
		return Roots{Pool: pool, Name: name, public: public}, nil
	}
	given, err := addPEM(pool, extra)
	if err != nil {
		return Roots{}, err
	}
	return Roots{Pool: pool, Name: fmt.Sprintf("%s, %d given", name, given), public: public}, nil
}

// addPEM adds every certificate of a PEM file and counts them. A file with a
// block that is not a certificate is refused: half a set of authorities would
// call good servers untrusted.
func addPEM(pool *x509.CertPool, text []byte) (int, error) {
	count := 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			return 0, fmt.Errorf("a PEM block is a %s, not a CERTIFICATE; give the authorities' certificates alone", strings.ToLower(block.Type))
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return 0, fmt.Errorf("certificate %d: %w", count+1, err)
		}
		pool.AddCert(certificate)
		count++
	}
	if count == 0 {
		return 0, errors.New("no certificate in PEM form (-----BEGIN CERTIFICATE-----); give the file of the authority, not of its key")
	}
	return count, nil
}

const bundleModule = "golang.org/x/crypto/x509roots/fallback"

// bundleDate gives the day of the embedded set, which the version of its module
// holds (v0.0.0-20261030153154-...). A test binary does not know its modules.
func bundleDate() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, module := range info.Deps {
		if module.Path == bundleModule {
			return dayOf(module.Version)
		}
	}
	return ""
}

func dayOf(version string) string {
	parts := strings.Split(version, "-")
	if len(parts) != 3 {
		return ""
	}
	day, err := time.Parse("20060102150405", parts[1])
	if err != nil {
		return ""
	}
	return " " + day.Format(time.DateOnly)
}
