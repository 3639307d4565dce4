package tls

import (
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// heardBy gives our hello as the server of crypto/tls reads it.
func heardBy(t *testing.T, h hello) tls.ClientHelloInfo {
	t.Helper()
	near, far := net.Pipe()
	t.Cleanup(func() { _, _ = near.Close(), far.Close() })
	var heard tls.ClientHelloInfo
	enough := errors.New("heard enough")
	server := tls.Server(far, &tls.Config{MinVersion: tls.VersionTLS10, GetConfigForClient: func(info *tls.ClientHelloInfo) (*tls.Config, error) {
		heard = *info
		return nil, enough
	}})
	go func() {
		_, _ = near.Write(h.record())
		readSome(near) // the alert
	}()
	if err := server.HandshakeContext(t.Context()); !errors.Is(err, enough) {
		t.Fatalf("the server does not read the hello: %v", err)
	}
	return heard
}

func TestHelloIsWhatItSays(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		version  uint16
		versions []uint16
		schemes  int
	}{
		"tls-1.2": {tls.VersionTLS12, []uint16{tls.VersionTLS12, tls.VersionTLS11, tls.VersionTLS10}, len(helloSchemes)},
		"tls-1.1": {tls.VersionTLS11, []uint16{tls.VersionTLS11, tls.VersionTLS10}, 0},
		"tls-1.0": {tls.VersionTLS10, []uint16{tls.VersionTLS10}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := heardBy(t, hello{version: each.version, name: "comune.example", suites: broadSuites()})
			if diff := cmp.Diff(each.versions, got.SupportedVersions); diff != "" {
				t.Errorf("versions: -want +got\n%s", diff)
			}
			if diff := cmp.Diff(append(broadSuites(), renegotiationSCSV), got.CipherSuites); diff != "" {
				t.Errorf("suites: -want +got\n%s", diff)
			}
			if got.ServerName != "comune.example" || len(got.SignatureSchemes) != each.schemes || len(got.SupportedCurves) != len(helloGroups) {
				t.Errorf("got name %q, %d schemes, %d groups", got.ServerName, len(got.SignatureSchemes), len(got.SupportedCurves))
			}
		})
	}
}

func TestHelloIsReadWhateverItsLength(t *testing.T) {
	t.Parallel()
	for length := 1; length < 250; length += 7 {
		name := strings.Repeat("a", length)
		for suites := 1; suites <= len(broadSuites()); suites += 19 {
			h := hello{version: tls.VersionTLS12, name: name, suites: broadSuites()[:suites]}
			if got := heardBy(t, h); got.ServerName != name {
				t.Fatalf("got name %q", got.ServerName)
			}
			// RFC 7685 section 4: the lengths that hang old load balancers.
			if n := len(h.message()); n >= 256 && n <= 511 {
				t.Errorf("a hello of %d bytes", n)
			}
		}
	}
}

func TestHelloNamesNoAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"192.0.2.1", "2001:db8::1", ""} {
		if got := heardBy(t, hello{version: tls.VersionTLS12, name: address, suites: broadSuites()}); got.ServerName != "" {
			t.Errorf("%q was sent as a name (RFC 6066 section 3)", got.ServerName)
		}
	}
}

func TestHelloForSSL3HasNoExtensions(t *testing.T) {
	t.Parallel()
	message := hello{version: 0x0300, name: "comune.example", suites: broadSuites()}.message()
	if want := 4 + 2 + 32 + 1 + 2 + 2*(len(broadSuites())+1) + 2; len(message) != want {
		t.Errorf("%d bytes, want %d", len(message), want)
	}
}

func TestSuitesAreFewEnough(t *testing.T) {
	t.Parallel()
	seen := map[uint16]bool{}
	for _, suite := range broadSuites() {
		if seen[suite] {
			t.Errorf("suite %04x twice", suite)
		}
		seen[suite] = true
	}
	if len(seen) > 60 {
		t.Errorf("%d suites; some servers read no more than 64", len(seen))
	}
}
