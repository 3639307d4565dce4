package mail

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
	ours "campanile/collectors/tls"
)

// announced is a domain with an MTA-STS record and a policy host.
var announced = []string{
	"comune.test. 300 IN TXT \"v=spf1 -all\"",
	"_mta-sts.comune.test. 300 IN TXT \"v=STSv1; id=20261122\"",
	"mta-sts.comune.test. 300 IN A 192.0.2.80",
}

const (
	policyURL = "https://mta-sts.comune.test/.well-known/mta-sts.txt"
	policyTXT = "version: STSv1\nmode: enforce\nmx: mx.comune.test\nmax_age: 604800\n"
)

// host lets an HTTPS server stand at the address.
func (l *lab) host(t *testing.T, address string, settings *tls.Config, handler http.HandlerFunc) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(t.Output(), "", 0)
	server.TLS = settings
	server.StartTLS()
	t.Cleanup(server.Close)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.servers[netip.MustParseAddrPort(address)] = server.Listener.Addr().String()
}

// redirecting sends whoever asks for the policy elsewhere, and nobody may follow.
func redirecting(t *testing.T, code int) http.HandlerFunc {
	t.Helper()
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/.well-known/mta-sts.txt" {
			t.Errorf("the redirect to %s was followed", r.URL)
		}
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(code)
	}
}

func TestPolicyFile(t *testing.T) {
	t.Parallel()
	plain := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = fmt.Fprint(w, policyTXT)
	}
	answering := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", status) }
	}
	unknown := func(why evidence.Problem) evidence.Observation {
		return evidence.Observation{State: evidence.Unknown, Problem: why, At: now}
	}
	const errorType = "text/plain; charset=utf-8"
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		name    string                            // of the certificate; default: the policy host's
		until   time.Time                         // of the certificate; default: an hour from now
		adjust  func(t *testing.T, c *tls.Config) // the server's settings
		want    evidence.Policy
		detail  string
	}{
		"policy": {
			handler: plain,
			want:    evidence.Policy{Observation: evidence.SeenAt(now), Status: 200, ContentType: "text/plain", Body: policyTXT},
		},
		"not-found": {
			handler: answering(404),
			want:    evidence.Policy{Observation: evidence.AbsentAt(now), Status: 404, ContentType: errorType},
		},
		"gone": {
			handler: answering(410),
			want:    evidence.Policy{Observation: evidence.AbsentAt(now), Status: 410, ContentType: errorType},
		},
		"forbidden-may-be-about-us": {
			handler: answering(403),
			want:    evidence.Policy{Observation: unknown(evidence.Firewall), Status: 403, ContentType: errorType},
		},
		"told-to-slow-down": {
			handler: answering(429),
			want:    evidence.Policy{Observation: unknown(evidence.RateLimited), Status: 429, ContentType: errorType},
		},
		"server-broken": {
			handler: answering(503),
			want:    evidence.Policy{Observation: unknown(evidence.ServerBusy), Status: 503, ContentType: errorType},
		},
		"status-that-says-nothing": {
			handler: answering(418),
			want:    evidence.Policy{Observation: unknown(evidence.Malformed), Status: 418, ContentType: errorType},
		},
		"redirect-is-not-followed": {
			handler: redirecting(t, http.StatusFound),
			want:    evidence.Policy{Observation: unknown(evidence.Malformed), Status: 302}, detail: "must not follow",
		},
		"moved-for-good-is-not-there": {
			handler: redirecting(t, http.StatusMovedPermanently),
			want:    evidence.Policy{Observation: evidence.AbsentAt(now), Status: 301},
		},
		"moved-for-good-in-other-words": {
			handler: redirecting(t, http.StatusPermanentRedirect),
			want:    evidence.Policy{Observation: evidence.AbsentAt(now), Status: 308},
		},
		"certificate-of-another-name": {
			handler: plain, name: "www.comune.test",
			want: evidence.Policy{Observation: unknown(evidence.Malformed)}, detail: "valid for www.comune.test",
		},
		"certificate-expired": {
			handler: plain, until: now.Add(-time.Second),
			want: evidence.Policy{Observation: unknown(evidence.Malformed)}, detail: "expired",
		},
		"certificate-of-a-stranger": {
			handler: plain,
			adjust: func(t *testing.T, c *tls.Config) {
				t.Helper()
				c.Certificates = newAuthority(t).issue(t, "mta-sts.comune.test", now.Add(time.Hour)).Certificates
			},
			want: evidence.Policy{Observation: unknown(evidence.Malformed)}, detail: "authority",
		},
		"version-that-senders-do-not-speak": {
			handler: plain,
			adjust:  func(_ *testing.T, c *tls.Config) { c.MaxVersion = tls.VersionTLS11 },
			want:    evidence.Policy{Observation: unknown(evidence.Malformed)}, detail: "TLS 1.1 at best",
		},
		"server-ends-the-handshake": {
			handler: plain,
			adjust: func(_ *testing.T, c *tls.Config) {
				c.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, errors.New("no such site") }
			},
			want: evidence.Policy{Observation: unknown(evidence.TLSAlert)},
		},
		"longer-than-senders-read": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprint(w, strings.Repeat("x", evidence.MaxPolicy+1))
			},
			want: evidence.Policy{Observation: unknown(evidence.TooLarge), Status: 200, ContentType: errorType},
		},
		"as-long-as-senders-read": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprint(w, strings.Repeat("x", evidence.MaxPolicy))
			},
			want: evidence.Policy{Observation: evidence.SeenAt(now), Status: 200, ContentType: errorType, Body: strings.Repeat("x", evidence.MaxPolicy)},
		},
		"body-without-end": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				for {
					if _, err := fmt.Fprint(w, strings.Repeat("mx: a.example\n", 1000)); err != nil {
						return
					}
				}
			},
			want: evidence.Policy{Observation: unknown(evidence.TooLarge), Status: 200, ContentType: errorType},
		},
		"body-cut-off": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "1000")
				_, _ = fmt.Fprint(w, "version: STSv1\n")
			},
			want: evidence.Policy{Observation: unknown(evidence.Closed), Status: 200, ContentType: errorType},
		},
		"headers-without-end": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				for i := range 2000 {
					w.Header().Add("X-Padding", fmt.Sprint(i, strings.Repeat("x", 100)))
				}
			},
			want: evidence.Policy{Observation: unknown(evidence.TooLarge)},
		},
		"bytes-that-are-no-text": {
			handler: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/octet-stream")
				_, _ = w.Write([]byte{'v', 0xff, 0xfe, '\n'})
			},
			want: evidence.Policy{Observation: evidence.SeenAt(now), Status: 200, ContentType: "application/octet-stream", Body: "v\uFFFD\n"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, announced...)
			if test.name == "" {
				test.name = "mta-sts.comune.test"
			}
			if test.until.IsZero() {
				test.until = now.Add(time.Hour)
			}
			settings := l.authority.issue(t, test.name, test.until)
			settings.MinVersion = tls.VersionTLS10
			if test.adjust != nil {
				test.adjust(t, settings)
			}
			l.host(t, "192.0.2.80:443", settings, test.handler)
			mail, _ := Collect(t.Context(), l.session(), l.request())
			test.want.URL = policyURL
			if diff := cmp.Diff(test.want, mail.Policy, cmpopts.IgnoreFields(evidence.Observation{}, "Detail"), cmpopts.IgnoreFields(evidence.Policy{}, "TLS")); diff != "" {
				t.Errorf("policy (-want +got), detail %q:\n%s", mail.Policy.Detail, diff)
			}
			if !strings.Contains(mail.Policy.Detail, test.detail) {
				t.Errorf("detail = %q, want it to say %q", mail.Policy.Detail, test.detail)
			}
		})
	}
}

func TestPolicyRequestSaysWhoAsks(t *testing.T) {
	t.Parallel()
	l := newLab(t, announced...)
	agents := make(chan string, 1)
	l.host(t, "192.0.2.80:443", l.authority.issue(t, "mta-sts.comune.test", now.Add(time.Hour)), func(_ http.ResponseWriter, r *http.Request) {
		agents <- r.Host + " " + r.Method + " " + r.UserAgent()
	})
	s := l.session()
	Collect(t.Context(), s, l.request())
	close(agents)
	if got, want := <-agents, "mta-sts.comune.test GET Campanile test"; got != want {
		t.Errorf("request = %q, want %q", got, want)
	}
	if n := s.Sent().Requests; n != 1 {
		t.Errorf("%d requests counted, want 1", n)
	}
}

func TestPolicyHost(t *testing.T) {
	t.Parallel()
	unknown := func(why evidence.Problem, url string) evidence.Policy {
		return evidence.Policy{Observation: evidence.Observation{State: evidence.Unknown, Problem: why, At: now}, URL: url}
	}
	for name, test := range map[string]struct {
		lines   []string
		arrange func(t *testing.T, l *lab)
		want    evidence.Policy
	}{
		"no-record-no-question": {
			lines: []string{"comune.test. 300 IN TXT \"v=spf1 -all\"", "mta-sts.comune.test. 300 IN A 192.0.2.80"},
			want:  evidence.Policy{},
		},
		"another-text-is-no-record": {
			lines: []string{"_mta-sts.comune.test. 300 IN TXT \"v=STSv2\"", "mta-sts.comune.test. 300 IN A 192.0.2.80"},
			want:  evidence.Policy{},
		},
		"record-not-known": {
			lines: announced,
			arrange: func(_ *testing.T, l *lab) {
				l.dns.Say("_mta-sts.comune.test. TXT", dnstest.Reply{Rcode: dns.RcodeServerFailure})
			},
			want: evidence.Policy{Observation: evidence.Observation{Problem: evidence.DependsOnOther}},
		},
		"policy-host-without-address": {
			lines: announced[:2], want: unknown(evidence.NoAddress, policyURL),
		},
		"address-of-the-policy-host-not-known": {
			lines: announced[:2],
			arrange: func(_ *testing.T, l *lab) {
				l.dns.Say("mta-sts.comune.test. AAAA", dnstest.Reply{Rcode: dns.RcodeServerFailure})
			},
			want: unknown(evidence.ServFail, policyURL),
		},
		"nobody-listens": {
			lines: announced, want: unknown(evidence.Refused, policyURL),
		},
		"second-address-answers": {
			lines: append([]string{"mta-sts.comune.test. 300 IN A 192.0.2.79"}, announced...),
			arrange: func(t *testing.T, l *lab) {
				t.Helper()
				l.host(t, "192.0.2.80:443", l.authority.issue(t, "mta-sts.comune.test", now.Add(time.Hour)), http.NotFound)
			},
			want: evidence.Policy{Observation: evidence.AbsentAt(now), URL: policyURL, Status: 404, ContentType: "text/plain; charset=utf-8"},
		},
		"first-failure-is-kept": {
			lines: append([]string{"mta-sts.comune.test. 300 IN A 192.0.2.79"}, announced...),
			arrange: func(t *testing.T, l *lab) {
				t.Helper()
				l.serve(t, "192.0.2.80:443", func(net.Conn) {})
			},
			want: unknown(evidence.Refused, policyURL),
		},
		"no-http-behind-the-handshake": {
			lines: announced,
			arrange: func(t *testing.T, l *lab) {
				t.Helper()
				settings := l.authority.issue(t, "mta-sts.comune.test", now.Add(time.Hour))
				l.serve(t, "192.0.2.80:443", func(c net.Conn) {
					_, _ = fmt.Fprint(tls.Server(c, settings), "220 wrong door\r\n")
				})
			},
			want: unknown(evidence.Malformed, policyURL),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, test.lines...)
			if test.arrange != nil {
				test.arrange(t, l)
			}
			mail, _ := Collect(t.Context(), l.session(), l.request())
			if diff := cmp.Diff(test.want, mail.Policy, cmpopts.IgnoreFields(evidence.Observation{}, "Detail"), cmpopts.IgnoreFields(evidence.Policy{}, "TLS")); diff != "" {
				t.Errorf("policy (-want +got), detail %q:\n%s", mail.Policy.Detail, diff)
			}
			if test.want.URL == "" && len(l.dialled) > 0 {
				t.Errorf("dialled %v, want nothing", l.dialled)
			}
		})
	}
}

func TestWithoutRootsNobodyIsTrusted(t *testing.T) {
	t.Parallel()
	l := newLab(t, announced...)
	l.host(t, "192.0.2.80:443", l.authority.issue(t, "mta-sts.comune.test", now.Add(time.Hour)), http.NotFound)
	r := l.request()
	r.Roots = ours.Roots{}
	mail, _ := Collect(t.Context(), l.session(), r)
	if got := mail.Policy; got.Problem != evidence.Malformed || !strings.Contains(got.Detail, "authority") {
		t.Errorf("policy = %+v, want a chain to nobody", got.Observation)
	}
}

// What was wrong with the certificate stands beside the policy.
func TestCertificateOfThePolicyHostIsKept(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		name         string
		until        time.Time
		stranger     bool
		trust, match evidence.State
	}{
		"in-order":   {"mta-sts.comune.test", now.Add(time.Hour), false, evidence.Seen, evidence.Seen},
		"wrong-name": {"www.comune.test", now.Add(time.Hour), false, evidence.Seen, evidence.Absent},
		"expired":    {"mta-sts.comune.test", now.Add(-time.Second), false, evidence.Seen, evidence.Seen},
		"untrusted":  {"mta-sts.comune.test", now.Add(time.Hour), true, evidence.Absent, evidence.Seen},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, announced...)
			authority := l.authority
			if test.stranger {
				authority = newAuthority(t)
			}
			asked := make(chan string, 4)
			l.host(t, "192.0.2.80:443", authority.issue(t, test.name, test.until), func(w http.ResponseWriter, r *http.Request) {
				asked <- r.URL.Path
				_, _ = fmt.Fprint(w, policyTXT)
			})
			mail, _ := Collect(t.Context(), l.session(), l.request())
			close(asked)
			got := mail.Policy.TLS
			if got.State != evidence.Seen || got.Trust.State != test.trust || got.Trust.Match != test.match {
				t.Errorf("handshake = %+v %+v, want trust %s, match %s", got.Observation, got.Trust, test.trust, test.match)
			}
			if len(got.Certificates) != 1 || !got.Certificates[0].NotAfter.Equal(test.until) {
				t.Errorf("certificates = %+v, want the one presented", got.Certificates)
			}
			sound := name == "in-order"
			if (mail.Policy.State == evidence.Seen) != sound || (len(asked) > 0) != sound {
				t.Errorf("policy = %+v, asked %d times: it counts over a valid connection alone", mail.Policy.Observation, len(asked))
			}
		})
	}
}

func TestIPv6OfThePolicyHostOnlyWhereIPv4LeadsNowhere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		four, hangsUp bool
		want          string
	}{"ipv4-answers": {true, false, "A"}, "ipv4-does-not": {false, false, "A AAAA"}, "ipv4-hangs-up": {true, true, "A"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, append(slices.Clone(announced), "mta-sts.comune.test. 300 IN AAAA 2001:db8::80")...)
			at := "[2001:db8::80]:443"
			if test.four {
				at = "192.0.2.80:443"
			}
			l.host(t, at, l.authority.issue(t, "mta-sts.comune.test", now.Add(time.Hour)), http.NotFound)
			if test.hangsUp {
				l.serve(t, at, func(net.Conn) {})
			}
			mail, lookups := Collect(t.Context(), l.session(), l.request())
			if (mail.Policy.State == evidence.Absent) == test.hangsUp {
				t.Errorf("policy = %+v", mail.Policy.Observation)
			}
			var kinds []string
			for _, l := range lookups {
				if l.Name == "mta-sts.comune.test" {
					kinds = append(kinds, l.Type)
				}
			}
			if diff := cmp.Diff(test.want, strings.Join(kinds, " ")); diff != "" {
				t.Errorf("questions (-want +got):\n%s", diff)
			}
		})
	}
}
