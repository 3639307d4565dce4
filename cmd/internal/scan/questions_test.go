package scan_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"github.com/miekg/dns"

	"campanile/cmd/internal/scan"
	"campanile/collectors/evidence"
)

// eavesdropper notes every DNS question that leaves.
type eavesdropper struct {
	mu        sync.Mutex
	questions []string
	transfers []string // over TCP, to the name servers themselves
}

func (e *eavesdropper) listen(s *scan.Scanner) {
	connect := s.Network.Connect
	s.Network.Connect = func(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
		conn, err := connect(ctx, network, to)
		if err != nil || to.Port() != 53 {
			return conn, err
		}
		return overheard{conn, e, network, to.Addr()}, nil
	}
}

type overheard struct {
	net.Conn
	by      *eavesdropper
	network string
	to      netip.Addr
}

func (o overheard) Write(b []byte) (int, error) {
	packet := b
	if o.network == "tcp" {
		packet = b[2:] // behind the length (RFC 1035 section 4.2.2)
	}
	query := new(dns.Msg)
	if err := query.Unpack(packet); err == nil {
		question := query.Question[0]
		o.by.note(o.network, fmt.Sprintf("%s %s at %s by %s", question.Name, dns.TypeToString[question.Qtype], o.to, o.network))
	}
	return o.Conn.Write(b)
}

func (e *eavesdropper) note(network, question string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if network == "tcp" {
		e.transfers = append(e.transfers, question)
		return
	}
	e.questions = append(e.questions, question)
}

// A small town must not feel the scan: the questions about it are counted, from
// an empty cache on. More than there were need a reason.
func TestQuestionsForAWellKeptTownAreFew(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		families       []evidence.Family
		most, ofSearch int // by UDP; the search for names is counted apart
	}{
		"everything":     {evidence.Families[:4], 42, 40},
		"only the names": {[]evidence.Family{evidence.DNSFamily}, 26, 42},
		"only mail":      {[]evidence.Family{evidence.MailFamily}, 33, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var e eavesdropper
			b := look(t, evidence.Target{Domain: inside, Country: "it"}, func(s *scan.Scanner) {
				s.Families = c.families
				e.listen(s)
			})
			slices.Sort(e.questions)
			slices.Sort(e.transfers)
			for _, question := range slices.Concat(e.questions, e.transfers) {
				t.Log(question)
			}
			t.Logf("%d DNS questions and %d in search of names by UDP, %d by TCP", b.Sent.DNSQueries, b.Sent.NameQueries, len(e.transfers))
			if b.Sent.DNSQueries > c.most || b.Sent.NameQueries > c.ofSearch || len(e.transfers) > 2 {
				t.Error("more questions than before")
			}
			if got := len(e.questions); got != b.Sent.DNSQueries+b.Sent.NameQueries {
				t.Errorf("%d questions left, %d were counted", got, b.Sent.DNSQueries+b.Sent.NameQueries)
			}
			if once := slices.Compact(slices.Clone(e.questions)); len(once) != len(e.questions) {
				t.Errorf("%d questions were put twice", len(e.questions)-len(once))
			}
		})
	}
}
