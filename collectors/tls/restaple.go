package tls

import (
	"context"
	"crypto/tls"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
)

// restaple shakes hands once more with a server whose certificate promises a
// stapled answer (RFC 7633) where none came: nginx for one fetches it only after
// the first visitor has gone without. A second look that fails leaves it open.
func (v visit) restaple(ctx context.Context, e *evidence.Endpoint) {
	if e.TLS.Staple.State != evidence.Absent || len(e.TLS.Certificates) == 0 || !e.TLS.Certificates[0].MustStaple {
		return
	}
	conn, err := v.dial(ctx)
	if err != nil {
		e.TLS.Staple.Observation = observe.Failure(v.session.Now(), err)
		return
	}
	defer conn.Close()
	again, _ := v.handshake(ctx, conn, v.name, &tls.Config{})
	switch {
	case again.State != evidence.Seen:
		e.TLS.Staple.Observation = again.Observation
	case len(again.Certificates) == 0 || again.Certificates[0].SHA256 != e.TLS.Certificates[0].SHA256:
		e.TLS.Staple.Observation = evidence.UnknownAt(v.session.Now(), evidence.DependsOnOther, "the second look met another certificate")
	default:
		e.TLS.Stapled, e.TLS.Staple, e.TLS.Revoked, e.TLS.SCTs = again.Stapled, again.Staple, again.Revoked, again.SCTs
	}
}
