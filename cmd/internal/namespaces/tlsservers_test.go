package namespaces

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// tlsServer is one real server behind a proxy that counts.
type tlsServer struct {
	name         string   // the first label of its domain
	front, back  address  // of the proxy and of the server
	certificates []string // files, one for each kind of key
	mail         bool     // SMTP with STARTTLS at port 25, else TLS at port 443
	proxy        *tlsProxy
	run          func(t *testing.T, s *tlsServer) // raises it at its back
}

func (s *tlsServer) domain() string { return s.name + ".example" }

func (s *tlsServer) port() string {
	if s.mail {
		return "25"
	}
	return "443"
}

// tlsServers lists the servers of the comparison.
func (l *tlsLab) tlsServers() []*tlsServer {
	list := []*tlsServer{
		{name: "nginx-intermediate", certificates: []string{"lab-rsa"}, run: l.nginxSite(`
    ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers off; ssl_dhparam "CERTIFICATES/dh2048.pem";
    ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305;`)},
		{name: "nginx-old", certificates: []string{"lab-rsa"}, run: l.nginxSite(`
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers off; ssl_dhparam "CERTIFICATES/dh1024.pem";
    ssl_ciphers "ALL:COMPLEMENTOFALL:@SECLEVEL=0";`)},
		{name: "nginx-modern", certificates: []string{"lab-rsa"}, run: l.nginxSite(`ssl_protocols TLSv1.3;`)},
		{name: "openssl-ecdsa", certificates: []string{"p384"}, run: l.openssl("-cert", "p384.pem", "-key", "p384.key")},
		{name: "openssl-ecdsa-old", certificates: []string{"p256"}, run: l.openssl(
			"-cert", "p256.pem", "-key", "p256.key", "-no_tls1_3", "-cipher", "DEFAULT:!PSK:!SRP:@SECLEVEL=0", "-serverpref")},
		{name: "openssl-dual", certificates: []string{"rsa3072", "p256"}, run: l.openssl(
			"-cert", "rsa3072.pem", "-key", "rsa3072.key", "-dcert", "p256.pem", "-dkey", "p256.key", "-serverpref")},
		{name: "openssl-ed25519", certificates: []string{"ed25519"}, run: l.openssl("-cert", "ed25519.pem", "-key", "ed25519.key")},
		{name: "openssl-old", certificates: []string{"rsa1024"}, run: l.openssl(
			"-cert", "rsa1024.pem", "-key", "rsa1024.key", "-no_tls1_3", "-cipher", "DEFAULT:!PSK:!SRP:@SECLEVEL=0", "-serverpref", "-dhparam", "dh1024.pem")},
		{name: "openssl-oldest", certificates: []string{"rsa1024"}, run: l.openssl(
			"-cert", "rsa1024.pem", "-key", "rsa1024.key", "-tls1", "-cipher", "ALL:COMPLEMENTOFALL:!PSK:!SRP:@SECLEVEL=0", "-dhparam", "dh1024.pem")},
		{name: "openssl-curves", certificates: []string{"pss"}, run: l.openssl(
			"-cert", "pss.pem", "-key", "pss.key", "-cipher", "ALL:!PSK:!SRP:@SECLEVEL=0", "-groups", "P-224:sect283k1:brainpoolP384r1:secp192k1:P-521")},
		{name: "go-default", certificates: []string{"p256"}, run: l.goServer(&tls.Config{})},
		{name: "go-generous", certificates: []string{"rsa3072"}, run: l.goServer(&tls.Config{MinVersion: tls.VersionTLS10, CipherSuites: everyGoSuite()})},
		{name: "gnutls-normal", certificates: []string{"lab-rsa"}, run: l.gnutls("NORMAL")},
		{name: "gnutls-legacy", certificates: []string{"rsa3072"}, run: l.gnutls(
			"LEGACY:+VERS-TLS1.0:+VERS-TLS1.1:+3DES-CBC:+ARCFOUR-128:+DHE-RSA:+RSA:+SHA1:+MD5:%SERVER_PRECEDENCE")},
		{name: "postfix", certificates: []string{"mx"}, mail: true, run: l.postfixAt(l.Mail)},
		{name: "postfix-old", certificates: []string{"mx-old"}, mail: true, run: l.postfixAt(l.OldMail)},
	}
	for i, s := range list {
		s.front, s.back = host(3, 100+i), host(2, 100+i)
	}
	return list
}

func everyGoSuite() []uint16 {
	var numbers []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		numbers = append(numbers, suite.ID)
	}
	return numbers
}

// file is the certificate as the server has it.
func (l *tlsLab) file(name string) string {
	return filepath.Join(l.Dir, "certificates", name+".pem")
}

// nginxSite configures an nginx of its own: all servers of one nginx share the
// protocol versions at an address.
func (l *tlsLab) nginxSite(settings string) func(t *testing.T, s *tlsServer) {
	return func(t *testing.T, s *tlsServer) {
		t.Helper()
		dir := filepath.Join(l.Dir, s.name)
		config := filepath.Join(dir, "nginx.conf")
		certificates := filepath.Join(l.Dir, "certificates")
		write(t, config, fmt.Appendf(nil, `user root; daemon off; worker_processes 1; pid "%[1]s/nginx.pid"; error_log "%[1]s/error.log";
events {}
http {
  access_log off; server_tokens off;
  client_body_temp_path "%[1]s/tmp"; proxy_temp_path "%[1]s/tmp"; fastcgi_temp_path "%[1]s/tmp"; uwsgi_temp_path "%[1]s/tmp"; scgi_temp_path "%[1]s/tmp";
  server {
    listen %[2]s:443 ssl; ssl_certificate "%[3]s/%[4]s.pem"; ssl_certificate_key "%[3]s/%[4]s.key";
    %[5]s
    return 200 "benvenuti";
  }
}
`, dir, s.back.V4, certificates, s.certificates[0], strings.ReplaceAll(settings, "CERTIFICATES", certificates)))
		l.startBehind(t, s, "nginx", "-e", filepath.Join(dir, "error.log"), "-p", dir, "-c", config)
	}
}

// openssl runs s_server without the system's configuration, which would forbid
// what it is to do. It serves one connection at a time.
func (l *tlsLab) openssl(settings ...string) func(t *testing.T, s *tlsServer) {
	return func(t *testing.T, s *tlsServer) {
		t.Helper()
		command := []string{"env", "OPENSSL_CONF=/dev/null", "openssl", "s_server", "-accept", s.back.V4 + ":443", "-www", "-quiet"}
		for _, word := range settings {
			switch filepath.Ext(word) {
			case ".pem", ".key":
				word = filepath.Join(l.Dir, "certificates", word)
			}
			command = append(command, word)
		}
		l.startBehind(t, s, command...)
	}
}

// gnutls runs gnutls-serv, which takes a port at every address.
func (l *tlsLab) gnutls(priority string) func(t *testing.T, s *tlsServer) {
	return func(t *testing.T, s *tlsServer) {
		t.Helper()
		file := filepath.Join(l.Dir, "certificates", s.certificates[0])
		port := fmt.Sprint(5500 + len(priority))
		s.proxy = raiseTLSProxy(t, net.JoinHostPort(s.front.V4, s.port()), net.JoinHostPort(s.back.V4, port))
		running := l.server(s.name, s.proxy.to, "gnutls-serv", "--http", "--quiet", "--disable-client-cert", "--port", port,
			"--priority", priority, "--x509certfile", file+".pem", "--x509keyfile", file+".key")
		running.start(t)
		t.Cleanup(func() { running.stop(t) })
	}
}

// goServer serves with crypto/tls, whose groups are post-quantum too.
func (l *tlsLab) goServer(config *tls.Config) func(t *testing.T, s *tlsServer) {
	return func(t *testing.T, s *tlsServer) {
		t.Helper()
		file := filepath.Join(l.Dir, "certificates", s.certificates[0])
		certificate, err := tls.LoadX509KeyPair(file+".pem", file+".key")
		if err != nil {
			t.Fatal(err)
		}
		config.Certificates = []tls.Certificate{certificate}
		listener, err := net.Listen("tcp", net.JoinHostPort(s.back.V4, "443"))
		if err != nil {
			t.Fatal(err)
		}
		running := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "benvenuti")
		}))
		running.Listener, running.TLS = listener, config
		running.Config.ErrorLog = log.New(io.Discard, "", 0)
		running.StartTLS()
		t.Cleanup(running.Close)
		s.proxy = raiseTLSProxy(t, net.JoinHostPort(s.front.V4, s.port()), listener.Addr().String())
	}
}

// postfixAt leads to one of the mail servers of the lab.
func (l *tlsLab) postfixAt(at address) func(t *testing.T, s *tlsServer) {
	return func(t *testing.T, s *tlsServer) {
		t.Helper()
		s.proxy = raiseTLSProxy(t, net.JoinHostPort(s.front.V4, s.port()), net.JoinHostPort(at.V4, "25"))
	}
}

// startBehind runs a program that serves at the back of a server.
func (l *tlsLab) startBehind(t *testing.T, s *tlsServer, command ...string) {
	t.Helper()
	running := l.server(s.name, net.JoinHostPort(s.back.V4, "443"), command...)
	running.start(t)
	t.Cleanup(func() { running.stop(t) })
	s.proxy = raiseTLSProxy(t, net.JoinHostPort(s.front.V4, s.port()), running.at)
}
