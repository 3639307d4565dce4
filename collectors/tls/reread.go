package tls

import (
	"context"
	"crypto/tls"

	"campanile/collectors/evidence"
)

// reread shakes hands once more up to TLS 1.2, where certificates travel in the
// clear, with a server whose answer crypto/tls could not read: in TLS 1.3 a
// certificate with a broken form is lost without a trace. What TLS 1.2 does not
// bring to light leaves the first handshake as it was.
func (v visit) reread(ctx context.Context, e *evidence.Endpoint) {
	if e.TLS.State != evidence.Unknown || e.TLS.Problem != evidence.Malformed || e.TLS.Version != versionName(tls.VersionTLS13) {
		return
	}
	conn, err := v.dial(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	again, _ := v.handshake(ctx, conn, v.name, &tls.Config{MaxVersion: tls.VersionTLS12})
	if again.State == evidence.Seen {
		e.TLS = again
	}
}
