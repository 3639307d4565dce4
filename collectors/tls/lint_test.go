package tls

import (
	"crypto/sha256"
	"crypto/x509"
	"math/big"
	"slices"
	"strings"
	"testing"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/loopback"
)

// The Baseline Requirements are for authorities of the embedded set; the RFCs are
// for all.
func TestLints(t *testing.T) {
	t.Parallel()
	root := newAuthority(t, "Root of the test", nil)
	public := root.roots()
	public.public = map[[sha256.Size]byte]bool{sha256.Sum256(root.certificate.Raw): true}
	long := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = loopback.Now().Add(-200*day), loopback.Now().Add(600*day)
	}
	const tooLong, serial = "e_server_cert_valid_time_longer_than_200_days", "e_serial_number_longer_than_20_octets"
	for name, each := range map[string]struct {
		roots Roots
		alter change
		want  string
		not   string
	}{
		"too-long-for-a-public-one":       {public, long, tooLong, ""},
		"too-long-matters-to-nobody-else": {root.roots(), long, "", tooLong},
		"a-serial-matters-to-all":         {root.roots(), func(c *x509.Certificate) { c.SerialNumber = new(big.Int).Lsh(big.NewInt(3), 200) }, serial, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := handshakeWith(t, loopback.New(t), root.issue(t, nil, each.alter), each.roots)
			lints := got.Certificates[0].Lints
			if got.Trust.Public != (each.roots.public != nil) {
				t.Errorf("public: %v", got.Trust.Public)
			}
			if slices.Contains(lints, "e_dnsname_not_valid_tld") {
				t.Error("judged by a list of domains that ages")
			}
			if each.want != "" && !slices.Contains(lints, each.want) || each.not != "" && slices.Contains(lints, each.not) {
				t.Errorf("got %s", strings.Join(lints, " "))
			}
			if len(lints) > evidence.MaxLints || !slices.IsSorted(lints) {
				t.Errorf("%d lints, in order %v", len(lints), slices.IsSorted(lints))
			}
		})
	}
}

func TestWhatIsNoCertificateHasNoLints(t *testing.T) {
	t.Parallel()
	for _, der := range [][]byte{nil, {0x30, 0}, make([]byte, evidence.MaxCertificate+1)} {
		if got := lintsOf(der, true); got != nil {
			t.Errorf("%d bytes: %v", len(der), got)
		}
	}
}

func BenchmarkLints(b *testing.B) {
	der := newAuthority(b, "Root of the test", nil).issue(b, nil).Certificate[0]
	for b.Loop() {
		lintsOf(der, true)
	}
}
