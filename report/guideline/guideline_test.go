package guideline_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
	"campanile/report/guideline"
	"campanile/rules"
)

var at = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func guidelines(t *testing.T) []*rules.Guideline {
	t.Helper()
	list, err := rules.EmbeddedGuidelines()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// offers says which versions are spoken; the others are absent.
func offers(spoken ...string) []evidence.VersionOffer {
	var list []evidence.VersionOffer
	for _, version := range []string{"SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"} {
		o := evidence.VersionOffer{Version: version, Observation: evidence.AbsentAt(at)}
		if slices.Contains(spoken, version) {
			o.Observation = evidence.SeenAt(at)
		}
		list = append(list, o)
	}
	return list
}

func ecdsa() evidence.Certificate {
	return evidence.Certificate{
		Key: "ECDSA", KeyBits: 256, Curve: "secp256r1", Signature: "ECDSA-SHA384",
		NotBefore: at.AddDate(0, 0, -10), NotAfter: at.AddDate(0, 0, 80).Add(-time.Second),
	}
}

func handshake(leaf evidence.Certificate, suite, group string) evidence.Handshake {
	return evidence.Handshake{
		Observation: evidence.SeenAt(at), Version: "TLS 1.3", Suite: suite, Group: group, Certificates: []evidence.Certificate{leaf},
		Trust: evidence.Trust{Observation: evidence.SeenAt(at), Match: evidence.Seen},
	}
}

// intermediate is a server as Mozilla would have it, asked at grade depth.
func intermediate() evidence.Endpoint {
	no, yes := evidence.AbsentAt(at), evidence.SeenAt(at)
	e := evidence.Endpoint{
		Name: "www.comune.example", Address: "192.0.2.10", Port: 443, Connect: yes,
		TLS:    handshake(ecdsa(), "TLS_AES_128_GCM_SHA256", "X25519MLKEM768"),
		Offers: offers("TLS 1.2", "TLS 1.3"),
		Accepts: evidence.Accepts{
			Depth: evidence.GradeDepth, PhaseOut: evidence.SuiteOffer{Observation: no},
			Order: evidence.SuiteOrder{Observation: yes, Good: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
			DH:    evidence.FiniteField{Observation: no}, Curve: evidence.GroupOffer{Observation: no},
			Signing: evidence.Signing{Observation: yes}, Compression: no, SecureRenegotiation: yes, MasterSecret: yes, Heartbeat: no,
			PostQuantum: evidence.GroupOffer{Observation: yes, Group: "X25519MLKEM768"},
		},
		Second: evidence.Handshake{Observation: no},
	}
	for _, class := range evidence.WeakClasses {
		e.Accepts.Weak = append(e.Accepts.Weak, evidence.SuiteOffer{Class: class, Observation: no})
	}
	return e
}

// whole is the same server at full depth, and in profile full.
func whole() evidence.Endpoint {
	e := intermediate()
	a := &e.Accepts
	a.Depth, a.SHA1, a.ClientRenegotiation = evidence.FullDepth, evidence.AbsentAt(at), evidence.AbsentAt(at)
	a.SuitesDone, a.GroupsDone = evidence.SeenAt(at), evidence.SeenAt(at)
	a.Groups = []string{"secp256r1", "x25519", "X25519MLKEM768"}
	for _, name := range []string{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"} {
		a.Suites = append(a.Suites, evidence.AcceptedSuite{Suite: name})
	}
	return e
}

// modern speaks TLS 1.3 alone; what only older versions have was not asked.
func modern() evidence.Endpoint {
	e := intermediate()
	e.Offers = offers("TLS 1.3")
	e.Accepts = evidence.Accepts{Depth: evidence.GradeDepth, PostQuantum: e.Accepts.PostQuantum}
	return e
}

func with(e evidence.Endpoint, change func(*evidence.Endpoint)) evidence.Endpoint {
	change(&e)
	return e
}

func weak(e *evidence.Endpoint, class, suite string) {
	i := slices.Index(evidence.WeakClasses, class)
	e.Accepts.Weak = slices.Clone(e.Accepts.Weak)
	e.Accepts.Weak[i].Observation, e.Accepts.Weak[i].Suite = evidence.SeenAt(at), suite
}

func lost() evidence.Observation { return evidence.UnknownAt(at, evidence.Timeout, "") }

func offer(e *evidence.Endpoint, version string, o evidence.Observation) {
	e.Offers = slices.Clone(e.Offers)
	for i := range e.Offers {
		if e.Offers[i].Version == version {
			e.Offers[i].Observation = o
		}
	}
}

// The columns: Mozilla 6.0 modern and intermediate, 5.7 modern, intermediate and
// old, NCSC-NL, AgID, ANSSI, SSL Labs. Where a verdict is open, the best that is
// possible follows.
var columns = []string{
	"mozilla-modern-6.0", "mozilla-intermediate-6.0", "mozilla-modern-5.7", "mozilla-intermediate-5.7", "mozilla-old-5.7",
	"ncsc-nl-2025-05", "agid-2020", "anssi-tls-1.2", "ssl-labs-2009r",
}

func TestServersAgainstGuidelines(t *testing.T) {
	t.Parallel()
	const dhe = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"
	for name, c := range map[string]struct {
		server evidence.Endpoint
		want   [9]string
	}{
		"intermediate-at-grade-depth": {
			intermediate(),
			[9]string{"fails", "meets", "fails", "meets", "meets", "unknown sufficient", "meets", "unknown meets", "A"},
		},
		"intermediate-at-full-depth": {
			whole(),
			[9]string{"fails", "meets", "fails", "meets", "meets", "sufficient", "meets", "meets", "A"},
		},
		"tls-1.3-alone-at-grade-depth": {
			modern(),
			[9]string{"meets", "meets", "meets", "meets", "meets", "unknown sufficient", "meets", "unknown meets", "A"},
		},
		"full-profile-but-the-client-may-renegotiate": {
			with(whole(), func(e *evidence.Endpoint) { e.Accepts.ClientRenegotiation = evidence.SeenAt(at) }),
			[9]string{"fails", "meets", "fails", "meets", "meets", "unknown sufficient", "meets", "meets", "A"},
		},
		"sha-1-in-the-key-exchange-too": {
			with(whole(), func(e *evidence.Endpoint) { e.Accepts.SHA1 = evidence.SeenAt(at) }),
			[9]string{"fails", "meets", "fails", "meets", "meets", "fails", "meets", "fails", "A"},
		},
		"rsa-2048": {
			with(whole(), func(e *evidence.Endpoint) {
				e.TLS.Certificates = []evidence.Certificate{ecdsa()}
				leaf := &e.TLS.Certificates[0]
				leaf.Key, leaf.KeyBits, leaf.Curve, leaf.Signature = "RSA", 2048, "", "SHA256-RSA"
			}),
			[9]string{"fails", "meets", "fails", "meets", "meets", "phase-out", "meets", "meets", "A"},
		},
		"a-second-certificate-that-is-worse": {
			with(whole(), func(e *evidence.Endpoint) {
				leaf := ecdsa()
				leaf.Key, leaf.KeyBits, leaf.Curve, leaf.Signature = "RSA", 1024, "", "SHA1-RSA"
				e.Second = handshake(leaf, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "")
			}),
			[9]string{"fails", "fails", "fails", "fails", "fails", "fails", "meets", "fails", "T"},
		},
		"a-second-certificate-that-was-lost": {
			with(whole(), func(e *evidence.Endpoint) { e.Second = evidence.Handshake{Observation: lost()} }),
			[9]string{"fails", "unknown meets", "fails", "unknown meets", "unknown meets", "unknown sufficient", "meets", "unknown meets", "unknown A"},
		},
		"a-second-certificate-that-the-budget-left-out": {
			with(whole(), func(e *evidence.Endpoint) {
				e.Second = evidence.Handshake{Observation: evidence.Observation{Problem: evidence.BudgetSpent}}
			}),
			[9]string{"fails", "unknown meets", "fails", "unknown meets", "unknown meets", "unknown sufficient", "meets", "unknown meets", "unknown A"},
		},
		"a-revocation-that-the-budget-left-out": {
			with(whole(), func(e *evidence.Endpoint) { e.TLS.Revoked.Problem = evidence.BudgetSpent }),
			[9]string{"fails", "meets", "fails", "meets", "meets", "sufficient", "meets", "meets", "unknown A"},
		},
		"tls-1.0": {
			with(intermediate(), func(e *evidence.Endpoint) { offer(e, "TLS 1.0", evidence.SeenAt(at)) }),
			[9]string{"fails", "fails", "fails", "fails", "meets", "fails", "fails", "fails", "B"},
		},
		"a-version-was-lost": {
			with(intermediate(), func(e *evidence.Endpoint) { offer(e, "TLS 1.0", lost()) }),
			[9]string{"fails", "unknown meets", "fails", "unknown meets", "meets", "unknown sufficient", "unknown meets", "unknown meets", "unknown A"},
		},
		"a-class-of-weak-suites-was-lost": {
			with(intermediate(), func(e *evidence.Endpoint) {
				e.Accepts.Weak = slices.Clone(e.Accepts.Weak)
				e.Accepts.Weak[5].Observation = lost()
			}),
			[9]string{"fails", "unknown meets", "fails", "unknown meets", "unknown meets", "unknown sufficient", "unknown meets", "unknown meets", "unknown A"},
		},
		"a-static-key": {
			with(intermediate(), func(e *evidence.Endpoint) { weak(e, "static-key", "TLS_RSA_WITH_AES_128_CBC_SHA") }),
			[9]string{"fails", "fails", "fails", "fails", "unknown meets", "fails", "fails", "fails", "A"},
		},
		"3des": {
			with(intermediate(), func(e *evidence.Endpoint) { weak(e, "3des", "TLS_RSA_WITH_3DES_EDE_CBC_SHA") }),
			[9]string{"fails", "fails", "fails", "fails", "unknown meets", "fails", "fails", "fails", "C"},
		},
		// A DHE suite with AEAD alone says nothing about CBC: AgID and Mozilla 5.7
		// allow the first and not the second.
		"a-dhe-suite-on-its-way-out-at-grade-depth": {
			with(intermediate(), func(e *evidence.Endpoint) {
				e.Accepts.PhaseOut = evidence.SuiteOffer{Observation: evidence.SeenAt(at), Suite: dhe, Class: "dhe"}
				e.Accepts.DH = evidence.FiniteField{Observation: evidence.SeenAt(at), Suite: dhe, Bits: 2048, Known: "ffdhe2048"}
			}),
			[9]string{"fails", "fails", "fails", "unknown meets", "unknown meets", "fails", "unknown meets", "unknown phase-out", "A"},
		},
		"a-dhe-suite-on-its-way-out-at-full-depth": {
			with(whole(), func(e *evidence.Endpoint) {
				e.Accepts.Suites = append(slices.Clone(e.Accepts.Suites), evidence.AcceptedSuite{Suite: dhe})
				e.Accepts.PhaseOut = evidence.SuiteOffer{Observation: evidence.SeenAt(at), Suite: dhe, Class: "dhe"}
				e.Accepts.DH = evidence.FiniteField{Observation: evidence.SeenAt(at), Suite: dhe, Bits: 3072, Known: "ffdhe3072"}
			}),
			[9]string{"fails", "fails", "fails", "meets", "meets", "phase-out", "meets", "phase-out", "A"},
		},
		"short-dh": {
			with(whole(), func(e *evidence.Endpoint) {
				e.Accepts.Suites = append(slices.Clone(e.Accepts.Suites), evidence.AcceptedSuite{Suite: dhe})
				e.Accepts.DH = evidence.FiniteField{Observation: evidence.SeenAt(at), Suite: dhe, Bits: 1024, Known: "modp1024"}
			}),
			[9]string{"fails", "fails", "fails", "fails", "meets", "fails", "meets", "fails", "B"},
		},
		"a-cbc-suite": {
			with(intermediate(), func(e *evidence.Endpoint) {
				e.Accepts.PhaseOut = evidence.SuiteOffer{Observation: evidence.SeenAt(at), Suite: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", Class: "cbc"}
			}),
			[9]string{"fails", "fails", "fails", "fails", "unknown meets", "unknown phase-out", "fails", "fails", "A"},
		},
		"a-curve-that-the-guideline-does-not-name": {
			with(whole(), func(e *evidence.Endpoint) {
				e.Accepts.Groups = append(slices.Clone(e.Accepts.Groups), "secp224r1", "secp521r1")
			}),
			[9]string{"fails", "meets", "fails", "meets", "meets", "phase-out", "meets", "fails", "A"},
		},
		"a-short-curve": {
			with(intermediate(), func(e *evidence.Endpoint) {
				e.Accepts.Curve = evidence.GroupOffer{Observation: evidence.SeenAt(at), Group: "secp192r1"}
			}),
			[9]string{"fails", "fails", "fails", "fails", "fails", "fails", "meets", "fails", "unknown A"},
		},
		"compression": {
			with(whole(), func(e *evidence.Endpoint) { e.Accepts.Compression = evidence.SeenAt(at) }),
			[9]string{"fails", "meets", "fails", "meets", "meets", "fails", "meets", "fails", "C"},
		},
		"no-secure-renegotiation": {
			with(whole(), func(e *evidence.Endpoint) { e.Accepts.SecureRenegotiation = evidence.AbsentAt(at) }),
			[9]string{"fails", "meets", "fails", "meets", "meets", "fails", "meets", "meets", "A-"},
		},
		"wrong-name-and-expired": {
			with(whole(), func(e *evidence.Endpoint) {
				leaf := ecdsa()
				leaf.NotBefore, leaf.NotAfter = at.AddDate(-3, 0, 0), at.AddDate(0, 0, -1)
				e.TLS.Certificates, e.TLS.Trust.Match = []evidence.Certificate{leaf}, evidence.Absent
			}),
			[9]string{"fails", "fails", "fails", "fails", "fails", "sufficient", "meets", "fails", "T"},
		},
		"only-the-ordinary-handshake": {
			with(intermediate(), func(e *evidence.Endpoint) { e.Offers, e.Accepts = nil, evidence.Accepts{} }),
			[9]string{"unknown meets", "unknown meets", "unknown meets", "unknown meets", "unknown meets", "unknown sufficient", "unknown meets", "unknown meets", "unknown A"},
		},
		"nothing-answered": {
			evidence.Endpoint{TLS: evidence.Handshake{Observation: lost()}},
			[9]string{"unknown meets", "unknown meets", "unknown meets", "unknown meets", "unknown meets", "unknown meets", "unknown meets", "unknown meets", "unknown A"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got [9]string
			for _, g := range guidelines(t) {
				a := guideline.Of(g, []evidence.Endpoint{c.server})
				text := a.Verdict
				if text == guideline.Unknown {
					text += " " + a.Best
				}
				got[slices.Index(columns, g.ID)] = text
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoCertificateOfNoAddressIsWorseThanTheWorst(t *testing.T) {
	t.Parallel()
	bad := with(whole(), func(e *evidence.Endpoint) { offer(e, "TLS 1.1", evidence.SeenAt(at)) })
	for _, g := range guidelines(t) {
		for _, both := range [][]evidence.Endpoint{{whole(), bad}, {bad, whole()}} {
			if got, want := guideline.Of(g, both).Verdict, guideline.Of(g, []evidence.Endpoint{bad}).Verdict; got != want {
				t.Errorf("%s: %s, want %s", g.ID, got, want)
			}
		}
	}
}

// What is open for the sake of a silent address says why it is; what the depth
// leaves out has no problem.
func TestASilentAddressSaysWhy(t *testing.T) {
	t.Parallel()
	silent := evidence.Endpoint{Connect: lost()}
	for _, g := range guidelines(t) {
		for _, both := range [][]evidence.Endpoint{{whole(), silent}, {silent, whole()}} {
			for _, c := range guideline.Of(g, both).Criteria {
				if !c.Known() && c.Problem != evidence.Timeout {
					t.Errorf("%s: %s: problem %q", g.ID, c.Code, c.Problem)
				}
			}
		}
		for _, c := range guideline.Of(g, []evidence.Endpoint{intermediate()}).Criteria {
			if c.Problem != "" {
				t.Errorf("%s: %s: problem %q of what was not asked", g.ID, c.Code, c.Problem)
			}
		}
	}
}

func TestTheReasonNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	server := with(intermediate(), func(e *evidence.Endpoint) {
		weak(e, "3des", "TLS_RSA_WITH_3DES_EDE_CBC_SHA")
		offer(e, "TLS 1.1", evidence.SeenAt(at))
		offer(e, "TLS 1.0", lost())
	})
	for _, g := range guidelines(t) {
		if g.ID != "agid-2020" {
			continue
		}
		want := []guideline.Criterion{
			{Code: "versions", Best: "fails", Worst: "fails", Facts: []string{"TLS 1.1"}},
			{Code: "suites", Best: "fails", Worst: "fails", Facts: []string{"TLS_RSA_WITH_3DES_EDE_CBC_SHA"}},
		}
		if diff := cmp.Diff(want, guideline.Of(g, []evidence.Endpoint{server}).Criteria); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestEveryUnknownOpensAVerdict takes each answer away in turn: none may be
// missed by making a verdict better, or by settling one that needs it.
func TestEveryUnknownOpensAVerdict(t *testing.T) {
	t.Parallel()
	for name, forget := range map[string]func(*evidence.Endpoint){
		"versions":      func(e *evidence.Endpoint) { e.Offers = nil },
		"suites":        func(e *evidence.Endpoint) { e.Accepts.SuitesDone = lost(); e.Accepts.Weak = nil },
		"groups":        func(e *evidence.Endpoint) { e.Accepts.GroupsDone = lost() },
		"sha1":          func(e *evidence.Endpoint) { e.Accepts.SHA1 = lost() },
		"signing":       func(e *evidence.Endpoint) { e.Accepts.Signing.Observation = lost() },
		"compression":   func(e *evidence.Endpoint) { e.Accepts.Compression = lost() },
		"renegotiation": func(e *evidence.Endpoint) { e.Accepts.SecureRenegotiation = lost() },
		"master-secret": func(e *evidence.Endpoint) { e.Accepts.MasterSecret = lost() },
		"certificate":   func(e *evidence.Endpoint) { e.TLS.Certificates = nil },
		"key":           func(e *evidence.Endpoint) { e.TLS.Certificates = []evidence.Certificate{{}} },
	} {
		for _, g := range guidelines(t) {
			if g.ID == "ncsc-nl-2025-05" {
				if got := guideline.Of(g, []evidence.Endpoint{with(whole(), forget)}); got.Verdict != guideline.Unknown {
					t.Errorf("%s is not known, and the verdict is %s", name, got.Verdict)
				}
			}
		}
	}
}

func TestEveryNameIsInTheRegistry(t *testing.T) {
	t.Parallel()
	for _, g := range guidelines(t) {
		if !slices.Contains(columns, g.ID) {
			t.Errorf("%s has no column in these tests", g.ID)
		}
		for _, names := range g.Suites {
			for _, name := range names {
				if _, ok := records.SuiteByName(name); !ok {
					t.Errorf("%s: no suite %s", g.ID, name)
				}
			}
		}
		for _, lists := range []map[rules.Level][]string{g.Groups, g.DHGroups} {
			for _, names := range lists {
				for _, name := range names {
					if _, ok := records.GroupByName(name); !ok {
						t.Errorf("%s: no group %s", g.ID, name)
					}
				}
			}
		}
		for _, names := range g.Keys {
			for _, name := range names {
				if _, ok := records.GroupByName(name); !ok && name != "Ed25519" && name != "Ed448" {
					t.Errorf("%s: no curve %s", g.ID, name)
				}
			}
		}
	}
}
