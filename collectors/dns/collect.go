// Package dns collects what the DNS says about a municipality's names.
//
// It must not judge, and it asks only through a network.Session.
package dns

import (
	"context"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Request is what to look at.
type Request struct {
	Domain string   // ASCII, lower case, no final dot
	Names  []string // host names to resolve besides, such as www
	Anchor Anchor   // where the DNSSEC chain starts
}

// Collect asks for the records of the domain and its names.
func Collect(ctx context.Context, s *network.Session, r Request) evidence.DNS {
	return evidence.DNS{}
}
