package checks

import (
	"strings"

	"campanile/collectors/evidence"
)

// otherSoftware is a server that is not recognised, or that does not say what it is.
const otherSoftware = "other"

// webSoftware gives the server by the product name with which its Server field
// begins (RFC 9110 section 10.2.4). Relatives that read the same configuration
// go by the name of their parent. It never changes.
var webSoftware = map[string]string{
	"nginx":             "nginx",
	"openresty":         "nginx",
	"angie":             "nginx",
	"apache":            "apache",
	"microsoft-iis":     "iis",
	"microsoft-httpapi": "iis",
	"litespeed":         "litespeed",
	"openlitespeed":     "litespeed",
	"caddy":             "caddy",
}

// mailSoftware gives the server by a word of its greeting. It never changes.
var mailSoftware = []struct{ word, software string }{
	{"postfix", "postfix"},
	{"exim", "exim"},
	{"microsoft esmtp mail service", "exchange"},
}

// webSoftwareOf gives what serves a name, as the last answer over https of that
// very host says. A firewall's page does not speak for the site.
func webSoftwareOf(b *evidence.Bundle, host string) string {
	visit := siteOf(b, host).HTTPS
	if visit.Barrier != "" {
		return otherSoftware
	}
	found := otherSoftware
	for _, hop := range visit.Hops {
		if !strings.HasPrefix(hop.URL, "https://") || hostOf(hop.URL) != host {
			continue
		}
		for _, value := range hop.Values("server") {
			found = productOf(value)
		}
	}
	return found
}

// productOf recognises the first product of a Server field.
func productOf(server string) string {
	product, _, _ := strings.Cut(strings.TrimSpace(server), " ")
	product, _, _ = strings.Cut(product, "/")
	if software, ok := webSoftware[strings.ToLower(product)]; ok {
		return software
	}
	return otherSoftware
}

// mailSoftwareOf gives what serves mail, as its greeting says.
func mailSoftwareOf(banner string) string {
	banner = strings.ToLower(banner)
	for _, known := range mailSoftware {
		if strings.Contains(banner, known.word) {
			return known.software
		}
	}
	return otherSoftware
}
