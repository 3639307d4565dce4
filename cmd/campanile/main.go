// Command campanile looks at a municipality from outside, as any visitor or
// mail server would, and says what is wrong, who mends it and how to check.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"campanile/cmd/internal/exit"
)

func main() { os.Exit(run(os.Args[1:])) }

// run is the whole program but for the exit.
func run(arguments []string) int {
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now}
	return ended(p.stderr, p.execute(context.Background(), arguments))
}

// interruptible lets work that has something to keep end in order. Everything
// else, such as waiting for a pipe, ends at Ctrl-C as the system has it; and so
// does this at the second one.
func interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// ended tells the user what went wrong, in one line with the next step.
func ended(stderr io.Writer, err error) int {
	if err != nil && err.Error() != "" {
		_, _ = fmt.Fprintf(stderr, "campanile: %s\n", printable(err.Error()))
	}
	return exit.Code(err)
}

// program is what every command shares.
type program struct {
	stdin          io.Reader
	stdout, stderr *os.File
	now            func() time.Time
	started        bool // a command's own code has begun
}
