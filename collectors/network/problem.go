package network

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

// budgetSpent is the one word that this package itself looks for.
const budgetSpent = "budget-spent"

// Error is something that the network did, in one word of the evidence
// (timeout, refused, reset ...), with the technical reason behind it.
type Error struct {
	Problem string
	Err     error
}

func (e *Error) Error() string { return e.Problem + ": " + e.Err.Error() }

// Unwrap gives the technical reason.
func (e *Error) Unwrap() error { return e.Err }

// Problem gives the word for what went wrong; "malformed" when the error is
// about the content and not about the connection.
func Problem(err error) string {
	var own *Error
	var timeout net.Error
	switch {
	case errors.As(err, &own):
		return own.Problem
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		return "reset"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH),
		errors.Is(err, syscall.ENETDOWN), errors.Is(err, syscall.EHOSTDOWN), errors.Is(err, syscall.EPERM),
		errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT), errors.Is(err, syscall.EACCES):
		return "no-route"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe):
		return "closed"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	}
	return "malformed"
}

// Reason explains an error for a technician. The problem word is left out, it
// stands beside it; so are the addresses of the connection, since our own port
// is another one each time and evidence is not.
func Reason(err error) string {
	text := err.Error()
	if own, ok := errors.AsType[*Error](err); ok {
		text = own.Err.Error()
	}
	if broken, ok := errors.AsType[*net.OpError](err); ok {
		text = strings.Replace(text, broken.Error(), broken.Err.Error(), 1)
	}
	return text
}
