package services

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRemoteDesktopComesFirst(t *testing.T) {
	t.Parallel()
	ports := Ports("tcp")
	want := []uint16{3389, 5900, 5901, 5800, 445, 139, 27017, 27018}
	if diff := cmp.Diff(want, ports[:len(want)]); diff != "" {
		t.Error("order of risk -want +got:\n" + diff)
	}
	t.Logf("%d TCP ports, %d services", len(ports), len(List()))
}

func TestEachServiceIsWhole(t *testing.T) {
	t.Parallel()
	classes := []string{
		"", "remote-desktop", "file-sharing", "telnet", "ftp-plain", "vnc", "database", "cache", "search-engine", "container-api",
		"directory", "snmp", "nfs", "rsync", "printer", "nas", "camera", "router-admin", "hypervisor", "management-controller", "industrial",
		"voip", "x11", "webmin-panel", "message-broker", "ssh",
	}
	var used, seen []string
	for _, s := range List() {
		if slices.Contains(seen, s.Transport+" "+s.ID) {
			t.Errorf("%s over %s is listed twice", s.ID, s.Transport)
		}
		if other, _ := ByID(s.ID); other.Class != s.Class || other.Name != s.Name {
			t.Errorf("%s is one service over each transport: %+v, %+v", s.ID, other, s)
		}
		seen = append(seen, s.Transport+" "+s.ID)
		used = append(used, s.Class)
		if !slices.Contains(classes, s.Class) || rank(s.Risk) < 0 || s.Name == "" || len(s.Ports) == 0 || s.Transport != "tcp" && s.Transport != "udp" {
			t.Errorf("%+v is not whole", s)
		}
		for _, id := range s.Questions {
			if _, ok := question(id, here); !ok {
				t.Errorf("%s: question %q does not exist", s.ID, id)
			}
		}
	}
	for _, class := range classes {
		if !slices.Contains(used, class) {
			t.Errorf("no service is of class %q", class)
		}
	}
	for _, m := range marks() {
		if _, ok := ByID(m.id); !ok {
			t.Errorf("marks.csv: service %q is not listed", m.id)
		}
	}
}

func TestPortsThatNeedConsentAreLeftOut(t *testing.T) {
	t.Parallel()
	for _, port := range []uint16{3128, 1080} {
		if slices.Contains(Ports("tcp"), port) {
			t.Errorf("port %d needs the consent of the owner", port)
		}
	}
	if got := Class("redis"); got != "cache" {
		t.Errorf("class of redis: %q", got)
	}
	if got := Class("unheard-of"); got != "" {
		t.Errorf("class of nothing: %q", got)
	}
}
