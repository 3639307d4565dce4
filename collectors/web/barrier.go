package web

import (
	"bytes"
	"net/http"
	"slices"

	"campanile/collectors/internal/fetch"
)

// The barriers: what stands between us and the page of the site.
const (
	firewall   = "firewall"
	captcha    = "captcha"
	rateLimit  = "rate-limit"
	scriptOnly = "script-only"
)

// fewWords is how many words a page must have to be read as one: less is a
// splash, a challenge, or an application that a script builds.
const fewWords = 25

// barrier names what stands in the way, "" where nothing does. The page is nil
// where the answer is not HTML.
func barrier(answer fetch.Answer, r reading) string {
	thin := r.page != nil && r.page.Words < fewWords && !r.part
	suspect := refuses(answer.Status) || thin && answer.Status < 400
	body := bytes.ToLower(answer.Body[:min(len(answer.Body), 64<<10)])
	challenged := answer.Header.Get("Cf-Mitigated") != "" || suspect && has(body, firewallMarks)
	switch {
	case answer.Status == http.StatusTooManyRequests,
		answer.Status == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != "" && !challenged:
		return rateLimit
	case suspect && has(body, captchaMarks):
		return captcha
	case challenged, answer.Status == http.StatusUnauthorized, answer.Status == http.StatusForbidden:
		return firewall
	case thin && r.scripted, r.awaits:
		return scriptOnly
	}
	return ""
}

// refuses tells the statuses with which filters turn a visitor away.
func refuses(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusServiceUnavailable:
		return true
	}
	return false
}

// captchaMarks and firewallMarks are words of pages that ask for a proof of
// being a person, or that a filter sends in place of the site.
var (
	captchaMarks  = []string{"captcha", "cf-turnstile", "are you a human", "verify you are human"}
	firewallMarks = []string{
		"incapsula", "sucuri", "cloudflare ray id", "cf-error-details", "checking your browser", "just a moment...", "ddos-guard",
		"request blocked", "request rejected", "access denied", "the requested url was rejected", "web application firewall",
		"mod_security", "fortigate", "fortiweb", "barracuda", "akamai reference", "wordfence", "attack detected", "attack id", "web page blocked", "accesso negato dal firewall",
	}
)

func has(body []byte, marks []string) bool {
	return slices.ContainsFunc(marks, func(mark string) bool { return bytes.Contains(body, []byte(mark)) })
}
