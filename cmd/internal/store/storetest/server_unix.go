//go:build unix

package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Database makes an empty database and gives its address, also where there is no
// test yet, as in TestMain. Programs that are started may use it too, as long as
// this one lives.
func Database() (string, error) {
	folder, err := start()
	if err != nil {
		return "", err
	}
	name := "territory" + strconv.FormatInt(databases.Add(1), 10)
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	return address(folder, name), execute(ctx, address(folder, "postgres"), "CREATE DATABASE "+name)
}

// One server does for all tests of a program: to start one takes seconds.
var (
	start     = sync.OnceValues(begin)
	databases atomic.Int64
)

func address(folder, database string) string {
	return "postgres://tester@/" + database + "?host=" + folder + "&sslmode=disable"
}

const startTime = time.Minute // a machine with much else to do takes its time

// guardian runs the server until this program ends, however it does: then the
// pipe that is its input is at its end.
const guardian = `"$1" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c shared_buffers=64MB -c max_connections=300 </dev/null &
server=$!
cat
kill -QUIT $server
wait $server
rm -rf "$2"`

func begin() (string, error) {
	initdb, server := tool("initdb"), tool("postgres")
	if initdb == "" || server == "" {
		return "", ErrMissing
	}
	folder, err := os.MkdirTemp("", "pg") // the path of a socket has 107 bytes at most
	if err != nil {
		return "", err
	}
	who, err := nobody()
	if err != nil {
		return "", err
	}
	if who != nil {
		if err := os.Chown(folder, int(who.Uid), int(who.Gid)); err != nil {
			return "", err
		}
	}
	if err := serve(folder, who, initdb, server); err != nil {
		return "", errors.Join(err, os.RemoveAll(folder))
	}
	return folder, nil
}

func serve(folder string, who *syscall.Credential, initdb, server string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	// The programs are those that are installed here.
	create := exec.CommandContext(ctx, initdb, "-A", "trust", "-U", "tester", "-E", "UTF8", "--locale=C", "-N", "-D", filepath.Join(folder, "data")) //nolint:gosec // as said
	create.Dir, create.SysProcAttr = folder, &syscall.SysProcAttr{Credential: who}
	if output, err := create.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	lives, ours, err := os.Pipe()
	if err != nil {
		return err
	}
	defer lives.Close()
	guard := exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", "-c", guardian, "guardian", server, folder) //nolint:gosec // as said
	// In a group of its own, so that a key that ends the tests does not end it first.
	guard.Dir, guard.SysProcAttr = folder, &syscall.SysProcAttr{Credential: who, Setpgid: true}
	guard.Stdin, guard.Stdout, guard.Stderr = lives, log, log
	if err := guard.Start(); err != nil {
		return errors.Join(err, ours.Close())
	}
	keep = ours
	return ready(ctx, folder)
}

// keep is the end of the pipe that tells the guardian that we live.
var keep *os.File

// ready waits until the server answers.
func ready(ctx context.Context, folder string) error {
	every := time.NewTicker(20 * time.Millisecond)
	defer every.Stop()
	for {
		err := execute(ctx, address(folder, "postgres"), "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			said, _ := os.ReadFile(filepath.Join(folder, "log"))
			return errors.Join(fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, said), keep.Close())
		}
	}
}

func execute(ctx context.Context, address, query string) error {
	connection, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	_, err = connection.Exec(ctx, query)
	return errors.Join(err, connection.Close(ctx))
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

// nobody is who runs the server where we are root, whom PostgreSQL refuses.
func nobody() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	who, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}
