package store_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campanile/checks"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report/history"
)

// large is a town with more than most have: many names, certificates and
// links. What a server says anew each time is anew each week.
func large(t testing.TB, domain string, seed uint64, n int) *evidence.Bundle {
	t.Helper()
	fixed, fresh := rand.New(rand.NewPCG(seed, 0)), rand.New(rand.NewPCG(seed, uint64(n)+1))
	b := bundle(t, domain, week(n))
	at := func(o *evidence.Observation) { o.At = week(n).Add(time.Duration(fresh.IntN(600)) * time.Second) }
	for i := range 300 {
		l := evidence.Lookup{
			Name: fmt.Sprintf("nome%d.%s", i, domain), Type: "A", Rcode: "NOERROR", Records: []string{fmt.Sprintf("192.0.2.%d", fixed.IntN(250))},
			Observation: evidence.SeenAt(week(n)),
		}
		if fresh.IntN(50) == 0 {
			l = evidence.Lookup{Name: l.Name, Type: "A", Observation: evidence.UnknownAt(week(n), evidence.Timeout, "asking 192.0.2.53:53")}
		}
		at(&l.Observation)
		b.DNS.Lookups = append(b.DNS.Lookups, l)
	}
	endpoint, site := b.Endpoints[0], b.Sites[0]
	for i := range 12 {
		e := endpoint
		e.Name = fmt.Sprintf("nome%d.%s", i, domain)
		e.TLS.Certificates = []evidence.Certificate{{SHA256: strings.Repeat("ab", 32), DER: noise(fixed, 1400)}, {SHA256: strings.Repeat("cd", 32), DER: noise(fixed, 1300)}}
		at(&e.Connect)
		b.Endpoints = append(b.Endpoints, e)
		s := site
		s.Host = e.Name
		s.HTTPS.Hops = []evidence.Hop{{URL: "https://" + e.Name + "/", Status: 200, Headers: headers(fresh, week(n))}}
		s.HTTPS.Page = &evidence.Page{SHA256: fmt.Sprintf("%064x", fresh.Uint64()), Bytes: 90000 + fresh.IntN(99), Title: "Comune"}
		for k := range 150 {
			s.HTTPS.Page.Links = append(s.HTTPS.Page.Links, evidence.Link{URL: fmt.Sprintf("https://%s/pagina/%x", e.Name, fixed.Uint32()), Text: fmt.Sprintf("Notizia %d", fixed.IntN(999)+k)})
		}
		for k := range 6 { // news of the week
			s.HTTPS.Page.Links[k].URL = fmt.Sprintf("https://%s/notizia/%x", e.Name, fresh.Uint32())
		}
		at(&s.HTTPS.Observation)
		b.Sites = append(b.Sites, s)
	}
	b.Sent.Bytes += int64(fresh.IntN(5000))
	return b
}

func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func headers(r *rand.Rand, at time.Time) []evidence.Header {
	return []evidence.Header{
		{Name: "content-security-policy", Value: "script-src 'nonce-" + base64.StdEncoding.EncodeToString(noise(r, 16)) + "'"},
		{Name: "date", Value: at.Add(time.Duration(r.IntN(600)) * time.Second).Format(time.RFC1123)},
		{Name: "etag", Value: fmt.Sprintf("%x", r.Uint64())},
		{Name: "server", Value: "nginx"},
		{Name: "x-request-id", Value: fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64())},
	}
}

// lookAt is the look that goes with a judgement.
func lookAt(t *testing.T, s *store.Store, taken time.Time, j store.Judgement) history.Look {
	t.Helper()
	l := history.Look{Taken: taken, Resolver: "192.0.2.53:53", Profile: evidence.Standard, Rules: edition(t, s)}
	for _, v := range j.Verdicts {
		l.Verdicts = append(l.Verdicts, history.Verdict{Rule: v.Rule, Family: "mail", Subject: v.Subject, Outcome: v.Outcome, Severity: v.Severity})
	}
	return l
}

// sizeOf gives what a store takes, without what waits to be written.
func sizeOf(t *testing.T, s *store.Store, path string) int64 {
	t.Helper()
	if err := s.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestAYearOfWeeklyScansFits keeps a quarter of a year of one large town: four
// of them of 200 such towns have to fit into 300 MB.
func TestAYearOfWeeklyScansFits(t *testing.T) {
	t.Parallel()
	const weeks, towns, room = 13, 200, 300 << 20
	path := filepath.Join(t.TempDir(), "territory.db")
	s := open(t, path)
	empty := sizeOf(t, s, path+".empty")
	body := put(t, s, town("grande", "c_x001"))[0]
	var lines int64
	var told store.Story
	for n := range weeks {
		b := large(t, "comune.grande.example", 1, n)
		line, err := evidence.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		lines += int64(len(line))
		j := says(b.Target.Domain, "C", outcomes{"mail-spf-missing": []checks.Outcome{fails, unknown}[n/7]})
		for k := range 200 {
			v := j.Verdicts[0]
			v.Subject, v.Facts = fmt.Sprintf("nome%d.%s", k, b.Target.Domain), checks.Facts{"days": fmt.Sprint(90 - n%90)}
			j.Verdicts = append(j.Verdicts, v)
		}
		told.Points, told.Trend = append(told.Points, story(1).Points...), make([]byte, 20*n)
		told.Changes = append(told.Changes, story(5).Changes...)
		k := store.Kept{Bundle: b, Judgement: j, Look: lookAt(t, s, week(n), j), Companies: []store.Company{{Document: make([]byte, 9000)}, {ID: "posta", Document: make([]byte, 2000)}}}
		if _, err := s.Record(t.Context(), body, 0, []store.Kept{k}, func([]history.Look) store.Story { return told }); err != nil {
			t.Fatal(err)
		}
	}
	size := sizeOf(t, s, path+".backup") - empty
	year := size * 4 * towns
	t.Logf("a bundle has %d kB, a week takes %d kB, a year of %d towns %d MB", lines/weeks>>10, size/weeks>>10, towns, year>>20)
	if year > room {
		t.Errorf("a year takes %d MB: %+v", year>>20, got(s.Room(t.Context()))(t))
	}
	scans := got(s.Scans(t.Context(), body, time.Time{}, time.Time{}))(t)
	if _, err := s.Evidence(t.Context(), scans[weeks-1].ID); err != nil {
		t.Error(err)
	}
}
