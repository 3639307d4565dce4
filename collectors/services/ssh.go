package services

import (
	"context"
	"errors"
	"net"
	"slices"
	"time"

	"golang.org/x/crypto/ssh"

	"campanile/collectors/network"
	"campanile/collectors/records/services"
)

// sshUser is the name in the one request that an SSH server gets: it says who
// asks, and is nobody's.
const sshUser = "campanile"

// errEnough ends a session as soon as the server has stated its methods.
var errEnough = errors.New("the methods are known")

// logins adds the methods of logging in that an SSH server states, where the
// request asks for them.
func (v *visit) logins(ctx context.Context, port uint16, identity services.Identity) services.Identity {
	if !v.request.Methods || services.Untouched(port) || !services.StatesMethods(identity) {
		return identity
	}
	conn, err := v.dial(ctx, port)
	if err != nil {
		return identity // they stay unknown
	}
	defer conn.Close()
	methods, err := askMethods(ctx, conn)
	if err != nil {
		return identity
	}
	return identity.WithMethods(methods)
}

// askMethods agrees on keys and puts one authentication request with the method
// "none" (RFC 4252 section 5.2), whose answer lists the methods that can continue.
// There is no method to continue with, so that nothing else can be sent. Who lets
// us in by it has stated "none": we leave at once.
func askMethods(ctx context.Context, conn net.Conn) ([]string, error) {
	const within = 15 * time.Second
	defer limit(ctx, within, conn.SetDeadline)()
	var stated []string
	inside, _, _, err := ssh.NewClientConn(&bounded{conn, maxSession}, "", &ssh.ClientConfig{
		Config: ssh.Config{KeyExchanges: all(exchanges), Ciphers: all(ciphers), MACs: all(macs)},
		User:   sshUser, ClientVersion: "SSH-2.0-campanile", HostKeyAlgorithms: all(hostKeys),
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), //nolint:gosec // nothing is confided to the server, whoever it is
		AuthCallback: func(answer *ssh.ClientAuthContext) (ssh.AuthMethod, error) {
			stated = slices.Clone(answer.AllowedMethods)
			return nil, errEnough
		},
	})
	if err == nil {
		return []string{"none"}, inside.Close()
	}
	if len(stated) == 0 {
		return nil, err
	}
	return stated, nil
}

// all lists the sound algorithms of a kind and then the old ones: what is asked
// for is no secret, and an old server has to be understood.
func all(kind func(ssh.Algorithms) []string) []string {
	return append(kind(ssh.SupportedAlgorithms()), kind(ssh.InsecureAlgorithms())...)
}

func exchanges(a ssh.Algorithms) []string { return a.KeyExchanges }
func ciphers(a ssh.Algorithms) []string   { return a.Ciphers }
func macs(a ssh.Algorithms) []string      { return a.MACs }
func hostKeys(a ssh.Algorithms) []string  { return a.HostKeys }

// maxSession is how much of a session is read: lists, keys and a notice.
const maxSession = 256 << 10

// bounded is a connection of which only so much is read.
type bounded struct {
	net.Conn
	left int
}

func (b *bounded) Read(into []byte) (int, error) {
	if b.left <= 0 {
		return 0, &network.Error{Problem: "too-large", Err: errors.New("more than a session of SSH needs")}
	}
	n, err := b.Conn.Read(into[:min(len(into), b.left)])
	b.left -= n
	return n, err
}
