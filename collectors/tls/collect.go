// Package tls collects what TLS servers present: one ordinary handshake with
// its certificates, and which versions a server accepts.
//
// It must not judge, and it dials only through a network.Session.
package tls

import (
	"context"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Request is what to look at.
type Request struct {
	Names    []string // host names to visit on port 443
	Versions bool     // ask for each version alone (profile standard and up)
	Roots    Roots
}

// Collect gives one endpoint for each name and address.
func Collect(ctx context.Context, s *network.Session, r Request) []evidence.Endpoint {
	return nil
}
