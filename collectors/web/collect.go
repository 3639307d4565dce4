// Package web collects what a site answers to a polite visitor: redirects,
// headers, cookies, and the links of the home page.
//
// It must not judge, and it dials only through a network.Session.
package web

import (
	"context"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Request is what to look at.
type Request struct {
	Names     []string // host names to visit on http and https
	Agent     string   // User-Agent
	WellKnown bool     // ask for security.txt too (profile standard and up)
}

// Collect gives one site for each name.
func Collect(ctx context.Context, s *network.Session, r Request) []evidence.Site {
	return nil
}
