package evidence_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
)

// shuffle brings every list whose order is not a fact into another order.
func shuffle(b *evidence.Bundle, random *rand.Rand) {
	mix(random, b.Families)
	mix(random, b.Names)
	mix(random, b.DNS.Lookups)
	for _, l := range b.DNS.Lookups {
		mix(random, l.Records)
	}
	mix(random, b.Mail.Exchanges)
	for _, x := range b.Mail.Exchanges {
		mix(random, x.Servers)
		for _, s := range x.Servers {
			mix(random, s.Extensions)
			mixNames(random, s.TLS)
		}
	}
	mix(random, b.Endpoints)
	for _, e := range b.Endpoints {
		mix(random, e.Offers)
		mixNames(random, e.TLS)
	}
	mix(random, b.Sites)
	for _, s := range b.Sites {
		for _, h := range slices.Concat(s.HTTP.Hops, s.HTTPS.Hops, s.SecurityTxt.Hops) {
			mix(random, h.Headers)
		}
	}
}

func mixNames(random *rand.Rand, h evidence.Handshake) {
	for _, c := range h.Certificates {
		mix(random, c.Names)
	}
}

func mix[T any](random *rand.Rand, list []T) {
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// double adds to each of these lists what differs from another element in the
// last key only.
func double(t *testing.T) *evidence.Bundle {
	t.Helper()
	b := sample(t)
	b.Names = append(b.Names, evidence.Name{Name: b.Names[0].Name, Source: "mx"})
	b.DNS.Lookups = append(b.DNS.Lookups, evidence.Lookup{Name: "comune.esempio.example", Type: "NS"})
	x := b.Mail.Exchanges[1]
	x.Preference = 5
	b.Mail.Exchanges = append(b.Mail.Exchanges, x, evidence.Exchange{Host: "backup.example", Preference: 100}, evidence.Exchange{Host: "a.example", Preference: 20})
	b.Mail.Exchanges[0].Servers = append(b.Mail.Exchanges[0].Servers, evidence.Server{Address: "2001:db8::25"})
	e := b.Endpoints[0]
	e.Offers = nil
	for _, address := range []string{"192.0.2.80", "2001:db8::80"} {
		for _, port := range []int{8443, 10443} {
			e.Address, e.Port = address, port
			b.Endpoints = append(b.Endpoints, e)
		}
	}
	return b
}

func TestOrderOfArrivalDoesNotChangeTheBytes(t *testing.T) {
	t.Parallel()
	want := marshal(t, double(t))
	for seed := range uint64(50) {
		b := double(t)
		shuffle(b, rand.New(rand.NewPCG(seed, 0)))
		if got := marshal(t, b); got != want {
			t.Fatalf("seed %d (-want +got):\n%s", seed, cmp.Diff(want, got))
		}
	}
}

// Where the order is what was seen, changing it changes the evidence.
func TestOrderThatIsAFactIsKept(t *testing.T) {
	t.Parallel()
	want := marshal(t, sample(t))
	tests := map[string]func(b *evidence.Bundle){
		"hops":         func(b *evidence.Bundle) { slices.Reverse(b.Sites[1].HTTPS.Hops) },
		"links":        func(b *evidence.Bundle) { slices.Reverse(b.Sites[1].HTTPS.Page.Links) },
		"certificates": func(b *evidence.Bundle) { slices.Reverse(b.Endpoints[0].TLS.Certificates) },
	}
	for name, reverse := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := sample(t)
			reverse(b)
			if marshal(t, b) == want {
				t.Error("the order was lost")
			}
		})
	}
}

// Two values of one header have an order (RFC 9110 section 5.3).
func TestHeadersOfOneNameKeepTheirOrder(t *testing.T) {
	t.Parallel()
	b := sample(t)
	b.Sites[1].HTTPS.Hops[1].Headers = []evidence.Header{
		{Name: "x-frame-options", Value: "SAMEORIGIN"}, {Name: "server", Value: "nginx"}, {Name: "x-frame-options", Value: "DENY"},
	}
	read, err := evidence.Unmarshal([]byte(marshal(t, b)))
	if err != nil {
		t.Fatal(err)
	}
	got := read.Sites[1].HTTPS.Last().Values("x-frame-options")
	if diff := cmp.Diff([]string{"SAMEORIGIN", "DENY"}, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}

func TestWritingLeavesTheBundleAlone(t *testing.T) {
	t.Parallel()
	random := func() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }
	b, want := sample(t), sample(t)
	shuffle(b, random())
	shuffle(want, random())
	marshal(t, b)
	if diff := cmp.Diff(want, b); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The report prints the digest of what is in memory, and later of what is read
// from the file: they must be equal, whatever form the facts had.
func TestDigestOfTheScanIsTheDigestOfTheFile(t *testing.T) {
	t.Parallel()
	rome := time.FixedZone("CET", 3600)
	tests := map[string]func(b *evidence.Bundle){
		"sample":               func(*evidence.Bundle) {},
		"shuffled":             func(b *evidence.Bundle) { slices.Reverse(b.DNS.Lookups) },
		"empty-lists":          func(b *evidence.Bundle) { b.Mail = evidence.Mail{Exchanges: []evidence.Exchange{}} },
		"empty-lists-far-down": func(b *evidence.Bundle) { b.Sites[0].HTTPS = evidence.Visit{Cookies: []evidence.Cookie{}} },
		"no-families":          func(b *evidence.Bundle) { b.Families = nil },
		"no-text":              func(b *evidence.Bundle) { b.Mail.Exchanges[0].Servers[0].Banner = "220 \xff\xfe\x00" },
		"local-time":           func(b *evidence.Bundle) { b.Taken = b.Taken.In(rome).Add(time.Nanosecond) },
		"markup":               func(b *evidence.Bundle) { b.Sites[1].HTTPS.Page.Title = "<script>&\u2028" },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := sample(t)
			change(b)
			want := digest(t, b)
			read, err := evidence.Unmarshal([]byte(marshal(t, b)))
			if err != nil {
				t.Fatal(err)
			}
			if got := digest(t, read); got != want {
				t.Errorf("digest %s in memory, %s from the file", want, got)
			}
		})
	}
}

func TestFormOfTheFactsDoesNotChangeTheBytes(t *testing.T) {
	t.Parallel()
	b := sample(t)
	b.Taken = b.Taken.In(time.FixedZone("CET", 3600)).Add(time.Nanosecond)
	if diff := cmp.Diff(string(sampleLine(t)), marshal(t, b)); diff != "" {
		t.Errorf("local time with a fraction (-want +got):\n%s", diff)
	}
	none, empty := sample(t), sample(t)
	none.Families, empty.Families = nil, []evidence.Family{}
	if diff := cmp.Diff(marshal(t, empty), marshal(t, none)); diff != "" {
		t.Errorf("no list of families (-empty +none):\n%s", diff)
	}
}

func TestDigestNamesTheFacts(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256(sampleLine(t)) // as sha256sum says of the file
	want := "sha256:" + hex.EncodeToString(sum[:])
	b := sample(t)
	if got := digest(t, b); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	b.Sent.Connections++
	if got := digest(t, b); got == want {
		t.Error("another fact has the same digest")
	}
}

func TestMarkupIsNotEscapedTwice(t *testing.T) {
	t.Parallel()
	b := sample(t)
	b.Sites[1].HTTPS.Page.Title = "Benvenuti <al> Comune & dintorni"
	if line := marshal(t, b); !strings.Contains(line, `"Benvenuti <al> Comune & dintorni"`) {
		t.Error("the title is not readable in the file")
	}
}

// pipe counts writes; after the first few it has no more room.
type pipe struct {
	bytes.Buffer
	writes, room int
}

var errFull = errors.New("no space left on device")

func (p *pipe) Write(b []byte) (int, error) {
	if p.writes++; p.writes > p.room {
		return 0, errFull
	}
	return p.Buffer.Write(b)
}

func TestBundleGoesOutInOneWrite(t *testing.T) {
	t.Parallel()
	out := pipe{room: 2}
	for i := range 2 {
		if err := evidence.Write(&out, sample(t)); err != nil {
			t.Fatal(err)
		}
		if out.writes != i+1 {
			t.Errorf("%d writes after %d bundles", out.writes, i+1)
		}
	}
	if got, want := out.String(), strings.Repeat(string(sampleLine(t)), 2); got != want {
		t.Errorf("(-want +got):\n%s", cmp.Diff(want, got))
	}
	err := evidence.Write(&out, sample(t))
	want := "writing the evidence of comune.esempio.example: no space left on device"
	if err == nil || err.Error() != want || !errors.Is(err, errFull) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWhatCannotBeReadIsNotWritten(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(b *evidence.Bundle)
		want   string
	}{
		"no-time": {
			func(b *evidence.Bundle) { b.Taken = time.Time{} },
			"evidence of comune.esempio.example: no time (taken)",
		},
		"unknown-without-a-reason": {
			func(b *evidence.Bundle) { b.DNS.Lookups[0].Observation = evidence.Observation{State: evidence.Unknown} },
			"evidence of comune.esempio.example: dns _dmarc.comune.esempio.example TXT: unknown without a problem",
		},
		"past-the-calendar": {
			func(b *evidence.Bundle) { b.Taken = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
			"evidence of comune.esempio.example: json: error calling MarshalJSON for type time.Time: Time.MarshalJSON: year outside of range [0,9999]",
		},
		"too-long": {
			func(b *evidence.Bundle) { b.Target.Name = strings.Repeat("x", evidence.MaxLine) },
			fmt.Sprintf("evidence of comune.esempio.example: %d bytes, at most 33554432 are kept",
				len(sampleLine(t))-len("Comune di Esempio")+evidence.MaxLine),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := sample(t)
			test.change(b)
			out := pipe{room: 1}
			if err := evidence.Write(&out, b); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if out.writes != 0 {
				t.Error("something was written")
			}
			if _, err := evidence.Digest(b); err == nil || err.Error() != test.want {
				t.Errorf("digest: got %v, want %s", err, test.want)
			}
		})
	}
}

func marshal(t testing.TB, b *evidence.Bundle) string {
	t.Helper()
	line, err := evidence.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

func digest(t *testing.T, b *evidence.Bundle) string {
	t.Helper()
	d, err := evidence.Digest(b)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
