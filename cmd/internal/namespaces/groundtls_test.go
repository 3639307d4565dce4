package namespaces

import (
	"bytes"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// testHandshakes does a handshake of TLS 1.2 with every town by OpenSSL, which
// here takes everything that it can, and reads what it tells.
func (w *world) testHandshakes(t *testing.T) {
	for _, town := range w.Towns {
		if town.WithoutHTTPS {
			continue
		}
		for _, at := range []string{town.Web.V4, town.Web.V6} {
			told := w.shake(t, town, at)
			for _, row := range []struct {
				line  string
				wants bool
			}{
				{"Secure Renegotiation IS supported", !town.GnuTLS},
				{"Extended master secret: yes", !slices.Contains(town.Settings, withoutMasterSecret)},
				{"Peer signing digest: SHA1", slices.Contains(town.Settings, signsSHA1)},
				{"Cipher is ECDHE-ECDSA-AES128-SHA256", strings.HasPrefix(town.Ciphers, cipherBlocks+":")},
			} {
				if strings.Contains(told, row.line) != row.wants {
					t.Errorf("%s at %s: %q wanted %v:\n%s", town.Domain, at, row.line, row.wants, told)
				}
			}
			if !slices.Contains(town.Settings, shortField) {
				continue
			}
			if told := w.shake(t, town, at, "-cipher", "DHE:@SECLEVEL=0"); !strings.Contains(told, "Temp Key: DH, 1024 bits") {
				t.Errorf("%s at %s: no field of 1024 bits:\n%s", town.Domain, at, told)
			}
		}
	}
}

// shake gives what openssl s_client prints.
func (w *world) shake(t *testing.T, town *town, at string, more ...string) string {
	t.Helper()
	words := []string{
		"s_client", "-connect", net.JoinHostPort(at, "443"), "-servername", town.Domain, "-tls1_2", "-legacy_server_connect",
		"-cipher", "ALL:@SECLEVEL=0", "-sigalgs", "RSA+SHA1:ECDSA+SHA256:RSA-PSS+SHA256",
	}
	command := exec.CommandContext(t.Context(), "openssl", append(words, more...)...)
	output, err := command.CombinedOutput() // its input is empty, which ends it
	if err != nil {
		t.Errorf("%s at %s: %v:\n%s", town.Domain, at, err, output)
	}
	return string(output)
}

// testCertificates lets OpenSSL verify the certificates of every town, with the
// list of those that were revoked. To it a length or a digest is no fault here.
func (w *world) testCertificates(t *testing.T) {
	dir := filepath.Join(w.Dir, "authority")
	for _, town := range w.Towns {
		wants := ": OK"
		switch c := town.Certificate; {
		case c.SelfSigned:
			wants = "self-signed certificate"
		case c.Age < 0:
			wants = "certificate is not yet valid"
		case c.Age > c.Life:
			wants = "certificate has expired"
		case c.Revoked:
			wants = "certificate revoked"
		}
		told, _ := exec.CommandContext(t.Context(), "openssl", "verify", "-auth_level", "0", "-crl_check", "-CRLfile", filepath.Join(dir, "revoked.crl"),
			"-CAfile", w.authorities(), "-untrusted", filepath.Join(dir, "intermediate.der"),
			filepath.Join(w.Dir, "certificates", town.Domain+".pem")).CombinedOutput() // it fails where a certificate does
		if !bytes.Contains(told, []byte(wants)) {
			t.Errorf("%s, wanted %q:\n%s", town.Domain, wants, told)
		}
	}
}
