package records_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records"
)

// term makes the term that the text is expected to give.
func term(raw string, qualifier byte, name, value string, bits ...int) records.SPFTerm {
	t := records.SPFTerm{Raw: raw, Qualifier: qualifier, Name: name, Value: value, Bits4: -1, Bits6: -1}
	if len(bits) > 0 {
		t.Bits4, t.Bits6 = bits[0], bits[1]
	}
	return t
}

// One term at a time, as RFC 7208 sections 5, 6 and 12 have it.
func TestValidSPFTerms(t *testing.T) {
	t.Parallel()
	tests := []records.SPFTerm{
		// 5.1 all, and the qualifiers of 4.6.2.
		term("all", '+', "all", ""),
		term("+all", '+', "all", ""),
		term("-all", '-', "all", ""),
		term("~all", '~', "all", ""),
		term("?ALL", '?', "all", ""),
		// 5.2 include.
		term("include:_spf.fornitore.example", '+', "include", "_spf.fornitore.example"),
		term("?include:fornitore.example.", '?', "include", "fornitore.example."),
		term("INCLUDE:Fornitore.Example", '+', "include", "Fornitore.Example"),
		term("include:%{d}.fornitore.example", '+', "include", "%{d}.fornitore.example"),
		// 5.3 a, with the lengths of 5.6 and 12.
		term("a", '+', "a", ""),
		term("a/24", '+', "a", "", 24, -1),
		term("a/0", '+', "a", "", 0, -1),
		term("a//64", '+', "a", "", -1, 64),
		term("a/32//128", '+', "a", "", 32, 128),
		term("-a:web.example", '-', "a", "web.example"),
		term("a:web.example/24", '+', "a", "web.example", 24, -1),
		term("a:web.example//0", '+', "a", "web.example", -1, 0),
		term("a:web.example/24//64", '+', "a", "web.example", 24, 64),
		term("a:strano:bar/baz.example", '+', "a", "strano:bar/baz.example"), // any visible character but "%"
		term("a:%{i}._ip.example/28", '+', "a", "%{i}._ip.example", 28, -1),
		term("a:%{d2/}", '+', "a", "%{d2/}"),
		// 5.4 mx.
		term("mx", '+', "mx", ""),
		term("~mx/24//48", '~', "mx", "", 24, 48),
		term("mx:posta.example", '+', "mx", "posta.example"),
		term("mx:posta.example/30", '+', "mx", "posta.example", 30, -1),
		// 5.5 ptr.
		term("ptr", '+', "ptr", ""),
		term("ptr:comune.example", '+', "ptr", "comune.example"),
		// 5.6 ip4 and ip6.
		term("ip4:192.0.2.1", '+', "ip4", "192.0.2.1", 32, -1),
		term("ip4:192.0.2.0/24", '+', "ip4", "192.0.2.0/24", 24, -1),
		term("ip4:192.0.2.1/0", '+', "ip4", "192.0.2.1/0", 0, -1),
		term("-ip4:192.0.2.1/32", '-', "ip4", "192.0.2.1/32", 32, -1),
		term("ip6:2001:db8::1", '+', "ip6", "2001:db8::1", -1, 128),
		term("IP6:2001:DB8::/32", '+', "ip6", "2001:DB8::/32", -1, 32),
		term("ip6:::1/0", '+', "ip6", "::1/0", -1, 0),
		term("ip6:::ffff:192.0.2.1/128", '+', "ip6", "::ffff:192.0.2.1/128", -1, 128),
		// 5.7 exists, and the macros of 7.
		term("exists:%{i}.sbl.example", '+', "exists", "%{i}.sbl.example"),
		term("exists:%{ir}.%{v}._spf.%{d2}", '+', "exists", "%{ir}.%{v}._spf.%{d2}"),
		term("exists:%{L1r+-/_=,.}._l.example", '+', "exists", "%{L1r+-/_=,.}._l.example"),
		term("exists:%{o}", '+', "exists", "%{o}"),
		term("exists:%{h}.%{p}.%{s}.example", '+', "exists", "%{h}.%{p}.%{s}.example"),
		term("exists:%%.%_.%-.example", '+', "exists", "%%.%_.%-.example"),
		term("exists:%{IR}.example", '+', "exists", "%{IR}.example"),
		term("exists:%{l}..%{d}.example", '+', "exists", "%{l}..%{d}.example"), // what it makes depends on the message
		term("exists:a%-", '+', "exists", "a%-"),
		term("exists:%{d128}", '+', "exists", "%{d128}"),
		// Top labels (7.1): letters, or digits and hyphens, but no number.
		term("include:a.b2", '+', "include", "a.b2"),
		term("include:a.2b", '+', "include", "a.2b"),
		term("include:a.1-2", '+', "include", "a.1-2"),
		term("include:a.xn--p1ai", '+', "include", "a.xn--p1ai"),
		term("include:_a-.-b_.example", '+', "include", "_a-.-b_.example"),
		term("include:"+strings.Repeat("a", 63)+".example", '+', "include", strings.Repeat("a", 63)+".example"),
		// 6 modifiers: known ones and those to pass over.
		term("redirect=_spf.example", 0, "redirect", "_spf.example"),
		term("Redirect=%{d}.example", 0, "redirect", "%{d}.example"),
		term("exp=spiega.%{d}", 0, "exp", "spiega.%{d}"),
		term("moo=", 0, "moo=", ""),
		term("moo.cow-far_out1=man:dog/cat", 0, "moo.cow-far_out1=", "man:dog/cat"),
		term("a=b=c", 0, "a=", "b=c"),
		term("when=%{t}%%%_%{c}%{r}", 0, "when=", "%{t}%%%_%{c}%{r}"),
		term("ip4=192.0.2.1", 0, "ip4=", "192.0.2.1"),
		term("include=fornitore.example", 0, "include=", "fornitore.example"),
		term("all=", 0, "all=", ""),
	}
	for _, want := range tests {
		t.Run(want.Raw, func(t *testing.T) {
			t.Parallel()
			record, err := records.ParseSPF("v=spf1 " + want.Raw)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]records.SPFTerm{want}, record.Terms); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestInvalidSPFTerms(t *testing.T) {
	t.Parallel()
	const (
		unknown   = "unknown mechanism"
		all       = "all takes no value"
		domain    = "not a domain name"
		needs     = "include needs a domain name"
		existence = "exists needs a domain name"
		length    = "not a prefix length"
		missing   = "an address is missing"
		four      = "not an address of ip4"
		six       = "not an address of ip6"
		macro     = "not a macro string"
	)
	tests := map[string]string{
		"foo":                unknown,
		"foo:a.example":      unknown,
		"a192.0.2.1":         unknown,
		"192.0.2.1":          unknown,
		"-":                  unknown,
		"--all":              unknown,
		"+-all":              unknown,
		"=":                  unknown,
		"=a.example":         unknown,
		"1moo=cow":           unknown,
		"-moo=cow":           unknown,
		"moo!=cow":           unknown,
		"all;":               unknown,
		"-all.":              unknown,
		"\tmx":               unknown,
		"mx\u00a0":           unknown,
		"redirect:a.example": unknown,
		"ipv4:192.0.2.1":     unknown,
		"spf1":               unknown,
		":":                  unknown,
		"/24":                unknown,

		"all:":          all,
		"all:a.example": all,
		"all/8":         all,

		"include":                 needs,
		"include:":                needs,
		"include/24":              needs,
		"include:example":         needs, // one label
		"include:a.example/24":    needs,
		"include:a..example":      needs,
		"include:.example":        needs,
		"include:a.example..":     needs,
		"include:192.0.2.1":       needs, // a number is no top label
		"include:a.-example":      needs,
		"include:a.example-":      needs,
		"include:a.exa_mple":      needs,
		"include:a.esempiò":       needs,
		"include:a\x01b.example":  needs,
		"include:a.example\x00":   needs,
		"include:%{d}example":     needs,
		"include:%{d}.1":          needs,
		"include:%":               needs,
		"include:a%.example":      needs,
		"include:%d.example":      needs,
		"include:%{}.example":     needs,
		"include:%{d.example":     needs,
		"include:%{x}.example":    needs,
		"include:%{dd}.example":   needs,
		"include:%{d0}.example":   needs, // 7.3: not zero
		"include:%{d00r}.example": needs,
		"include:%{dr2}.example":  needs,
		"include:%{d;}.example":   needs,
		"include:%{t}.example":    needs, // 7.2: for explanations only
		"include:%{c}.example":    needs,
		"include:%{R}.example":    needs,
		"include:%{d}.example/24": needs,
		"include:" + strings.Repeat("a", 64) + ".example":       needs,
		"include:" + strings.Repeat("a.", 130) + "example":      needs,
		"include:%{d}." + strings.Repeat("a.", 260) + "example": needs,

		"exists":              existence,
		"exists:":             existence,
		"exists/24":           existence,
		"exists:a.example/24": existence,

		"ptr:":                  domain,
		"ptr/24":                domain,
		"ptr:example":           domain,
		"a:":                    domain,
		"a:/24":                 domain,
		"a:example":             domain,
		"a:a.example/":          domain,
		"a:a.example//":         domain,
		"a:a.example/x":         domain,
		"a:a.example/24/":       domain,
		"a:a.example//64/24":    domain,
		"mx:":                   domain,
		"mx:192.0.2.1":          domain,
		"redirect=":             domain,
		"redirect=example":      domain,
		"redirect=a.example/24": domain,
		"redirect=%{i}.1":       domain,
		"exp=":                  domain,
		"exp=%{c}.a.example/":   domain,

		"a/":                     length,
		"a//":                    length,
		"a///64":                 length,
		"a/33":                   length,
		"a/-1":                   length,
		"a/+24":                  length,
		"a/024":                  length,
		"a/00":                   length,
		"a/24/":                  length,
		"a/24//":                 length,
		"a/24/24":                length,
		"a/24//129":              length,
		"a//129":                 length,
		"a//064":                 length,
		"a//64/24":               length,
		"a/99999999999999999999": length,
		"a:a.example/33":         length,
		"a:a.example/033":        length,
		"a:a.example/24//129":    length,
		"mx/x":                   length,
		"mx/33":                  length,

		"ip4":                  missing,
		"ip4/24":               missing,
		"ip6":                  missing,
		"ip4:":                 four,
		"ip4:192.0.2":          four,
		"ip4:192.0.2.256":      four,
		"ip4:192.0.2.01":       four,
		"ip4:192.0.2.1.1":      four,
		"ip4:192.0.2.1:25":     four,
		"ip4:a.example":        four,
		"ip4:%{i}":             four,
		"ip4:2001:db8::1":      four,
		"ip4:::ffff:192.0.2.1": four,
		"ip4:192.0.2.1/":       length,
		"ip4:192.0.2.0/33":     length,
		"ip4:192.0.2.0//24":    length,
		"ip4:192.0.2.0/+24":    length,
		"ip4:192.0.2.0/024":    length,
		"ip6:":                 six,
		"ip6:2001:db8":         six,
		"ip6:2001:db8::1%eth0": six,
		"ip6:[2001:db8::1]":    six,
		"ip6:192.0.2.1":        six,
		"ip6:2001:db8::/129":   length,
		"ip6:2001:db8::/":      length,

		"moo=%":          macro,
		"moo=%x":         macro,
		"moo=%{z}":       macro,
		"moo=citt\u00e0": macro,
	}
	for raw, why := range tests {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			record, err := records.ParseSPF("v=spf1 mx " + raw + " -all")
			if want := raw + ": " + why; message(err) != want {
				t.Errorf("got  %q\nwant %q", message(err), want)
			}
			// What was readable is returned all the same.
			want := []records.SPFTerm{term("mx", '+', "mx", ""), term("-all", '-', "all", "")}
			if diff := cmp.Diff(want, record.Terms); diff != "" {
				t.Errorf("terms (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSPFRecordAsAWhole(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text  string
		terms int
		err   string
	}{
		"nothing-but-the-version":        {"v=spf1", 0, ""},
		"blank-at-the-end":               {"v=spf1 ", 0, ""},
		"many-blanks":                    {"v=spf1   mx    -all   ", 2, ""},
		"capitals":                       {"V=SPF1 MX -ALL", 2, ""},
		"modifier-before-mechanism":      {"v=spf1 redirect=_spf.example mx", 2, ""}, // 4.6.1: order matters for mechanisms only
		"error-after-all":                {"v=spf1 -all mxx", 1, "mxx: unknown mechanism"},
		"first-error-is-told":            {"v=spf1 foo bar -all", 1, "foo: unknown mechanism"},
		"two-redirects":                  {"v=spf1 redirect=a.example redirect=b.example", 2, "redirect=b.example: a second redirect"},
		"two-redirects-to-the-same":      {"v=spf1 redirect=a.example Redirect=a.example", 2, "Redirect=a.example: a second redirect"},
		"two-explanations":               {"v=spf1 exp=a.example exp=b.example -all", 3, "exp=b.example: a second exp"},
		"redirect-and-explanation":       {"v=spf1 exp=a.example redirect=b.example", 2, ""},
		"two-unknown-modifiers":          {"v=spf1 moo=1 moo=2", 2, ""},
		"two-alls":                       {"v=spf1 -all +all", 2, ""},
		"glued-terms":                    {"v=spf1 mx-all", 0, "mx-all: unknown mechanism"},
		"tab-between":                    {"v=spf1 mx\t-all", 0, "mx\t-all: unknown mechanism"},
		"line-feed-at-the-end":           {"v=spf1 -all\n", 0, "-all\n: unknown mechanism"},
		"comma-between":                  {"v=spf1 mx, -all", 1, "mx,: unknown mechanism"},
		"not-spf":                        {"v=DMARC1; p=none", 0, "not an SPF record"},
		"another-version":                {"v=spf2 -all", 0, "not an SPF record"},
		"version-with-something-behind":  {"v=spf1-all", 0, "not an SPF record"},
		"blank-before":                   {" v=spf1 -all", 0, "not an SPF record"},
		"empty":                          {"", 0, "not an SPF record"},
		"letter-that-only-looks-like-it": {"v=\u017fpf1 -all", 0, "not an SPF record"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record, err := records.ParseSPF(test.text)
			if message(err) != test.err || len(record.Terms) != test.terms {
				t.Errorf("got %d terms, %q\nwant %d terms, %q", len(record.Terms), message(err), test.terms, test.err)
			}
		})
	}
}

// RFC 7208 section 4.6.4 counts these terms against the ten, and no others.
func TestTermsThatCostALookup(t *testing.T) {
	t.Parallel()
	record, err := records.ParseSPF("v=spf1 include:a.example a mx ptr exists:%{i}.example redirect=b.example " +
		"all ip4:192.0.2.1 ip6:2001:db8::1 exp=c.example include=d.example a=e mx=f redirecting=g.example")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, each := range record.Terms {
		if each.Asks() {
			got = append(got, each.Raw)
		}
	}
	want := []string{"include:a.example", "a", "mx", "ptr", "exists:%{i}.example", "redirect=b.example"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRecordThatATermLeadsTo(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"include:_SPF.Fornitore.Example":  "_spf.fornitore.example",
		"include:fornitore.example.":      "fornitore.example",
		"redirect=_spf.fornitore.example": "_spf.fornitore.example",
		"include:%{d}.fornitore.example":  "", // depends on the message
		"redirect=%{d}":                   "",
		"exp=spiega.example":              "", // text, not a record to follow
		"a:web.example":                   "",
		"exists:web.example":              "",
		"include=fornitore.example":       "",
		"all":                             "",
	}
	for raw, want := range tests {
		t.Run(raw, func(t *testing.T) {
			t.Parallel()
			record, err := records.ParseSPF("v=spf1 " + raw)
			if err != nil {
				t.Fatal(err)
			}
			if got := record.Terms[0].Follows(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestWhatIsLeftAtTheEnd(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text      string
		qualifier byte
		hasAll    bool
	}{
		"hard":                      {"v=spf1 mx -all", '-', true},
		"soft":                      {"v=spf1 mx ~all", '~', true},
		"open":                      {"v=spf1 all", '+', true},
		"first-counts":              {"v=spf1 ?all -all", '?', true},
		"not-the-last-term":         {"v=spf1 -all mx", '-', true},
		"none":                      {"v=spf1 mx", 0, false},
		"redirect-only":             {"v=spf1 redirect=a.example", 0, false},
		"redirect-that-is-dead":     {"v=spf1 redirect=a.example -all", '-', true}, // 6.1
		"modifier-called-all":       {"v=spf1 all=x", 0, false},
		"name-that-begins-with-all": {"v=spf1 allx=y a:all.example", 0, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record, err := records.ParseSPF(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if qualifier, hasAll := record.All(); qualifier != test.qualifier || hasAll != test.hasAll {
				t.Errorf("all: got %q %v, want %q %v", qualifier, hasAll, test.qualifier, test.hasAll)
			}
			if got := record.Redirects(); got == test.hasAll {
				t.Errorf("a redirect counts: %v", got)
			}
		})
	}
}
