// Command campanile-nuclei is the nuclei engine as a program and Go module of its
// own, started by campanile as a child process and never by hand. It reads an
// order as JSON Lines, tries the templates that it names on the targets that it
// names, and answers with JSON Lines; testdata/engine of the main module holds
// samples of both. It connects to nobody else, starts no program and writes only
// into the fresh folder that it is given.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/projectdiscovery/nuclei/v3/pkg/catalog/config"

	"campanile/cmd/campanile-nuclei/early"
	"campanile/cmd/campanile-nuclei/guard"
	"campanile/cmd/campanile-nuclei/message"
)

func main() {
	out := os.Stdout
	os.Stdout = os.Stderr // what the engine prints is no answer of ours
	if !early.Proper {
		os.Exit(2)
	}
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		_, _ = fmt.Fprintln(out, "nuclei", config.Version) // nobody is left to be told that nobody listens
		return
	}
	limitMemory(os.Getenv("CAMPANILE_ENGINE_MEMORY"))
	if err := serve(os.Stdin, out); err != nil {
		fmt.Fprintln(os.Stderr, "campanile-nuclei:", err)
		os.Exit(1)
	}
}

var errStopped = errors.New("whoever ordered it asked to stop")

// serve reads one order and answers it. Whoever closes the input afterwards
// wants it to stop.
func serve(in io.Reader, out io.Writer) error {
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)
	reader := bufio.NewReaderSize(in, message.MaxLine)
	answers := &message.Answers{To: out}
	order, err := message.Read(reader)
	if err != nil {
		return answers.Trouble(err)
	}
	// It waits for the end of the input, which comes at the latest when this
	// program ends: nobody can wait for it.
	go func() {
		_, _ = io.Copy(io.Discard, reader)
		stop(errStopped)
	}()
	if err := carryOut(ctx, order, guard.New(order, time.Now), answers); err != nil {
		return answers.Trouble(err)
	}
	return answers.Err()
}
