package records_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records"
)

func TestTextOfATXTRecord(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		rdata string
		want  string
		err   string
	}{
		"one-string":                  {`"v=spf1 -all"`, "v=spf1 -all", ""},
		"strings-join-without-blank":  {`"v=spf1 include:_spf." "fornitore.example -all"`, "v=spf1 include:_spf.fornitore.example -all", ""},
		"blank-inside-is-kept":        {`"v=spf1 " "-all"`, "v=spf1 -all", ""},
		"many-blanks-between":         {"\"a\" \t  \"b\"", "ab", ""},
		"strings-that-touch":          {`"a""b"`, "ab", ""},
		"without-quotes":              {`v=DMARC1;p=none`, "v=DMARC1;p=none", ""},
		"without-quotes-two-strings":  {`v=DMARC1; p=none`, "v=DMARC1;p=none", ""},
		"empty-string":                {`""`, "", ""},
		"empty-record":                {``, "", ""},
		"quote-inside":                {`"say \"ciao\""`, `say "ciao"`, ""},
		"backslash-inside":            {`"a\\b"`, `a\b`, ""},
		"semicolon-with-a-backslash":  {`"v=DMARC1\; p=none"`, "v=DMARC1; p=none", ""},
		"blank-with-a-backslash":      {`a\ b`, "a b", ""},
		"byte-by-number":              {`"citt\195\160"`, "città", ""},
		"highest-byte":                {`"\255"`, "\xff", ""},
		"zero-byte":                   {`"\000"`, "\x00", ""},
		"digit-after-a-number":        {`"\0651"`, "A1", ""},
		"control-character":           {"\"a\tb\"", "a\tb", ""},
		"string-without-its-end":      {`"v=spf1 -all`, "", "a quoted string without its end"},
		"second-string-without-end":   {`"a" "b`, "", "a quoted string without its end"},
		"backslash-at-the-end":        {`abc\`, "", "a backslash at the end"},
		"backslash-before-end-quote":  {`"abc\"`, "", "a quoted string without its end"},
		"number-too-short":            {`"\06"`, "", "a backslash without three digits"},
		"number-of-one-digit":         {`\6`, "", "a backslash without three digits"},
		"number-too-high":             {`"\256"`, "", "a backslash with a number above 255"},
		"number-with-a-letter":        {`"\1x5"`, "", "a backslash without three digits"},
		"record-as-long-as-they-come": {`"` + strings.Repeat(`\000`, 65535) + `"`, strings.Repeat("\x00", 65535), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := records.Text(test.rdata)
			if got != test.want || message(err) != test.err {
				t.Errorf("got %q, %q\nwant %q, %q", got, message(err), test.want, test.err)
			}
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestRecordThatDoesNotParseIsLeftOut(t *testing.T) {
	t.Parallel()
	got := records.Texts([]string{`"one"`, `"two`, `three\`, `"four" "five"`})
	if diff := cmp.Diff([]string{"one", "fourfive"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := records.Texts(nil); len(got) != 0 {
		t.Errorf("got %q from nothing", got)
	}
}

// Among the records of a name, only those of the kind are picked.
func TestPicking(t *testing.T) {
	t.Parallel()
	rdata := []string{
		`"v=spf1 -all"`, `"V=SPF1"`, `"v=spf10 -all"`, `" v=spf1 -all"`, `"v=spf1\009-all"`, `"v=spf1;-all"`, `"spf2.0/pra -all"`, `"v=spf" "1 mx"`, `"v=spf`,
		`"v=DMARC1; p=none"`, `"V = DMARC1 ;p=none"`, `"v=DMARC1"`, `"v=dmarc1; p=none"`, `" v=DMARC1; p=none"`, `"p=none; v=DMARC1"`, `"v=DMARC1 p=none"`, `"v=DMARC12; p=none"`, `"v;DMARC1"`,
		`"v=STSv1; id=1;"`, `"v=STSv1 ; id=2"`, `"v=STSv1;"`, `"v=STSv1"`, `"v=stsv1; id=1"`, `" v=STSv1; id=1"`, `"v=STSv12; id=1"`, `"v = STSv1; id=1"`,
		`"google-site-verification=abc"`, `""`,
	}
	tests := map[string]struct {
		pick func([]string) []string
		want []string
	}{
		"spf":     {records.SPFRecords, []string{"v=spf1 -all", "V=SPF1", "v=spf1 mx"}},
		"dmarc":   {records.DMARCRecords, []string{"v=DMARC1; p=none", "V = DMARC1 ;p=none", "v=DMARC1"}},
		"mta-sts": {records.MTASTSRecords, []string{"v=STSv1; id=1;", "v=STSv1 ; id=2", "v=STSv1;"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, test.pick(rdata)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
