package store_test

import (
	"context"
	"database/sql"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// between stands between a program and its database, and can be silent, or cut
// them off.
type between struct {
	socket string

	mu    sync.Mutex
	deaf  chan struct{} // nil: what is said is passed on
	slow  func() time.Duration
	away  bool
	conns []net.Conn
}

// listen gives the address of the database through it.
func (b *between) listen(t *testing.T, address string) string {
	t.Helper()
	_, folder, _ := strings.Cut(address, "host=")
	folder, _, _ = strings.Cut(folder, "&")
	b.socket = filepath.Join(folder, ".s.PGSQL.5432")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { b.serve(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		b.cut()
		all.Wait()
	})
	through := strings.Replace(address, "host="+folder+"&", "", 1)
	return strings.Replace(through, "@/", "@"+listener.Addr().String()+"/", 1)
}

func (b *between) serve(conn net.Conn) {
	defer conn.Close()
	server, err := net.Dial("unix", b.socket)
	if err != nil {
		return
	}
	defer server.Close()
	b.mu.Lock()
	if b.away {
		b.mu.Unlock()
		return
	}
	b.conns = append(b.conns, conn, server)
	b.mu.Unlock()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{conn, server}, {server, conn}} {
		both.Go(func() {
			_, _ = io.Copy(passing{way[0], b}, way[1])
			way[0].Close()
		})
	}
	both.Wait()
}

// passing waits while the one between is silent.
type passing struct {
	net.Conn
	b *between
}

func (p passing) Write(data []byte) (int, error) {
	p.b.mu.Lock()
	deaf, slow := p.b.deaf, p.b.slow
	p.b.mu.Unlock()
	if deaf != nil {
		<-deaf
	}
	if slow != nil {
		<-time.After(slow())
	}
	return p.Conn.Write(data)
}

func (b *between) silence() { b.set(make(chan struct{}), false) }

func (b *between) cut() {
	b.set(nil, true)
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.conns {
		c.Close()
	}
	b.conns = nil
}

func (b *between) resume() { b.set(nil, false) }

func (b *between) set(deaf chan struct{}, away bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.deaf != nil {
		close(b.deaf)
	}
	b.deaf, b.away = deaf, away
}

// lock holds a SQLite file as a writer does that has stopped in the middle.
func lock(t *testing.T, path string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	return func() {
		_, _ = conn.ExecContext(context.Background(), "ROLLBACK")
		conn.Close()
		db.Close()
	}
}
