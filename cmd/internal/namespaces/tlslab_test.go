package namespaces

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/miekg/dns"
)

// tlsLab is the servers of the comparison, each behind a proxy that counts, and
// a resolver that knows their names.
type tlsLab struct {
	*world
	servers []*tlsServer
}

// raiseTLS builds the lab and starts it, Postfix only where it can run.
func raiseTLS(t *testing.T, program string, mail bool, only ...string) *tlsLab {
	t.Helper()
	l := &tlsLab{world: &world{
		Dir: t.TempDir(), Daemons: postfixDaemons, program: program,
		Resolver: host(1, 53), Mail: host(1, 25), ClearMail: host(1, 26), OldMail: host(1, 27), OtherMail: host(1, 28),
	}}
	l.layNetwork(t)
	l.certifyTLS(t)
	if mail {
		l.configureMail(t)
		l.postfix.start(t)
		t.Cleanup(func() { l.postfix.stop(t) })
	}
	for _, s := range l.tlsServers() {
		if s.mail && !mail || len(only) > 0 && !slices.Contains(only, s.name) {
			continue
		}
		for _, place := range []address{s.front, s.back} {
			tool(t, l.Dir, "ip", "addr", "add", place.V4+"/32", "dev", "lo")
		}
		s.run(t, s)
		l.servers = append(l.servers, s)
	}
	l.resolve(t)
	l.knowNames(t)
	return l
}

// knowNames lays a file over /etc/hosts that only this mount namespace sees: the
// peers look there for names.
func (l *tlsLab) knowNames(t *testing.T) {
	t.Helper()
	text := "127.0.0.1 localhost\n"
	for _, s := range l.servers {
		text += fmt.Sprintf("%s %s\n", s.front.V4, s.domain())
	}
	file := filepath.Join(l.Dir, "hosts")
	write(t, file, []byte(text))
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount(file, "/etc/hosts", "", syscall.MS_BIND, ""); err != nil {
		t.Fatal("mounting over /etc/hosts: ", err)
	}
}

// resolve runs a resolver that gives each server its one address, and each mail
// server as the exchanger of a domain.
func (l *tlsLab) resolve(t *testing.T) {
	t.Helper()
	at := net.JoinHostPort(l.Resolver.V4, "53")
	packets, err := net.ListenPacket("udp", at)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	records := map[string]string{}
	for _, s := range l.servers {
		name := s.domain() + "."
		if s.mail {
			records[name+" MX"] = name + " 60 MX 10 mx." + name
			name = "mx." + name
		}
		records[name+" A"] = name + " 60 A " + s.front.V4
	}
	handler := dns.HandlerFunc(func(to dns.ResponseWriter, question *dns.Msg) {
		_ = to.WriteMsg(answer(records, question)) // who asked has gone
	})
	var running sync.WaitGroup
	t.Cleanup(running.Wait) // after the servers are told to end
	for _, server := range []*dns.Server{{PacketConn: packets, Handler: handler}, {Listener: listener, Handler: handler}} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		running.Go(func() {
			if err := server.ActivateAndServe(); err != nil {
				t.Error(err)
			}
		})
		<-started
		t.Cleanup(func() { _ = server.Shutdown() })
	}
}

// answer says what the records say, and that there is nothing else.
func answer(records map[string]string, question *dns.Msg) *dns.Msg {
	reply := new(dns.Msg).SetReply(question)
	reply.RecursionAvailable = true
	asked := question.Question[0]
	name := strings.ToLower(asked.Name)
	if text, found := records[name+" "+dns.TypeToString[asked.Qtype]]; found {
		record, err := dns.NewRR(text)
		if err != nil {
			reply.Rcode = dns.RcodeServerFailure
			return reply
		}
		reply.Answer = append(reply.Answer, record)
		return reply
	}
	reply.Rcode = dns.RcodeNameError
	for known := range records {
		if existing, _, _ := strings.Cut(known, " "); dns.IsSubDomain(name, existing) {
			reply.Rcode = dns.RcodeSuccess
		}
	}
	const denial = ". 60 SOA a.root.example. admin.root.example. 1 3600 900 604800 60"
	if soa, err := dns.NewRR(denial); err == nil {
		reply.Ns = append(reply.Ns, soa)
	}
	return reply
}
