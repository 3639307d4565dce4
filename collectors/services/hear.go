package services

import (
	"context"
	"net"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
	"campanile/collectors/records/services"
)

// Once a server has begun to speak, a pause of quiet ends what it says, and so
// does longest, however it goes on.
const (
	quiet   = 500 * time.Millisecond
	longest = 8 * time.Second
)

// hear reads what the server says until it is enough, it hangs up or it falls
// silent. Whatever came is the answer; an error means that nothing did. A page that
// is not all there is waited for as long as the first word.
func hear(ctx context.Context, conn net.Conn, first time.Duration, enough func([]byte) bool) ([]byte, error) {
	over, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	var said []byte
	buffer := make([]byte, 4096)
	wait := first
	for len(said) < services.MaxSaid {
		n, err := readWithin(over, conn, buffer, wait)
		said = append(said, buffer[:n]...)
		switch {
		case ctx.Err() != nil:
			return said, &network.Error{Problem: string(evidence.Interrupted), Err: ctx.Err()}
		case err == nil && !enough(said):
			if wait = quiet; services.Awaited(said) {
				wait = first
			}
			continue
		case len(said) == 0:
			return nil, err
		}
		break
	}
	return said[:min(len(said), services.MaxSaid)], nil
}

// readWithin reads once. The deadline is gone afterwards, so that the connection
// can be used further.
func readWithin(ctx context.Context, conn net.Conn, buffer []byte, within time.Duration) (int, error) {
	defer limit(ctx, within, conn.SetReadDeadline)()
	return conn.Read(buffer)
}

// say writes one greeting.
func say(ctx context.Context, conn net.Conn, what []byte) error {
	const within = 5 * time.Second
	defer limit(ctx, within, conn.SetWriteDeadline)()
	_, err := conn.Write(what)
	return err
}

// limit sets a deadline when the time is over or the context ends; the caller
// calls what it gives when the work is done.
func limit(ctx context.Context, within time.Duration, deadline func(time.Time) error) (release func()) {
	limited, cancel := context.WithTimeout(ctx, within)
	set := make(chan struct{})
	stop := context.AfterFunc(limited, func() {
		defer close(set)
		_ = deadline(time.Unix(1, 0)) // in the past; it wakes what is blocked
	})
	return func() {
		if !stop() {
			<-set
			_ = deadline(time.Time{})
		}
		cancel()
	}
}
