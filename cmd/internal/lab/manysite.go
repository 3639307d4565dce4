package lab

import (
	"context"
	cryptotls "crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync"
)

// styles are the ways in which the sites of many towns are made; a town takes the
// one of its number.
func styles() []site {
	bare, undeclared, late, silent := goodSite(), goodSite(), goodSite(), goodSite()
	bare.plain, bare.headers = same, nil
	undeclared.lacks = "declaration"
	late.tls = &identity{from: -93, to: -3}
	silent.files = nil
	return []site{goodSite(), bare, undeclared, late, silent}
}

// crowd is the web server of many towns: their pages are made when somebody asks
// for them, so that a thousand towns take no more room than one of each style.
type crowd struct {
	lab    *Lab
	date   string
	styles []site
	made   []http.Handler // of the town with number 0, one for each style
	n      int

	mu    sync.Mutex
	certs map[string]*cryptotls.Config
}

// openSites gives every house its web server.
func (m *Many) openSites(ctx context.Context) error {
	l := m.lab
	model := borgo(0)
	l.towns = []Town{model} // its name and code go into the pages
	c := &crowd{lab: l, date: l.now.UTC().Format(http.TimeFormat), styles: styles(), n: len(m.towns), certs: map[string]*cryptotls.Config{}}
	for _, style := range c.styles {
		handler, err := l.compose(place{zone: zone{origin: model.Domain + "."}}, style)
		if err != nil {
			return err
		}
		c.made = append(c.made, handler)
	}
	first, err := c.config(m.towns[0].Domain, 1)
	if err != nil {
		return err
	}
	secure := first.Clone()
	secure.GetConfigForClient = func(hello *cryptotls.ClientHelloInfo) (*cryptotls.Config, error) {
		domain, number := c.town(hello.ServerName)
		if number == 0 {
			return first, nil
		}
		return c.config(domain, number)
	}
	for _, h := range m.houses {
		for port, config := range map[uint16]*cryptotls.Config{80: nil, 443: secure} {
			at := netip.AddrPortFrom(netip.MustParseAddr(h.web()), port)
			listener, address, err := listen(ctx)
			if err != nil {
				return err
			}
			l.doors[at] = serveHTTPOn(watch{listener, m.log, at}, address, c.handler(port == 443), config)
		}
	}
	return nil
}

// town gives the domain and number of the town that a host belongs to; 0: none.
func (c *crowd) town(host string) (domain string, number int) {
	domain = strings.TrimPrefix(strings.ToLower(host), "www.")
	if _, err := fmt.Sscanf(domain, "comune.borgo-%04d.test", &number); err != nil || number < 1 || number > c.n || borgo(number).Domain != domain {
		return "", 0
	}
	return domain, number
}

// config is the TLS side of a town, made when it is first asked for.
func (c *crowd) config(domain string, number int) (*cryptotls.Config, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if made := c.certs[domain]; made != nil {
		return made, nil
	}
	style := c.styles[number%len(c.styles)]
	made, err := c.lab.authorities.config(*style.tls, []string{domain, "www." + domain})
	if err == nil {
		c.certs[domain] = made
	}
	return made, err
}

func (c *crowd) handler(secure bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", c.date)
		host, _, _ := strings.Cut(r.Host, ":")
		_, number := c.town(host)
		switch {
		case number == 0:
			http.Error(w, "Nessun sito con questo nome (laboratorio Campanile)", http.StatusMisdirectedRequest)
		case !secure && c.styles[number%len(c.styles)].plain == toHTTPS:
			redirectToHTTPS(w, r)
		default:
			c.made[number%len(c.made)].ServeHTTP(&renamed{ResponseWriter: w, number: number}, r)
		}
	})
}

// renamed puts the number of a town in place of the model's.
type renamed struct {
	http.ResponseWriter
	number int
}

func (r *renamed) Write(body []byte) (int, error) {
	number := fmt.Sprintf("%04d", r.number)
	text := strings.NewReplacer("borgo-0000", "borgo-"+number, "Borgo 0000", "Borgo "+number, "borgo_0000", "borgo_"+number, "c_m0000", "c_m"+number).Replace(string(body))
	if _, err := io.WriteString(r.ResponseWriter, text); err != nil {
		return 0, err
	}
	return len(body), nil
}
