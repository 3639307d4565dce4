package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/records/headers"
)

// Bounds of what is kept of one answer.
const (
	maxHeaders = 100
	maxCookies = 100
)

// fleeting are the headers that change from visit to visit and say nothing about
// the site: clocks, request numbers, and what a cache did just now. Evidence
// without them is the same when the site is.
var fleeting = map[string]bool{
	"set-cookie": true, // in Visit.Cookies, without its value
	"date":       true, "age": true, "expires": true, "last-modified": true, "etag": true,
	"content-length": true, "content-md5": true, "content-range": true, "retry-after": true,
	"connection": true, "keep-alive": true,
	"request-id": true, "request-context": true, "sprequestguid": true, "server-timing": true, "traceparent": true, "traceresponse": true,
	"report-to": true, "nel": true, "cf-ray": true, "cf-cache-status": true,
	"x-request-id": true, "x-correlation-id": true, "x-trace-id": true, "x-transaction-id": true, "x-request-guid": true, "x-ms-request-id": true,
	"x-runtime": true, "x-response-time": true, "x-page-speed-time": true, "x-timer": true, "x-varnish": true, "x-iinfo": true, "x-azure-ref": true,
	"x-served-by": true, "x-backend": true, "x-cache": true, "x-cache-hits": true, "x-cache-status": true, "x-proxy-cache": true, "x-nginx-cache": true,
	"x-fastcgi-cache": true, "x-litespeed-cache": true, "x-drupal-cache": true, "x-drupal-dynamic-cache": true,
	"x-csrf-token": true, "x-xsrf-token": true, "x-ratelimit-remaining": true, "x-ratelimit-reset": true,
}

// fleetingPrefixes are families of such headers.
var fleetingPrefixes = []string{"x-amz-", "x-amzn-", "x-b3-", "x-datadog-", "ratelimit"}

// headersOf lists the headers that stay, sorted by name; lines of one name keep
// their order (RFC 9110 section 5.3).
func headersOf(header http.Header) []evidence.Header {
	var list []evidence.Header
	for name, values := range header {
		name = strings.ToLower(name)
		if isFleeting(name) {
			continue
		}
		for _, value := range values {
			if strings.HasPrefix(name, "content-security-policy") {
				value = withoutNonce(value)
			}
			value = strings.ToValidUTF8(value, "\uFFFD")
			list = append(list, evidence.Header{
				Name:  evidence.Clip(name, 256),
				Value: evidence.Clip(value, evidence.MaxText),
				Cut:   len(value) > evidence.MaxText,
			})
		}
	}
	slices.SortStableFunc(list, func(a, b evidence.Header) int { return strings.Compare(a.Name, b.Name) })
	return list[:min(len(list), maxHeaders)]
}

func isFleeting(name string) bool {
	return fleeting[name] || slices.ContainsFunc(fleetingPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// nonce is what browsers take for one (CSP Level 3 section 2.3.1). Anything else,
// such as a template that nobody filled in, tells something of the site.
var nonce = regexp.MustCompile(`(?i)'nonce-[a-z0-9+/_-]+={0,2}'`)

// withoutNonce leaves the mark of a nonce in a policy and takes its value out:
// it is another one on each visit, as it must (CSP Level 3 section 7.1).
func withoutNonce(policy string) string { return nonce.ReplaceAllString(policy, "'nonce-x'") }

// cookiesOf reads the Set-Cookie lines of one answer as browsers do (RFC 6265bis
// section 5.6). No value is kept.
func cookiesOf(now time.Time, u *url.URL, header http.Header) []evidence.Cookie {
	var list []evidence.Cookie
	for _, line := range header["Set-Cookie"] {
		cookie, ok := headers.ParseCookie(line)
		if !ok {
			continue
		}
		list = append(list, evidence.Cookie{
			URL:      evidence.Clip(u.String(), evidence.MaxText),
			Name:     evidence.Clip(cookie.Name, 256),
			Domain:   evidence.Clip(cookie.Domain, 256),
			Path:     evidence.Clip(cookie.Path, 256),
			Secure:   cookie.Secure,
			HTTPOnly: cookie.HTTPOnly,
			SameSite: evidence.Clip(cookie.SameSite, 256),
			Bare:     cookie.HasSameSite && cookie.SameSite == "",
			Session:  cookie.Session,
			Removed:  cookie.Removed || expired(now, line),
		})
	}
	return list
}

// expired reports whether a cookie is over when it comes: so a server takes one
// back (RFC 6265 section 3.1). Max-Age counts before Expires (section 5.3).
func expired(now time.Time, line string) bool {
	cookie, err := http.ParseSetCookie(line)
	return err == nil && cookie.MaxAge == 0 && !cookie.Expires.IsZero() && cookie.Expires.Before(now)
}
