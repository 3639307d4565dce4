package mandate

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync/atomic"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
)

// maxOptOut bounds a list of those who asked to be left alone, in bytes.
const maxOptOut = 4 << 20

// OptOut is the list of names and networks that asked to be left alone: one a
// line, # begins a remark. A name stands for itself and all below it. A Guard
// keeps it up to date while a scan runs; it may be asked from everywhere at
// once. The nil list is empty.
type OptOut struct {
	file string
	list atomic.Pointer[optOut]
}

type optOut struct {
	data     []byte
	names    []string
	networks []netip.Prefix
}

// ReadOptOut reads the list.
func ReadOptOut(path string) (*OptOut, error) {
	data, err := readOptOut(path)
	if err != nil {
		return nil, err
	}
	list, err := parseOptOut(path, data)
	if err != nil {
		return nil, err
	}
	o := &OptOut{file: path}
	o.list.Store(list)
	return o, nil
}

func readOptOut(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, exit.Usagef("the opt-out list %s cannot be opened: %w; nobody on it may be asked, so it must be there", path, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxOptOut+1))
	if err != nil {
		return nil, exit.Usagef("the opt-out list %s cannot be read: %w", path, err)
	}
	if len(data) > maxOptOut {
		return nil, exit.Usagef("the opt-out list %s is longer than %d bytes; write networks in place of single addresses", path, maxOptOut)
	}
	return data, nil
}

// parseOptOut is strict: a line that is not understood could be somebody who
// must be left alone.
func parseOptOut(path string, data []byte) (*optOut, error) {
	list := &optOut{data: data}
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	lines.Buffer(nil, maxOptOut+1)
	for number := 1; lines.Scan(); number++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if err := list.add(text); err != nil {
			return nil, exit.Usagef("%s:%d: %w", path, number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, exit.Usagef("the opt-out list %s cannot be read: %w", path, err)
	}
	return list, nil
}

func (l *optOut) add(text string) error {
	if address, err := netip.ParseAddr(text); err == nil {
		address = plain(address).WithZone("")
		l.networks = append(l.networks, netip.PrefixFrom(address, address.BitLen()))
		return nil
	}
	if network, err := netip.ParsePrefix(text); err == nil {
		if network.Addr().Is4In6() {
			return fmt.Errorf("%s: write the IPv4 network itself, such as 192.0.2.0/24", text)
		}
		if network != network.Masked() {
			return fmt.Errorf("%s does not begin its network; write %s, or %s for the one address", text, network.Masked(), network.Addr())
		}
		l.networks = append(l.networks, network)
		return nil
	}
	name, err := inventory.Domain(strings.TrimPrefix(text, "*."))
	if err != nil || strings.Contains(text, "/") { // a network that is none must not be taken for a page

		return fmt.Errorf("%q is no name, address or network; write one a line, such as comune.example or 192.0.2.0/24", text)
	}
	l.names = append(l.names, name)
	return nil
}

// Name reports whether the name asked to be left alone.
func (o *OptOut) Name(name string) bool {
	return o != nil && below(name, o.list.Load().names)
}

// Address reports whether the address asked to be left alone.
func (o *OptOut) Address(address netip.Addr) bool {
	if o == nil {
		return false
	}
	address = plain(address).WithZone("")
	for _, network := range o.list.Load().networks {
		if network.Contains(address) {
			return true
		}
	}
	return false
}

// Networks gives the networks of the list as it stands, for network.Permit.
func (o *OptOut) Networks() []netip.Prefix {
	if o == nil {
		return nil
	}
	return slices.Clone(o.list.Load().networks)
}
