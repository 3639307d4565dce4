package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"campanile/cmd/internal/group"
	"campanile/collectors/evidence"
)

const (
	templatesFolder = "templates"
	homeFolder      = "home"

	maxLine  = 1 << 20  // the first one names the templates
	maxSaid  = 32 << 20 // bytes of all answers together
	lastWord = 2 * time.Second
)

var errDeadline = errors.New("the engine did not come to an end in its time and was ended")

// child is the program and the folder that it lives in.
type child struct {
	program   string
	folder    string
	memory    int64
	arguments []string
}

// lay makes the folder ready: a home for what the engine writes by itself, and
// the templates.
func lay(folder string, list []Template) error {
	for _, name := range []string{homeFolder, templatesFolder} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			return err
		}
	}
	for _, t := range list {
		if t.ID != filepath.Base(t.ID) {
			return fmt.Errorf("template %q: the id is no file name", t.ID)
		}
		if err := os.WriteFile(filepath.Join(folder, templatesFolder, t.ID+".yaml"), t.Content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// environment is all that the program learns of this computer. On import the
// engine writes into the home folder and starts openssl when it finds it: so the
// home is the fresh folder, and no path leads to a program.
func (c child) environment() []string {
	home := filepath.Join(c.folder, homeFolder)
	values := map[string]string{
		"CAMPANILE_ENGINE_FOLDER": c.folder,
		"CAMPANILE_ENGINE_MEMORY": strconv.FormatInt(c.memory, 10),
		"DISABLE_ZTLS_FALLBACK":   "true", // a port that refuses is asked once
		"GOMEMLIMIT":              strconv.FormatInt(c.memory/2, 10),
		"PATH":                    filepath.Join(c.folder, "none"),
		"TZ":                      "UTC",
	}
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "NUCLEI_CONFIG_DIR", "TMPDIR"} {
		values[name] = home
	}
	if runtime.GOOS == "windows" {
		for _, name := range []string{"USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP", "TMP"} {
			values[name] = home
		}
		values["SystemRoot"] = os.Getenv("SystemRoot") // without it Windows opens no socket
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, name+"="+values[name])
	}
	return list
}

// converse starts the program, hands it the order and every line that it says
// to hear. When the context ends, or hear has heard enough, the program is ended
// with all that it may have started.
func converse(ctx context.Context, c child, order []byte, hear func([]byte) error) error {
	program, err := filepath.Abs(c.program) // it starts in another folder
	if err != nil {
		return fmt.Errorf("%w: %w", errStart, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	trouble := &firstWords{}
	cmd := exec.CommandContext(ctx, program, c.arguments...) //nolint:gosec // G204: starting it is what this package is for
	cmd.Dir, cmd.Env, cmd.Stderr = c.folder, c.environment(), trouble
	cmd.WaitDelay = lastWord
	group.Lead(cmd)
	said, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("%w: %w", errStart, err)
	}
	// The program takes the end of its input for the wish that it stop, so the
	// input stays open until it has ended.
	input, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("%w: %w", errStart, err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%w: %w", errStart, err)
	}
	var writing sync.WaitGroup
	// A program that does not take its order does not answer it either.
	writing.Go(func() { _, _ = input.Write(order) })
	// What the program may have started can hold its output open after it has ended.
	unheard := context.AfterFunc(ctx, func() { time.AfterFunc(lastWord, func() { _ = said.Close() }) })
	heard := listen(said, hear)
	unheard()
	if heard != nil {
		cancel()
	}
	ended := cmd.Wait()
	_ = input.Close() // nobody reads it any more
	writing.Wait()
	group.End(cmd)
	if heard != nil {
		return heard
	}
	if ended != nil {
		return fmt.Errorf("the engine broke off (%w)%s", ended, trouble)
	}
	return nil
}

// listen reads lines to the end, within bounds.
func listen(said io.Reader, hear func([]byte) error) error {
	bounded := &io.LimitedReader{R: said, N: maxSaid}
	lines := bufio.NewScanner(bounded)
	lines.Buffer(make([]byte, 4096), maxLine)
	for lines.Scan() {
		if err := hear(lines.Bytes()); err != nil {
			return err
		}
	}
	switch {
	case errors.Is(lines.Err(), bufio.ErrTooLong):
		return fmt.Errorf("%w: a line without an end", errGarbage)
	case bounded.N <= 0:
		return errTooMuch
	}
	return nil // what else ended it shows in how the program ended
}

// firstWords keeps the beginning of what the program says to people: the reason
// of a crash comes first, and the traces after it.
type firstWords struct{ text []byte }

// Write keeps what still fits.
func (f *firstWords) Write(p []byte) (int, error) {
	f.text = append(f.text, p[:min(len(p), evidence.MaxDetail-len(f.text))]...)
	return len(p), nil
}

// String gives it as the end of a sentence, in one line.
func (f *firstWords) String() string {
	words := strings.Fields(strings.ToValidUTF8(string(f.text), ""))
	if len(words) == 0 {
		return ""
	}
	return ": " + strings.Join(words, " ")
}
