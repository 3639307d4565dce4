package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// Reason puts the right word to an error of an open connection: our own
// deadline, or an alert of the server (RFC 8446 section 6), which crypto/tls
// reports without a type. It leaves the addresses out, since our own port is
// another one each time and evidence is not.
func Reason(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*network.Error](err); ok {
		return err
	}
	if cause := ctx.Err(); cause != nil {
		return &network.Error{Problem: network.Problem(cause), Err: fmt.Errorf("stopped while waiting: %w", cause)}
	}
	problem := network.Problem(err)
	if broken, ok := errors.AsType[*net.OpError](err); ok {
		if broken.Op == "remote error" {
			problem = string(evidence.TLSAlert)
		}
		err = fmt.Errorf("%s: %w", broken.Op, broken.Err)
	}
	return &network.Error{Problem: problem, Err: err}
}
