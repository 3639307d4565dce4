package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"campanile/checks"
	"campanile/report/score"
	"campanile/rules"

	"go.yaml.in/yaml/v3"
)

func realSet(t *testing.T) *rules.Set {
	set := sampleRules()
	set.Rules = nil
	files, _ := filepath.Glob("../rules/*/*.yaml")
	for _, f := range files {
		data, _ := os.ReadFile(f)
		r := &rules.Rule{Family: filepath.Base(filepath.Dir(f))}
		if err := yaml.Unmarshal(data, r); err != nil {
			t.Log(f, err)
			continue
		}
		set.Rules = append(set.Rules, r)
	}
	if data, err := os.ReadFile("../rules/law.yaml"); err == nil {
		t.Log(yaml.Unmarshal(data, &set.Law))
	}
	return set
}

var facts = checks.Facts{"issuer": "Prova CA 2", "expired_on": "2026-11-01", "expires_on": "2026-12-01", "days": "10", "count": "1", "nameservers": "ns1.fornitore.example", "record": "v=spf1 include:_spf.fornitore.example include:_spf.altro.example ip4:192.0.2.0/24 ?all", "records": "v=spf1 -all; v=spf1 +all", "lookups": "14", "offender": "_spf.fornitore.example", "zone": "valbassa.example", "proof": "NSEC3", "versions": "TLS 1.0, TLS 1.1", "oldest": "TLS 1.0", "version": "TLS 1.2", "names": "hosting.fornitore.example"}

func TestLook(t *testing.T) {
	set := realSet(t)
	b := sampleBundle("comune.valbassa.example", "Comune di Valbassa")
	var vs []score.Verdict
	for i, r := range set.Rules {
		hosts := []string{"comune.valbassa.example"}
		if r.Family == "tls" || r.Family == "web" {
			hosts = append(hosts, "www.comune.valbassa.example")
		}
		out := checks.Fail
		if i%3 == 1 {
			out = checks.Pass
		}
		if i%7 == 5 {
			out = checks.Inconclusive
		}
		for _, h := range hosts {
			f := checks.Facts{"host": h}
			for k, v := range facts {
				if strings.Contains(r.Text["it"].Why+r.Text["it"].ToSupplier, "{"+k+"}") {
					f[k] = v
				}
			}
			if out == checks.Inconclusive {
				f = checks.Facts{"what": "https " + h, "problem": []string{"timeout", "blocked-by-firewall"}[i%2]}
			}
			vs = append(vs, judged(t, set, r.ID, h, out, f))
		}
	}
	for _, l := range rules.Languages {
		f, _ := os.Create("/tmp/look/" + string(l) + ".html")
		if err := WriteHTML(f, documentOf(b, set, vs, l)); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	f, _ := os.Create("/tmp/look/good.html")
	WriteHTML(f, wellKept(t, "it"))
	WriteTerminal(os.Stdout, []Document{documentOf(b, set, vs, "it")}, TerminalOptions{Color: os.Getenv("C") != ""})
}
