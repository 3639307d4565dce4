package namespaces

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"campanile/collectors/records/headers"
)

// observatoryOrigin is the origin that the Observatory asks for.
const observatoryOrigin = "https://http-observatory.security.mozilla.org"

// webAnswer is one answer to our own client.
type webAnswer struct {
	address *url.URL
	header  http.Header
	body    string
}

// seen visits a host as the Observatory does, with Go's client, and gives what
// its headers are judged by.
func (l *observatoryLab) seen(t *testing.T, s headerSet) headers.Site {
	t.Helper()
	site := headers.Site{Domain: "osservatorio.example", Route: &headers.Route{}}
	route, trusted := l.trip(t, "http://"+s.host()+"/")
	for _, answer := range route {
		site.Route.Addresses = append(site.Route.Addresses, answer.address.String())
	}
	site.Route.Trusted = trusted
	visit, trusted := l.trip(t, "https://"+s.host()+"/")
	site.HTTPS, site.Trusted = len(visit) > 0, trusted
	if !site.HTTPS {
		visit = route
	}
	for _, answer := range visit {
		if answer.address.Scheme == "https" && answer.address.Hostname() == s.host() {
			site.Own = append(site.Own, answer.values())
		}
		for _, line := range answer.header.Values("Set-Cookie") {
			if cookie, ok := headers.ParseCookie(line); ok {
				site.Cookies = append(site.Cookies, cookie)
			}
		}
	}
	last := visit[len(visit)-1]
	site.Page = last.page()
	site.Sharing = l.preflight(t, last.address.String())
	return site
}

func (a webAnswer) values() headers.Values {
	return func(name string) []string { return a.header.Values(name) }
}

// trip follows redirects and gives every answer; where a certificate on the way
// is not trusted, it begins again without asking.
func (l *observatoryLab) trip(t *testing.T, address string) (answers []webAnswer, trusted bool) {
	t.Helper()
	for _, careless := range []bool{false, true} {
		var err error
		if answers, err = l.follow(t, address, careless); err == nil || len(answers) == 0 && !strings.Contains(err.Error(), "certificate") {
			return answers, !careless
		}
	}
	return answers, false
}

func (l *observatoryLab) follow(t *testing.T, address string, careless bool) ([]webAnswer, error) {
	t.Helper()
	client := l.client(t, careless)
	defer client.CloseIdleConnections()
	var answers []webAnswer
	for range 10 {
		answer, err := ask(t, client, http.MethodGet, address)
		if err != nil {
			return answers, err
		}
		answers = append(answers, answer)
		location := answer.header.Get("Location")
		if location == "" {
			break
		}
		next, err := answer.address.Parse(location)
		if err != nil {
			return answers, err
		}
		address = next.String()
	}
	return answers, nil
}

func (l *observatoryLab) client(t *testing.T, careless bool) *http.Client {
	t.Helper()
	return &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: l.pool(t), InsecureSkipVerify: careless}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       patience,
	}
}

func ask(t *testing.T, client *http.Client, method, address string) (webAnswer, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, http.NoBody)
	if err != nil {
		return webAnswer{}, err
	}
	if method == http.MethodOptions {
		request.Header.Set("Origin", observatoryOrigin)
		request.Header.Set("Access-Control-Request-Method", http.MethodGet)
	}
	response, err := client.Do(request)
	if err != nil {
		return webAnswer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return webAnswer{request.URL, response.Header, string(body)}, err
}

func (l *observatoryLab) preflight(t *testing.T, address string) *headers.Sharing {
	t.Helper()
	client := l.client(t, true)
	defer client.CloseIdleConnections()
	answer, err := ask(t, client, http.MethodOptions, address)
	if err != nil {
		t.Fatal(err)
	}
	return &headers.Sharing{
		Origin:      observatoryOrigin,
		Allow:       answer.header.Values("Access-Control-Allow-Origin"),
		Credentials: answer.header.Values("Access-Control-Allow-Credentials"),
	}
}

// page reads what the page says of itself.
func (a webAnswer) page() headers.Page {
	p := headers.Page{Values: a.values(), HTML: strings.HasPrefix(a.header.Get("Content-Type"), "text/html"), Scripts: &[]headers.Script{}}
	document, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		return p
	}
	for n := range document.Descendants() {
		attributes := map[string]string{}
		for _, attribute := range n.Attr {
			attributes[attribute.Key] = attribute.Val
		}
		switch {
		case n.Data == "meta" && strings.EqualFold(attributes["http-equiv"], "content-security-policy"):
			p.Policies = append(p.Policies, attributes["content"])
		case n.Data == "meta" && strings.EqualFold(attributes["name"], "referrer"):
			p.Referrers = append(p.Referrers, attributes["content"])
		case n.Data == "script":
			*p.Scripts = append(*p.Scripts, headers.Script{Source: attributes["src"], Integrity: attributes["integrity"]})
		}
	}
	return p
}
