package records_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records"
)

// quote writes any bytes as a TXT record in presentation form, in strings of at
// most 255 bytes.
func quote(text string) string {
	var rdata strings.Builder
	for part := range slices.Chunk([]byte(text), 255) {
		rdata.WriteString(` "`)
		for _, c := range part {
			if c < ' ' || c > '~' || c == '"' || c == '\\' {
				fmt.Fprintf(&rdata, `\%03d`, c)
			} else {
				rdata.WriteByte(c)
			}
		}
		rdata.WriteString(`"`)
	}
	return rdata.String()
}

// FuzzText: no record may crash the reader; what it gives is never longer than
// what it was given; and any bytes come back from their quoted form.
func FuzzText(f *testing.F) {
	for _, seed := range []string{`"v=spf1 " "-all"`, `"\"\195\160`, `a\ b\\`, strings.Repeat("x", 600)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, rdata string) {
		atOnce(t, rdata, func(rdata string) { _, _ = records.Text(rdata) })
		if text, err := records.Text(rdata); len(text) > len(rdata) || err != nil && text != "" {
			t.Errorf("%d bytes from %d, %v", len(text), len(rdata), err)
		}
		if back, err := records.Text(quote(rdata)); err != nil || back != rdata {
			t.Errorf("got %q, %v from %s", back, err, quote(rdata))
		}
	})
}

// FuzzParseSPF: a record that is accepted is made of its terms and of nothing
// else, and every term stays within its bounds.
func FuzzParseSPF(f *testing.F) {
	for _, seed := range []string{
		"v=spf1 mx a:web.example/24//64 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:%{d2r-}.example -all",
		"v=spf1 redirect=_spf.example exp=%{ir}.%{v}.example moo=%{t}%%",
		"v=spf1 a:strano:bar/baz.example ptr/ ?all:",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		atOnce(t, text, func(text string) { _, _ = records.ParseSPF(text) })
		record, err := records.ParseSPF(text)
		brief(t, err)
		if !records.IsSPF(text) {
			if err == nil || len(record.Terms) > 0 {
				t.Error("read what is no SPF record")
			}
			return
		}
		var raw []string
		for _, term := range record.Terms {
			raw = append(raw, term.Raw)
			if term.Raw == "" || term.Name == "" || term.Bits4 < -1 || term.Bits4 > 32 || term.Bits6 < -1 || term.Bits6 > 128 {
				t.Errorf("%+v", term)
			}
			if (term.Qualifier == 0) != (term.Name == "redirect" || term.Name == "exp" || strings.HasSuffix(term.Name, "=")) {
				t.Errorf("neither mechanism nor modifier: %+v", term)
			}
			if term.Follows() != "" && !term.Asks() {
				t.Errorf("followed without being counted: %+v", term)
			}
		}
		again, errAgain := records.ParseSPF("v=spf1 " + strings.Join(raw, " "))
		if err == nil && errAgain != nil {
			t.Errorf("refused the second time: %v", errAgain)
		}
		if diff := cmp.Diff(record.Terms, again.Terms); diff != "" {
			t.Errorf("(-first +second):\n%s", diff)
		}
	})
}

// FuzzParseDMARC: whatever stands in a record, its effect is one of three words,
// and only a valid policy has any.
func FuzzParseDMARC(f *testing.F) {
	seed(f, "dmarc")
	for _, seed := range []string{
		"v=DMARC1; p=reject; sp=none; np=quarantine; t=y; psd=n; pct=50; rua=mailto:a@comune.example!10m,https://b.example/",
		"V = DMARC1;p=;rua=,",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		atOnce(t, text, func(text string) { _, _ = records.ParseDMARC(text) })
		record, err := records.ParseDMARC(text)
		brief(t, err)
		words := []string{"none", "quarantine", "reject"}
		for _, policy := range []string{record.Effective(true), record.Effective(false)} {
			if !slices.Contains(words, policy) {
				t.Errorf("effective policy %q", policy)
			}
			if policy != "none" && (err != nil || record.PolicyMalformed || record.Policy == "") {
				t.Errorf("%s from a record without a valid policy: %v", policy, err)
			}
		}
		for _, policy := range []string{record.Policy, record.Subdomains, record.Missing} {
			if policy != "" && !slices.Contains(words, policy) {
				t.Errorf("policy %q", policy)
			}
		}
		for _, uri := range slices.Concat(record.AggregateTo, record.FailuresTo) {
			if strings.ContainsAny(uri, " \t\r\n,;<>\"") || !strings.Contains(uri, ":") {
				t.Errorf("address %q", uri)
			}
		}
		if err == nil && !records.IsDMARC(text) {
			t.Error("read what is no DMARC record")
		}
	})
}

// FuzzDMARCNames: the walk always ends, at the top.
func FuzzDMARCNames(f *testing.F) {
	f.Add("polizia.comune.esempio.example")
	f.Add("a.b.c.d.e.f.g.h.i.j.comune.example.")
	f.Fuzz(func(t *testing.T, domain string) {
		atOnce(t, domain, func(domain string) { records.DMARCNames(domain) })
		names := records.DMARCNames(domain)
		if len(names) == 0 || len(names) > 8 {
			t.Fatalf("%d names", len(names))
		}
		for i, name := range names {
			rest, ok := strings.CutPrefix(name, "_dmarc.")
			if !ok || !strings.HasSuffix(strings.TrimSuffix(domain, "."), rest) {
				t.Errorf("%q is not above %q", name, domain)
			}
			if i > 0 && len(name) >= len(names[i-1]) {
				t.Errorf("%q after %q", name, names[i-1])
			}
		}
	})
}

// FuzzParseMTASTSPolicy: a policy that is accepted says what to do, for whom and
// for how long.
func FuzzParseMTASTSPolicy(f *testing.F) {
	seed(f, "mtasts-policy")
	f.Add("version: STSv1\r\nmode: enforce\r\nmx: *.comune.example\r\nmax_age: 604800\r\n")
	f.Add("version:STSv1\nmode:none\nmax_age:0")
	f.Fuzz(func(t *testing.T, body string) {
		atOnce(t, body, func(body string) { _, _ = records.ParseMTASTSPolicy(body) })
		policy, err := records.ParseMTASTSPolicy(body)
		brief(t, err)
		if err != nil {
			return
		}
		if policy.MaxAge < 0 || policy.MaxAge > 31557600 {
			t.Errorf("max_age %d", policy.MaxAge)
		}
		switch policy.Mode {
		case "enforce", "testing":
			if len(policy.MX) == 0 {
				t.Error("no mx")
			}
		case "none":
		default:
			t.Errorf("mode %q", policy.Mode)
		}
		for _, mx := range policy.MX {
			if mx == "" || strings.ToLower(mx) != mx || strings.ContainsAny(strings.TrimPrefix(mx, "*."), "* \t:") {
				t.Errorf("mx %q", mx)
			}
		}
	})
}
