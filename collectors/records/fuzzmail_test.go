package records_test

import (
	"slices"
	"strings"
	"testing"

	"campanile/collectors/records"
)

// FuzzParseTLSRPT: a record that is accepted has an address, and its addresses
// alone make the same record.
func FuzzParseTLSRPT(f *testing.F) {
	seed(f, "tlsrpt")
	f.Fuzz(func(t *testing.T, text string) {
		atOnce(t, text, func(text string) { _, _ = records.ParseTLSRPT(text) })
		record, err := records.ParseTLSRPT(text)
		brief(t, err)
		if (err == nil) != (len(record.Reports) > 0) {
			t.Fatalf("%q, %v", record.Reports, err)
		}
		if err != nil {
			return
		}
		if len(records.TLSRPTRecords([]string{quote(text)})) != 1 {
			t.Error("a record that is not picked")
		}
		again, err := records.ParseTLSRPT("v=TLSRPTv1;rua=" + strings.Join(record.Reports, " ,"))
		if err != nil || strings.Join(again.Reports, " ") != strings.Join(record.Reports, " ") {
			t.Errorf("%q, again %q, %v", record.Reports, again.Reports, err)
		}
		for _, uri := range record.Reports {
			scheme, _, _ := strings.Cut(strings.ToLower(uri), ":")
			if scheme != "mailto" && scheme != "https" || strings.ContainsAny(uri, " \t,;!") {
				t.Errorf("address %q", uri)
			}
		}
	})
}

// FuzzParseMTASTS: an id is made of 1 to 32 letters and digits, and of an error
// there is none.
func FuzzParseMTASTS(f *testing.F) {
	seed(f, "mtasts-record")
	f.Fuzz(func(t *testing.T, text string) {
		atOnce(t, text, func(text string) { _, _ = records.ParseMTASTS(text) })
		record, err := records.ParseMTASTS(text)
		brief(t, err)
		if (err == nil) != (record.ID != "") || len(record.ID) > 32 {
			t.Fatalf("%q, %v", record.ID, err)
		}
		if err != nil {
			return
		}
		again, err := records.ParseMTASTS("v=STSv1; id=" + record.ID)
		if again != record || err != nil || len(records.MTASTSRecords([]string{quote(text)})) != 1 {
			t.Errorf("%q, again %q, %v", record.ID, again.ID, err)
		}
	})
}

// FuzzMTASTSLists: a host that a policy lists is one of its patterns, or is that
// with a star for its first label; letters' case and a final dot say nothing.
func FuzzMTASTSLists(f *testing.F) {
	for _, c := range readCases(f, "../../testdata/records/mtasts-mx.txt") {
		host, patterns, _ := strings.Cut(c.record, " in ")
		f.Add(host, patterns)
	}
	f.Fuzz(func(t *testing.T, host, patterns string) {
		policy := records.MTASTSPolicy{MX: strings.Fields(patterns)}
		listed := policy.Lists(host)
		host = strings.ToLower(strings.TrimSuffix(host, "."))
		first, rest, _ := strings.Cut(host, ".")
		same := func(mx string) bool {
			mx = strings.TrimSuffix(mx, ".")
			return mx == host || first != "" && mx == "*."+rest
		}
		if listed && (host == "" || !slices.ContainsFunc(policy.MX, same)) {
			t.Errorf("%q listed in %q", host, policy.MX)
		}
		if isASCII(host) && listed != policy.Lists(strings.ToUpper(host)+".") {
			t.Errorf("%q: listed %v, not so in capitals", host, listed)
		}
	})
}

func isASCII(s string) bool { return !strings.ContainsFunc(s, func(r rune) bool { return r > '~' }) }
