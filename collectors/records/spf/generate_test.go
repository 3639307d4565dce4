package spf_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator makes zones and senders that lead into every corner of an
// evaluation: most records are sound, some are broken. The same seed gives the
// same cases.
type generator struct{ random *rand.Rand }

// generated is one case, in the form that the driver of pyspf reads too.
type generated struct {
	IP   string         `json:"ip"`
	From string         `json:"from"`
	Helo string         `json:"helo"`
	Zone map[string]any `json:"zone"` // "name TYPE" to a list of data, or fails

	lines []string
}

// one in n.
func (g generator) rarely(n int) bool { return g.random.IntN(n) == 0 }

func (g generator) pick(list ...string) string { return list[g.random.IntN(len(list))] }

// put adds a record to both forms of the zone.
func (c *generated) put(owner, kind, data string) {
	key := strings.ToLower(owner) + " " + kind
	if data == fails {
		c.Zone[key] = fails
	} else {
		list, _ := c.Zone[key].([]string)
		c.Zone[key] = append(list, data)
	}
	c.lines = append(c.lines, owner+" "+kind+" "+data)
}

func (g generator) next() generated {
	c := generated{
		IP:   g.pick("192.0.2.1", "192.0.2.2", "192.0.2.130", "198.51.100.7", "2001:db8::1", "2001:db8:0:1::7", "::ffff:192.0.2.1"),
		From: g.pick("sindaco", "anna.rossi", "bob-smith", "a+b=c", "UPPER.case", "x", "") + "@" + g.pick("comune.example", "comune.example", "Comune.Example"),
		Helo: g.pick("comune.example", "posta.comune.example", "mail.client.example"),
		Zone: map[string]any{},
	}
	switch {
	case g.rarely(30):
		c.From, c.Helo = "", "comune.example"
	case g.rarely(60):
		c.From = g.pick("a@nessuno.example", "a@example", "a@a..example")
	}
	g.spf(&c, "comune.example", 6)
	for i := range 5 {
		g.spf(&c, fmt.Sprintf("s%d.example", i), 4)
	}
	for i := range 4 {
		g.host(&c, fmt.Sprintf("h%d.example", i))
	}
	g.host(&c, "comune.example")
	g.host(&c, "posta.comune.example")
	g.client(&c)
	return c
}

// spf publishes a record at a name, now and then none, two, or a failure.
func (g generator) spf(c *generated, name string, most int) {
	switch {
	case g.rarely(25):
		c.put(name, "TXT", "altro testo")
		return
	case g.rarely(40):
		c.put(name, "TXT", fails)
		return
	case g.rarely(40):
		c.put(name, "TXT", "v=spf1 -all")
	}
	terms := []string{g.pick("v=spf1", "v=spf1", "v=spf1", "V=SPF1")}
	for range g.random.IntN(most + 1) {
		terms = append(terms, g.term())
	}
	if g.rarely(20) {
		for range 8 + g.random.IntN(3) {
			terms = append(terms, "a:h0.example")
		}
	}
	switch g.random.IntN(8) {
	case 0:
		terms = append(terms, "redirect="+g.other())
	case 1:
	case 2:
		terms = append(terms, "redirect="+g.other(), g.pick("-all", "~all"))
	default:
		terms = append(terms, g.pick("-all", "~all", "?all", "+all", "all", "-ALL"))
	}
	c.put(name, "TXT", strings.Join(terms, g.pick(" ", " ", "  ")))
}

func (g generator) term() string {
	if g.rarely(70) {
		return g.broken()
	}
	qualifier := g.pick("", "", "", "+", "-", "~", "?")
	switch g.random.IntN(12) {
	case 0, 1:
		return qualifier + g.pick("ip4:192.0.2.1", "ip4:192.0.2.0/25", "ip4:198.51.100.7/32", "ip4:203.0.113.0/24", "IP4:0.0.0.0/1", "ip4:192.0.2.77/24")
	case 2:
		return qualifier + g.pick("ip6:2001:db8::1", "ip6:2001:db8::/64", "ip6:2001:db8:0:1::/64", "ip6:::/1", "ip6:::ffff:192.0.2.1")
	case 3, 4:
		return g.pick("", "", "", "-", "?") + "include:" + g.other()
	case 5, 6:
		return qualifier + "a" + g.pick("", ":"+g.target()) + g.length()
	case 7:
		return qualifier + "mx" + g.pick("", ":"+g.target()) + g.length()
	case 8:
		return qualifier + g.pick("ptr", "ptr:comune.example", "ptr:"+g.target())
	case 9, 10:
		return qualifier + "exists:" + g.target()
	}
	return g.pick("exp=spiega.example", "moo=cow", "x-note=%{d}%%%{l}.", "ra=postmaster", "exp=%{d}.spiega.example",
		"Redirect="+g.other())
}

func (g generator) length() string {
	return g.pick("", "", "", "/24", "/32", "/0", "//64", "/25//48", "//0", "/31//127")
}

// other is a name that mostly has an SPF record.
func (g generator) other() string {
	if g.rarely(8) {
		return g.target()
	}
	return fmt.Sprintf("s%d.example", g.random.IntN(5))
}

// target is a name: with an SPF record, with addresses, with neither, or made
// of macros.
func (g generator) target() string {
	switch g.random.IntN(10) {
	case 0:
		return fmt.Sprintf("s%d.example", g.random.IntN(5))
	case 1, 2, 3, 4, 5, 6:
		return fmt.Sprintf("h%d.example", g.random.IntN(4))
	case 7:
		return g.pick("posta.comune.example", "posta.%{d}", "comune.example", "H1.Example", "h2.example.")
	case 8:
		return g.pick("%{ir}.%{v}.rev.example", "%{l}.utenti.example", "%{lr-}.u.example", "%{d2}", "%{o}", "%{h}",
			"%{L}.u.example", "%{s1r}.example", "%{d1r}.example", "%{p}", "%{p2}.example", "%{i}.%{v}.found.example", "%{l1r+-=}.utenti.example")
	}
	return fmt.Sprintf("nessuno%d.example", g.random.IntN(3))
}

// broken is a term that RFC 7208 does not allow, or only just.
func (g generator) broken() string {
	return g.pick("moo", "ip4:192.0.2", "ip4:192.0.2.0/33", "ip6:192.0.2.1", "a:", "a/33", "a//129", "mx:localhost", "include", "include:",
		"exists", "exists:%{z}.example", "exists:%{d", "a:%.example", "all:x", "all/8", "redirect=", "redirect=h1.example", "exp=", "ptr/24",
		"a/024", "a:192.0.2.1", "ip4:%{i}", "-moo=1", "=x", "a:h1.example,", "exists:%{c}.example", "include:h1.example/24", "ip4:192.0.2.01",
		"moo=1", "Redirect=s1.example", "moo=100%%", "exists:%{d;}.example", "exists:%{l0}.example", "ip4:192.0.2.1//24", "a:a..example")
}

// host gives a name addresses and mail exchangers, or lets it fail.
func (g generator) host(c *generated, name string) {
	for _, kind := range []string{"A", "AAAA"} {
		pool := []string{"192.0.2.1", "192.0.2.2", "192.0.2.99", "198.51.100.9", "203.0.113.5"}
		if kind == "AAAA" {
			pool = []string{"2001:db8::1", "2001:db8::2", "2001:db8:0:1::9", "2001:db8:5::5"}
		}
		if g.rarely(20) {
			c.put(name, kind, fails)
			continue
		}
		for range g.random.IntN(3) {
			c.put(name, kind, g.pick(pool...))
		}
	}
	switch {
	case g.rarely(25):
		c.put(name, "MX", fails)
	case g.rarely(20):
		c.put(name, "MX", ".")
	case g.rarely(20):
		for i := range 11 {
			c.put(name, "MX", fmt.Sprintf("h%d.example", i%4))
		}
	default:
		for range g.random.IntN(4) {
			c.put(name, "MX", fmt.Sprintf("h%d.example", g.random.IntN(4)))
		}
	}
}

// client gives the one who sends names, true and false ones.
func (g generator) client(c *generated) {
	reversed := map[string]string{
		"192.0.2.1": "1.2.0.192.in-addr.arpa", "192.0.2.2": "2.2.0.192.in-addr.arpa", "::ffff:192.0.2.1": "1.2.0.192.in-addr.arpa",
		"2001:db8::1": "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
	}[c.IP]
	switch {
	case reversed == "":
	case g.rarely(15):
		c.put(reversed, "PTR", fails)
	default:
		for range g.random.IntN(4) {
			c.put(reversed, "PTR", g.pick("posta.comune.example", "comune.example", "h0.example", "h1.example", "nessuno1.example"))
		}
	}
	c.put("sindaco.utenti.example", "A", "127.0.0.2")
	c.put("c.utenti.example", "A", "127.0.0.2")
	c.put("x.u.example", "A", "127.0.0.2")
	c.put("smith.bob.u.example", "A", "127.0.0.2")
	c.put("1.2.0.192.in-addr.rev.example", "A", "127.0.0.2")
}
