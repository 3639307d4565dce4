//go:build !unix

package browser

import "os/exec"

// group leaves the browser as it is: where there are no process groups, its
// helpers end by themselves when the browser they belong to has ended.
func group(*exec.Cmd) {}

func endGroup(*exec.Cmd) {}
