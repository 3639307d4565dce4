package namespaces

import (
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// tlsSight is what one tool saw of one server.
type tlsSight struct {
	versions map[string]bool
	suites   map[string][]string // by IANA name, the versions that take it
	groups   map[string]bool     // by IANA name
	dh       int                 // bits of the shortest prime up to TLS 1.2, 0 without
	order    string              // server or client: whose order of suites counts up to TLS 1.2
}

func newSight() tlsSight {
	return tlsSight{versions: map[string]bool{}, suites: map[string][]string{}, groups: map[string]bool{}}
}

// take notes that a version accepts a suite.
func (s tlsSight) take(version, suite string) {
	s.versions[version] = true
	if !slices.Contains(s.suites[suite], version) {
		s.suites[suite] = append(s.suites[suite], version)
	}
}

func (s *tlsSight) prime(bits int) {
	if bits > 0 && (s.dh == 0 || bits < s.dh) {
		s.dh = bits
	}
}

// versionOf reads TLSv1.2, SSLv3 and the like.
func versionOf(word string) string {
	kind, number, _ := strings.Cut(word, "v")
	if !strings.Contains(number, ".") {
		number += ".0"
	}
	return kind + " " + number
}

// nmapOutput is as much as is read of -oX, which writes tables in tables.
type nmapOutput struct {
	Script struct {
		Versions []nmapTable `xml:"table"`
	} `xml:"host>ports>port>script"`
}

type nmapTable struct {
	Key      string      `xml:"key,attr"`
	Tables   []nmapTable `xml:"table"`
	Elements []struct {
		Key  string `xml:"key,attr"`
		Text string `xml:",chardata"`
	} `xml:"elem"`
}

func (t nmapTable) element(key string) string {
	for _, e := range t.Elements {
		if e.Key == key {
			return e.Text
		}
	}
	return ""
}

// nmap runs ssl-enum-ciphers.
func (l *tlsLab) nmap(t *testing.T, s *tlsServer) tlsSight {
	t.Helper()
	output := l.tlsPeer(t, l.nmapCommand(s)...)
	var read nmapOutput
	if err := xml.Unmarshal(output, &read); err != nil {
		t.Fatalf("%s: nmap: %v", s.name, err)
	}
	return read.sight()
}

func (l *tlsLab) nmapCommand(s *tlsServer) []string {
	return []string{"nmap", "-oX", "-", "-Pn", "-n", "-sT", "--unprivileged", "-p" + s.port(), "--script", "ssl-enum-ciphers", s.host()}
}

func (o nmapOutput) sight() tlsSight {
	sight := newSight()
	for _, version := range o.Script.Versions {
		name := versionOf(version.Key)
		if order := version.element("cipher preference"); name != "TLS 1.3" && (order == "server" || order == "client") {
			sight.order = order
		}
		for _, table := range version.Tables {
			if table.Key != "ciphers" {
				continue
			}
			for _, suite := range table.Tables {
				sight.take(name, strings.Replace(suite.element("name"), "TLS_AKE_WITH_", "TLS_", 1)) // its name for those of TLS 1.3
				sight.exchange(suite.element("kex_info"))
			}
		}
	}
	return sight
}

// exchange reads what nmap writes about a key exchange: dh 2048, rsa 2048,
// secp256r1, ecdh_x25519.
func (s *tlsSight) exchange(info string) {
	if bits, found := strings.CutPrefix(info, "dh "); found {
		number, _ := strconv.Atoi(bits)
		s.prime(number)
		return
	}
	if group, found := records.GroupByName(strings.TrimPrefix(info, "ecdh_")); found {
		s.groups[group.Name] = true
	}
}

// sslscanOutput is as much as is read of --xml.
type sslscanOutput struct {
	Error string `xml:"error"`
	Test  struct {
		Protocols []struct {
			Type    string `xml:"type,attr"`
			Version string `xml:"version,attr"`
			Enabled string `xml:"enabled,attr"`
		} `xml:"protocol"`
		Suites []struct {
			Version string `xml:"sslversion,attr"`
			Number  string `xml:"id,attr"`
			Prime   int    `xml:"dhebits,attr"`
		} `xml:"cipher"`
		Groups []struct {
			Number string `xml:"id,attr"`
		} `xml:"group"`
	} `xml:"ssltest"`
}

// sslscan runs sslscan.
func (l *tlsLab) sslscan(t *testing.T, s *tlsServer) tlsSight {
	t.Helper()
	output := l.tlsPeer(t, l.sslscanCommand(s)...)
	var read sslscanOutput
	if err := xml.Unmarshal(output, &read); err != nil || read.Error != "" {
		t.Fatalf("%s: sslscan: %v %s", s.name, err, read.Error)
	}
	return read.sight(t)
}

func (l *tlsLab) sslscanCommand(s *tlsServer) []string {
	command := []string{"sslscan", "--xml=-", "--no-colour", "--timeout=60"} // a key of 8,192 bits takes a busy machine seconds
	if s.mail {
		command = append(command, "--starttls-smtp")
	}
	return append(command, s.host()+":"+s.port())
}

func (o sslscanOutput) sight(t *testing.T) tlsSight {
	t.Helper()
	sight := newSight()
	for _, p := range o.Test.Protocols {
		if p.Enabled == "1" {
			sight.versions[versionOf(strings.ToUpper(p.Type)+"v"+p.Version)] = true
		}
	}
	for _, c := range o.Test.Suites {
		suite, found := records.SuiteByNumber(number(c.Number))
		if !found {
			t.Errorf("sslscan: a suite that we do not know: %s", c.Number)
			continue
		}
		sight.take(versionOf(c.Version), suite.Name)
		sight.prime(c.Prime)
	}
	for _, g := range o.Test.Groups {
		group, found := records.GroupByNumber(number(g.Number))
		if !found {
			t.Errorf("sslscan: a group that we do not know: %s", g.Number)
			continue
		}
		sight.groups[group.Name] = true
	}
	return sight
}

func number(hex string) uint16 {
	value, _ := strconv.ParseUint(hex, 0, 16)
	return uint16(value)
}

// with joins what two tools saw.
func (s tlsSight) with(other tlsSight) tlsSight {
	maps.Copy(s.versions, other.versions)
	for suite, versions := range other.suites {
		for _, version := range versions {
			s.take(version, suite)
		}
	}
	maps.Copy(s.groups, other.groups)
	s.prime(other.dh)
	if s.order == "" {
		s.order = other.order
	}
	return s
}

// lines are the sight as text, to compare, but for the order of suites: see
// holdOrder.
func (s tlsSight) lines() []string {
	var list []string
	for version := range s.versions {
		list = append(list, "version "+version)
	}
	for suite := range s.suites {
		list = append(list, "suite "+suite)
	}
	for group := range s.groups {
		list = append(list, "group "+group)
	}
	if s.dh > 0 {
		list = append(list, fmt.Sprintf("prime of %d bits", s.dh))
	}
	slices.Sort(list)
	return list
}

// sightOf is our evidence as a sight. What we do not know is a fault here, where
// every server answers.
func sightOf(t *testing.T, offers []evidence.VersionOffer, accepts evidence.Accepts) tlsSight {
	t.Helper()
	sight := newSight()
	for _, o := range offers {
		switch o.State {
		case evidence.Seen:
			sight.versions[o.Version] = true
		case evidence.Absent:
		default:
			t.Errorf("%s: %s %s %s", o.Version, o.State, o.Problem, o.Detail)
		}
	}
	for _, s := range accepts.Suites {
		sight.take(s.Version, s.Suite)
	}
	for _, group := range accepts.Groups {
		sight.groups[group] = true
	}
	if accepts.DH.State == evidence.Seen {
		sight.prime(accepts.DH.Bits)
	}
	switch accepts.Order.Server {
	case evidence.Seen:
		sight.order = "server"
	case evidence.Absent:
		sight.order = "client"
	default: // a server with one suite has no order
	}
	for what, o := range map[string]evidence.Observation{"suites": accepts.SuitesDone, "groups": accepts.GroupsDone} {
		if o.State != evidence.Seen {
			t.Errorf("the list of %s is not whole: %s %s %s", what, o.State, o.Problem, o.Detail)
		}
	}
	return sight
}
