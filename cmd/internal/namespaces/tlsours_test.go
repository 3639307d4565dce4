package namespaces

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"

	"campanile/collectors/evidence"
)

// tlsPeer runs a tool of others and gives what it prints.
func (l *tlsLab) tlsPeer(t *testing.T, command ...string) []byte {
	t.Helper()
	path, err := find(command[0])
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), path, command[1:]...)
	run.Dir = l.Dir
	var complaints bytes.Buffer
	run.Stderr = &complaints
	output, err := run.Output()
	if len(output) == 0 && err != nil {
		t.Fatalf("%s: %v\n%s", run, err, complaints.Bytes())
	}
	return output
}

// tlsScan runs our program on a server and gives its evidence.
func (l *tlsLab) tlsScan(t *testing.T, s *tlsServer, depth string, more ...string) *evidence.Bundle {
	t.Helper()
	file := filepath.Join(t.TempDir(), "evidence.jsonl")
	family := "tls"
	if s.mail {
		family = "mail"
	}
	l.campanile(t, nil, append([]string{
		"scan", s.domain(), "--country", "it", "--only", family, "--tls", depth, "--resolver", l.Resolver.V4,
		"--ca", l.authorities(), "--format", "json", "--evidence", file,
	}, more...)...)
	return (&scan{evidence: file}).bundle(t)
}

// endpoint is the one TLS server of the evidence.
func endpoint(t *testing.T, s *tlsServer, b *evidence.Bundle) evidence.Endpoint {
	t.Helper()
	if s.mail {
		if len(b.Mail.Exchanges) != 1 || len(b.Mail.Exchanges[0].Servers) != 1 {
			t.Fatalf("%s: exchanges: %+v", s.name, b.Mail.Exchanges)
		}
		server := b.Mail.Exchanges[0].Servers[0]
		return evidence.Endpoint{TLS: server.TLS, Offers: server.Offers, Accepts: server.Accepts}
	}
	if len(b.Endpoints) != 1 {
		t.Fatalf("%s: endpoints: %+v", s.name, b.Endpoints)
	}
	return b.Endpoints[0]
}
