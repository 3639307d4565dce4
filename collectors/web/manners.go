package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/robots"
)

// robotName is our product token (RFC 9309 section 2.2.1), the beginning of the
// User-Agent.
const robotName = "campanile"

// manners are what the robots.txt of one service asks of its visitors.
type manners struct {
	host  string // with its port, where there is one
	rules robots.Rules
	shut  string // why nothing may be asked for at all
}

// readManners says what an answer in place of robots.txt means (RFC 9309 section
// 2.3.1).
func readManners(host string, v evidence.Visit, file string) *manners {
	m := &manners{host: host}
	status := v.Last().Status
	switch {
	case v.State != evidence.Seen && v.Problem == evidence.TooMany && len(v.Hops) > 0:
		// Section 2.3.1.2: behind more than five redirects there is none.
	case v.State != evidence.Seen:
		// Section 2.3.1.4: who cannot be reached has said no to everything.
		m.shut = fmt.Sprintf("robots.txt of %s could not be read: %s", host, v.Problem)
	case status >= 500, status == http.StatusTooManyRequests:
		m.shut = fmt.Sprintf("robots.txt of %s could not be read: status %d", host, status)
	case status/100 == 2 && v.Barrier != "":
		m.shut = fmt.Sprintf("robots.txt of %s could not be read: %s", host, v.Barrier)
	case status/100 == 2:
		m.rules = robots.Parse(file)
	default:
		// Section 2.3.1.3: unavailable, 403 included: everything is allowed.
	}
	return m
}

// sameHost compares names as the DNS does: with a dot at the end, a name is the
// same (RFC 1034 section 3.1).
func sameHost(a, b string) bool { return strings.EqualFold(withoutDot(a), withoutDot(b)) }

func withoutDot(host string) string {
	name, port, found := strings.Cut(host, ":")
	name = strings.TrimSuffix(name, ".")
	if found {
		name += ":" + port
	}
	return name
}

// refuse says why an address must not be asked for, "" where it may be. The file
// of one host binds nothing elsewhere.
func (m *manners) refuse(u *url.URL) string {
	if m == nil || !sameHost(u.Host, m.host) {
		return ""
	}
	path := u.EscapedPath()
	if u.RawQuery != "" || u.ForceQuery {
		path += "?" + u.RawQuery
	}
	switch {
	case m.shut != "":
		return m.shut
	case !m.rules.Allows(robotName, path):
		return fmt.Sprintf("robots.txt of %s asks to stay away", m.host)
	}
	return ""
}
