package hello

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"campanile/collectors/evidence"
)

// takeServerHello reads version, random, session, suite, compression and
// extensions (RFC 5246 section 7.4.1.3, RFC 8446 section 4.1.3). Nothing of it
// stands unless all of it can be read.
func (a *answer) takeServerHello(body []byte) error {
	if len(body) < 35 {
		return fmt.Errorf("%w: a ServerHello of %d bytes", ErrMalformed, len(body))
	}
	version := binary.BigEndian.Uint16(body)
	_, rest, whole := cut(body[34:], 1)
	if !whole || len(rest) < 3 || version < oldest || version > tls12 {
		return fmt.Errorf("%w: a ServerHello for version %04x", ErrMalformed, version)
	}
	said := Answer{Version: version, Suite: binary.BigEndian.Uint16(rest), Compression: rest[2], Retry: isRetry(body[2:34])}
	if err := said.takeExtensions(rest[3:]); err != nil {
		return err
	}
	// RFC 8446 section 4.1.3: all that follows is encrypted, or our turn.
	said.Done = said.Version == newest
	if said.Retry && !said.Done {
		return fmt.Errorf("%w: a HelloRetryRequest for version %04x", ErrMalformed, said.Version)
	}
	a.Answer = said
	return nil
}

// isRetry tells HelloRetryRequest from ServerHello by its random (RFC 8446
// section 4.1.3).
func isRetry(random []byte) bool {
	return sha256.Sum256([]byte("HelloRetryRequest")) == [32]byte(random)
}

func (a *Answer) takeExtensions(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	list, rest, whole := cut(data, 2)
	if !whole || len(rest) != 0 {
		return fmt.Errorf("%w: extensions of a wrong length", ErrMalformed)
	}
	for len(list) > 0 {
		if len(list) < 4 {
			return fmt.Errorf("%w: an extension of %d bytes", ErrMalformed, len(list))
		}
		body, after, whole := cut(list[2:], 2)
		if !whole || !a.takeExtension(binary.BigEndian.Uint16(list), body) {
			return fmt.Errorf("%w: extension %d", ErrMalformed, binary.BigEndian.Uint16(list))
		}
		list = after
	}
	return nil
}

// takeExtension reports whether the extension has the form that it must have.
func (a *Answer) takeExtension(kind uint16, body []byte) bool {
	switch kind {
	case extensionRenegotiation:
		a.SecureRenegotiation = true
	case extensionMasterSecret:
		a.MasterSecret = true
	case extensionHeartbeat:
		a.Heartbeat = len(body) == 1 && body[0] == 1 // 2: it sends none and takes none, RFC 6520 section 2
	case extensionTicket:
		a.Ticket = true
	case extensionALPN:
		return a.takeProtocol(body)
	case extensionVersions:
		if len(body) != 2 || binary.BigEndian.Uint16(body) != newest {
			return false
		}
		a.Version = newest
	case extensionKeyShare:
		if len(body) < 2 {
			return false
		}
		a.Group = binary.BigEndian.Uint16(body)
	}
	return true
}

// takeProtocol reads the one protocol that a server may name (RFC 7301 section
// 3.1).
func (a *Answer) takeProtocol(body []byte) bool {
	list, rest, whole := cut(body, 2)
	if !whole || len(rest) != 0 {
		return false
	}
	name, rest, whole := cut(list, 1)
	a.ALPN = string(name)
	return whole && len(rest) == 0
}

// takeCertificates keeps what can be read of a Certificate message (RFC 5246
// section 7.4.2).
func (a *answer) takeCertificates(body []byte) {
	list, _, whole := cut(body, 3)
	for whole && a.Presented < maxCounted {
		var der []byte
		if der, list, whole = cut(list, 3); !whole {
			return
		}
		if a.Presented++; len(a.Certificates) < evidence.MaxChain {
			a.Certificates = append(a.Certificates, der)
		}
	}
}
