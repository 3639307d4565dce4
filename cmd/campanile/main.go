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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now}
	return ended(p.stderr, p.execute(ctx, arguments))
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
