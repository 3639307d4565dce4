package network_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/network"
)

// always handles every question alike.
func always(answer func(*dns.Msg) *dns.Msg) func(int, string, *dns.Msg) *dns.Msg {
	return func(_ int, _ string, query *dns.Msg) *dns.Msg { return answer(query) }
}

// rdata gives the records of an answer in presentation form.
func rdata(answer network.Answer) []string {
	list := []string{}
	for _, rr := range answer.Records {
		list = append(list, strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	slices.Sort(list)
	return list
}

func TestQuestionAsksForSignaturesAndJudgesThemItself(t *testing.T) {
	t.Parallel()
	server := serve(t, always(reply(t, dns.RcodeSuccess, "comune.example. 300 IN MX 10 mail.comune.example.")))
	answer := session(server).Ask(t.Context(), "comune.example", dns.TypeMX)
	if diff := cmp.Diff([]string{"10 mail.comune.example."}, rdata(answer)); diff != "" {
		t.Errorf("records (-want +got):\n%s\n%v", diff, answer.Err)
	}
	query := server.questions()[0].Query
	edns := query.IsEdns0()
	if edns == nil {
		t.Fatal("no EDNS")
	}
	got := map[string]any{"RD": query.RecursionDesired, "CD": query.CheckingDisabled, "DO": edns.Do(), "size": edns.UDPSize(), "version": edns.Version(), "options": len(edns.Option)}
	want := map[string]any{"RD": true, "CD": true, "DO": true, "size": uint16(1232), "version": uint8(0), "options": 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
}

func TestTruncatedAnswerIsAskedForOverTCP(t *testing.T) {
	t.Parallel()
	var long []string
	for range 40 {
		long = append(long, `comune.example. 300 IN TXT "`+strings.Repeat("x", 100+len(long))+`"`)
	}
	full := reply(t, dns.RcodeSuccess, long...)
	tests := map[string]func(query *dns.Msg) *dns.Msg{
		"empty": func(query *dns.Msg) *dns.Msg {
			message := new(dns.Msg).SetReply(query)
			message.Truncated = true
			return message
		},
		"with-a-part-of-the-records": func(query *dns.Msg) *dns.Msg {
			message := full(query)
			message.Answer = message.Answer[:5]
			message.Truncated = true
			return message
		},
	}
	for name, truncated := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(_ int, network string, query *dns.Msg) *dns.Msg {
				if network == "udp" {
					return truncated(query)
				}
				return full(query)
			})
			answer := session(server).Ask(t.Context(), "comune.example", dns.TypeTXT)
			if answer.Err != nil || len(answer.Records) != 40 {
				t.Errorf("%d records, %v; want 40", len(answer.Records), answer.Err)
			}
			if diff := cmp.Diff([]string{"udp", "tcp"}, server.received()); diff != "" {
				t.Errorf("questions (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnswerTruncatedInTheMiddleOfARecordIsAskedForOverTCP(t *testing.T) {
	t.Parallel()
	txt := reply(t, dns.RcodeSuccess, `comune.example. 300 IN TXT "v=spf1 -all"`)
	server := packetServer(t, func(query *dns.Msg) [][]byte {
		message := txt(query)
		message.Truncated = true
		packed := pack(t, message)
		return [][]byte{packed[:len(packed)-4]}
	})
	// Nothing listens on TCP there: that the first failure is a refusal, and no
	// timeout, shows that TCP was tried at once.
	answer := session(server).Ask(t.Context(), "comune.example", dns.TypeTXT)
	if got := network.Problem(answer.Err); got != "refused" {
		t.Errorf("problem %q, want refused from TCP: %v", got, answer.Err)
	}
}

func TestAnswerTruncatedEvenOverTCPIsMalformed(t *testing.T) {
	t.Parallel()
	server := serve(t, func(_ int, _ string, query *dns.Msg) *dns.Msg {
		message := new(dns.Msg).SetReply(query)
		message.Truncated = true
		return message
	})
	answer := session(server).Ask(t.Context(), "comune.example", dns.TypeTXT)
	if want := "malformed: the answer is truncated even over TCP"; answer.Err == nil || answer.Err.Error() != want {
		t.Errorf("got %v, want %s", answer.Err, want)
	}
}

// Packets that are not the answer are passed over: somebody may be guessing
// (RFC 5452).
func TestForgedPacketBeforeTheTrueOneIsPassedOver(t *testing.T) {
	t.Parallel()
	lie := reply(t, dns.RcodeSuccess, "comune.example. 300 IN A 198.51.100.66")
	truth := reply(t, dns.RcodeSuccess, "comune.example. 300 IN A 192.0.2.1")
	tests := map[string]func(query *dns.Msg) []byte{
		"garbage":                func(*dns.Msg) []byte { return []byte("HTTP/1.1 400 Bad Request") },
		"empty":                  func(*dns.Msg) []byte { return nil },
		"cut-in-the-header":      func(query *dns.Msg) []byte { return pack(t, lie(query))[:7] },
		"cut-in-the-answer":      func(query *dns.Msg) []byte { return pack(t, lie(query))[:40] },
		"wrong-transaction-id":   forged(t, lie, func(m *dns.Msg) { m.Id++ }),
		"another-name":           forged(t, lie, func(m *dns.Msg) { m.Question[0].Name = "comune2.example." }),
		"another-type":           forged(t, lie, func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeAAAA }),
		"another-class":          forged(t, lie, func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }),
		"no-question":            forged(t, lie, func(m *dns.Msg) { m.Question = nil }),
		"two-questions":          forged(t, lie, func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) }),
		"the-question-come-back": forged(t, lie, func(m *dns.Msg) { m.Response = false }),
	}
	for name, forge := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := packetServer(t, func(query *dns.Msg) [][]byte {
				return [][]byte{forge(query), pack(t, truth(query))}
			})
			answer := session(server).Ask(t.Context(), "comune.example", dns.TypeA)
			if diff := cmp.Diff([]string{"192.0.2.1"}, rdata(answer)); diff != "" {
				t.Errorf("records (-want +got):\n%s\n%v", diff, answer.Err)
			}
		})
	}
}

// forged makes the packet of a reply that was changed.
func forged(t *testing.T, reply func(*dns.Msg) *dns.Msg, change func(*dns.Msg)) func(*dns.Msg) []byte {
	t.Helper()
	return func(query *dns.Msg) []byte {
		message := reply(query.Copy())
		change(message)
		return pack(t, message)
	}
}

func TestAnswerWithAWrongTransactionIDIsATimeout(t *testing.T) {
	t.Parallel()
	truth := reply(t, dns.RcodeSuccess, "comune.example. 300 IN A 192.0.2.1")
	server := packetServer(t, func(query *dns.Msg) [][]byte {
		message := truth(query)
		message.Id++
		return [][]byte{pack(t, message)}
	})
	answer := session(server).Ask(t.Context(), "comune.example", dns.TypeA)
	if got := network.Problem(answer.Err); got != "timeout" || len(answer.Records) != 0 {
		t.Errorf("problem %q, want timeout: %v", got, answer.Err)
	}
}

func TestFloodOfForgedPacketsEnds(t *testing.T) {
	t.Parallel()
	server := packetServer(t, func(*dns.Msg) [][]byte { return slices.Repeat([][]byte{{1, 2, 3}}, 100) })
	answer := session(server).Ask(t.Context(), "comune.example", dns.TypeA)
	want := "malformed: " + server.Address.String() + " sent only answers to other questions"
	if answer.Err == nil || answer.Err.Error() != want {
		t.Errorf("got %v, want %s", answer.Err, want)
	}
}

func TestAnswerToAnotherQuestionOverTCPIsMalformed(t *testing.T) {
	t.Parallel()
	server := serve(t, func(_ int, network string, query *dns.Msg) *dns.Msg {
		message := new(dns.Msg).SetReply(query)
		message.Truncated = network == "udp"
		if network == "tcp" {
			message.Question[0].Name = "other.example."
		}
		return message
	})
	answer := session(server).Ask(t.Context(), "comune.example", dns.TypeA)
	want := "malformed: " + server.Address.String() + " did not answer the question"
	if answer.Err == nil || answer.Err.Error() != want {
		t.Errorf("got %v, want %s", answer.Err, want)
	}
}

func TestServerWithAnExcuseIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	good := reply(t, dns.RcodeSuccess, "comune.example. 300 IN A 192.0.2.1")
	tests := map[string]struct{ rcode int }{
		"servfail": {dns.RcodeServerFailure},
		"refused":  {dns.RcodeRefused},
	}
	for name, test := range tests {
		t.Run(name+"-then-another-answers", func(t *testing.T) {
			t.Parallel()
			first, second := serve(t, always(reply(t, test.rcode))), serve(t, always(good))
			answer := session(first, second).Ask(t.Context(), "comune.example", dns.TypeA)
			if diff := cmp.Diff([]string{"192.0.2.1"}, rdata(answer)); diff != "" {
				t.Errorf("records (-want +got):\n%s\n%v", diff, answer.Err)
			}
			if len(first.received()) != 1 || len(second.received()) != 1 {
				t.Errorf("asked %q and %q, want each once", first.received(), second.received())
			}
		})
		t.Run(name+"-everywhere", func(t *testing.T) {
			t.Parallel()
			first, second := serve(t, always(reply(t, test.rcode))), serve(t, always(reply(t, test.rcode)))
			answer := session(first, second).Ask(t.Context(), "comune.example", dns.TypeA)
			if got := network.Problem(answer.Err); got != name {
				t.Errorf("problem %q, want %s", got, name)
			}
			if absent, _ := answer.Denied(); absent {
				t.Error("an excuse was taken for a no")
			}
			if len(first.received()) != 1 || len(second.received()) != 1 {
				t.Errorf("asked %q and %q, want each once", first.received(), second.received())
			}
		})
	}
}

func TestServerThatDoesNotKnowEDNSIsAskedOnceWithout(t *testing.T) {
	t.Parallel()
	good := reply(t, dns.RcodeSuccess, "comune.example. 300 IN A 192.0.2.1")
	tests := map[string]func(*dns.Msg) *dns.Msg{
		"formerr": reply(t, dns.RcodeFormatError),
		"notimp":  reply(t, dns.RcodeNotImplemented),
		"formerr-without-the-question": func(query *dns.Msg) *dns.Msg {
			message := new(dns.Msg).SetRcodeFormatError(query)
			message.Question = nil
			return message
		},
	}
	for name, complaint := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(_ int, _ string, query *dns.Msg) *dns.Msg {
				if query.IsEdns0() != nil {
					return complaint(query)
				}
				return good(query)
			})
			answer := session(server).Ask(t.Context(), "comune.example", dns.TypeA)
			if diff := cmp.Diff([]string{"192.0.2.1"}, rdata(answer)); diff != "" {
				t.Errorf("records (-want +got):\n%s\n%v", diff, answer.Err)
			}
			if got := len(server.received()); got != 2 {
				t.Errorf("%d questions, want 2", got)
			}
		})
	}
	t.Run("formerr-for-everything", func(t *testing.T) {
		t.Parallel()
		server := serve(t, always(reply(t, dns.RcodeFormatError)))
		answer := session(server).Ask(t.Context(), "comune.example", dns.TypeA)
		if want := "malformed: the resolver answered FORMERR"; answer.Err == nil || answer.Err.Error() != want {
			t.Errorf("got %v, want %s", answer.Err, want)
		}
		if got := len(server.received()); got != 2 {
			t.Errorf("%d questions, want 2", got)
		}
	})
}

// A referral is no denial: whoever gives it was not asked to look further.
func TestReferralIsNotADenial(t *testing.T) {
	t.Parallel()
	delegation := parse(t, "example. 300 IN NS ns.example.")
	server := serve(t, func(_ int, _ string, query *dns.Msg) *dns.Msg {
		message := new(dns.Msg).SetReply(query)
		message.Ns = delegation
		return message
	})
	answer := session(server).Ask(t.Context(), "comune.example", dns.TypeA)
	if absent, _ := answer.Denied(); absent || network.Problem(answer.Err) != "malformed" {
		t.Errorf("absent %v, %v; want malformed", absent, answer.Err)
	}
}
