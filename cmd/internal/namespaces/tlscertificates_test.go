package namespaces

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// certifyTLS makes certificates of many kinds. Those that OpenSSL makes are
// their own issuers.
func (l *tlsLab) certifyTLS(t *testing.T) {
	t.Helper()
	dir := filepath.Join(l.Dir, "certificates")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	a := newAuthority(t, l.Dir)
	a.issue(t, "lab-rsa", certificate{Names: []string{"nginx-intermediate.example", "nginx-old.example", "nginx-modern.example", "gnutls-normal.example"}, RSA: true})
	a.issue(t, "mx", certificate{Names: []string{"mx.postfix.example"}})
	a.issue(t, "mx-old", certificate{Names: []string{"mx.postfix-old.example"}, RSA: true})
	a.issue(t, "mx-other", certificate{Names: []string{"posta.postfix.example"}})
	for _, each := range []struct{ name, key, more string }{
		{"p384", "ec -pkeyopt ec_paramgen_curve:P-384", "-sha384 -addext subjectAltName=DNS:openssl-ecdsa.example,DNS:*.openssl-ecdsa.example,IP:192.52.193.103 -addext extendedKeyUsage=serverAuth"},
		{"p256", "ec -pkeyopt ec_paramgen_curve:P-256", "-sha256 -addext subjectAltName=DNS:openssl-dual.example,DNS:go-default.example,IP:2001:db8::7"},
		{"rsa3072", "rsa:3072", "-sha512 -days 47 -addext subjectAltName=DNS:openssl-dual.example,DNS:go-generous.example,DNS:gnutls-legacy.example"},
		{"rsa1024", "rsa:1024", "-sha1 -days 3650 -set_serial 1 -addext subjectAltName=DNS:openssl-old.example -addext tlsfeature=status_request"},
		{"pss", "rsa:2048", "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:-1 -addext subjectAltName=DNS:openssl-curves.example"},
		{"ed25519", "ed25519", "-days 6 -addext subjectAltName=DNS:openssl-ed25519.example"},
	} {
		arguments := "OPENSSL_CONF=/dev/null openssl req -x509 -nodes -newkey " + each.key + " " + each.more
		subject := "/C=IT/O=Comune inventato/CN=" + each.name + ".example"
		words := append(strings.Fields(arguments), "-subj", subject, "-keyout", each.name+".key", "-out", each.name+".pem", "-config", "req.cnf")
		write(t, filepath.Join(dir, "req.cnf"), []byte("[req]\ndistinguished_name = dn\n[dn]\n"))
		tool(t, dir, "env", words...)
	}
	tool(t, dir, "openssl", "dhparam", "-dsaparam", "-out", "dh1024.pem", "1024") // a group that nobody else has
	tool(t, dir, "openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048", "-out", "dh2048.pem")
}
