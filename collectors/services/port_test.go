package services

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/collectors/evidence"
)

// one looks at one port.
func one(t *testing.T, port uint16, serve func(net.Conn)) (evidence.Port, *town, int64) {
	t.Helper()
	w := &town{serve: map[uint16]func(net.Conn){port: serve}}
	host, sent := w.look(t, port)
	if len(host.Ports) != 1 || host.State != evidence.Seen {
		t.Fatalf("%+v", host)
	}
	return host.Ports[0], w, sent.Bytes
}

func TestNothingIsSentToPrintersAndPlants(t *testing.T) {
	t.Parallel()
	for _, port := range []uint16{9100, 9102, 515, 502, 102, 20000, 513, 5555, 6000, 8291, 1883} {
		synctest.Test(t, func(t *testing.T) {
			p, w, sent := one(t, port, silent)
			if sent != 0 || len(w.came) != 2 { // a decoy and the port
				t.Errorf("port %d: %d bytes, %d connections", port, sent, len(w.came))
			}
			if p.Identity.State != evidence.Unknown || p.Identity.Problem != evidence.NotToBeAsked || p.Service != "" {
				t.Errorf("port %d: %+v", port, p)
			}
		})
	}
}

func TestWhatSpeaksOnAPrinterPortIsToldAllTheSame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, _, sent := one(t, 9100, greets("@RSYNCD: 31.0\n"))
		if p.Service != "rsync" || sent != 0 {
			t.Errorf("%+v, %d bytes", p, sent)
		}
	})
}

func TestSilenceIsNoVerdictAndSoonLeftAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		p, w, _ := one(t, 4444, silent)
		if p.Identity.State != evidence.Unknown || p.Identity.Problem != evidence.Timeout || len(w.came) > 2+patience {
			t.Errorf("%+v after %d connections", p, len(w.came))
		}
		if took := time.Since(begun); took > 30*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestWhoHangsUpOnEveryQuestionIsUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, w, _ := one(t, 4444, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 512)) })
		if p.Identity.State != evidence.Unknown || p.Identity.Problem != evidence.Closed {
			t.Errorf("%+v", p)
		}
		t.Logf("%d connections", len(w.came))
	})
}

func TestWordsOfNoKnownProtocolAreAbsent(t *testing.T) {
	t.Parallel()
	for name, serve := range map[string]func(net.Conn){
		"unasked":   greets("BORGO-1 ready\r\n"),
		"in answer": waits("GET", "BORGO-1 ready\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, _, _ := one(t, 3389, serve)
				want := evidence.Port{Number: 3389, Transport: "tcp", Identity: evidence.AbsentAt(now()), Greeting: "BORGO-1 ready"}
				if diff := cmp.Diff(want, p); diff != "" {
					t.Error("-want +got:\n" + diff)
				}
			})
		})
	}
}

func TestEchoHasNoName(t *testing.T) {
	t.Parallel()
	for _, port := range []uint16{4444, 5672, 6379} {
		synctest.Test(t, func(t *testing.T) {
			p, _, _ := one(t, port, func(conn net.Conn) {
				said := make([]byte, 4096)
				for {
					n, err := conn.Read(said)
					if err != nil {
						return
					}
					_, _ = conn.Write(said[:n])
				}
			})
			if p.Identity.State != evidence.Absent || p.Service != "" {
				t.Errorf("port %d: %+v", port, p)
			}
		})
	}
}

func TestRefusalInTLSIsNoVerdict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, _, _ := one(t, 443, func(conn net.Conn) {
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = conn.Write([]byte("\x15\x03\x01\x00\x02\x02\x28"))
		})
		if p.Identity.State != evidence.Unknown || p.Identity.Problem != evidence.TLSAlert || !p.TLS || p.Service != "" {
			t.Errorf("%+v", p)
		}
	})
}

// Some servers refuse who names no host: then a name of the municipality is said
// that leads there, and no other.
func TestServerThatWantsANameIsToldOne(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		names   []string
		service string
		problem evidence.Problem
	}{
		"that-leads-there":        {[]string{"www.borgo.example", "borgo.example"}, "http", ""},
		"that-it-does-not-know":   {[]string{"borgo.test"}, "", evidence.TLSAlert},
		"but-no-name-leads-there": {nil, "", evidence.TLSAlert},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				var named []string
				w := &town{serve: map[uint16]func(net.Conn){443: inTLSFor(t, func(name string) bool {
					mu.Lock()
					defer mu.Unlock()
					named = append(named, name)
					return name == "www.borgo.example"
				}, web(page("Server", "nginx", "")))}}
				request := Request{Targets: []Target{{Address: address, Names: tt.names}}, Agent: "campanile-test", Ports: []uint16{443}}
				p := Collect(t.Context(), w.network().Session(), request)[0].Ports[0]
				w.servers.Wait()
				if p.Service != tt.service || p.Identity.Problem != tt.problem || !p.TLS {
					t.Errorf("%+v", p)
				}
				want := append([]string{""}, tt.names[:min(1, len(tt.names))]...)
				if diff := cmp.Diff(want, slices.Compact(named)); diff != "" {
					t.Errorf("it was told (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestMuteServerInsideTLSIsNoVerdict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, w, _ := one(t, 8443, inTLS(t, silent))
		if p.Identity.State != evidence.Unknown || p.Identity.Problem != evidence.Timeout || !p.TLS || len(w.came) > 3+patience {
			t.Errorf("%+v after %d connections", p, len(w.came))
		}
	})
}

func TestPortThatClosesInTheMiddleIsNoVerdict(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &town{serve: map[uint16]func(net.Conn){4444: silent}}
		w.firewall = func(_ uint16, count int) error {
			if count > 2 {
				return refusal()
			}
			return nil
		}
		host, _ := w.look(t, 4444)
		if p := host.Ports[0]; p.Identity.State != evidence.Unknown || p.Identity.Problem != evidence.Refused {
			t.Errorf("%+v", p)
		}
	})
}

// A server that drips or pours costs a bounded time and a bounded memory.
func TestServersThatNeverEnd(t *testing.T) {
	t.Parallel()
	pour := bytes.Repeat([]byte("x"), 1<<16)
	for name, serve := range map[string]func(net.Conn){
		"drip": func(conn net.Conn) {
			for {
				if _, err := conn.Write([]byte("a")); err != nil {
					return
				}
				<-time.After(400 * time.Millisecond)
			}
		},
		"pour": func(conn net.Conn) {
			for {
				if _, err := conn.Write(pour); err != nil {
					return
				}
			}
		},
		"drip after FTP": func(conn net.Conn) {
			_, _ = io.WriteString(conn, "220 FTP\r\n")
			for {
				if _, err := conn.Write([]byte("211-a\r\n")); err != nil {
					return
				}
				<-time.After(400 * time.Millisecond)
			}
		},
		"headers without end": waits("GET", "HTTP/1.1 200 OK\r\nServer: "+strings.Repeat("z", 1<<20)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				p, _, _ := one(t, 4444, serve)
				if took := time.Since(begun); took > time.Minute {
					t.Errorf("it took %v", took)
				}
				if len(p.Greeting) > evidence.MaxDetail || len(p.Product) > 80 {
					t.Errorf("%d bytes of greeting, %d of product", len(p.Greeting), len(p.Product))
				}
			})
		})
	}
}

func TestTwoLooksGiveTheSameEvidence(t *testing.T) {
	t.Parallel()
	var hosts [2]evidence.Host
	var odd atomic.Int64
	for i := range hosts {
		synctest.Test(t, func(t *testing.T) {
			w := &town{serve: map[uint16]func(net.Conn){
				80: web(page("Server", "nginx", "")), 3389: waits("\x03\x00", rdpConfirm), 22: func(conn net.Conn) {
					<-time.After(time.Duration(odd.Add(1)) * 300 * time.Millisecond) // not in the same order twice
					greets("SSH-1.5-old\n")(conn)
				},
			}}
			hosts[i], _ = w.look(t, 80, 22, 3389)
		})
	}
	if diff := cmp.Diff(hosts[0], hosts[1]); diff != "" {
		t.Error("-first +second:\n" + diff)
	}
}

// One byte is all that a database says to the question for TLS, and it says it to
// no other.
func TestOneByteToEverybodyIsNoDatabase(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		begins  string
		state   evidence.State
		service string
	}{
		"to everybody": {"", evidence.Absent, ""},
		"to its own":   {"\x00\x00\x00\x08\x04\xd2\x16\x2f", evidence.Seen, "postgresql"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, _, _ := one(t, 4444, waits(tt.begins, "N"))
				if p.Identity.State != tt.state || p.Service != tt.service {
					t.Errorf("%+v", p)
				}
			})
		})
	}
}

const searchEngine = `{"cluster_name":"borgo","version":{"number":"7.10.2"},"tagline":"You Know, for Search"}`

// A device that thinks between the head of a page and its body is heard out; what
// broke off tells nothing.
func TestHalfAnAnswerIsNoVerdict(t *testing.T) {
	t.Parallel()
	head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(searchEngine))
	for name, tt := range map[string]struct {
		port           uint16
		begins         string
		first, further string
		state          evidence.State
		service        string
	}{
		"slow body":     {9200, "GET", head, searchEngine, evidence.Seen, "elasticsearch"},
		"body in parts": {9200, "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(searchEngine), searchEngine), evidence.Seen, "elasticsearch"},
		"no body":       {9200, "GET", head, "", evidence.Unknown, "http"},
		"half a body":   {9200, "GET", head, searchEngine[:40], evidence.Unknown, "http"},
		"half of RDP":   {3389, "\x03\x00", "\x03\x00\x00\x13", "\x0e\xd0", evidence.Unknown, ""},
		"half of SMB":   {445, "\x00\x00\x00", "\x00\x00\x00\x60\xfeSMB", "", evidence.Unknown, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p, _, _ := one(t, tt.port, func(conn net.Conn) {
					said := make([]byte, 512)
					if n, _ := conn.Read(said); !strings.HasPrefix(string(said[:n]), tt.begins) {
						return
					}
					_, _ = io.WriteString(conn, tt.first)
					if tt.further == "" {
						return
					}
					<-time.After(700 * time.Millisecond)
					_, _ = io.WriteString(conn, tt.further)
				})
				if p.Identity.State != tt.state || p.Service != tt.service {
					t.Errorf("%+v", p)
				}
			})
		})
	}
}
