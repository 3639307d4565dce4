package asn_test

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"campanile/cmd/internal/asn"
)

// database writes a file in MaxMind DB form: a tree of 24-bit records over IPv6
// addresses, IPv4 below ::/96, whose leaves point to entries.
func database(t *testing.T, kind string, networks map[string]any) string {
	t.Helper()
	type node [2]int // 0: nothing; positive: a node; negative: entry -n
	tree := []node{{}}
	var data bytes.Buffer
	offsets := []int{}
	for network, value := range networks {
		offsets = append(offsets, data.Len())
		encode(&data, value)
		prefix := netip.MustParsePrefix(network)
		bits, address := prefix.Bits(), prefix.Addr().As16()
		if prefix.Addr().Is4() {
			bits += 96
			address = [16]byte{}
			copy(address[12:], prefix.Addr().AsSlice())
		}
		at := 0
		for i := range bits {
			side := int(address[i/8]>>(7-i%8)) & 1
			if i == bits-1 {
				tree[at][side] = -len(offsets)
				break
			}
			if tree[at][side] == 0 {
				tree = append(tree, node{})
				tree[at][side] = len(tree) - 1
			}
			at = tree[at][side]
		}
	}
	var file bytes.Buffer
	for _, n := range tree {
		for _, to := range n {
			switch {
			case to == 0:
				to = len(tree)
			case to < 0:
				to = len(tree) + 16 + offsets[-to-1]
			}
			file.Write([]byte{byte(to >> 16), byte(to >> 8), byte(to)})
		}
	}
	file.Write(make([]byte, 16))
	file.Write(data.Bytes())
	file.WriteString("\xab\xcd\xefMaxMind.com")
	encode(&file, map[string]any{
		"binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1, "database_type": kind,
		"ip_version": 6, "node_count": len(tree), "record_size": 24, "languages": []any{}, "description": map[string]any{},
	})
	path := filepath.Join(t.TempDir(), "asn.mmdb")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// encode writes a value of the few kinds that these files need; all sizes stay
// under 29.
func encode(to *bytes.Buffer, value any) {
	switch value := value.(type) {
	case string:
		to.WriteByte(2<<5 | byte(len(value)))
		to.WriteString(value)
	case int:
		to.WriteByte(6<<5 | 4)
		to.Write([]byte{byte(value >> 24), byte(value >> 16), byte(value >> 8), byte(value)})
	case map[string]any:
		to.WriteByte(7<<5 | byte(len(value)))
		for key, each := range value {
			encode(to, key)
			encode(to, each)
		}
	case []any:
		to.Write([]byte{byte(len(value)), 11 - 7})
	}
}

func TestOriginsAreReadInBothSpellings(t *testing.T) {
	t.Parallel()
	db, err := asn.Open(database(t, "Example-ASN", map[string]any{
		"192.0.2.0/24":     map[string]any{"autonomous_system_number": 64496},
		"2001:db8:6::/48":  map[string]any{"asn": "AS64497"},
		"198.51.100.0/24":  map[string]any{"asn": "unknown"},
		"203.0.113.128/25": map[string]any{"autonomous_system_organization": "Nobody"},
	}))
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]uint32{
		"192.0.2.77": 64496, "::ffff:192.0.2.77": 64496, "2001:db8:6::1": 64497,
		"198.51.100.1": 0, "203.0.113.200": 0, "203.0.113.1": 0, "2001:db8:7::1": 0,
	} {
		if got, ok := db.Origin(netip.MustParseAddr(address)); got != want || ok != (want > 0) {
			t.Errorf("%s: got %d, %v; want %d", address, got, ok, want)
		}
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	t.Parallel()
	city := database(t, "Example-City", map[string]any{"192.0.2.0/24": map[string]any{"asn": "AS64496"}})
	if _, err := asn.Open(city); err == nil || !strings.Contains(err.Error(), "not a database of autonomous systems but of \"Example-City\"") {
		t.Errorf("a database of places: %v", err)
	}
	text := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(text, []byte("just some notes"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{text, filepath.Join(t.TempDir(), "missing.mmdb")} {
		if _, err := asn.Open(path); err == nil {
			t.Errorf("%s was opened", path)
		}
	}
}
