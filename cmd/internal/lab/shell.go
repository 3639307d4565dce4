package lab

import (
	"context"
	"errors"
	"net"

	"golang.org/x/crypto/ssh"
)

// errStranger is how every login ends: the lab has no accounts.
var errStranger = errors.New("nobody can log in to the laboratory")

// secureShell is a whole SSH server that lets nobody in. It takes keys, and
// passwords where it is careless.
func secureShell(passwords bool) wire {
	config := &ssh.ServerConfig{
		ServerVersion:     "SSH-2.0-OpenSSH_9.2p1",
		PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) { return nil, errStranger },
	}
	if passwords {
		config.PasswordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { return nil, errStranger }
	}
	return func(_ context.Context, conn net.Conn) {
		key, err := ssh.NewSignerFromSigner(edwards("secure shell"))
		if err != nil {
			return
		}
		own := *config
		own.AddHostKey(key)
		// It ends without a login, when the visitor leaves or the lab closes.
		_, _, _, _ = ssh.NewServerConn(conn, &own)
	}
}
