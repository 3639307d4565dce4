package spf_test

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"campanile/collectors/records/spf"
)

// echo gives the same record for every name and a few answers that lead on.
type echo struct {
	record string
	other  string
	asked  int
}

func (e *echo) Ask(_ context.Context, name string, kind spf.Type) spf.Answer {
	e.asked++
	switch {
	case strings.HasPrefix(name, "no"):
		return spf.Answer{}
	case strings.HasPrefix(name, "slow"):
		return spf.Answer{Failed: "timeout"}
	case kind == spf.TXT && strings.HasPrefix(name, "b"):
		return spf.Answer{Texts: []string{e.other}}
	case kind == spf.TXT:
		return spf.Answer{Texts: []string{e.record}}
	case kind == spf.MX || kind == spf.PTR:
		return spf.Answer{Names: []string{"a.example", "slow.example", "."}}
	case kind == spf.AAAA:
		return spf.Answer{Addresses: []netip.Addr{netip.MustParseAddr("2001:db8::1")}}
	}
	return spf.Answer{Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}
}

var results = []spf.Result{spf.None, spf.Neutral, spf.Pass, spf.Fail, spf.SoftFail, spf.TempError, spf.PermError}

// FuzzCheck: whatever the records and the message are, the answer is one of the
// seven, is explained, and comes after a bounded number of questions in bounded
// time.
func FuzzCheck(f *testing.F) {
	for _, record := range []string{
		"v=spf1 include:a.example redirect=b.example",
		"v=spf1 a mx/24 ptr exists:%{ir}.%{v}.%{p2}.%{lr-+}.%{D}.example ?all",
		"v=spf1 exists:%{S}%%%_%-%{h}%{l99999999999999999999}.example include:%{d}",
		"v=spf1 ip4:0.0.0.0/0 ip6:::/0 moo=%{t} redirect=%{p}",
		"v=spf1 mx:no.example mx:slow.example a:no.example//0",
	} {
		f.Add(record, "v=spf1 include:a.example ~all", "anna.rossi@a.example", "mail.example", []byte{192, 0, 2, 1})
	}
	f.Fuzz(func(t *testing.T, record, other, sender, helo string, address []byte) {
		ip, _ := netip.AddrFromSlice(address) // also one that is none
		e := &echo{record: record, other: other}
		began := time.Now()
		got := spf.Check(t.Context(), e, spf.Query{IP: ip, Helo: helo, MailFrom: sender})
		if took := time.Since(began); took > time.Minute {
			t.Errorf("%s", took)
		}
		switch {
		case !slices.Contains(results, got.Result):
			t.Errorf("result %q", got.Result)
		case got.Lookups > spf.MaxLookups+1 || got.VoidLookups > spf.MaxVoidLookups+1:
			t.Errorf("%d look-ups, %d void", got.Lookups, got.VoidLookups)
		case e.asked > maxQuestions:
			t.Errorf("%d questions", e.asked)
		case len(got.Reason) == 0 || len(got.Reason) > 3000 || strings.Trim(got.Reason+got.Matched+got.Domain, printable) != "":
			t.Errorf("reason %q, matched %q, domain %q", got.Reason, got.Matched, got.Domain)
		case (got.Lookups > spf.MaxLookups || got.VoidLookups > spf.MaxVoidLookups) && got.Result != spf.PermError:
			t.Errorf("%s after %d look-ups, %d void", got.Result, got.Lookups, got.VoidLookups)
		}
	})
}
