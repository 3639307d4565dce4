package namespaces

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"campanile/collectors/records/datagram"
)

// answer speaks a protocol that no server of Debian has: it is given all that a
// visitor has said, and says what to answer, and whether it stays.
func (s *street) answer(t *testing.T, at string, port uint16, speak func(said string) (answer string, stays bool)) {
	t.Helper()
	listener, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(at), port)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() { // ends with the listener
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go converse(conn, speak) // ends with the visitor, or with the process
		}
	}()
}

func converse(conn net.Conn, speak func(string) (string, bool)) {
	defer conn.Close()
	said, buffer := "", make([]byte, 4096)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		said += string(buffer[:n])
		answer, stays := speak(said)
		if _, err := conn.Write([]byte(answer)); err != nil || !stays {
			return
		}
	}
}

// own is a server of the test's own, at its own port and at an unusual one.
func (s *street) own(t *testing.T, name, at string, want identified, speak func(string) (string, bool), ports ...uint16) *premises {
	t.Helper()
	for _, port := range ports {
		s.answer(t, at, port, speak)
	}
	return (&premises{name: name, at: at}).open(tcp(want, ports...)...)
}

// web is one that speaks HTTP.
func (s *street) web(t *testing.T, name, at string, want identified, handler http.HandlerFunc, ports ...uint16) *premises {
	t.Helper()
	for _, port := range ports {
		listener, err := net.Listen("tcp", net.JoinHostPort(at, strconv.Itoa(int(port))))
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: handler}
		go func() { _ = server.Serve(listener) }() // ends with the server
		t.Cleanup(func() { _ = server.Close() })
	}
	return (&premises{name: name, at: at}).open(tcp(want, ports...)...)
}

func (s *street) docker(t *testing.T, at string) *premises {
	t.Helper()
	return s.web(t, "Docker API", at, identified{service: "docker", product: "Docker", version: "24.0.7", facts: map[string]string{"login": "none"}}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "Docker/24.0.7 (linux)")
		w.Header().Set("Api-Version", "1.43")
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method != http.MethodGet:
			t.Errorf("Docker was asked to %s %s", r.Method, r.URL)
		case r.URL.Path == "/version":
			_ = json.NewEncoder(w).Encode(map[string]string{"Version": "24.0.7", "ApiVersion": "1.43", "MinAPIVersion": "1.12", "Os": "linux", "Arch": "amd64"})
		case r.URL.Path != "/":
			t.Errorf("Docker was asked for %s", r.URL)
		default:
			w.WriteHeader(http.StatusNotFound)
			_ = json.NewEncoder(w).Encode(map[string]string{"message": "page not found"})
		}
	}, 2375, 42375)
}

func (s *street) elasticsearch(t *testing.T, at string) *premises {
	t.Helper()
	return s.web(t, "Elasticsearch", at, identified{service: "elasticsearch", product: "Elasticsearch", version: "7.17.9", facts: map[string]string{"login": "none"}}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/" {
			t.Errorf("Elasticsearch was asked to %s %s", r.Method, r.URL)
		}
		w.Header().Set("X-Elastic-Product", "Elasticsearch")
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"name": "archivio", "cluster_name": "comune", "tagline": "You Know, for Search",
			"version": map[string]string{"number": "7.17.9", "lucene_version": "8.11.1"},
		})
	}, 9200, 49200)
}

// devices is an address with what hangs on walls and stands in corners, and with
// databases that Debian does not carry.
func (s *street) devices(t *testing.T) []*premises {
	t.Helper()
	at := house(6)
	return []*premises{
		s.own(t, "RTSP camera", at, identified{service: "rtsp", product: "Telecamera", version: "2.4"}, speakRTSP, 554, 40554),
		s.web(t, "IPP printer", at, identified{service: "printer_web", product: "Epson"}, func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodGet {
				t.Errorf("the printer was asked to %s", r.Method)
			}
			w.Header().Set("Server", "EPSON_Linux UPnP/1.0 Epson UPnP SDK/1.0")
			_, _ = w.Write([]byte("<title>Stampante</title>"))
		}, 631, 40631),
		s.own(t, "SIP exchange", at, identified{service: "sip_tcp", product: "Asterisk PBX 18.9.0"}, speakSIP, 5060, 45060),
		s.own(t, "SQL Server", at, identified{service: "mssql", product: "Microsoft SQL Server", version: "15.0.2000", facts: map[string]string{"tls": "offered"}}, speakPrelogin, 1433, 41433),
		s.own(t, "MongoDB", at, identified{service: "mongodb", product: "MongoDB"}, speakMongo, 27017, 47017),
	}
}

func speakRTSP(said string) (string, bool) {
	switch {
	case !strings.Contains(said, "\r\n\r\n"):
		return "", true
	case strings.HasPrefix(said, "OPTIONS "):
		return "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Telecamera/2.4\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n", true
	}
	return "RTSP/1.0 400 Bad Request\r\nServer: Telecamera/2.4\r\n\r\n", false
}

func speakSIP(said string) (string, bool) {
	if !strings.Contains(said, " SIP/2.0\r\n") {
		return "", !strings.Contains(said, "\r\n") // what is none it drops
	}
	return "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP campanile.invalid\r\nCSeq: 1 OPTIONS\r\nServer: Asterisk PBX 18.9.0\r\nAllow: INVITE, ACK, OPTIONS\r\nContent-Length: 0\r\n\r\n", true
}

// speakPrelogin answers PRELOGIN ([MS-TDS] section 2.2.6.5), and hangs up on
// everything else, a login above all.
func speakPrelogin(said string) (string, bool) {
	const prelogin = 0x12
	if said[0] != prelogin {
		return "", false
	}
	return string([]byte{
		4, 1, 0, 26, 0, 0, 1, 0,
		0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff,
		15, 0, 0x07, 0xd0, 0, 0,
		1,
	}), true
}

// speakMongo answers hello in the old form, and a browser as the real server does.
func speakMongo(said string) (string, bool) {
	const header, query = 16, 2004
	switch {
	case strings.HasPrefix(said, "GET "):
		const words = "It looks like you are trying to access MongoDB over HTTP on the native driver port.\r\n"
		return "HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: " + strconv.Itoa(len(words)) + "\r\n\r\n" + words, false
	case len(said) < header || binary.LittleEndian.Uint32([]byte(said[12:])) != query:
		return "", false
	}
	document := []byte("\x08ismaster\x00\x01\x10maxWireVersion\x00\x11\x00\x00\x00\x01ok\x00\x00\x00\x00\x00\x00\x00\xf0\x3f\x00")
	document = append(binary.LittleEndian.AppendUint32(nil, uint32(len(document)+4)), document...)
	reply := binary.LittleEndian.AppendUint32(nil, uint32(36+len(document)))
	for _, word := range []uint32{7, binary.LittleEndian.Uint32([]byte(said[4:])), 1, 8, 0, 0, 0, 1} {
		reply = binary.LittleEndian.AppendUint32(reply, word)
	}
	return string(append(reply, document...)), true
}

// plants is an address with what must not be asked, and with devices that speak
// over UDP.
func (s *street) plants(t *testing.T) []*premises {
	t.Helper()
	at := house(7)
	return []*premises{
		s.mute(t, "Winbox", at, 8291, 48291),
		s.mute(t, "Modbus", at, 502, 40502),
		s.oneByOne(t, "IPMI", at, identified{service: datagram.IPMI, product: "Supermicro", facts: map[string]string{"protocol": "IPMI 2.0", "anonymous": "no"}}, answerIPMI, 623, 40623),
		s.oneByOne(t, "SSDP", at, identified{service: datagram.UPnP, product: "MiniUPnPd", version: "2.2.1", facts: map[string]string{"device": "InternetGatewayDevice"}}, answerSSDP, 1900, 41900),
		s.oneByOne(t, "CLDAP", at, identified{service: datagram.CLDAP, product: "Elenco", version: "3.1"}, answerCLDAP, 389, 40389),
		s.oneByOne(t, "mDNS", at, identified{service: datagram.MDNS, facts: map[string]string{"services": "_ipp._tcp"}}, answerMDNS, 5353, 45353),
	}
}

// mended is an address whose servers are there for itself alone, or as they should
// be.
func (s *street) mended(t *testing.T) []*premises {
	t.Helper()
	for _, port := range []uint16{3306, 3389, 5900} {
		s.answer(t, "127.0.0.1", port, func(string) (string, bool) { return "", false })
	}
	at := house(8)
	return []*premises{s.vsftpd(t, "vsftpd with TLS", at, "offered"), s.askedSSH(t, "OpenSSH, keys", at, "publickey")}
}

// oneByOne answers datagrams.
func (s *street) oneByOne(t *testing.T, name, at string, want identified, speak func(question []byte) []byte, ports ...uint16) *premises {
	t.Helper()
	for _, port := range ports {
		conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(at), port)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		go func() { // ends with the socket
			question := make([]byte, 2048)
			for {
				n, from, err := conn.ReadFromUDPAddrPort(question)
				if err != nil {
					return
				}
				_, _ = conn.WriteToUDPAddrPort(speak(question[:n]), from)
			}
		}()
	}
	return (&premises{name: name, at: at}).open(datagrams(want, ports...)...)
}

// answerIPMI gives the ways to log in (IPMI 2.0 section 22.13).
func answerIPMI(question []byte) []byte {
	const sequence = 18 // offset, behind two headers and the address of the console
	body := []byte{0x20, 0, 0x38, 0, 1, 0x84, 0x04, 0x02, 0x7c, 0x2a, 0, 0}
	if len(question) > sequence {
		body[1] = question[sequence]
	}
	message := append([]byte{0x81, 0x1c, 0x63}, body...)
	message = append(message, negative(body))
	packet := append([]byte{6, 0, 0xff, 7}, make([]byte, 10)...)
	packet[13] = byte(len(message))
	return append(packet, message...)
}

// negative makes the sum of all bytes and itself zero.
func negative(b []byte) byte {
	var sum byte
	for _, octet := range b {
		sum -= octet
	}
	return sum
}

func answerSSDP([]byte) []byte {
	return []byte("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n" +
		"USN: uuid:00000000-0000-0000-0000-000000000000::urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nEXT:\r\n" +
		"SERVER: Linux/5.4 UPnP/1.1 MiniUPnPd/2.2.1\r\n\r\n")
}

// answerCLDAP gives the vendor out of the root of a directory, to the message that
// has this number.
func answerCLDAP(question []byte) []byte {
	element := func(tag byte, parts ...string) string {
		content := strings.Join(parts, "")
		return string([]byte{tag, byte(len(content))}) + content
	}
	attribute := func(name, value string) string {
		return element(0x30, element(0x04, name), element(0x31, element(0x04, value)))
	}
	number := string(question[2 : 4+int(question[3])])
	return []byte(element(0x30, number, element(0x64, element(0x04), element(0x30, attribute("vendorName", "Elenco"), attribute("vendorVersion", "3.1")))))
}

func answerMDNS(question []byte) []byte {
	query := new(dns.Msg)
	if query.Unpack(question) != nil {
		return nil
	}
	reply := new(dns.Msg).SetReply(query)
	reply.Authoritative = true
	reply.Answer = []dns.RR{&dns.PTR{
		Hdr: dns.RR_Header{Name: query.Question[0].Name, Rrtype: dns.TypePTR, Class: dns.ClassINET, Ttl: 10}, Ptr: "_ipp._tcp.local.",
	}}
	packed, _ := reply.Pack() // of what was unpacked just now
	return packed
}

// herald opens a port of this machine's own once a clock answers.
func (s *street) herald(t *testing.T, clock string) string {
	t.Helper()
	const at = "127.0.0.1:123"
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	done := make(chan struct{})
	t.Cleanup(func() { cancel(); <-done })
	go func() {
		defer close(done)
		protocol, _ := datagram.Find(datagram.NTP)
		for ctx.Err() == nil {
			if answers(ctx, clock, protocol.Question(1)) {
				listener, err := net.Listen("tcp", at)
				if err == nil {
					<-ctx.Done()
					_ = listener.Close()
				}
				return
			}
		}
	}()
	return at
}

// answers asks over UDP, and waits a little.
func answers(ctx context.Context, at string, question []byte) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "udp", at)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(100 * time.Millisecond))
	if _, err := conn.Write(question); err != nil {
		return false
	}
	n, err := conn.Read(make([]byte, 512))
	if err != nil && n == 0 {
		<-time.After(50 * time.Millisecond) // a refusal comes at once
	}
	return n > 0
}
