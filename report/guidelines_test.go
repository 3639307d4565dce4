package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/rules"
)

func guidedTown(t *testing.T, l rules.Language, change func([]evidence.Endpoint) []evidence.Endpoint) Document {
	t.Helper()
	b := sampleBundle("comune.valbassa.example", "Comune di Valbassa")
	b.Endpoints = change(sampleEndpoints("comune.valbassa.example"))
	return documentOf(b, withGuidelines(t, sampleRules()), nil, l)
}

func TestSitesWithEqualResultsAreToldOnce(t *testing.T) {
	t.Parallel()
	d := guidedTown(t, rules.English, func(e []evidence.Endpoint) []evidence.Endpoint { return e })
	var hosts [][]string
	for _, site := range d.Guidelines.Sites {
		hosts = append(hosts, site.Hosts)
	}
	want := [][]string{{"comune.valbassa.example", "www.comune.valbassa.example"}, {"servizi.comune.valbassa.example"}}
	if diff := cmp.Diff(want, hosts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(d.Assessed) != 3 {
		t.Errorf("%d sites for programs: what never spoke TLS is none", len(d.Assessed))
	}
}

func TestWhatNobodyAnsweredIsNoSection(t *testing.T) {
	t.Parallel()
	d := guidedTown(t, rules.Italian, func(e []evidence.Endpoint) []evidence.Endpoint { return e[3:] })
	if d.Guidelines != nil || len(d.Assessed) != 0 {
		t.Errorf("%+v", d.Guidelines)
	}
	if text := terminal(t, []Document{d}, TerminalOptions{}); strings.Contains(text, "linee guida") {
		t.Errorf("a table of nothing:\n%s", text)
	}
}

func TestAddressesOfANameAreOneSite(t *testing.T) {
	t.Parallel()
	d := guidedTown(t, rules.English, func(e []evidence.Endpoint) []evidence.Endpoint {
		sound := e[0]
		sound.Address, sound.Accepts.Weak, sound.Offers = "2001:db8::10", slices.Clone(sound.Accepts.Weak), slices.Clone(sound.Offers)
		sound.Accepts.Weak[5] = evidence.SuiteOffer{Class: "3des", Observation: evidence.AbsentAt(taken)}
		sound.Offers[3].Observation = evidence.AbsentAt(taken)
		return []evidence.Endpoint{sound, e[0]}
	})
	if len(d.Assessed) != 1 {
		t.Fatalf("%d sites", len(d.Assessed))
	}
	for _, row := range d.Guidelines.Sites[0].Rows {
		if row.Column == "AgID" && (row.Verdict != "no" || !strings.Contains(strings.Join(row.Why, "; "), "TLS 1.1")) {
			t.Errorf("the worse address does not count: %+v", row)
		}
	}
}

// What an address accepts that stayed silent nobody knows: the site may keep to
// nothing. No way from here to it, and no TLS on it, leave nothing open.
func TestASilentAddressLeavesTheVerdictOpen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		other evidence.Endpoint
		want  string
	}{
		"timeout-of-the-handshake": {evidence.Endpoint{TLS: evidence.Handshake{Observation: evidence.UnknownAt(taken, evidence.Timeout, "")}}, "?"},
		"refused":                  {evidence.Endpoint{Connect: evidence.UnknownAt(taken, evidence.Refused, "")}, "?"},
		"no-route-from-here":       {evidence.Endpoint{Connect: evidence.UnknownAt(taken, evidence.NoRoute, "")}, "yes"},
		"no-tls-there":             {evidence.Endpoint{TLS: evidence.Handshake{Observation: evidence.AbsentAt(taken)}}, "yes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := guidedTown(t, rules.English, func(e []evidence.Endpoint) []evidence.Endpoint {
				e[0].Accepts.Weak[5] = evidence.SuiteOffer{Class: "3des", Observation: evidence.AbsentAt(taken)}
				e[0].Offers[3].Observation = evidence.AbsentAt(taken)
				c.other.Name, c.other.Address, c.other.Port = e[0].Name, "2001:db8::10", e[0].Port
				return []evidence.Endpoint{c.other, e[0]}
			})
			if len(d.Assessed) != 1 || d.Assessed[0].Depth != evidence.GradeDepth {
				t.Fatalf("%+v", d.Assessed)
			}
			for _, row := range d.Guidelines.Sites[0].Rows {
				if row.Column == "AgID" && row.Short != c.want {
					t.Errorf("AgID: %+v, want %s", row, c.want)
				}
			}
		})
	}
}

// The passive profile makes ordinary connections alone: a table of question marks
// would name guidelines that nobody measured.
func TestWhereNoSiteWasAskedThereIsNoSection(t *testing.T) {
	t.Parallel()
	d := guidedTown(t, rules.English, func(e []evidence.Endpoint) []evidence.Endpoint { return e[2:3] })
	if d.Guidelines != nil || len(d.Assessed) != 1 {
		t.Errorf("%+v, and %d sites for programs", d.Guidelines, len(d.Assessed))
	}
}

func TestTheReasonsAreInTheReadersWords(t *testing.T) {
	t.Parallel()
	want := map[rules.Language]string{
		rules.Italian: "non si sa; al meglio da dismettere: la chiave del certificato è RSA 2048; resta da sapere quali gruppi accetta per lo scambio delle chiavi e se firma anche con SHA-1",
		rules.French:  "on ne sait pas\u00A0; au mieux à retirer: la clé du certificat est RSA 2048; il reste à savoir quels groupes il accepte pour l'échange de clés et s'il signe aussi avec SHA-1",
		rules.English: "unknown; at best phase out: the key of the certificate is RSA 2048; still to be known: which groups it accepts for the key exchange and whether it signs with SHA-1 too",
	}
	for l, text := range want {
		d := guidedTown(t, l, func(e []evidence.Endpoint) []evidence.Endpoint {
			e[0].Accepts.Weak[5] = evidence.SuiteOffer{Class: "3des", Observation: evidence.AbsentAt(taken)}
			e[0].Offers[3].Observation = evidence.AbsentAt(taken)
			return e[:1]
		})
		for _, row := range d.Guidelines.Sites[0].Rows {
			if got := row.Verdict + ": " + strings.Join(row.Why, "; "); row.Column == "NCSC-NL" && got != text {
				t.Errorf("%s:\n%s, want\n%s", l, got, text)
			}
		}
		if !d.Guidelines.Sites[0].Shallow {
			t.Errorf("%s: nobody says that --tls full would know more", l)
		}
	}
}

func TestALongHostKeepsToItsLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hosts []string
		room  int
		want  string
	}{
		{[]string{"a.example"}, 9, "a.example"},
		{[]string{"a.example"}, 8, "a.examp…"},
		{[]string{"a.example", "b.example"}, 14, "a.example (+1)"},
		{[]string{"a.example", "b.example"}, 10, "a.ex… (+1)"},
		{[]string{"窓口.example"}, 4, "窓…"},
	} {
		if got := fitted(c.hosts, c.room); got != c.want {
			t.Errorf("%v in %d: %q, want %q", c.hosts, c.room, got, c.want)
		}
	}
}
