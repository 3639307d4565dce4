// Package namespaces holds the program against real servers: a signed DNS tree
// on NSD, Unbound, nginx and Postfix on their real ports, in Linux namespaces
// that the test makes for itself, and holds it beside other tools of the trade. It
// has no code beside its test.
//
// It must not touch the machine's own network, files in /etc or services.
package namespaces
