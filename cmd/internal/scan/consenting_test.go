package scan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/cmd/internal/lab"
	"campanile/cmd/internal/scan"
	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/tls"
	"campanile/report/score"
)

// lookInside scans a town as its mandate allows.
func lookInside(t *testing.T, territory *lab.Lab, town lab.Consenting) *evidence.Bundle {
	t.Helper()
	anchor, err := dnssec.ReadAnchor(strings.NewReader(territory.Anchor()))
	if err != nil {
		t.Fatal(err)
	}
	roots, err := tls.MozillaRoots(territory.CA())
	if err != nil {
		t.Fatal(err)
	}
	scanner := scan.Scanner{
		Network: territory.Network(), Profile: evidence.Full, Roots: roots, Anchor: anchor,
		Families: []evidence.Family{evidence.DNSFamily, evidence.MailFamily, evidence.TLSFamily, evidence.WebFamily, evidence.ServicesFamily},
		Tool:     evidence.Tool{Name: "campanile", Version: "test"}, Timeout: 3 * time.Minute, Sites: 12,
		Suppliers: territory.Suppliers(), Control: territory.MailControl(),
		Mandate: town.Mandate, PortsPerSecond: 500,
	}
	var bundle *evidence.Bundle
	err = scanner.Run(t.Context(), []evidence.Target{town.Target()}, func(_ int, b *evidence.Bundle) error {
		bundle = b
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

// TestConsentingTownsAreSeenAsTheyAre looks, under their mandates, at the services
// of the towns that gave one: every open door is found, a closed one passes, and
// the other families say what they say without a mandate.
func TestConsentingTownsAreSeenAsTheyAre(t *testing.T) {
	t.Parallel()
	territory, err := lab.Start(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { territory.Close() })
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for _, town := range territory.Consenting() {
		t.Run(town.Domain, func(t *testing.T) {
			t.Parallel()
			b := lookInside(t, territory, town)
			outcomes := outcomesOf(set, b)
			if diff := cmp.Diff(sorted(town.Planted), outcomes[checks.Fail]); diff != "" {
				t.Errorf("faults (-planted +found)\n%s", diff)
			}
			var open []string
			for _, rule := range outcomes[checks.Inconclusive] {
				if !withoutEngine(rule) {
					open = append(open, rule)
				}
			}
			// AgID's own page shows the date of a declaration in a browser only.
			want := sorted(append([]string{"accessibility-declaration-outdated"}, town.Unknown...))
			if diff := cmp.Diff(want, sorted(open)); diff != "" {
				t.Errorf("left open (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(openDoors[town.Code], doorsOf(b)); diff != "" {
				t.Errorf("open doors (-want +got)\n%s", diff)
			}
			onlyEngineIsMissing(t, b)
			onlyWebIsTried(t, b)
			for _, host := range b.Services.Hosts {
				if host.State != evidence.Seen || len(host.Ports) > 30 {
					t.Errorf("%s: %+v with %d open ports", host.Address, host.Observation, len(host.Ports))
				}
			}
		})
	}
}

// openDoors are those of the town with open doors, by its code. They never change.
var openDoors = map[string]map[string]string{
	"c_x001": {},
	"c_x024": {
		"service-amplifier":                     "192.0.2.66: 161, 1900 SNMP, UPnP;",
		"service-cache-exposed":                 "192.0.2.67: 6379 Redis;",
		"service-camera-exposed":                "192.0.2.65: 554 Camera or recorder (RTSP);",
		"service-container-api-exposed":         "192.0.2.67: 2375 Docker;",
		"service-database-exposed":              "192.0.2.64: 3306 MySQL or MariaDB;192.0.2.67: 5432 PostgreSQL;",
		"service-directory-exposed":             "192.0.2.67: 389 LDAP directory;",
		"service-file-sharing-exposed":          "192.0.2.64: 445 Windows file sharing (SMB);",
		"service-ftp-plain-exposed":             "192.0.2.65: 21 FTP;",
		"service-hypervisor-exposed":            "192.0.2.66: 902 Virtual machine host;",
		"service-industrial-exposed":            "192.0.2.66: 81 Web page of a plant;",
		"service-management-controller-exposed": "192.0.2.66: 17988 Management controller of a server;",
		"service-message-broker-exposed":        "192.0.2.67: 5672 Message broker (AMQP);",
		"service-nas-exposed":                   "192.0.2.65: 5000 Synology storage;",
		"service-nfs-exposed":                   "192.0.2.65: 111 NFS or portmapper;",
		"service-printer-exposed":               "192.0.2.65: 631 Print server (IPP);",
		"service-remote-desktop-exposed":        "192.0.2.64: 3389 Remote Desktop (RDP);",
		"service-router-admin-exposed":          "192.0.2.66: 8080, 1900 (UDP) Router or firewall web page, UPnP;",
		"service-rsync-exposed":                 "192.0.2.65: 873 rsync;",
		"service-search-engine-exposed":         "192.0.2.67: 9200 Elasticsearch or OpenSearch;",
		"service-snmp-exposed":                  "192.0.2.66: 161 SNMP;",
		"service-ssh-password":                  "192.0.2.64: 22 SSH;",
		"service-telnet-exposed":                "192.0.2.65: 23 Telnet;",
		"service-vnc-exposed":                   "192.0.2.64: 5900 VNC;",
		"service-voip-exposed":                  "192.0.2.66: 5060 Internet telephony (SIP);",
		"service-webmin-panel-exposed":          "192.0.2.66: 10000 Webmin;",
	},
}

// doorsOf tells where each rule on services fails: address, ports and what is there.
func doorsOf(b *evidence.Bundle) map[string]string {
	found := map[string]string{}
	for _, f := range checks.Judge(b) {
		if strings.HasPrefix(f.Rule, "service-") && f.Outcome == checks.Fail {
			found[f.Rule] += fmt.Sprintf("%s: %s %s;", f.Facts["address"], f.Facts["port"], f.Facts["service"])
		}
	}
	return found
}

// onlyWebIsTried complains where templates would go to a camera or a telephone
// exchange, whose answers look like those of a web server.
func onlyWebIsTried(t *testing.T, b *evidence.Bundle) {
	t.Helper()
	for _, host := range b.Services.Hosts {
		for _, port := range host.Ports {
			if port.Service != "rtsp" && port.Service != "sip_tcp" {
				continue
			}
			url := fmt.Sprintf("http://%s:%d", host.Address, port.Number)
			if slices.ContainsFunc(b.Services.Tried, func(tried evidence.Tried) bool { return tried.URL == url }) {
				t.Errorf("templates are tried at %s, which is no web server", url)
			}
		}
	}
}

// withoutEngine reports a rule that rests on the engine, which this test has not.
func withoutEngine(rule string) bool { return strings.HasPrefix(rule, "exposed-") }

// onlyEngineIsMissing wants every rule that rests on the engine to say that it is
// not there.
func onlyEngineIsMissing(t *testing.T, b *evidence.Bundle) {
	t.Helper()
	findings := 0
	for _, f := range checks.Judge(b) {
		if !withoutEngine(f.Rule) || f.Outcome == checks.NotApplicable {
			continue
		}
		findings++
		if f.Outcome != checks.Inconclusive || f.Facts["problem"] != string(evidence.EngineAbsent) {
			t.Errorf("%s on %s: %s %v, want inconclusive: engine-absent", f.Rule, f.Subject, f.Outcome, f.Facts)
		}
	}
	if findings == 0 {
		t.Error("no rule rests on the engine: the test shows nothing")
	}
}
