package namespaces

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
)

// verdicts are the rules on services that do not pass at an address, by the middle
// of their names. What is closed passes, and so does what is not there.
func verdicts() map[string]map[string]string {
	const fail, askedNot = "fail", "inconclusive not-to-be-asked"
	return map[string]map[string]string{
		house(0): {"ftp-plain-exposed": fail, "telnet-exposed": fail, "rsync-exposed": fail, "ssh-password": askedNot},
		house(1): {"file-sharing-exposed": fail, "printer-exposed": fail, "nfs-exposed": fail, "snmp-exposed": fail, "amplifier": fail},
		house(2): {"remote-desktop-exposed": fail, "vnc-exposed": fail, "x11-exposed": askedNot, "ssh-password": fail},
		house(3): {"database-exposed": fail, "cache-exposed": fail, "amplifier": fail},
		house(4): {"directory-exposed": fail, "message-broker-exposed": askedNot},
		// The resolver calls its answer its own, which leaves open what it fetches.
		house(5): {"container-api-exposed": fail, "search-engine-exposed": fail, "amplifier": "inconclusive server-error"},
		house(6): {"camera-exposed": fail, "printer-exposed": fail, "voip-exposed": fail, "database-exposed": fail},
		house(7): {
			"router-admin-exposed": fail, "industrial-exposed": askedNot, "management-controller-exposed": fail,
			"directory-exposed": fail, "amplifier": fail,
		},
		house(8): {}, // FTP with TLS, SSH with keys, and the rest for itself alone
	}
}

// testJudged holds the rules against what is open.
func (s *street) testJudged(t *testing.T, hosts map[string]evidence.Host) {
	for address, host := range hosts {
		bundle := &evidence.Bundle{
			Target:   evidence.Target{Domain: "comune.fornitore.example"},
			Services: evidence.Services{Observation: host.Observation, Hosts: []evidence.Host{host}},
		}
		got := map[string]string{}
		for _, check := range checks.All {
			rule, ours := strings.CutPrefix(check.ID, "service-")
			if !ours || check.Family != evidence.ServicesFamily {
				continue
			}
			for _, finding := range check.Judge(bundle) {
				if finding.Outcome != checks.Pass {
					got[rule] = strings.TrimSpace(string(finding.Outcome) + " " + finding.Facts["problem"])
				}
			}
		}
		if diff := cmp.Diff(verdicts()[address], got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", address, diff)
		}
	}
}
