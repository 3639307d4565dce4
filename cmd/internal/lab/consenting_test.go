package lab

import (
	"bytes"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"campanile/collectors/network"
)

// A mandate covers its own town and no other, and is in force.
func TestMandatesCoverTheirTownAlone(t *testing.T) {
	t.Parallel()
	l := raised(t)
	consenting := l.Consenting()
	if len(consenting) < 2 || len(consenting[0].Planted) > 0 {
		t.Fatalf("%d towns gave a mandate; want the exemplary one first, then others", len(consenting))
	}
	for _, town := range consenting {
		if refused := town.Mandate.Check(someDay, []string{town.Domain, "www." + town.Domain}, nil); len(refused) > 0 {
			t.Errorf("%s: %v", town.Domain, refused)
		}
		for _, other := range slices.Concat(l.towns, l.hidden) {
			own := other.Domain == town.Domain
			if town.Mandate.Names(other.Domain) != own {
				t.Errorf("the mandate of %s speaks of %s", town.Domain, other.Domain)
			}
			for _, host := range []string{"@", "www"} {
				for _, address := range l.tree.addresses(absolute(host, other.Domain+".")) {
					if town.Mandate.Covers(address) != own {
						t.Errorf("the mandate of %s: %s of %s is covered: %t", town.Domain, address, other.Domain, !own)
					}
				}
			}
		}
	}
}

// What nobody put there is refused, so that a scan sees it closed.
func TestPortsWithoutAServerAreRefused(t *testing.T) {
	t.Parallel()
	s := raised(t).Network().Session()
	_, err := s.Dial(t.Context(), netip.MustParseAddrPort("192.0.2.64:8443"))
	if problem := network.Problem(err); problem != "refused" {
		t.Errorf("tcp: %v, want a refusal", err)
	}
	_, err = s.Exchange(t.Context(), netip.MustParseAddrPort("192.0.2.64:161"), []byte("?"), 1024, func([]byte) bool { return true })
	if problem := network.Problem(err); problem != "refused" {
		t.Errorf("udp: %v, want a refusal", err)
	}
}

// The lab has no accounts: whatever key or password somebody brings, SSH ends
// there, and says by which ways it could have been.
func TestNobodyLogsIn(t *testing.T) {
	t.Parallel()
	s := raised(t).Network().Session()
	for address, want := range map[string]string{
		"192.0.2.14:22": "[none]",          // keys alone: the password is not even tried
		"192.0.2.64:22": "[none password]", // tried, and refused
	} {
		conn, err := s.Dial(t.Context(), netip.MustParseAddrPort(address))
		if err != nil {
			t.Fatal(err)
		}
		_, _, _, err = ssh.NewClientConn(conn, "", &ssh.ClientConfig{
			User: "root", Auth: []ssh.AuthMethod{ssh.Password("root")}, HostKeyCallback: ssh.InsecureIgnoreHostKey(),
		})
		if err == nil || !strings.Contains(err.Error(), "unable to authenticate, attempted methods "+want+",") {
			t.Errorf("%s: %v, want the ways %s and no login", address, err, want)
		}
		_ = conn.Close()
	}
}

// An agent is silent to what is not its protocol, as it is to an empty datagram.
func TestAgentAnswersItsOwnProtocol(t *testing.T) {
	t.Parallel()
	version2 := []byte("\x30\x0b\x02\x01\x01\x04\x06public")
	version3 := []byte("\x30\x0a\x02\x01\x03\x30\x03\x02\x01\x07\x04\x00")
	for name, question := range map[string][]byte{"nothing": nil, "a-community": version2, "half": version3[:5]} {
		if answer := agent(question); answer != nil {
			t.Errorf("%s: % x", name, answer)
		}
	}
	if answer := agent(version3); !bytes.Contains(answer, []byte("\x02\x01\x07")) || !bytes.Contains(answer, []byte("\xa8")) {
		t.Errorf("% x is no report on message 7", answer)
	}
}

// A heartbeat that claims more than it holds comes back with as much as it claims;
// to a visitor who never heard of heartbeats none is promised.
func TestGatewayOf2012Bleeds(t *testing.T) {
	t.Parallel()
	l := raised(t)
	const claimed = 4096
	beat := record(heartbeatRecord, 0x0303, []byte{heartbeatRequest, claimed >> 8, 0, 'a'})
	promise := slices.Concat(two(heartbeat), sized(2, []byte{1}))
	for name, promised := range map[string]bool{"knows-heartbeats": true, "never-heard-of-them": false} {
		asked := old{version: 0x0303, suites: []uint16{0xc02f}}
		if promised {
			asked.extensions = promise
		}
		conn, err := reach(t.Context(), l.Network().Session(), "www.comune.portaperta.campanile.test", 443)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(slices.Concat(asked.record(), beat)); err != nil {
			t.Fatal(err)
		}
		flight, given := heartbeatAfter(t, conn, []byte{heartbeatResponse, claimed >> 8, 0})
		if given < claimed {
			t.Errorf("%s: %d bytes came back, want %d", name, given, claimed)
		}
		if got := bytes.Contains(flight, promise); got != promised {
			t.Errorf("%s: heartbeats are promised: %t", name, got)
		}
		shut(t, conn)
	}
}

// heartbeatAfter reads what stands before the first words of a heartbeat, and
// counts what follows them until the server falls silent.
func heartbeatAfter(t *testing.T, conn io.Reader, begins []byte) (before []byte, after int) {
	t.Helper()
	said, _ := io.ReadAll(conn) // it ends in the visitor's patience
	before, rest, found := bytes.Cut(said, begins)
	if !found {
		t.Errorf("no heartbeat in %d bytes", len(said))
	}
	return before, len(rest)
}
