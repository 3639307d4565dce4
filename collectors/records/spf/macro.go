package spf

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/records"
)

// maxName is the longest name that the DNS holds, as people write it.
const maxName = 253

// target is the name that a term asks for: its domain-spec with all macros
// replaced, or the domain itself (RFC 7208 section 4.8).
func (e *evaluation) target(ctx context.Context, term records.SPFTerm, p place) string {
	if term.Value == "" {
		return p.domain
	}
	name := strings.TrimSuffix(e.expand(ctx, term.Value, p.domain), ".")
	// Section 7.3: of a name that is too long, labels are left out on the left.
	for len(name) > maxName {
		_, rest, _ := strings.Cut(name, ".")
		name = rest
	}
	return name
}

// expand replaces the macros of a domain-spec, whose grammar records.ParseSPF
// has held it to (section 7.2). The letters c, r and t are for explanations
// only, which do not come into the result.
func (e *evaluation) expand(ctx context.Context, spec, domain string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(spec, "%")
		out.WriteString(before)
		if !found || after == "" {
			return out.String()
		}
		spec = after[1:]
		switch after[0] {
		case '%':
			out.WriteByte('%')
		case '_':
			out.WriteByte(' ')
		case '-':
			out.WriteString("%20")
		case '{':
			body, rest, _ := strings.Cut(spec, "}")
			out.WriteString(e.macro(ctx, body, domain))
			spec = rest
		}
	}
}

// macro replaces one macro: a letter, how many labels to keep, "r" to reverse,
// delimiters (section 7.3).
func (e *evaluation) macro(ctx context.Context, body, domain string) string {
	rest := strings.TrimLeft(body[1:], "0123456789")
	digits := body[1 : len(body)-len(rest)]
	reversed := rest != "" && rest[0]|0x20 == 'r'
	if reversed {
		rest = rest[1:]
	}
	parts := split(e.value(ctx, body[0]|0x20, domain), rest)
	if reversed {
		slices.Reverse(parts)
	}
	// A number beyond what an int holds is more than there are labels.
	if keep, err := strconv.Atoi(digits); err == nil && keep < len(parts) {
		parts = parts[len(parts)-keep:]
	}
	text := strings.Join(parts, ".")
	if body[0] < 'a' {
		return escaped(text)
	}
	return text
}

// split divides at each of the delimiters, a dot when none is given; leading,
// trailing and double ones are not special (section 7.3).
func split(value, delimiters string) []string {
	if delimiters == "" {
		delimiters = "."
	}
	var parts []string
	for {
		i := strings.IndexAny(value, delimiters)
		if i < 0 {
			return append(parts, value)
		}
		parts, value = append(parts, value[:i]), value[i+1:]
	}
}

// value is what a letter stands for (section 7.2).
func (e *evaluation) value(ctx context.Context, letter byte, domain string) string {
	switch letter {
	case 's':
		return e.local + "@" + e.domain
	case 'l':
		return e.local
	case 'o':
		return e.domain
	case 'd':
		return domain
	case 'i':
		return dotted(e.ip)
	case 'p':
		return e.name(ctx, domain)
	case 'v':
		if e.ip.Is4() {
			return "in-addr"
		}
		return "ip6"
	}
	// "h", the only letter left. Of a client whose greeting is not known we say
	// so in the word that section 7.3 has for its name.
	if e.helo == "" {
		return "unknown"
	}
	return strings.TrimSuffix(e.helo, ".")
}

// name is the validated name of the client: the domain itself if it is among
// them, else one below it, else any, else "unknown" (section 7.3).
func (e *evaluation) name(ctx context.Context, domain string) string {
	names := e.names(ctx)
	if slices.Contains(names, domain) {
		return domain
	}
	for _, name := range names {
		if isAtOrBelow(name, domain) {
			return name
		}
	}
	if len(names) > 0 {
		return names[0]
	}
	return "unknown"
}

// dotted writes an address in labels: bytes, or for IPv6 half bytes (section
// 7.3).
func dotted(ip netip.Addr) string {
	if ip.Is4() {
		return ip.String()
	}
	digits := fmt.Sprintf("%x", ip.As16())
	return strings.Join(strings.Split(digits, ""), ".")
}

// reverse is the name that holds the PTR records of an address (RFC 1035
// section 3.5, RFC 3596 section 2.5).
func reverse(ip netip.Addr) string {
	labels := strings.Split(dotted(ip), ".")
	slices.Reverse(labels)
	zone := ".ip6.arpa"
	if ip.Is4() {
		zone = ".in-addr.arpa"
	}
	return strings.Join(labels, ".") + zone
}

// escaped is the URL escaping of a macro in upper case (section 7.3, RFC 3986
// section 2.3).
func escaped(text string) string {
	var out strings.Builder
	for i := range len(text) {
		switch c := text[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z', c >= '0' && c <= '9', c == '-', c == '.', c == '_', c == '~':
			out.WriteByte(c)
		default:
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

// wellFormed reports whether the DNS can hold a name (RFC 1035 section 2.3.4).
func wellFormed(name string) bool {
	if len(name) > maxName {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	return true
}

// maxShown bounds what of a foreign text goes into a reason, in bytes.
const maxShown = 120

// shown makes a foreign text safe to read: short, and of printable ASCII.
func shown(text string) string {
	short := text[:min(len(text), maxShown)]
	safe := []byte(short)
	for i, c := range safe {
		if c < ' ' || c > '~' {
			safe[i] = '?'
		}
	}
	if len(short) < len(text) {
		return string(safe) + "..."
	}
	return string(safe)
}
