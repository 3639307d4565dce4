package hello

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/records"
)

// manySuites gives that many numbers of the registry.
func manySuites(t *testing.T, count int, older bool) []uint16 {
	t.Helper()
	var list []uint16
	for _, suite := range records.Suites() {
		if suite.TLS13 != older && len(list) < count {
			list = append(list, suite.Number)
		}
	}
	if len(list) < count {
		t.Fatalf("%d suites, want %d", len(list), count)
	}
	return list
}

// heardBy gives our hello as the server of crypto/tls reads it.
func heardBy(t *testing.T, h Hello) tls.ClientHelloInfo {
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
		_, _ = near.Write(h.Record())
		_, _ = near.Read(make([]byte, 100)) // the alert
	}()
	if err := server.HandshakeContext(t.Context()); !errors.Is(err, enough) {
		t.Fatalf("the server does not read the hello: %v", err)
	}
	return heard
}

func TestHelloIsWhatItSays(t *testing.T) {
	t.Parallel()
	old := []uint16{tls.VersionTLS12, tls.VersionTLS11, tls.VersionTLS10}
	for name, each := range map[string]struct {
		version  uint16
		versions []uint16
		schemes  int
		groups   int
	}{
		"tls-1.3": {tls.VersionTLS13, []uint16{tls.VersionTLS13}, len(DefaultSchemes()), 11},
		"tls-1.2": {tls.VersionTLS12, old, len(DefaultSchemes()), 5},
		"tls-1.1": {tls.VersionTLS11, old[1:], 0, 5},
		"tls-1.0": {tls.VersionTLS10, old[2:], 0, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suites := manySuites(t, 5, each.version < tls.VersionTLS13)
			got := heardBy(t, Hello{Version: each.version, Name: "comune.example", Suites: suites, Protocols: []string{"h2", "http/1.1"}, Heartbeat: true, Fallback: true})
			if diff := cmp.Diff(each.versions, got.SupportedVersions); diff != "" {
				t.Errorf("versions: -want +got\n%s", diff)
			}
			if diff := cmp.Diff(append(suites, fallbackSCSV), got.CipherSuites); diff != "" {
				t.Errorf("suites: -want +got\n%s", diff)
			}
			if diff := cmp.Diff([]string{"h2", "http/1.1"}, got.SupportedProtos); diff != "" {
				t.Errorf("protocols: -want +got\n%s", diff)
			}
			if got.ServerName != "comune.example" || len(got.SignatureSchemes) != each.schemes || len(got.SupportedCurves) != each.groups {
				t.Errorf("got name %q, %d schemes, %d groups", got.ServerName, len(got.SignatureSchemes), len(got.SupportedCurves))
			}
			if slices.Contains(got.Extensions, extensionHeartbeat) != (each.version < tls.VersionTLS13) {
				t.Errorf("got extensions %v", got.Extensions)
			}
		})
	}
}

func TestHelloOffersTheGroupsAndSchemesItIsGiven(t *testing.T) {
	t.Parallel()
	got := heardBy(t, Hello{Version: tls.VersionTLS12, Suites: []uint16{0xc02f}, Groups: []uint16{21}, Schemes: []uint16{0x0201}})
	if diff := cmp.Diff([]tls.CurveID{21}, got.SupportedCurves); diff != "" {
		t.Errorf("groups: -want +got\n%s", diff)
	}
	if diff := cmp.Diff([]tls.SignatureScheme{0x0201}, got.SignatureSchemes); diff != "" {
		t.Errorf("schemes: -want +got\n%s", diff)
	}
	got = heardBy(t, Hello{Version: tls.VersionTLS12, Suites: []uint16{0xc02f}, Groups: []uint16{}, Schemes: []uint16{}})
	if slices.Contains(got.Extensions, extensionGroups) || slices.Contains(got.Extensions, extensionSchemes) {
		t.Errorf("got extensions %v", got.Extensions)
	}
}

// RFC 7685 section 4 and what came after it: lengths that hang old load balancers.
func TestHelloIsReadWhateverItsLength(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13} {
		for length := 1; length < 250; length += 3 {
			for _, suites := range []int{1, 2, 20, 64, 150} {
				h := Hello{Version: version, Name: strings.Repeat("a", length), Suites: manySuites(t, suites, true)}
				message := h.Message()
				bare := len(message) % 256
				if n := len(message); n >= 256 && n <= 511 || bare == 10 || bare == 14 || bare-4 == 10 || bare-4 == 14 {
					t.Errorf("a hello of %d bytes", n)
				}
				if length%31 == 0 {
					if got := heardBy(t, h); got.ServerName != h.Name {
						t.Errorf("got name %q", got.ServerName)
					}
				}
			}
		}
	}
}

func TestHelloNamesNoAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"192.0.2.1", "2001:db8::1", ""} {
		if got := heardBy(t, Hello{Version: tls.VersionTLS12, Name: address, Suites: []uint16{0xc02f}}); got.ServerName != "" {
			t.Errorf("%q was sent as a name (RFC 6066 section 3)", got.ServerName)
		}
	}
}

func TestHelloForSSL3HasNoExtensions(t *testing.T) {
	t.Parallel()
	message := Hello{Version: 0x0300, Name: "comune.example", Suites: []uint16{0x000a, 0x0005}, Deflate: true, Heartbeat: true}.Message()
	if want := 4 + 2 + 32 + 1 + 2 + 2*3 + 1 + 2; len(message) != want {
		t.Errorf("%d bytes, want %d", len(message), want)
	}
	if !bytes.Contains(message, []byte{0x00, 0x0a, 0x00, 0x05, 0x00, 0xff, 2, 1, 0}) {
		t.Errorf("without the signal of RFC 5746 or DEFLATE: % x", message)
	}
}

// Where the groups end the extensions, none after them may be empty.
func TestLastExtensionIsNotEmpty(t *testing.T) {
	t.Parallel()
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
		for length := range 90 {
			message := Hello{Version: version, Name: strings.Repeat("a", length), Suites: manySuites(t, 40, true), Heartbeat: true}.Message()
			if bytes.HasSuffix(message, append(pair(extensionPadding), 0, 0)) || bytes.HasSuffix(message, append(pair(extensionTicket), 0, 0)) {
				t.Errorf("version %04x, a name of %d bytes: % x", version, length, message[len(message)-8:])
			}
		}
	}
}

// A hello for TLS 1.3 without a key can only be answered by HelloRetryRequest.
func TestHelloForTLS13HasNoKey(t *testing.T) {
	t.Parallel()
	message := Hello{Version: tls.VersionTLS13, Name: "comune.example", Suites: []uint16{0x1301}}.Message()
	if !bytes.Contains(message, []byte{0, extensionKeyShare, 0, 2, 0, 0}) {
		t.Errorf("% x", message)
	}
	if message[38] != 32 {
		t.Errorf("a session of %d bytes", message[38])
	}
	again := Hello{Version: tls.VersionTLS13, Name: "comune.example", Suites: []uint16{0x1301}}.Message()
	if bytes.Equal(message[6:38], again[6:38]) || bytes.Equal(message[39:71], again[39:71]) {
		t.Error("the same random twice")
	}
}

// A server that takes nothing but what was offered ends with an alert, which
// shows that it reads the hello to its end.
func TestHelloOfManySuitesIsOneRecord(t *testing.T) {
	t.Parallel()
	record := Hello{Version: tls.VersionTLS12, Suites: manySuites(t, 150, true)}.Record()
	kind, body, err := ReadRecord(bytes.NewReader(record))
	if err != nil || kind != RecordHandshake || len(body) != len(record)-5 || record[2] != 1 {
		t.Errorf("type %d, %d of %d bytes, %v", kind, len(body), len(record), err)
	}
	if _, _, err := ReadRecord(bytes.NewReader(record[:len(record)-1])); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}
