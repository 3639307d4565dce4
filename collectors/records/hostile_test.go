package records_test

import (
	"hash/crc32"
	"runtime"
	"strings"
	"testing"
	"time"

	"campanile/collectors/records"
)

const (
	long    = 64 << 10               // bytes; no record in DNS is longer
	longest = 100 * time.Millisecond // for reading it; a millisecond is usual
)

// within fails when reading keeps the processor too long every time: a reader
// whose work grows with the square does. What a busy machine spends on others
// does not count.
func within(t *testing.T, name string, read func()) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var took time.Duration
	for range 5 {
		began := worked()
		read()
		if took = worked() - began; took < longest {
			return
		}
	}
	t.Errorf("%s took %v", name, took)
}

// atOnce lets a fuzz function read its input grown to the length of the longest
// record: a beginning of it, and then the rest again and again. That is done for
// one input in sixteen, always for the same.
func atOnce(t *testing.T, text string, read func(string)) {
	t.Helper()
	sum := int(crc32.ChecksumIEEE([]byte(text)))
	if text == "" || sum%16 != 0 {
		return
	}
	cut := sum / 16 % len(text)
	grown := text[:cut] + strings.Repeat(text[cut:], long/(len(text)-cut)+1)
	within(t, "64 KiB", func() { read(grown) })
}

// brief fails on messages that repeat a hostile record.
func brief(t *testing.T, err error) {
	t.Helper()
	if err != nil && len(err.Error()) > 1024 {
		t.Errorf("a message of %d bytes", len(err.Error()))
	}
}

// hostile is what is published, again and again, by whoever wants to see a reader
// fall.
var hostile = map[string]string{
	"nul-bytes": "\x00", "invalid-utf8": "\xff\xfe", "backslashes": `\`, "quotes": `"`, "blanks": " ", "line-feeds": "\n", "digits": "0",
	"semicolons": ";", "commas": ",", "colons": ":", "signs": "=", "dots": ".", "stars": "*.", "percent": "%{", "letters": "a", "tags": "a=b;",
	"addresses": "mailto:a@b.example,", "words": "a:", "includes": "include:a.example ", "labels": "a.", "lines": "mx: a.example\n",
	"folding": "A\r\n\t", "hexadecimal": "00", "base64": "MIGf", "escapes": `\065`, "strings": `"a" `,
}

// TestHostileRecords: a text as long as DNS can carry, of anything, is read at
// once by every reader; what comes out is no longer than what went in, and
// messages stay short.
func TestHostileRecords(t *testing.T) {
	t.Parallel()
	for name, r := range readers() {
		for _, start := range append(r.starts, "") {
			for kind, part := range hostile {
				text := start + strings.Repeat(part, long/len(part))
				within(t, name+": "+start+" and "+kind, func() {
					size, err := r.read(text)
					brief(t, err)
					if size > len(text) {
						t.Errorf("%s: %s and %s: %d bytes out of %d", name, start, kind, size, len(text))
					}
				})
			}
		}
	}
}

// reader is a function that reads a record, how its records begin, and the length
// of what it gives.
type reader struct {
	starts []string
	read   func(text string) (size int, err error)
}

func readers() map[string]reader {
	long := func(lists ...[]string) int {
		size := 0
		for _, list := range lists {
			size += len(strings.Join(list, ""))
		}
		return size
	}
	generic := `\# 65535 `
	return map[string]reader{
		"text": {[]string{`"`}, func(s string) (int, error) { text, err := records.Text(s); return len(text), err }},
		"spf":  {[]string{"v=spf1 ", "v=spf1 a:"}, func(s string) (int, error) { r, err := records.ParseSPF(s); return len(r.Terms), err }},
		"dmarc": {[]string{"v=DMARC1;", "v=DMARC1; p=", "v=DMARC1; p=reject; rua="}, func(s string) (int, error) {
			r, err := records.ParseDMARC(s)
			return long(r.AggregateTo, r.FailuresTo), err
		}},
		"dmarc-names": {nil, func(s string) (int, error) { return len(records.DMARCNames(s)), nil }},
		"mtasts":      {[]string{"v=STSv1;", "v=STSv1; id="}, func(s string) (int, error) { r, err := records.ParseMTASTS(s); return len(r.ID), err }},
		"mtasts-policy": {[]string{"version: STSv1\nmode: enforce\nmax_age: 1\n", "mx: "}, func(s string) (int, error) {
			p, err := records.ParseMTASTSPolicy(s)
			return len(p.MX), err
		}},
		"mtasts-mx": {[]string{"*."}, func(s string) (int, error) {
			records.MTASTSPolicy{MX: strings.Fields(s)}.Lists(s)
			return 0, nil
		}},
		"tlsrpt": {[]string{"v=TLSRPTv1;", "v=TLSRPTv1; rua="}, func(s string) (int, error) { r, err := records.ParseTLSRPT(s); return long(r.Reports), err }},
		"dkim": {[]string{"v=DKIM1;", "v=DKIM1; p=", "v=DKIM1; p=; t="}, func(s string) (int, error) {
			k, err := records.ParseDKIM(s)
			return long(k.Hashes, k.Services, k.Flags), err
		}},
		"caa": {[]string{"0 ", "0 issue ", `0 issue "`, `0 issue "a;`, `0 iodef "mailto:`, generic}, func(s string) (int, error) {
			r, err := records.ParseCAA(s)
			records.CAAAllows([]records.CAA{r}, true, []string{s})
			return len(r.Tag) + len(r.Value), err
		}},
		"caa-issuers": {[]string{"CN=a,", "O="}, func(s string) (int, error) { records.CAAIdentifiers(s); return 0, nil }},
		"tlsa": {[]string{"3 1 1 ", "3 0 0 ", generic}, func(s string) (int, error) {
			r, err := records.ParseTLSA(s)
			r.Usable()
			return len(r.Data), err
		}},
		"dnskey": {[]string{"257 3 8 ", generic}, func(s string) (int, error) { _, err := records.ParseDNSKEY(s); return 0, err }},
		"ds":     {[]string{"1 13 2 ", generic}, func(s string) (int, error) { _, err := records.ParseDS(s); return 0, err }},
	}
}
