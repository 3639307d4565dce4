//go:build !unix

// Package group starts a program at the head of a process group of its own, so
// that ending it ends whatever it has started.
package group

import "os/exec"

// Lead leaves the program as it is: where there are no process groups, those
// that it has started end by themselves when it has ended.
func Lead(*exec.Cmd) {}

// End has nothing to end.
func End(*exec.Cmd) {}
