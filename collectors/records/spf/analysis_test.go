package spf_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"campanile/collectors/records"
	"campanile/collectors/records/spf"
)

// TestTheAnalysisIsTheWorstCase holds the static analysis against evaluations of
// the same records: without macros and "ptr", and with hosts that have addresses
// of both families or none, an evaluation never costs more than the analysis
// says, admits nobody else, and gives up only where the analysis says why.
func TestTheAnalysisIsTheWorstCase(t *testing.T) {
	t.Parallel()
	clients := []string{"192.0.2.1", "192.0.2.2", "192.0.2.200", "198.51.100.7", "203.0.113.9", "2001:db8::1", "2001:db8::2", "2001:db8:1::7"}
	sound, broken, passes := 0, 0, 0
	for seed := range uint64(3000) {
		lines := plainZone(generator{rand.New(rand.NewPCG(seed, 7208))})
		z := newZone(t, lines...)
		a := records.AnalyseSPF("comune.example", z.told, nil)
		excused := len(a.Faults) > 0 || len(a.Crowded) > 0 || len(a.Gaps) > 0 ||
			a.Lookups > records.MaxSPFLookups || len(a.Voids) > records.MaxSPFVoidLookups
		loops := slices.ContainsFunc(a.Faults, func(f records.SPFFault) bool { return f.Reason == records.SPFLoop })
		if excused {
			broken++
		} else {
			sound++
		}
		for _, client := range clients {
			ip := netip.MustParseAddr(client)
			out := spf.Check(t.Context(), z, spf.Query{IP: ip, MailFrom: "sindaco@comune.example"})
			var complaints []string
			if out.Lookups > a.Lookups {
				complaints = append(complaints, fmt.Sprintf("%d look-ups, the analysis has %d", out.Lookups, a.Lookups))
			}
			// A loop repeats its void look-ups; the analysis goes round once.
			if out.VoidLookups > a.VoidAtMost && !loops && len(a.Gaps) == 0 {
				complaints = append(complaints, fmt.Sprintf("%d void look-ups, the analysis has %d", out.VoidLookups, a.VoidAtMost))
			}
			if !excused && (out.Result == spf.PermError || out.Result == spf.TempError) {
				complaints = append(complaints, "the analysis knows no reason for "+string(out.Result))
			}
			holds := func(n records.SPFNetwork) bool { return n.Prefix.Contains(ip) }
			if out.Result == spf.Pass {
				passes++
				if !slices.ContainsFunc(a.Networks, holds) {
					complaints = append(complaints, "a pass from outside every network")
				}
			}
			if a.Open == "" && !excused && out.Result == spf.Neutral && out.Matched == "" {
				complaints = append(complaints, "neutral at the end of a record that is said to be closed")
			}
			for _, complaint := range complaints {
				t.Errorf("seed %d, from %s: %s\n%+v\n%s", seed, client, complaint, out, strings.Join(lines, "\n"))
			}
		}
	}
	if sound < 300 || broken < 300 || passes < 300 {
		t.Errorf("%d sound records, %d broken, %d passes: the test shows too little", sound, broken, passes)
	}
}

// told answers the analysis as Ask answers the evaluation.
func (z *zone) told(name, kind string) records.SPFAnswer {
	answer := z.answers[name+" "+kind]
	if answer.Failed != "" {
		return records.SPFAnswer{Problem: answer.Failed}
	}
	told := records.SPFAnswer{Known: true}
	for _, text := range answer.Texts {
		told.Records = append(told.Records, strconv.Quote(text))
	}
	for _, address := range answer.Addresses {
		told.Records = append(told.Records, address.String())
	}
	for _, host := range answer.Names {
		told.Records = append(told.Records, "10 "+host)
	}
	return told
}

// plainZone is a zone without what depends on the message.
func plainZone(g generator) []string {
	var lines []string
	for i, owner := range []string{"comune.example", "s0.example", "s1.example", "s2.example", "s3.example"} {
		switch {
		case i > 0 && g.rarely(15):
			continue
		case g.rarely(40):
			lines = append(lines, owner+" TXT "+fails)
			continue
		case g.rarely(40):
			lines = append(lines, owner+" TXT v=spf1 ?all")
		}
		terms := []string{"v=spf1"}
		for range g.random.IntN(5) {
			terms = append(terms, g.plainTerm())
		}
		terms = append(terms, g.pick("-all", "~all", "-all", "?all", "+all", "redirect=s3.example", "redirect=s2.example -all", ""))
		lines = append(lines, owner+" TXT "+strings.TrimSpace(strings.Join(terms, " ")))
	}
	for i := range 5 {
		host := fmt.Sprintf("h%d.example", i)
		if g.rarely(4) {
			continue
		}
		if g.rarely(30) {
			lines = append(lines, host+" A "+fails, host+" AAAA "+fails, host+" MX "+fails)
			continue
		}
		lines = append(lines, host+" A "+g.pick("192.0.2.1", "192.0.2.2", "198.51.100.7"), host+" AAAA "+g.pick("2001:db8::1", "2001:db8:1::7"))
		for range g.random.IntN(3) {
			lines = append(lines, host+" MX "+g.pick("h0.example", "h1.example", "H2.example.", "."))
		}
		if g.rarely(40) {
			lines = append(lines, slices.Repeat([]string{host + " MX h0.example"}, 11)...)
		}
	}
	return lines
}

func (g generator) plainTerm() string {
	host := fmt.Sprintf("h%d.example", g.random.IntN(5))
	record := fmt.Sprintf("s%d.example", g.random.IntN(4))
	length := g.pick("", "", "/24", "//64", "/24//48")
	sign := g.pick("", "", "", "+", "-", "~", "?")
	if g.rarely(30) {
		return g.pick("ip4:192.0.2.300", "foo:bar", "include:comune.example", "a:")
	}
	return sign + g.pick("ip4:192.0.2.2", "ip4:192.0.2.128/25", "ip6:2001:db8::/64", "include:"+record, "include:"+record, "a:"+host+length, "mx:"+host+length, "exists:"+host)
}
