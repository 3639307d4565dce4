package headers_test

import (
	"fmt"
	"strings"

	"campanile/collectors/records/headers"
)

func toldHSTS(lines []string) string {
	result := headers.StrictTransport(lines)
	if len(lines) == 0 {
		return told(result)
	}
	h, err := headers.ParseHSTS(lines[0])
	if err != nil {
		return told(result, "error:", err)
	}
	return told(result, fmt.Sprintf("age=%d", h.MaxAge), when(h.IncludeSubDomains, "subdomains"), when(h.Preload, "preload"))
}

// toldCSP tells what is left open too, where there is a policy.
func toldCSP(lines []string) string {
	v := sorted(lines)
	result := headers.ContentPolicy(v["header"], v["meta"], v["report"], v["clear"] == nil)
	policies := append(headers.ParseCSP(v["header"]), headers.ParseMetaCSP(v["meta"])...)
	if len(policies) == 0 {
		return told(result)
	}
	return told(result, toldOpen(headers.Open(policies)))
}

func toldOpen(o headers.Openings) string {
	return told(when(o.InlineScripts, "inline"), when(o.AnyScripts, "scripts"), when(o.AnyObjects, "objects"), when(o.Eval, "eval"),
		when(o.Styles, "styles"), when(o.AnyBase, "base"), when(o.AnyForms, "forms"), when(o.AnyFrames, "frames"))
}

func toldFraming(lines []string) string {
	v := sorted(lines)
	return told(headers.Framing(v["options"], v["policy"]))
}

func toldReferrer(lines []string) string {
	v := sorted(lines)
	return told(headers.Referrer(v["header"], v["meta"]), headers.ReferrerPolicy(v["header"], v["meta"]))
}

// toldCookies tells each line by itself; "long" is a line that goes on too long.
func toldCookies(lines []string) string {
	var list []headers.Cookie
	var words []string
	protected := false
	for _, line := range lines {
		kind, value, _ := strings.Cut(line, " ")
		switch kind {
		case "hsts":
			protected = true
			continue
		case "long":
			value += strings.Repeat("x", 4096)
		default:
			value = sorted([]string{line})["set"][0]
		}
		c, ok := headers.ParseCookie(value)
		if !ok {
			words = append(words, "ignored")
			continue
		}
		list = append(list, c)
		words = append(words, toldCookie(c))
	}
	return told(headers.CookiesSet(list, protected), strings.Join(words, " / "))
}

func toldCookie(c headers.Cookie) string {
	return told(c.Name+":", when(c.Secure, "secure"), when(c.HTTPOnly, "http-only"), when(c.HasSameSite, "same-site="+c.SameSite),
		when(c.Domain != "", "domain="+c.Domain), when(c.Path != "", "path="+c.Path), when(c.Session, "session"), when(c.Removed, "removed"),
		when(c.NamesSession(), "login"), when(c.Refused(), "refused"))
}

func toldSingle(lines []string) string {
	v := sorted(lines)
	switch {
	case v["type"] != nil || v["type-none"] != nil:
		return told(headers.ContentType(v["type"]))
	case v["resource"] != nil || v["resource-none"] != nil:
		return told(headers.Resource(v["resource"]))
	}
	return told(headers.ResourceSharing(headers.Sharing{Origin: "https://chi-chiede.example", Allow: v["allow"], Credentials: v["credentials"]}))
}

func toldRoute(lines []string) string {
	v := sorted(lines)
	if v["script"] == nil && v["scripts"] == nil {
		return told(headers.Redirection(headers.Route{Addresses: v["visit"], Trusted: v["untrusted"] == nil}))
	}
	var scripts []headers.Script
	for _, line := range v["script"] {
		source, digest, _ := strings.Cut(line, " ")
		scripts = append(scripts, headers.Script{Source: source, Integrity: digest})
	}
	return told(headers.Integrity(scripts, "comune.example", true))
}
