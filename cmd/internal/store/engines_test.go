package store_test

import (
	"bytes"
	"database/sql"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"campanile/cmd/internal/store"
)

// fresh gives the address of a store that does not exist yet.
type fresh func(t testing.TB) string

// engines gives both kinds of store. PostgreSQL is a real one, started for the
// test by a user who is not root; where it is not installed its part is left
// out by name, which counts as a failure in CI.
func engines(t testing.TB) map[string]fresh {
	t.Helper()
	list := map[string]fresh{"sqlite": func(t testing.TB) string { return filepath.Join(t.TempDir(), "territory.db") }}
	if postgres := postgres(t); postgres != nil {
		list["postgres"] = postgres
	}
	return list
}

func postgres(t testing.TB) fresh {
	t.Helper()
	initdb, server := tool("initdb"), tool("postgres")
	if initdb == "" || server == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("PostgreSQL is not installed: initdb or postgres is missing")
		}
		t.Log("PostgreSQL is not installed; its part is left out")
		return nil
	}
	folder, err := os.MkdirTemp("", "pg") //nolint:usetesting // the path of a socket has 107 bytes at most, and TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	who := nobody(t)
	if who != nil {
		if err := os.Chown(folder, int(who.Uid), int(who.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(folder, "data")
	run(t, who, folder, initdb, "-A", "trust", "-U", "tester", "-E", "UTF8", "--locale=C", "-N", "-D", data)
	serve(t, who, folder, server, "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=64MB")
	var databases atomic.Int64
	return func(t testing.TB) string {
		t.Helper()
		name := "territory" + strconv.FormatInt(databases.Add(1), 10)
		execute(t, address(folder, "postgres"), "CREATE DATABASE "+name)
		return address(folder, name)
	}
}

func address(folder, database string) string {
	return "postgres://tester@/" + database + "?host=" + folder + "&sslmode=disable"
}

// tool finds a program of PostgreSQL, which Debian keeps off the path.
func tool(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		return ""
	}
	return found[len(found)-1]
}

func nobody(t testing.TB) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	who, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.ParseUint(who.Uid, 10, 32)
	gid, _ := strconv.ParseUint(who.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func run(t testing.TB, who *syscall.Credential, folder, name string, arguments ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, arguments...)
	command.Dir, command.SysProcAttr = folder, &syscall.SysProcAttr{Credential: who}
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, output)
	}
}

// serve starts the server, and waits until its own words say that it is ready.
func serve(t testing.TB, who *syscall.Credential, folder, name string, arguments ...string) {
	t.Helper()
	command := exec.Command(name, arguments...)
	command.Dir, command.SysProcAttr = folder, &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT}
	words := &waiting{word: []byte("ready to accept connections"), heard: make(chan struct{})}
	command.Stderr = words
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = command.Wait()
	}()
	t.Cleanup(func() {
		_ = command.Process.Signal(syscall.SIGQUIT) // immediate shutdown
		<-ended
	})
	select {
	case <-words.heard:
	case <-ended:
		t.Fatalf("PostgreSQL ended:\n%s", &words.said)
	}
}

// waiting is a writer that tells when a word was said. Only one goroutine
// writes to it.
type waiting struct {
	word  []byte
	said  bytes.Buffer
	heard chan struct{}
	done  bool
}

func (w *waiting) Write(b []byte) (int, error) {
	w.said.Write(b)
	if !w.done && bytes.Contains(w.said.Bytes(), w.word) {
		w.done = true
		close(w.heard)
	}
	return len(b), nil
}

// execute says one thing to a database behind the back of the store.
func execute(t testing.TB, address, query string) {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(address, "postgres://") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func open(t testing.TB, address string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
