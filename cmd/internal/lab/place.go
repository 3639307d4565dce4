package lab

import (
	"context"
	"net"

	"github.com/miekg/dns"
)

// place is a domain with everything that stands under it: a municipality's, or
// a supplier's. Hosts are written as in a zone file: "@" is the domain itself,
// a final dot makes a name absolute.
type place struct {
	zone      zone
	sites     []site
	exchanges []exchange
	oddities  []oddity
	datagrams []asked
	faults    map[dns.Question]fault
	habits    map[string]habit // of name servers, where they are bad ones
	nameless  []string         // mail servers whose addresses have no name
}

// site is what some hosts answer on ports 80 and 443.
type site struct {
	hosts []string
	tls   *identity // nil: port 443 is closed
	plain plain

	page     string            // home page, a template under pages/
	lacks    string            // what the page leaves out: "declaration"
	inner    map[string]string // further pages: path and title
	pages    map[string]string // further pages with a text of their own: path and template under pages/
	files    map[string]string // small text files: path and text
	headers  map[string]string
	cookies  []string // Set-Cookie lines, with the home page
	status   int      // of every answer, when it is not 200
	redirect string   // leads every visitor to this address instead
}

// plain is what a site does on port 80.
type plain int

const (
	toHTTPS plain = iota // sends visitors to https on the same host
	same                 // the same as on port 443
	closed
)

// exchange is a mail exchanger.
type exchange struct {
	host   string
	banner string    // after "220 " and the host's name
	tls    *identity // nil: no STARTTLS
	dane   bool      // its key is published in a TLSA record
}

// oddity is a port that speaks no protocol rightly.
type oddity struct {
	host    string
	port    uint16
	speak   wire
	dropped bool // packets are dropped: a connection never comes about
}

// A wire function talks on one connection and returns when it is over; the
// connection is closed from outside when the lab ends.
type wire func(ctx context.Context, conn net.Conn)
