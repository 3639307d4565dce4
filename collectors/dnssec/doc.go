// Package dnssec validates what a resolver says from the trust anchor down
// (RFC 4035 section 5), whatever the resolver itself thinks of it.
//
// It must not judge what it finds, and it asks only through a network.Session.
package dnssec
