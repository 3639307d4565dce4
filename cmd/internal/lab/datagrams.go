package lab

import (
	"context"
	"encoding/asn1"
	"fmt"
	"net"
	"net/netip"
	"sync"
)

// asked is a port that answers over UDP.
type asked struct {
	host   string
	port   uint16
	answer func(question []byte) []byte // nil: it says nothing
}

// openDatagrams gives every fictional address and port that answers over UDP its
// socket.
func (l *Lab) openDatagrams(ctx context.Context, places []place) error {
	for _, p := range places {
		for _, a := range p.datagrams {
			for _, address := range l.tree.addresses(absolute(a.host, p.zone.origin)) {
				at := netip.AddrPortFrom(address, a.port)
				server, err := serveDatagrams(ctx, a.answer)
				if err != nil {
					return fmt.Errorf("opening %s of the lab for datagrams: %w", at, err)
				}
				l.sockets[at] = server
			}
		}
	}
	return nil
}

// serveDatagrams answers each datagram with one, or with none.
func serveDatagrams(ctx context.Context, answer func(question []byte) []byte) (*server, error) {
	var config net.ListenConfig
	socket, err := config.ListenPacket(ctx, "udp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening on loopback: %w", err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		question := make([]byte, 4096)
		for {
			n, from, err := socket.ReadFrom(question)
			if err != nil {
				return // the socket is closed; there is no other reason
			}
			if words := answer(question[:n]); words != nil {
				_, _ = socket.WriteTo(words, from)
			}
		}
	})
	return &server{socket.LocalAddr().(*net.UDPAddr).AddrPort(), func() error {
		err := socket.Close()
		serving.Wait()
		return err
	}}, nil
}

// agentHeader is the header of SNMPv3 (RFC 3412 section 6).
type agentHeader struct {
	ID, Size int
	Flags    []byte
	Model    int
}

// agent answers the discovery of SNMPv3 with a report (RFC 3414 section 4): who it
// is, and not a word to who has no name.
func agent(question []byte) []byte {
	var heard struct {
		Version int
		Header  struct{ ID int }
	}
	if _, err := asn1.Unmarshal(question, &heard); err != nil || heard.Version != 3 {
		return nil
	}
	type report struct{ Request, Status, Index int }
	engine := []byte("\x80\x00\x1f\x88\x04valli") // Net-SNMP's number, then a text of its own
	security, err := asn1.Marshal(struct {
		Engine        []byte
		Boots, Time   int
		User, Sum, Iv []byte
	}{Engine: engine, Boots: 7, Time: 3600})
	if err != nil {
		return nil
	}
	type scoped struct {
		Engine, Context []byte
		Report          report `asn1:"tag:8"`
	}
	answer, err := asn1.Marshal(struct {
		Version  int
		Header   agentHeader
		Security []byte
		Scoped   scoped
	}{3, agentHeader{heard.Header.ID, 65507, []byte{0}, 3}, security, scoped{engine, nil, report{Request: heard.Header.ID}}})
	if err != nil {
		return nil
	}
	return answer
}

// gateway answers a search for devices (UPnP Device Architecture 1.1 section
// 1.3.3) as the router of a line.
func gateway([]byte) []byte {
	const device = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
	return []byte("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: " + device + "\r\nUSN: uuid:00000000-0000-4000-8000-000000000000::" +
		device + "\r\nEXT:\r\nSERVER: Linux/3.4 UPnP/1.1 MiniUPnPd/1.9\r\nLOCATION: http://192.0.2.66:5000/rootDesc.xml\r\n\r\n")
}
