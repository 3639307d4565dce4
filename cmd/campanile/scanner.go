package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	mdns "github.com/miekg/dns"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/scan"
	"campanile/collectors/dnssec"
	"campanile/collectors/evidence"
	"campanile/collectors/network"
	"campanile/collectors/records"
	"campanile/collectors/tls"
)

// tool is how the evidence names this program.
var tool = evidence.Tool{Name: "campanile", Version: version}

// families are the ones asked for; without --only, all that the profile has.
func (s *settings) families() []evidence.Family {
	var list []evidence.Family
	for _, family := range evidence.Families {
		wanted := len(s.only) == 0 && (family != evidence.ServicesFamily || s.profile == string(evidence.Full))
		for _, name := range s.only {
			wanted = wanted || name == string(family)
		}
		if wanted {
			list = append(list, family)
		}
	}
	return list
}

// scanner builds the real world: resolvers, roots, anchor and limits.
func (s *settings) scanner(now func() time.Time, suppliers []records.Supplier) (scan.Scanner, error) {
	resolvers, err := s.resolverAddresses()
	if err != nil {
		return scan.Scanner{}, err
	}
	anchor, err := s.anchor()
	if err != nil {
		return scan.Scanner{}, err
	}
	roots, err := s.roots()
	if err != nil {
		return scan.Scanner{}, err
	}
	scanner := scan.Scanner{
		Network: &network.Network{
			Resolvers: resolvers,
			Connect:   dial,
			Now:       now,
			Permit:    network.Permit{AllowReserved: s.allowReserved},
			Limits:    network.Limits{PerSecond: s.rate, PerAddress: s.perAddress(s.depth, evidence.Profile(s.profile))},
		},
		Profile: evidence.Profile(s.profile), Families: s.families(), Depth: s.depth, Roots: roots, Anchor: anchor, Tool: tool,
		Contact: s.contact, Timeout: s.timeout, Concurrency: s.concurrency, Suppliers: suppliers,
	}
	err = s.prepare(&scanner)
	return scanner, err
}

func dial(ctx context.Context, kind string, to netip.AddrPort) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, kind, to.String())
}

// systemResolvers is where the system keeps its own.
const systemResolvers = "/etc/resolv.conf"

func (s *settings) resolverAddresses() ([]netip.AddrPort, error) {
	var list []netip.AddrPort
	for _, text := range s.resolvers {
		address, err := resolverAddress(text)
		if err != nil {
			return nil, exit.Usagef("--resolver %s: not an address; write it like 192.0.2.53, 192.0.2.53:53 or [2001:db8::53]:53", text)
		}
		list = append(list, address)
	}
	if len(list) > 0 {
		return list, nil
	}
	system, err := mdns.ClientConfigFromFile(systemResolvers)
	if err != nil {
		return nil, exit.Usagef("the system's resolver is not known (%w); name one with --resolver", err)
	}
	for _, server := range system.Servers {
		if address, err := resolverAddress(server); err == nil {
			list = append(list, address)
		}
	}
	if len(list) == 0 {
		return nil, exit.Usagef("%s names no resolver; name one with --resolver", systemResolvers)
	}
	return list, nil
}

func resolverAddress(text string) (netip.AddrPort, error) {
	if address, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return netip.AddrPortFrom(address, 53), nil
	}
	return netip.ParseAddrPort(text)
}

func (s *settings) anchor() (dnssec.Anchor, error) {
	if s.trustAnchor == "" {
		return dnssec.RootAnchor(), nil
	}
	file, err := os.Open(s.trustAnchor)
	if err != nil {
		return dnssec.Anchor{}, exit.Usagef("the trust anchor cannot be opened: %w", err)
	}
	defer file.Close()
	anchor, err := dnssec.ReadAnchor(file)
	if err != nil {
		return dnssec.Anchor{}, exit.Usagef("%s: %w", s.trustAnchor, err)
	}
	return anchor, nil
}

// maxPEM bounds a file of certificate authorities, in bytes.
const maxPEM = 4 << 20

func (s *settings) roots() (tls.Roots, error) {
	var extra []byte
	if s.ca != "" {
		file, err := os.Open(s.ca)
		if err != nil {
			return tls.Roots{}, exit.Usagef("the file of authorities cannot be opened: %w", err)
		}
		defer file.Close()
		if extra, err = io.ReadAll(io.LimitReader(file, maxPEM+1)); err == nil && len(extra) > maxPEM {
			err = fmt.Errorf("longer than %d bytes", maxPEM)
		}
		if err == nil && len(extra) == 0 {
			err = errors.New("the file is empty; it needs certificates in PEM form")
		}
		if err != nil {
			return tls.Roots{}, exit.Usagef("%s: %w", s.ca, err)
		}
	}
	roots, err := tls.MozillaRoots(extra)
	if err != nil && s.ca != "" {
		return tls.Roots{}, exit.Usagef("%s: %w", s.ca, err)
	}
	return roots, err
}
