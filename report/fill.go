package report

import (
	"regexp"
	"slices"
	"strings"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/rules"
)

// value is one thing a placeholder stands for: as people read it, and as a
// machine must be given it. They differ for names with accents.
type value struct{ shown, exact string }

// values are what the placeholders of one rule stand for. A rule that speaks
// of several subjects has several values for one placeholder.
type values map[string][]value

// filler puts values into the texts of a rule.
type filler struct {
	words  words
	family string // of the rule
	values values
}

// hosts are the placeholders that hold a host name.
var hosts = map[string]bool{"domain": true, "host": true, "subject": true, "from": true}

// isPlace reports whether a placeholder holds a place, of which a sentence names
// one. An address is one where it answers; elsewhere it may be a mailbox.
func isPlace(family, key string) bool {
	return hosts[key] || key == "url" || key == "address" && family == string(evidence.ServicesFamily)
}

// roles tell which supplier a rule means when it says {supplier}.
var roles = map[rules.Actor]string{rules.EmailSupplier: "mail", rules.DNSSupplier: "dns", rules.WebSupplier: "web"}

// supplierOf names who an actor is here. The site belongs to the maker of its
// platform where the page names one, or to the product where the page comes from
// that product's own hosts; else to whoever hosts it. Software that anybody can
// install, such as Joomla, runs no site.
func supplierOf(b *evidence.Bundle, actor rules.Actor) string {
	if p := b.Platform(); actor == rules.WebSupplier {
		switch {
		case p.Company != "":
			return p.Company
		case p.Definite && strings.HasPrefix(p.Evidence, "host "):
			return p.Name
		}
	}
	return b.Supplier(roles[actor]).Name
}

// fillerFor gathers what the texts of a rule on these findings may speak of:
// what is true of the municipality, then the facts of each finding, in words
// where the rule has them.
func fillerFor(w words, b *evidence.Bundle, rule *rules.Rule, findings []checks.Finding) filler {
	target := b.Target
	name := target.Name
	if name == "" {
		name = shown(target.Domain)
	}
	date := "…"
	if !b.Taken.IsZero() {
		date = w.date(b.Taken.UTC())
	}
	f := filler{w, rule.Family, values{}}
	for _, finding := range findings {
		f.add("subject", finding.Subject)
		for key, fact := range finding.Facts {
			text := factInWords(w, rule, key, fact)
			if rule.Family == string(evidence.ServicesFamily) && !isPlace(rule.Family, key) && differ(findings, key) {
				text += " (" + shown(finding.Subject) + ")"
			}
			f.add(key, text)
		}
		if finding.Facts["host"] == "" {
			f.add("host", finding.Subject)
		}
	}
	f.values["domain"] = []value{{shown(target.Domain), target.Domain}}
	f.values["report_mailbox"] = []value{{"dmarc@" + shown(target.Domain), "dmarc@" + target.Domain}}
	f.values["name"] = []value{{name, name}}
	f.values["date"] = []value{{date, date}}
	f.add("supplier", supplierOf(b, rule.Actor))
	switch {
	case len(f.values["supplier"]) > 0:
	case rule.Actor == rules.NetSupplier: // nobody is recognised behind a line or a firewall
		f.add("supplier", w.say("supplier-network"))
	default:
		f.add("supplier", w.say("supplier"))
	}
	return f
}

// factInWords puts a fact into words where the rule has them. Names of services
// come in the language; the checks know them as they are called everywhere. What a
// port does not say has its word also among what the others say.
func factInWords(w words, rule *rules.Rule, key, fact string) string {
	if rule.Family != string(evidence.ServicesFamily) {
		return rule.Words(key, fact, w.language)
	}
	if key == "service" {
		fact = w.serviceNames(fact)
	}
	parts := strings.Split(fact, ", ")
	for i, part := range parts {
		if part == "-" || len(parts) == 1 {
			parts[i] = rule.Words(key, part, w.language)
		}
	}
	return strings.Join(parts, ", ")
}

// differ reports whether the findings have several values of a fact: then each
// needs its place, so that nobody looks for the database of one address at the
// port of another.
func differ(findings []checks.Finding, key string) bool {
	return slices.ContainsFunc(findings, func(f checks.Finding) bool { return f.Facts[key] != findings[0].Facts[key] })
}

// add keeps each value once, in the order of the findings.
func (f filler) add(key, text string) {
	if text == "" {
		return
	}
	v := value{clip(text, maxInText), clip(text, maxInText)}
	switch {
	case hosts[key]:
		v.shown = shown(text)
	case strings.HasSuffix(key, "_on"):
		v.shown = f.words.day(text)
	}
	if !slices.Contains(f.values[key], v) {
		f.values[key] = append(f.values[key], v)
	}
}

// forSupplier gives the values with both forms of names with accents.
func (f filler) forSupplier() filler {
	both := values{}
	for key, list := range f.values {
		for _, v := range list {
			if hosts[key] {
				v.shown = shownWithASCII(v.exact)
			}
			both[key] = append(both[key], v)
		}
	}
	return filler{f.words, f.family, both}
}

var placeholder = regexp.MustCompile(`\{[a-z0-9_]+\}`)

// A placeholder that stands alone is read as a list of names; one that is part
// of a longer word (https://{host}/, _dmarc.{domain}) takes the first.
var (
	aloneBefore = regexp.MustCompile(`(^|[\s\x{00A0}\x{202F}("'«“‘’\[])$`)
	aloneAfter  = regexp.MustCompile(`^[)\].,;:!?»"”'’]*([\s\x{00A0}\x{202F}]|$)`)
)

// text fills a template. The second result is false when a placeholder had
// nothing to stand for; the text then says "not stated" in its place.
func (f filler) text(template string) (string, bool) {
	template = f.words.spaced(template)
	complete, from := true, 0
	var b strings.Builder
	for _, at := range placeholder.FindAllStringIndex(template, -1) {
		b.WriteString(template[from:at[0]])
		list := f.values[template[at[0]+1:at[1]-1]]
		alone := aloneBefore.MatchString(template[:at[0]]) && aloneAfter.MatchString(template[at[1]:])
		switch {
		case len(list) == 0:
			complete = false
			b.WriteString(f.words.say("not-stated"))
		case alone:
			b.WriteString(f.listed(template[at[0]+1:at[1]-1], shownOf(list)))
		default:
			b.WriteString(list[0].exact)
		}
		from = at[1]
	}
	b.WriteString(template[from:])
	return clean(b.String()), complete
}

// listed names all values. Further hosts and addresses stand in brackets, so that
// a sentence that was written about one of them keeps its grammar.
func (f filler) listed(key string, names []string) string {
	if !isPlace(f.family, key) || len(names) < 2 {
		return f.words.list(names)
	}
	return f.words.say("list.also", "First", names[0], "Rest", f.words.list(names[1:]))
}

// must fills a template whose placeholders the loader has already held against
// the facts of the check.
func (f filler) must(template string) string {
	text, _ := f.text(template)
	return text
}

// paragraphs fills a text and parts it at its line breaks.
func (f filler) paragraphs(template string) []string {
	var list []string
	for line := range strings.Lines(template) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, f.must(line))
		}
	}
	return list
}

func shownOf(list []value) []string {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = v.shown
	}
	return names
}
