//go:build !unix

package storetest

// Database finds no PostgreSQL: the tests of a server are for Unix.
func Database() (string, error) { return "", ErrMissing }
