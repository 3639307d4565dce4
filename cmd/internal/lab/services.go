package lab

import (
	"crypto/tls"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// service is what one host answers on one port.
type service struct {
	host    string // absolute, with the final dot
	port    uint16
	http    http.Handler // on ports 80 and 443
	tls     *tls.Config  // on port 443
	relic   *relic       // likewise, where the server is an old one
	wire    wire         // a protocol spoken by hand
	dropped bool         // packets are dropped on the way
}

func zones(places []place) []zone {
	var list []zone
	for _, p := range places {
		list = append(list, p.zone)
	}
	return list
}

func faults(places []place) map[dns.Question]fault {
	all := map[dns.Question]fault{}
	for _, p := range places {
		maps.Copy(all, p.faults)
	}
	return all
}

// services lists every port of every host, and adds to the zones what follows
// from them: TLSA records and reverse names.
func (l *Lab) services(places []place) ([]service, error) {
	var all []service
	for _, p := range places {
		for _, part := range []func(place) ([]service, error){l.webOf, l.mailOf, l.odditiesOf} {
			list, err := part(p)
			if err != nil {
				return nil, err
			}
			all = append(all, list...)
		}
		if err := l.nameBack(p); err != nil {
			return nil, err
		}
	}
	site, err := l.issuerSite(places)
	return append(all, site), err
}

func (l *Lab) webOf(p place) ([]service, error) {
	var list []service
	for _, s := range p.sites {
		var config *tls.Config
		handler, err := l.compose(p, s)
		if err == nil && s.tls != nil {
			config, err = l.authorities.config(*s.tls, served(p, s.hosts))
		}
		if err != nil {
			return nil, fmt.Errorf("site of %s: %w", p.zone.origin, err)
		}
		for _, host := range s.hosts {
			host = absolute(host, p.zone.origin)
			switch s.plain {
			case toHTTPS:
				list = append(list, service{host: host, port: 80, http: http.HandlerFunc(redirectToHTTPS)})
			case same:
				list = append(list, service{host: host, port: 80, http: handler})
			case closed:
			}
			if config != nil {
				list = append(list, service{host: host, port: 443, http: handler, tls: config, relic: s.tls.relic})
			}
		}
	}
	return list, nil
}

// served gives the names of hosts as a certificate writes them.
func served(p place, hosts []string) []string {
	var names []string
	for _, host := range hosts {
		names = append(names, strings.TrimSuffix(absolute(host, p.zone.origin), "."))
	}
	return names
}

func (l *Lab) mailOf(p place) ([]service, error) {
	var list []service
	for _, x := range p.exchanges {
		host := absolute(x.host, p.zone.origin)
		server := mailServer{name: strings.TrimSuffix(host, "."), banner: x.banner}
		if x.tls != nil {
			config, err := l.authorities.config(*x.tls, served(p, []string{x.host}))
			if err != nil {
				return nil, fmt.Errorf("mail server of %s: %w", p.zone.origin, err)
			}
			server.tls = config
		}
		if err := l.publish(p, x, host); err != nil {
			return nil, err
		}
		list = append(list, service{host: host, port: 25, wire: server.serve})
	}
	return list, nil
}

// publish writes, where wished, the TLSA record of a mail server's key (RFC 7672
// section 3.1.1: usage 3, selector 1).
func (l *Lab) publish(p place, x exchange, host string) error {
	if !x.dane {
		return nil
	}
	leaf, err := l.authorities.leaf(*x.tls, served(p, []string{x.host}))
	if err != nil {
		return err
	}
	return l.tree[p.zone.origin].read(fmt.Sprintf("_25._tcp.%s IN TLSA 3 1 1 %s\n", host, leaf.pin()))
}

// nameBack writes the reverse names of a place's own mail servers (RFC 1035
// section 3.5, RFC 3596 section 2.5).
func (l *Lab) nameBack(p place) error {
	table := l.tree[p.zone.origin]
	set := table.sets[table.origin][dns.TypeMX]
	if set == nil {
		return nil
	}
	for _, rr := range set.records {
		host := rr.(*dns.MX).Mx
		if table.sets[host] == nil || slices.Contains(p.nameless, host) {
			continue
		}
		for _, address := range l.tree.addresses(host) {
			reverse, err := dns.ReverseAddr(address.String())
			if err != nil {
				return fmt.Errorf("reverse name of %s: %w", address, err)
			}
			if err := l.tree.holding(reverse).read(fmt.Sprintf("%s IN PTR %s\n", reverse, host)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Lab) odditiesOf(p place) ([]service, error) {
	var list []service
	for _, o := range p.oddities {
		list = append(list, service{host: absolute(o.host, p.zone.origin), port: o.port, wire: o.speak, dropped: o.dropped})
	}
	return list, nil
}

// issuerSite is where certificates say that the intermediate can be fetched, and
// the list of those that were taken back.
func (l *Lab) issuerSite(places []place) (service, error) {
	revoked, err := l.authorities.revocations(revokedIn(places))
	if err != nil {
		return service{}, err
	}
	files := map[string]document{
		intermediateFile: {"application/pkix-cert", l.authorities.intermediate.certificate.Raw},
		revocationFile:   {"application/pkix-crl", revoked},
	}
	return service{host: caHost, port: 80, http: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, known := files[r.URL.Path]
		if !known {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", file.kind)
		// The visitor may be gone; nobody is left to tell.
		_, _ = w.Write(file.body)
	})}, nil
}

// revokedIn lists the serial numbers of the certificates that were taken back.
func revokedIn(places []place) []*big.Int {
	var serials []*big.Int
	for _, p := range places {
		for _, s := range p.sites {
			if s.tls != nil && s.tls.revoked {
				serials = append(serials, serialOf(s.tls.titles(served(p, s.hosts))[0]))
			}
		}
	}
	return serials
}
