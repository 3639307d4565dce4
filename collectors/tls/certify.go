package tls

import (
	"context"
	"crypto/x509"

	"golang.org/x/crypto/ocsp"

	"campanile/collectors/evidence"
)

// presented is what a server showed of itself in one handshake.
type presented struct {
	certificates [][]byte
	finished     bool     // the handshake ended well: what did not come was not there
	staple       []byte   // an OCSP response
	timestamps   [][]byte // of certificate transparency
}

// certify fills in what the certificates of a handshake say, and what the network
// says about them: the only place where an authority is asked.
func (v visitor) certify(ctx context.Context, h *evidence.Handshake, name string, p presented) {
	if len(p.certificates) == 0 {
		return
	}
	name = canonical(name)
	var parsed []*x509.Certificate
	parsed, h.Certificates = parse(p.certificates)
	leaf := parsed[0]
	path := v.trust(ctx, parsed)
	h.Trust = path.Trust
	h.Trust.Match = match(p.certificates[0], leaf, name)
	// What signed itself has to go whatever its form: the standards are about what
	// an authority issues (RFC 5280 section 3.2).
	if !h.Certificates[0].SelfSigned {
		h.Certificates[0].Lints = lintsOf(p.certificates[0], h.Trust.Public)
	}
	var response *ocsp.Response
	if p.finished {
		h.Stapled = len(p.staple) > 0
		h.Staple, h.Revoked, response = v.staple(p.staple, leaf, path.issuer)
	}
	if h.Revoked.State == evidence.NotAsked {
		h.Revoked = v.revocation(ctx, leaf, path.issuer)
	}
	h.SCTs = logsOf(leaf, p.timestamps, response)
}
