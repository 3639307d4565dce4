// Package exit says with which code the program ends, and why. The code is part
// of an error; only main ends the program.
package exit

import (
	"context"
	"errors"
	"fmt"
)

// The exit codes; scripts rely on them.
const (
	Done        = 0   // finished
	Fault       = 1   // our fault: a bug, a full disk
	Usage       = 2   // the user's: a bad flag, a bad file, no mandate
	Findings    = 3   // finished, and findings reached --fail-on
	Interrupted = 130 // stopped by the user; finished work is kept
)

// Error is an error with the code that the program ends with.
type Error struct {
	Code int
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap gives the reason.
func (e *Error) Unwrap() error { return e.Err }

// Usagef is a mistake of the user. The message names the thing and says the
// next step.
func Usagef(format string, args ...any) error {
	return &Error{Usage, fmt.Errorf(format, args...)}
}

// Code gives the exit code of an error; nil is Done.
func Code(err error) int {
	var known *Error
	switch {
	case err == nil:
		return Done
	case errors.As(err, &known):
		return known.Code
	case errors.Is(err, context.Canceled):
		return Interrupted
	}
	return Fault
}
