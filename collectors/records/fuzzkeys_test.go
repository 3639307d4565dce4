package records_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records"
)

// seed gives a fuzz function the cases of a grammar to begin with.
func seed(f *testing.F, grammar string) {
	f.Helper()
	for _, c := range readCases(f, "../../testdata/records/"+grammar+".txt") {
		f.Add(c.record)
	}
}

// FuzzParseDKIM: a key that is accepted is revoked, has a size, or is of a type
// that receivers pass over; a tag more changes nothing.
func FuzzParseDKIM(f *testing.F) {
	seed(f, "dkim")
	f.Fuzz(func(t *testing.T, text string) {
		atOnce(t, text, func(text string) { _, _ = records.ParseDKIM(text) })
		key, err := records.ParseDKIM(text)
		brief(t, err)
		if err != nil {
			return
		}
		measured := key.Type == "rsa" || key.Type == "ed25519"
		if (key.Bits > 0) != (measured && !key.Revoked) || key.Bits < 0 || key.Bits > 8*len(text) {
			t.Errorf("%+v", key)
		}
		for _, word := range slices.Concat(key.Hashes, key.Services, key.Flags) {
			if word == "" || strings.ContainsAny(word, ":;") || strings.Trim(word, " \t\r\n") != word {
				t.Errorf("word %q", word)
			}
		}
		if len(records.DKIMRecords([]string{quote(text)})) != 1 {
			t.Error("a key that is not picked")
		}
		if strings.Contains(text, "zz_9") {
			return
		}
		again, err := records.ParseDKIM(strings.TrimRight(strings.TrimSuffix(strings.TrimRight(text, " \t\r\n"), ";"), " \t\r\n") + " ; zz_9=*;")
		if diff := cmp.Diff(key, again); diff != "" || err != nil {
			t.Errorf("with one tag more: %v (-want +got):\n%s", err, diff)
		}
	})
}

// FuzzParseTLSA: what is read can be written again, in both forms.
func FuzzParseTLSA(f *testing.F) {
	seed(f, "tlsa")
	f.Fuzz(func(t *testing.T, rdata string) {
		atOnce(t, rdata, func(rdata string) {
			r, _ := records.ParseTLSA(rdata)
			r.Usable()
		})
		r, err := records.ParseTLSA(rdata)
		brief(t, err)
		if err != nil {
			return
		}
		for _, form := range []string{
			fmt.Sprintf("%d %d %d %x", r.Usage, r.Selector, r.Matching, r.Data),
			fmt.Sprintf(`\# %d %02x%02x%02x%x`, 3+len(r.Data), r.Usage, r.Selector, r.Matching, r.Data),
		} {
			again, err := records.ParseTLSA(form)
			if diff := cmp.Diff(r, again); len(r.Data) <= 65532 && (diff != "" || err != nil) {
				t.Errorf("%v (-first +second):\n%s", err, diff)
			}
		}
		if len(r.Data) == 0 || r.Usable() && (r.Usage < 2 || r.Usage > 3 || r.Selector > 1 || r.Matching > 2) {
			t.Errorf("%+v", r)
		}
	})
}

// FuzzParseDNSKEY: a size is never larger than the key, and the generic form of a
// record reads the same.
func FuzzParseDNSKEY(f *testing.F) {
	seed(f, "dnskey")
	f.Fuzz(func(t *testing.T, rdata string) {
		atOnce(t, rdata, func(rdata string) { _, _ = records.ParseDNSKEY(rdata) })
		key, err := records.ParseDNSKEY(rdata)
		brief(t, err)
		if key.Bits < 0 || key.Bits > 8*len(rdata) || err != nil && key.Bits != 0 {
			t.Errorf("%+v, %v", key, err)
		}
		again, errAgain := records.ParseDNSKEY("  " + strings.ReplaceAll(rdata, " ", " \t ") + "\t")
		if key != again || (err == nil) != (errAgain == nil) {
			t.Errorf("%+v, %v; with more blanks %+v, %v", key, err, again, errAgain)
		}
	})
}

// FuzzParseDS: as for keys.
func FuzzParseDS(f *testing.F) {
	seed(f, "ds")
	f.Fuzz(func(t *testing.T, rdata string) {
		atOnce(t, rdata, func(rdata string) { _, _ = records.ParseDS(rdata) })
		ds, err := records.ParseDS(rdata)
		brief(t, err)
		again, errAgain := records.ParseDS(strings.ToUpper(rdata) + " ")
		if ds != again || (err == nil) != (errAgain == nil) {
			t.Errorf("%+v, %v; in capitals %+v, %v", ds, err, again, errAgain)
		}
	})
}

// FuzzParseCAA: what is read can be written again; a record more for an authority
// never shuts it out, one that nobody knows and that is critical always does.
func FuzzParseCAA(f *testing.F) {
	for _, c := range readCases(f, "../../testdata/records/caa.txt") {
		f.Add(c.record, "ca.example")
	}
	f.Fuzz(func(t *testing.T, text, identifier string) {
		atOnce(t, text, func(text string) { _, _ = records.ParseCAA(text) })
		var set []records.CAA
		for line := range strings.SplitSeq(text, "\n") {
			r, err := records.ParseCAA(line)
			brief(t, err)
			if domain, ok := r.Issuer(); ok && domain != strings.ToLower(domain) || !ok && domain != "" {
				t.Errorf("issuer %q, %v", domain, ok)
			}
			set = append(set, r)
			if err == nil {
				rewritten(t, r)
			}
		}
		for _, wildcard := range []bool{false, true} {
			ids := []string{identifier}
			allowed := records.CAAAllows(set, wildcard, ids)
			if records.CAAAllows(set, wildcard, nil) && !allowed {
				t.Error("allowed to nobody known, but not to somebody")
			}
			one, _ := records.ParseCAA("0 issue " + identifier)
			domain, ok := one.Issuer()
			if ok && domain != "" && strings.EqualFold(domain, identifier) && allowed && !records.CAAAllows(append(slices.Clone(set), one), wildcard, ids) {
				t.Errorf("shut out by its own record %+v", one)
			}
			if records.CAAAllows(append(slices.Clone(set), records.CAA{Critical: true, Tag: "x"}), wildcard, ids) {
				t.Error("a critical record that nobody knows forbids nothing")
			}
		}
	})
}

// rewritten reads a record again from both forms.
func rewritten(t *testing.T, r records.CAA) {
	t.Helper()
	var quoted strings.Builder
	for i := range len(r.Value) {
		fmt.Fprintf(&quoted, `\%03d`, r.Value[i])
	}
	forms := []string{fmt.Sprintf(`%d %s "%s"`, r.Flags, r.Tag, &quoted)}
	if size := 2 + len(r.Tag) + len(r.Value); len(r.Tag) < 256 && size <= 65535 {
		forms = append(forms, fmt.Sprintf(`\# %d %02x%02x%x%x`, size, r.Flags, len(r.Tag), r.Tag, r.Value))
	}
	for _, form := range forms {
		again, err := records.ParseCAA(form)
		if diff := cmp.Diff(r, again); diff != "" || err != nil {
			t.Errorf("%s: %v (-first +second):\n%s", form, err, diff)
		}
	}
}

// FuzzCAAIdentifiers: whatever a certificate's issuer is, there is no guess.
func FuzzCAAIdentifiers(f *testing.F) {
	seed(f, "caa-issuers")
	f.Fuzz(func(t *testing.T, name string) {
		atOnce(t, name, func(name string) { records.CAAIdentifiers(name) })
		list := records.CAAIdentifiers(name)
		if list != nil && !strings.Contains(name, "O=") {
			t.Errorf("%q from no organisation", list)
		}
		for _, domain := range list {
			r, err := records.ParseCAA("0 issue " + strconv.Quote(domain))
			if err != nil || !records.CAAAllows([]records.CAA{r}, true, list) {
				t.Errorf("%q lets nobody in: %v", domain, err)
			}
		}
	})
}
