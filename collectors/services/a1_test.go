package services

import (
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

const esBody = `{"name":"a","cluster_name":"c","version":{"number":"7.10.2","lucene_version":"8"},"tagline":"You Know, for Search"}`

func TestA1(t *testing.T) {
	for name, serve := range map[string]func(net.Conn){
		"slow body": func(conn net.Conn) {
			b := make([]byte, 512)
			conn.Read(b)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 117\r\n\r\n")
			time.Sleep(700 * time.Millisecond)
			io.WriteString(conn, esBody)
		},
		"cut body": func(conn net.Conn) {
			b := make([]byte, 512)
			conn.Read(b)
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 117\r\n\r\n")
		},
		"half rdp": func(conn net.Conn) {
			b := make([]byte, 512)
			conn.Read(b)
			if b[0] == 3 {
				io.WriteString(conn, "\x03\x00\x00\x13")
				time.Sleep(time.Minute)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, _, _ := one(t, map[string]uint16{"half rdp": 3389}[name]+map[bool]uint16{true: 9200}[name != "half rdp"], serve)
				t.Logf("%+v", p)
			})
		})
	}
}
