package dnssec

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"campanile/collectors/internal/dnstest"
)

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

func TestRootAnchorNamesTheKeysOfTheRoot(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/root.key")
	if err != nil {
		t.Fatal(err)
	}
	keys := mustRead(t, string(text))
	anchor := RootAnchor()
	for _, key := range keys.keys {
		if !anchor.holds(key) {
			t.Errorf("key %d is not in the anchor", key.KeyTag())
		}
	}
	if diff := cmp.Diff([]uint16{20326, 38696}, anchor.tags()); diff != "" {
		t.Errorf("key tags (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(anchor.tags(), keys.tags()); diff != "" {
		t.Errorf("key tags of the keys (-want +got):\n%s", diff)
	}
}

func TestAnchorFileIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	plain := ". IN DS 20326 8 2 " + zeros
	want := mustRead(t, plain)
	for name, text := range map[string]string{
		"with-ttl":             ". 172800 IN DS 20326 8 2 " + zeros + "\n",
		"without-class":        ". DS 20326 8 2 " + zeros,
		"with-comments":        "; the lab\n\n" + plain + " ; key 1\n\t; end",
		"with-carriage-return": "; the lab\r\n" + plain + "\r\n",
		"indented":             "   " + plain,
		"over-several-lines":   ". IN DS 20326 8 ( ; SHA-256\n 2\n " + zeros[:32] + "\n " + zeros[32:] + " )\n",
		"twice":                plain + "\n" + plain,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := mustRead(t, text)
			if got.Digest() != want.Digest() {
				t.Errorf("digest = %s, want %s", got.Digest(), want.Digest())
			}
		})
	}
}

func TestAnchorFileIsRefused(t *testing.T) {
	t.Parallel()
	good := ". IN DS 20326 8 2 " + zeros + "\n"
	for name, test := range map[string]struct{ text, want string }{
		"empty":               {"", "no DS or DNSKEY record of the root in it"},
		"comments-alone":      {"; nothing\n", "no DS or DNSKEY record of the root in it"},
		"address-record":      {good + ". IN A 192.0.2.1", "line 2: a record of type A; only DS and DNSKEY are read"},
		"another-name":        {good + "\ncomune.test. IN DS 1 8 2 " + zeros, "line 3: a record of comune.test; only the root (.) can be the anchor"},
		"another-class":       {". CH DS 1 8 2 " + zeros, "line 1: class CH; only IN is read"},
		"directive":           {"$INCLUDE /etc/passwd", "line 1: $INCLUDE: directives are not read here; write out the DS or DNSKEY records"},
		"generator":           {"$GENERATE 1-65535 . DS 1 8 2 " + zeros, "line 1: $GENERATE: directives are not read here; write out the DS or DNSKEY records"},
		"sentence":            {"see the attached file", `line 1: not a record in zone-file form: "see the attached file"`},
		"markup":              {"<?xml version=\"1.0\"?>", `line 1: not a record in zone-file form: "<?xml version=\"1.0\"?>"`},
		"sha-1":               {". IN DS 1 8 1 " + zeros[:40], "line 1: digest type 1; use 2 (SHA-256) or 4 (SHA-384)"},
		"digest-cut":          {". IN DS 1 8 2 " + zeros[:62], "line 1: the digest of DS 1 is not 32 bytes in hexadecimal"},
		"digest-not-hex":      {". IN DS 1 8 2 zz" + zeros[2:], "line 1: the digest of DS 1 is not 32 bytes in hexadecimal"},
		"no-zone-key":         {". IN DNSKEY 0 3 8 AwEAAQ==", "line 1: a DNSKEY that is no zone key (flags 257 or 256, protocol 3)"},
		"revoked-key":         {". IN DNSKEY 385 3 8 AwEAAQ==", "line 1: key 1931 is revoked; take the present key"},
		"key-not-base64":      {". IN DNSKEY 257 3 8 !!!!", "line 1: a DNSKEY whose key is not base64"},
		"parenthesis-open":    {good + ". IN DS ( 1 8\n 2 " + zeros, "line 2: a parenthesis that is never closed"},
		"parenthesis-closed":  {good + ". IN DS ) 1 8 2 " + zeros, "line 2: a closing parenthesis too many"},
		"longer-than-we-read": {strings.Repeat(good, 1000), "longer than 65536 bytes; a trust anchor is a few DS or DNSKEY records"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadAnchor(strings.NewReader(test.text))
			if err == nil || err.Error() != test.want {
				t.Errorf("error = %v\nwant    %s", err, test.want)
			}
		})
	}
}

func TestUnreadableAnchorFileSaysWhy(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	if _, err := ReadAnchor(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("error = %v, want %v in it", err, broken)
	}
}

func mustRead(t *testing.T, text string) Anchor {
	t.Helper()
	anchor, err := ReadAnchor(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return anchor
}

func TestDigestTellsAnchorsApart(t *testing.T) {
	t.Parallel()
	if digest := (Anchor{}).Digest(); digest != "" {
		t.Errorf("digest of no anchor = %q, want none", digest)
	}
	one := mustRead(t, ". IN DS 1 8 2 "+zeros)
	two := mustRead(t, ". IN DS 2 8 2 "+zeros)
	both := mustRead(t, ". IN DS 1 8 2 "+zeros+"\n. IN DS 2 8 2 "+zeros)
	turned := mustRead(t, ". IN DS 2 8 2 "+zeros+"\n. IN DS 1 8 2 "+zeros)
	if both.Digest() != turned.Digest() || both.Digest() == one.Digest() || one.Digest() == two.Digest() {
		t.Errorf("digests: one %s, two %s, both %s, turned %s", one.Digest(), two.Digest(), both.Digest(), turned.Digest())
	}
	if one.Digest() == RootAnchor().Digest() || !strings.HasPrefix(one.Digest(), "sha256:") {
		t.Errorf("digest = %s", one.Digest())
	}
	// The digest of the released anchor is in people's evidence: it must not move.
	const root = "sha256:2c212250f1ec271109464e0db2f674f2b6b497da6a177d4d1b264fccb0f6d111"
	if got := RootAnchor().Digest(); got != root {
		t.Errorf("digest of the root's anchor = %s, want %s", got, root)
	}
}

func TestKeyOfAnotherAlgorithmIsNotHeld(t *testing.T) {
	t.Parallel()
	key := dnstest.Records(t, ". IN DNSKEY 257 3 8 AwEAAQ==")[0].(*dns.DNSKEY)
	anchor := mustRead(t, key.ToDS(dns.SHA384).String())
	if !anchor.holds(key) {
		t.Error("the key is not held by its SHA-384 digest")
	}
	other := dns.Copy(key).(*dns.DNSKEY)
	other.Algorithm = dns.RSASHA512
	if anchor.holds(other) {
		t.Error("a key of another algorithm is held")
	}
}

func FuzzReadAnchor(f *testing.F) {
	f.Add(". IN DS 20326 8 2 " + zeros)
	f.Add(". 1 IN DNSKEY 257 3 8 ( AwEAAQ== ) ; c\n")
	f.Add("$TTL 1\n. DS (\n)\"")
	f.Fuzz(func(t *testing.T, text string) {
		anchor, err := ReadAnchor(strings.NewReader(text))
		if (err == nil) == anchor.Empty() {
			t.Errorf("ReadAnchor(%q) = %v, %v", text, anchor.tags(), err)
		}
		if err == nil && anchor.Digest() == "" {
			t.Errorf("an anchor without a digest: %q", text)
		}
	})
}
