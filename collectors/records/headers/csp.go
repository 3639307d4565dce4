package headers

import (
	"slices"
	"strings"
)

// Policy is one content security policy (CSP Level 3 section 2.2). Each policy of
// a page stands for itself: what one of them forbids, no other allows.
type Policy struct {
	Directives []Directive
	Repeated   []string // names of directives that stand there again, and are ignored for it
}

// Directive is one line of a policy.
type Directive struct {
	Name   string   // lower case
	Values []string // as written
}

// ParseCSP reads the lines of Content-Security-Policy: several headers, and
// several policies in one, apart by commas (CSP Level 3 section 2.2.2). Policies
// without any directive are left out.
func ParseCSP(lines []string) []Policy {
	var policies []Policy
	for _, line := range lines {
		for text := range strings.SplitSeq(bounded(line), ",") {
			if p := parsePolicy(text, nil); len(p.Directives) > 0 {
				policies = append(policies, p)
			}
		}
	}
	return policies
}

// ParseMetaCSP reads the contents of meta elements. Each of them is one policy,
// in which a comma is no separator, and some directives do not count there (HTML
// standard section 4.2.5.3, Content security policy state).
func ParseMetaCSP(contents []string) []Policy {
	ignored := []string{"frame-ancestors", "report-uri", "sandbox"}
	var policies []Policy
	for _, content := range contents {
		if p := parsePolicy(bounded(content), ignored); len(p.Directives) > 0 {
			policies = append(policies, p)
		}
	}
	return policies
}

// parsePolicy reads one policy without the directives named (CSP Level 3 section
// 2.2.1).
func parsePolicy(text string, ignored []string) Policy {
	var p Policy
	seen := map[string]int{}
	for part := range strings.SplitSeq(text, ";") {
		// What is not written in ASCII does not count.
		words := fields(part)
		if len(words) == 0 || strings.ContainsFunc(part, func(r rune) bool { return r >= 0x80 }) {
			continue
		}
		name := strings.ToLower(words[0])
		seen[name]++
		switch {
		case seen[name] == 2:
			// Of several with one name the first counts.
			p.Repeated = append(p.Repeated, name)
		case seen[name] == 1 && !slices.Contains(ignored, name):
			p.Directives = append(p.Directives, Directive{name, words[1:]})
		}
	}
	return p
}

// fields splits at ASCII whitespace (Infra standard section 4.6).
func fields(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\t\n\f\r ", r) })
}

// Values gives the values of a directive.
func (p Policy) Values(name string) (values []string, found bool) {
	for _, d := range p.Directives {
		if d.Name == name {
			return d.Values, true
		}
	}
	return nil, false
}

// Sources gives the source list that governs a kind of content: that of its own
// directive or of the first one that stands in for it (CSP Level 3 section
// 6.8.3). Where none is found, everything is allowed.
func (p Policy) Sources(name string) (values []string, found bool) {
	for _, each := range fallbacks(name) {
		if values, found := p.Values(each); found {
			return values, true
		}
	}
	return nil, false
}

// fallbacks lists the directives that are looked at for one, in order.
func fallbacks(name string) []string {
	switch name {
	case "script-src-elem", "script-src-attr":
		return []string{name, "script-src", "default-src"}
	case "style-src-elem", "style-src-attr":
		return []string{name, "style-src", "default-src"}
	case "worker-src":
		return []string{name, "child-src", "script-src", "default-src"}
	case "frame-src":
		return []string{name, "child-src", "default-src"}
	case "script-src", "style-src", "object-src", "img-src", "media-src", "font-src", "connect-src", "child-src", "manifest-src":
		return []string{name, "default-src"}
	}
	return []string{name} // base-uri, form-action and frame-ancestors have no other
}
