package lab

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/network"
)

// reach resolves a host in the lab and connects to its first address.
func reach(ctx context.Context, s *network.Session, host string, port uint16) (net.Conn, error) {
	addresses, err := s.Addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	if len(addresses) == 0 {
		return nil, errors.New("no address")
	}
	return s.Dial(ctx, netip.AddrPortFrom(addresses[0], port))
}

// visitor is a client that follows no redirect and trusts the lab's root; where
// careless is set it takes any certificate.
func visitor(t *testing.T, l *Lab, careless bool) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(l.CA()) {
		t.Fatal("the lab's root does not read")
	}
	session := l.Network().Session()
	transport := &http.Transport{
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: 1 << 16,
		TLSClientConfig: &tls.Config{
			RootCAs: roots, MinVersion: tls.VersionTLS10, CipherSuites: everySuite(), InsecureSkipVerify: careless,
			Time: func() time.Time { return l.now },
		},
		DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			number, err := strconv.ParseUint(port, 10, 16)
			if err != nil {
				return nil, err
			}
			return reach(ctx, session, host, uint16(number))
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// everySuite lists the suites of crypto/tls, those for servers of long ago
// included.
func everySuite() []uint16 {
	var list []uint16
	for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		list = append(list, suite.ID)
	}
	return list
}

// shown is what a visitor got to see.
type shown struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
	body    string
	version uint16 // of TLS
}

func get(t *testing.T, client *http.Client, address string) (shown, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		return shown{}, err
	}
	defer shut(t, response.Body)
	body, err := io.ReadAll(response.Body)
	page := shown{status: response.StatusCode, header: response.Header, cookies: response.Cookies(), body: string(body)}
	if response.TLS != nil {
		page.version = response.TLS.Version
	}
	return page, err
}

func TestSitesAnswerAsTheirTownsAre(t *testing.T) {
	t.Parallel()
	l := raised(t)
	client := visitor(t, l, true)
	tests := map[string]struct {
		address  string
		status   int
		location string
		holds    string
	}{
		"exemplary home":                {"https://comune.roccafinta.campanile.test/", 200, "", `href="https://form.agid.gov.it/c_x001/comune_di_roccafinta/dichiarazione"`},
		"exemplary redirect":            {"http://comune.roccafinta.campanile.test/servizi?a=1", 301, "https://comune.roccafinta.campanile.test/servizi?a=1", ""},
		"exemplary www, own host first": {"http://www.comune.roccafinta.campanile.test/", 301, "https://www.comune.roccafinta.campanile.test/", ""},
		"exemplary www":                 {"https://www.comune.roccafinta.campanile.test/", 301, "https://comune.roccafinta.campanile.test/", ""},
		"exemplary security.txt":        {"https://comune.roccafinta.campanile.test/.well-known/security.txt", 200, "", "Expires: 2027-05-22T00:00:00Z\r\n"},
		"exemplary mail policy":         {"https://mta-sts.comune.roccafinta.campanile.test/.well-known/mta-sts.txt", 200, "", "mode: enforce\r\nmx: mx1.comune.roccafinta"},
		"inner page":                    {"https://comune.roccafinta.campanile.test/privacy", 200, "", "<h1>Informativa privacy</h1>"},
		"page that is not there":        {"https://comune.roccafinta.campanile.test/wp-login.php", 404, "", ""},
		"abandoned over http":           {"http://www.comune.borgodimenticato.campanile.test/", 200, "", "12 marzo 2016"},
		"abandoned over https":          {"https://comune.borgodimenticato.campanile.test/", 200, "", "12 marzo 2016"},
		"first twin":                    {"https://www.comune.gemellodisopra.campanile.test/", 200, "", "Dichiarazione di accessibilità"},
		"second twin, same address":     {"https://comune.gemellodisotto.campanile.test/", 200, "", "Comune di Gemello di Sotto"},
		"no redirect":                   {"http://comune.montebugia.campanile.test/", 200, "", "Comune di Montebugia"},
		"http only":                     {"http://comune.castelfandonia.campanile.test/", 200, "", "Comune di Castelfandonia"},
		"French":                        {"https://www.commune-de-fable.campanile.test/", 200, "", "Mentions légales"},
		"French inner page":             {"https://commune-de-fable.campanile.test/mentions-legales", 200, "", `<html lang="fr">`},
		"firewall over http":            {"http://comune.portachiusa.campanile.test/", 403, "", "web application firewall"},
		"firewall over https":           {"https://www.comune.portachiusa.campanile.test/.well-known/security.txt", 403, "", "blocked"},
		"loop":                          {"http://www.comune.selvastregata.campanile.test/sentiero", 302, "/sentiero", ""},
		"traps for terminals":           {"https://www.comune.selvastregata.campanile.test/", 200, "", `<script>alert("selva")</script>`},
		"missing intermediate":          {"http://ca.campanile.test/intermediate.cer", 200, "", "Campanile Lab Intermediate"},
		"host of somebody else":         {"http://nuvolette.campanile.test/", 0, "", ""},
	}
	for name, test := range tests {
		page, err := get(t, client, test.address)
		if test.status == 0 {
			if err == nil {
				t.Errorf("%s: status %d, want no answer", name, page.status)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if page.status != test.status || page.header.Get("Location") != test.location {
			t.Errorf("%s: %d to %q, want %d to %q", name, page.status, page.header.Get("Location"), test.status, test.location)
		}
		if !strings.Contains(page.body, test.holds) {
			t.Errorf("%s: the body lacks %q", name, test.holds)
		}
	}
}

func TestPagesLackWhatIsPlanted(t *testing.T) {
	t.Parallel()
	l := raised(t)
	client := visitor(t, l, true)
	for address, lacking := range map[string]string{
		"https://comune.gemellodisotto.campanile.test/":    "accessibilità",
		"https://comune.montebugia.campanile.test/":        "privacy",
		"http://comune.castelfandonia.campanile.test/":     "trasparente",
		"https://commune-de-fable.campanile.test/":         "ccessibilité",
		"https://comune.borgodimenticato.campanile.test/":  "rivacy",
		"https://www.comune.selvastregata.campanile.test/": "dichiarazione",
	} {
		page, err := get(t, client, address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		if page.status != http.StatusOK || strings.Contains(page.body, lacking) {
			t.Errorf("%s: status %d; the page must not hold %q", address, page.status, lacking)
		}
	}
}

func TestEveryPageSaysThatItIsInvented(t *testing.T) {
	t.Parallel()
	l := raised(t)
	client := visitor(t, l, true)
	for _, town := range territory() {
		for _, site := range town.sites {
			if site.page == "" || site.page == "interna.html" {
				continue
			}
			scheme := "https://"
			if site.tls == nil {
				scheme = "http://"
			}
			page, err := get(t, client, scheme+domain(absolute(site.hosts[0], town.zone.origin))+"/")
			if err != nil {
				t.Errorf("%s: %v", town.Domain, err)
			}
			if !strings.Contains(page.body, "laboratorio Campanile") && !strings.Contains(page.body, "laboratoire Campanile") {
				t.Errorf("%s: its page could be taken for real", town.Domain)
			}
		}
	}
}

func TestTheExemplarySiteIsWellGuarded(t *testing.T) {
	t.Parallel()
	l := raised(t)
	page, err := get(t, visitor(t, l, false), "https://comune.roccafinta.campanile.test/")
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range wellGuarded() {
		if got := page.header.Get(name); got != value {
			t.Errorf("%s: %q, want %q", name, got, value)
		}
	}
	for _, cookie := range page.cookies {
		if !cookie.Secure || !cookie.HttpOnly {
			t.Errorf("cookie %s is not guarded", cookie.Name)
		}
	}
	if page.version != tls.VersionTLS13 {
		t.Errorf("version %x, want TLS 1.3", page.version)
	}
}

func TestWhatVisitorsWhoCheckCertificatesSee(t *testing.T) {
	t.Parallel()
	l := raised(t)
	client := visitor(t, l, false)
	want := map[string]string{
		"https://comune.roccafinta.campanile.test/":        "",
		"https://comune.gemellodisopra.campanile.test/":    "",
		"https://www.commune-de-fable.campanile.test/":     "",
		"https://comune.valscaduta.campanile.test/":        "has expired",
		"https://comune.borgodimenticato.campanile.test/":  "has expired",
		"https://comune.pontespezzato.campanile.test/":     "unknown authority",
		"https://www.comune.pontespezzato.campanile.test/": "is valid for pannello.nuvolette.test, not",
	}
	got := map[string]string{}
	for address, reason := range want {
		_, err := get(t, client, address)
		switch {
		case err == nil:
			got[address] = ""
		case strings.Contains(err.Error(), reason):
			got[address] = reason
		default:
			got[address] = err.Error()
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}

func TestTheHostileWebServersShowNothing(t *testing.T) {
	t.Parallel()
	l := raised(t)
	client := visitor(t, l, true)
	for address, reason := range map[string]string{
		"http://comune.selvastregata.campanile.test/":  "headers exceeded",
		"https://comune.selvastregata.campanile.test/": "timeout",
	} {
		if _, err := get(t, client, address); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v, want %s", address, err, reason)
		}
	}
}
