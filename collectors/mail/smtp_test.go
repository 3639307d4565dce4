package mail

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"campanile/collectors/evidence"
)

// oneMX is a domain with one exchanger at one address.
var oneMX = []string{"comune.test. 300 IN MX 10 mx.comune.test.", "mx.comune.test. 300 IN A 192.0.2.25"}

const (
	hello    = "220 mx.comune.test ESMTP\r\n"
	withTLS  = "250-mx.comune.test\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 8BITMIME\r\n"
	ready    = "220 go ahead\r\n"
	farewell = "221 bye\r\n"
)

func TestServerThatOffersSTARTTLS(t *testing.T) {
	t.Parallel()
	l := newLab(t, oneMX...)
	p := &postman{
		greeting: "220-welcome\r\n220 mx.comune.test ESMTP\r\n",
		replies:  map[string]string{"EHLO": withTLS, "STARTTLS": ready},
		tls:      l.authority.issue(t, "mx.comune.test", now.Add(time.Hour)),
	}
	l.serve(t, "192.0.2.25:25", p.script)
	got, _ := Collect(t.Context(), l.session(), l.request())
	want := evidence.Exchange{
		Host: "mx.comune.test", Preference: 10, Addresses: evidence.SeenAt(now),
		Servers: []evidence.Server{{
			Address: "192.0.2.25", Observation: evidence.SeenAt(now), Banner: "welcome",
			Extensions: []string{"8BITMIME", "SIZE", "STARTTLS"}, StartTLS: evidence.SeenAt(now),
		}},
	}
	if diff := cmp.Diff([]evidence.Exchange{want}, got.Exchanges, cmpopts.IgnoreFields(evidence.Server{}, "TLS", "Reverse")); diff != "" {
		t.Fatalf("exchanges (-want +got):\n%s", diff)
	}
	shown := got.Exchanges[0].Servers[0].TLS
	if shown.State != evidence.Seen || len(shown.Certificates) != 1 || shown.Trust.State != evidence.Seen || shown.Trust.Match != evidence.Seen {
		t.Errorf("handshake = %+v, want a trusted certificate for the host", shown)
	}
	if diff := cmp.Diff([]string{"EHLO scanner.example", "STARTTLS", "QUIT"}, p.said()); diff != "" {
		t.Errorf("what the server heard (-want +got):\n%s", diff)
	}
}

func TestSession(t *testing.T) {
	t.Parallel()
	unknown := func(why evidence.Problem) evidence.Observation {
		return evidence.Observation{State: evidence.Unknown, Problem: why, At: now}
	}
	seen, absent, notAsked := evidence.SeenAt(now), evidence.AbsentAt(now), evidence.Observation{}
	for name, test := range map[string]struct {
		postman  *postman
		session  evidence.Observation
		startTLS evidence.Observation
		tls      evidence.Observation
		heard    []string
	}{
		"starttls-not-offered": {
			postman: &postman{greeting: hello, replies: map[string]string{"EHLO": "250-mx\r\n250 SIZE 1000\r\n", "QUIT": farewell}},
			session: seen, startTLS: absent,
			heard: []string{"EHLO scanner.example", "QUIT"},
		},
		"ehlo-without-extensions": {
			postman: &postman{greeting: "220\r\n", replies: map[string]string{"EHLO": "250\r\n"}},
			session: seen, startTLS: absent,
			heard: []string{"EHLO scanner.example", "QUIT"},
		},
		"server-that-knows-helo-only": {
			postman: &postman{greeting: hello, replies: map[string]string{"EHLO": "502 what?\r\n", "HELO": "250 hi\r\n"}},
			session: seen, startTLS: absent,
			heard: []string{"EHLO scanner.example", "HELO scanner.example", "QUIT"},
		},
		"server-that-takes-neither": {
			postman: &postman{greeting: hello, replies: map[string]string{"EHLO": "500 what?\r\n", "HELO": "550 no\r\n"}},
			session: unknown(evidence.Refused), startTLS: notAsked,
			heard: []string{"EHLO scanner.example", "HELO scanner.example", "QUIT"},
		},
		"too-many-connections": {
			postman: &postman{greeting: "421 too many connections\r\n"},
			session: unknown(evidence.RateLimited), startTLS: notAsked, heard: []string{"QUIT"},
		},
		"greylisted": {
			postman: &postman{greeting: "450 come back later\r\n"},
			session: unknown(evidence.RateLimited), startTLS: notAsked, heard: []string{"QUIT"},
		},
		"no-smtp-service-here": {
			postman: &postman{greeting: "554 no SMTP service here\r\n"},
			session: unknown(evidence.Refused), startTLS: notAsked, heard: []string{"QUIT"},
		},
		"our-address-is-on-a-list": {
			postman: &postman{greeting: "554-5.7.1 Your address\r\n554 is BLOCKED, see list.example\r\n"},
			session: unknown(evidence.Firewall), startTLS: notAsked, heard: []string{"QUIT"},
		},
		"greeting-of-another-success": {
			postman: &postman{greeting: "250 hello\r\n"},
			session: unknown(evidence.Malformed), startTLS: notAsked, heard: []string{"QUIT"},
		},
		"name-refused": {
			postman: &postman{greeting: hello, replies: map[string]string{"EHLO": "550 who are you\r\n"}},
			session: unknown(evidence.Refused), startTLS: notAsked, heard: []string{"EHLO scanner.example", "QUIT"},
		},
		"busy-after-the-greeting": {
			postman: &postman{greeting: hello, replies: map[string]string{"EHLO": "421 shutting down\r\n"}},
			session: unknown(evidence.RateLimited), startTLS: notAsked, heard: []string{"EHLO scanner.example", "QUIT"},
		},
		"tls-not-available-for-the-moment": {
			postman: &postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": "454 not now\r\n"}},
			session: seen, startTLS: unknown(evidence.ServerBusy), heard: []string{"EHLO scanner.example", "STARTTLS", "QUIT"},
		},
		"told-to-slow-down-at-starttls": {
			postman: &postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": "421 slow down\r\n"}},
			session: seen, startTLS: unknown(evidence.RateLimited), heard: []string{"EHLO scanner.example", "STARTTLS", "QUIT"},
		},
		"starttls-offered-and-refused": {
			postman: &postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": "502 no\r\n"}},
			session: seen, startTLS: unknown(evidence.Refused), heard: []string{"EHLO scanner.example", "STARTTLS", "QUIT"},
		},
		"words-in-the-clear-before-the-handshake": {
			postman: &postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": ready + "250 injected\r\n"}},
			session: seen, startTLS: seen, tls: unknown(evidence.Malformed), heard: []string{"EHLO scanner.example", "STARTTLS"},
		},
		"no-tls-behind-starttls": {
			postman: &postman{greeting: hello, replies: map[string]string{"EHLO": withTLS, "STARTTLS": ready}, tls: new(tls.Config)},
			session: seen, startTLS: seen, tls: unknown(evidence.TLSAlert), heard: []string{"EHLO scanner.example", "STARTTLS"},
		},
		"firewall-crosses-out-the-extensions": {
			postman: &postman{greeting: hello, replies: map[string]string{"EHLO": "250-mx\r\n250-XXXXXXXA\r\n250 SIZE\r\n"}},
			session: seen, startTLS: unknown(evidence.Firewall), heard: []string{"EHLO scanner.example", "QUIT"},
		},
		"firewall-stars-out-the-banner": {
			postman: &postman{greeting: "220 ***********2***\r\n", replies: map[string]string{"EHLO": "502 no\r\n", "HELO": "250 hi\r\n"}},
			session: seen, startTLS: unknown(evidence.Firewall), heard: []string{"EHLO scanner.example", "HELO scanner.example", "QUIT"},
		},
		"another-protocol": {
			postman: &postman{greeting: "SSH-2.0-OpenSSH_9.2\r\n"},
			session: unknown(evidence.Malformed), startTLS: notAsked,
		},
		"lines-of-one-reply-disagree": {
			postman: &postman{greeting: "220-hello\r\n554 go away\r\n"},
			session: unknown(evidence.Malformed), startTLS: notAsked,
		},
		"code-that-is-no-number": {
			postman: &postman{greeting: "2x0 hello\r\n"},
			session: unknown(evidence.Malformed), startTLS: notAsked,
		},
		"code-glued-to-the-text": {
			postman: &postman{greeting: "220hello\r\n"},
			session: unknown(evidence.Malformed), startTLS: notAsked,
		},
		"line-without-end": {
			postman: &postman{greeting: "220 " + strings.Repeat("x", 5000)},
			session: unknown(evidence.TooLarge), startTLS: notAsked,
		},
		"lines-without-end": {
			postman: &postman{greeting: strings.Repeat("220-and so on\r\n", 200)},
			session: unknown(evidence.TooLarge), startTLS: notAsked,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, oneMX...)
			l.serve(t, "192.0.2.25:25", test.postman.script)
			mail, _ := Collect(t.Context(), l.session(), l.request())
			got := mail.Exchanges[0].Servers[0]
			ignore := cmpopts.IgnoreFields(evidence.Observation{}, "Detail")
			for what, pair := range map[string][2]evidence.Observation{
				"session": {test.session, got.Observation}, "starttls": {test.startTLS, got.StartTLS}, "tls": {test.tls, got.TLS.Observation},
			} {
				if diff := cmp.Diff(pair[0], pair[1], ignore); diff != "" {
					t.Errorf("%s (-want +got), detail %q:\n%s", what, pair[1].Detail, diff)
				}
			}
			if diff := cmp.Diff(test.heard, test.postman.said()); diff != "" {
				t.Errorf("what the server heard (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConnectionThatBreaks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script func(net.Conn)
		want   evidence.Problem
	}{
		"hung-up-before-the-greeting": {func(net.Conn) {}, evidence.Closed},
		"hung-up-inside-a-line":       {func(c net.Conn) { _, _ = fmt.Fprint(c, "220 mx.comu") }, evidence.Closed},
		"hung-up-inside-a-reply":      {func(c net.Conn) { _, _ = fmt.Fprint(c, "220-mx\r\n") }, evidence.Closed},
		"hung-up-at-the-introduction": {func(c net.Conn) {
			_, _ = fmt.Fprint(c, hello)
			_, _ = bufio.NewReader(c).ReadString('\n')
		}, evidence.Closed},
		"reset": {func(c net.Conn) {
			_ = c.(*net.TCPConn).SetLinger(0)
		}, evidence.Reset},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, oneMX...)
			l.serve(t, "192.0.2.25:25", test.script)
			mail, _ := Collect(t.Context(), l.session(), l.request())
			got := mail.Exchanges[0].Servers[0]
			if got.State != evidence.Unknown || got.Problem != test.want || got.StartTLS.State != evidence.NotAsked {
				t.Errorf("server = %+v, want unknown by %s and STARTTLS not asked", got, test.want)
			}
			if strings.Contains(got.Detail, "127.0.0.1") {
				t.Errorf("detail = %q: our own port differs each time", got.Detail)
			}
		})
	}
}

func TestHangingUpAtSTARTTLSIsNoAbsence(t *testing.T) {
	t.Parallel()
	l := newLab(t, oneMX...)
	l.serve(t, "192.0.2.25:25", func(c net.Conn) {
		in := bufio.NewReader(c)
		_, _ = fmt.Fprint(c, hello)
		_, _ = in.ReadString('\n')
		_, _ = fmt.Fprint(c, withTLS)
		_, _ = in.ReadString('\n')
	})
	mail, _ := Collect(t.Context(), l.session(), l.request())
	got := mail.Exchanges[0].Servers[0]
	if got.State != evidence.Seen || got.StartTLS.State != evidence.Unknown || got.StartTLS.Problem != evidence.Closed {
		t.Errorf("server = %+v, want seen, and STARTTLS unknown", got)
	}
}

func TestClosedPortIsNoVerdict(t *testing.T) {
	t.Parallel()
	l := newLab(t, oneMX...)
	mail, _ := Collect(t.Context(), l.session(), l.request())
	got := mail.Exchanges[0].Servers[0]
	if got.State != evidence.Unknown || got.Problem != evidence.Refused {
		t.Errorf("server = %+v, want unknown, refused", got.Observation)
	}
}

func TestKeywords(t *testing.T) {
	t.Parallel()
	lines := []string{"size 1000", "STARTTLS ", "starttls", "AUTH=LOGIN", "", "-X", strings.Repeat("A", 65), "\x1b[31mRED", "XCLIENT NAME"}
	if diff := cmp.Diff([]string{"SIZE", "STARTTLS", "XCLIENT"}, keywords(lines)); diff != "" {
		t.Errorf("keywords (-want +got):\n%s", diff)
	}
}
