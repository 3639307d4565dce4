package services

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// smb2 is an answer to a negotiation.
func smb2(dialect uint16, mode byte) string {
	message := make([]byte, 64+65)
	copy(message, "\xfeSMB\x40\x00")
	message[16] = 1
	message[64], message[66] = 65, mode
	binary.LittleEndian.PutUint16(message[68:], dialect)
	return string(framed(message))
}

func smb1() string {
	message := make([]byte, 32+37)
	copy(message, "\xffSMB\x72")
	message[9] = 0x98
	return string(framed(message))
}

func mongo(document string) string {
	document = string(binary.LittleEndian.AppendUint32(nil, uint32(len(document)+5))) + document + "\x00"
	head := make([]byte, 36)
	binary.LittleEndian.PutUint32(head, uint32(36+len(document)))
	head[8], head[12], head[32] = mongoNumber, 1, 1
	return string(head) + document
}

func rpc(words ...uint32) string {
	out := binary.BigEndian.AppendUint32(nil, uint32(4*len(words))|1<<31)
	for _, word := range words {
		out = binary.BigEndian.AppendUint32(out, word)
	}
	return string(out)
}

// directory is an answer with the entry of a server and the end of the search.
func directory(contexts ...string) string {
	var values [][]byte
	for _, c := range contexts {
		values = append(values, tlv(berText, []byte(c)))
	}
	attribute := tlv(berSequence, tlv(berText, []byte("namingContexts")), tlv(0x31, values...))
	entry := tlv(ldapEntry, tlv(berText), tlv(berSequence, attribute))
	done := tlv(ldapDone, tlv(berEnum, []byte{0}), tlv(berText), tlv(berText))
	id := tlv(berInteger, []byte{1})
	return string(tlv(berSequence, id, entry)) + string(tlv(berSequence, id, done))
}

func dsi(machine string) string {
	body := append(binary.BigEndian.AppendUint16(nil, 10), make([]byte, 8)...)
	body = append(append(body, byte(len(machine))), machine...)
	head := []byte{1, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, byte(len(body)), 0, 0, 0, 0}
	return string(head) + string(body)
}

const preloginAnswer = "\x04\x01\x00\x1a\x00\x00\x01\x00\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x10\x00\x03\xe8\x00\x00\x03"

// answers are answers that servers of each protocol give.
func answers() []struct {
	name, question, said string
	want                 Identity
} {
	const confirm = "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00"
	return []struct {
		name, question, said string
		want                 Identity
	}{
		{"remote desktop without a login before", "rdp", confirm + "\x02\x00\x08\x00\x01\x00\x00\x00", Identity{ID: "rdp", Facts: []Fact{{"network-level-authentication", "not-required"}, {"security", "tls"}}}},
		{"remote desktop with a login before", "rdp", confirm + "\x03\x00\x08\x00\x05\x00\x00\x00", Identity{ID: "rdp", Facts: []Fact{{"network-level-authentication", "required"}}}},
		{"remote desktop without TLS", "rdp", confirm + "\x03\x00\x08\x00\x02\x00\x00\x00", Identity{ID: "rdp", Facts: []Fact{{"network-level-authentication", "not-stated"}}}},
		{"remote desktop of old", "rdp", "\x03\x00\x00\x0b\x06\xd0\x00\x00\x12\x34\x00", Identity{ID: "rdp", Facts: []Fact{{"security", "rdp"}}}},
		{"shares that want signatures", "smb", smb2(0x0302, 3), Identity{ID: "smb", Facts: []Fact{{"dialect", "3.0.2"}, {"signing", "required"}}}},
		{"shares that do not", "smb", smb2(0x0210, 1), Identity{ID: "smb", Facts: []Fact{{"dialect", "2.1"}, {"signing", "possible"}}}},
		{"shares of old", "smb1", smb1(), Identity{ID: "smb", Facts: []Fact{{"dialect", "1"}}}},
		{"a session service", "netbios", "\x82\x00\x00\x00", Identity{ID: "smb", Facts: []Fact{{"dialect", "netbios"}}}},
		{"a session service that refuses the name", "netbios", "\x83\x00\x00\x01\x82", Identity{ID: "smb", Facts: []Fact{{"dialect", "netbios"}}}},
		{"PostgreSQL with TLS", "postgresql", "S", Identity{ID: "postgresql", Product: "PostgreSQL", Facts: []Fact{{"tls", "offered"}}}},
		{"PostgreSQL without", "postgresql", "N", Identity{ID: "postgresql", Product: "PostgreSQL", Facts: []Fact{{"tls", "none"}}}},
		{"PostgreSQL that is full", "postgresql", "E\x00\x00\x00\x13SFATAL\x00C53300\x00\x00", Identity{ID: "postgresql", Product: "PostgreSQL"}},
		{"SQL Server", "mssql", preloginAnswer, Identity{ID: "mssql", Product: "Microsoft SQL Server", Version: "16.0.1000", Facts: []Fact{{"tls", "required"}}}},
		{"MongoDB", "mongodb", mongo("\x08ismaster\x00\x01\x03topologyVersion\x00\x05\x00\x00\x00\x00\x10maxWireVersion\x00\x15\x00\x00\x00\x01ok\x0012345678"), Identity{ID: "mongodb", Product: "MongoDB", Facts: []Fact{{"wire-version", "21"}}}},
		{"OpenLDAP", "ldap", directory("dc=borgo,dc=example"), Identity{ID: "ldap", Facts: []Fact{{"contexts", "dc=borgo,dc=example"}}}},
		{"Active Directory", "ldap", directory("DC=borgo,DC=example", "CN=Schema,CN=Configuration,DC=borgo"), Identity{ID: "ldap", Product: "Active Directory", Facts: []Fact{{"contexts", "DC=borgo,DC=example | CN=Schema,CN=Configuration,DC=borgo"}}}},
		{"a directory that says nothing of itself", "ldap", string(tlv(berSequence, tlv(berInteger, []byte{1}), tlv(ldapDone, tlv(berEnum, []byte{50}), tlv(berText), tlv(berText)))), Identity{ID: "ldap"}},
		{"NFS", "nfs", rpc(rpcNumber, 1, 0, 0, 0, 0), Identity{ID: "nfs", Facts: []Fact{{"program", "nfs"}}}},
		{"NFS of another version", "nfs", rpc(rpcNumber, 1, 0, 0, 0, 2, 4, 4), Identity{ID: "nfs", Facts: []Fact{{"program", "nfs"}}}},
		{"portmapper", "portmap", rpc(rpcNumber, 1, 0, 0, 0, 0), Identity{ID: "nfs", Facts: []Fact{{"program", "portmapper"}}}},
		{"Apple files", "afp", dsi("Netatalk3.1.12"), Identity{ID: "afp", Product: "Netatalk3.1.12"}},
		{"Windows management", "wsman", web("405 \r\nAllow: POST\r\nServer: Microsoft-HTTPAPI/2.0", ""), Identity{ID: "winrm", Product: "WinRM", Facts: []Fact{{"login", "required"}, {"status", "405"}}}},
	}
}

func TestAnswersToQuestions(t *testing.T) {
	t.Parallel()
	for _, tt := range answers() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q, _ := question(tt.question, here)
			got, ok := q.Read([]byte(tt.said))
			if !ok {
				t.Fatalf("%q is not recognised", tt.said)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error("-want +got:\n" + diff)
			}
			// A protocol in frames is whole at its last byte; a text ends by silence.
			if framed := !slices.Contains([]string{"postgresql", "wsman"}, tt.question); q.Enough([]byte(tt.said)) != framed {
				t.Errorf("enough: %v, want %v", !framed, framed)
			}
		})
	}
}

// Half an answer is none, and the answer to one question none to another.
func TestHalfAnswersAndOthersAnswersAreNothing(t *testing.T) {
	t.Parallel()
	for _, tt := range answers() {
		q, _ := question(tt.question, here)
		if tt.question != "ldap" && tt.question != "wsman" { // the entry stands before the end of the search
			for cut := range len(tt.said) {
				if got, ok := q.Read([]byte(tt.said[:cut])); ok {
					t.Errorf("%s: %d bytes of %d are taken for %+v", tt.name, cut, len(tt.said), got)
				}
			}
		}
		for _, other := range answers() {
			same := map[string]string{"smb1": "smb", "portmap": "nfs"}
			a, b := tt.question, other.question
			if a == b || same[a] == b || same[b] == a {
				continue
			}
			if got, ok := q.Read([]byte(other.said)); ok && got.ID != other.want.ID && got.ID != "http" {
				t.Errorf("%s reads %s as %+v", a, other.name, got)
			}
		}
	}
}

// A server that sends back what it hears is none of what was asked.
func TestEchoIsNothing(t *testing.T) {
	t.Parallel()
	for _, q := range Plan(4444, here) {
		if q.ID == TLS {
			continue
		}
		if got, ok := q.Read(q.Bytes); ok && q.ID != "amqp" { // a broker of the same version answers with the same header
			t.Errorf("%s takes its own question for %+v", q.ID, got)
		}
	}
}

func TestStepsReadWhatIsStated(t *testing.T) {
	t.Parallel()
	lists := ""
	for _, list := range []string{"curve25519-sha256,kex-strict-s-v00@openssh.com", "ssh-ed25519", "aes", "aes128-ctr", "mac", "hmac-sha2-256", "z", "none", "", ""} {
		lists += string(binary.BigEndian.AppendUint32(nil, uint32(len(list)))) + list
	}
	payload := "\x14" + strings.Repeat("c", 16) + lists + "\x00\x00\x00\x00\x00"
	offer := string(binary.BigEndian.AppendUint32(nil, uint32(len(payload)+1+4))) + "\x04" + payload + "pppp"
	for name, tt := range map[string]struct {
		id   string
		step int
		said string
		want []Fact
	}{
		"SSH algorithms":            {"ssh", 0, "SSH-2.0-x_1\r\n" + offer, []Fact{{"ciphers", "aes128-ctr"}, {"compression", "none"}, {"host-key", "ssh-ed25519"}, {"kex", "curve25519-sha256,kex-strict-s-v00@openssh.com"}, {"macs", "hmac-sha2-256"}}},
		"SSH that hangs up":         {"ssh", 0, "SSH-2.0-x_1\r\n", nil},
		"SSH that lies on lengths":  {"ssh", 0, "SSH-2.0-x_1\r\n\xff\xff\xff\xff\x04\x14aaaa", nil},
		"SSH 1 with passwords":      {"ssh", 1, ssh1Keys("\x00\x00\x00\x0c"), []Fact{{"methods", "publickey,password"}}},
		"SSH 1 with dialogues":      {"ssh", 1, ssh1Keys("\xff\x00\x00\x24"), []Fact{{"methods", "publickey,keyboard-interactive"}}},
		"SSH 1 without methods":     {"ssh", 1, ssh1Keys("\x00\x00\x00\x00"), nil},
		"SSH 1 cut short":           {"ssh", 1, ssh1Keys("\x00\x00\x00\x0c")[:50], nil},
		"SSH 1 that lies on keys":   {"ssh", 1, strings.Replace(ssh1Keys("\x00\x00\x00\x0c"), "\x00\x10\xc0\x01", "\xff\xff\xc0\x01", 1), nil},
		"SSH 1 with another packet": {"ssh", 1, strings.Replace(ssh1Keys("\x00\x00\x00\x0c"), "\x02cookie", "\x01cookie", 1), nil},
		"a screen without password": {"vnc", 0, "RFB 003.008\n\x02\x01\x02", []Fact{{"login", "none"}, {"security", "none,vnc"}}},
		"a screen with a password":  {"vnc", 0, "RFB 003.008\n\x01\x02", []Fact{{"security", "vnc"}}},
		"a screen that refuses":     {"vnc", 0, "RFB 003.008\n\x00\x00\x00\x00\x04busy", nil},
		"FTP that lists TLS":        {"ftp", 0, "220 FTP\r\n211-Features:\r\n AUTH TLS\r\n SIZE\r\n211 End\r\n", []Fact{{"tls", "offered"}}},
		"FTP that lists no TLS":     {"ftp", 0, "220-FTP\r\n220 hello\r\n211-Features:\r\n SIZE\r\n211 End\r\n", []Fact{{"tls", "none"}}},
		"FTP that lists nothing":    {"ftp", 0, "220 FTP\r\n530 Please login\r\n", nil},
		"FTP that takes AUTH":       {"ftp", 1, "220 FTP\r\n500 what\r\n234 go\r\n", []Fact{{"tls", "offered"}}},
		"FTP that knows no AUTH":    {"ftp", 1, "220 FTP\r\n500 what\r\n500 what\r\n", []Fact{{"tls", "none"}}},
		"FTP that wants USER first": {"ftp", 1, "220 FTP\r\n530 no\r\n530 no\r\n", nil},
		"IMAP with STARTTLS":        {"imap", 0, "* OK ready\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\na OK done\r\n", []Fact{{"tls", "offered"}}},
		"IMAP without":              {"imap", 0, "* OK ready\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na OK done\r\n", []Fact{{"tls", "none"}}},
		"POP3 with STLS":            {"pop3", 0, "+OK ready\r\n+OK\r\nUIDL\r\nSTLS\r\n.\r\n", []Fact{{"tls", "offered"}}},
		"POP3 without":              {"pop3", 0, "+OK ready\r\n+OK\r\nUIDL\r\n.\r\n", []Fact{{"tls", "none"}}},
		"POP3 that has no list":     {"pop3", 0, "+OK ready\r\n-ERR what\r\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			step := Steps(tt.id)[tt.step]
			if diff := cmp.Diff(tt.want, step.Hear(Identity{ID: tt.id}, []byte(tt.said)).Facts); diff != "" {
				t.Error("-want +got:\n" + diff)
			}
			if tt.want != nil && !step.Enough([]byte(tt.said)) {
				t.Error("the answer is whole, and more is waited for")
			}
		})
	}
}

func TestNumberThatTwoShareIsSettledByFeatures(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]bool{
		"220 hello\r\n211-Features\r\n AUTH TLS\r\n211 End\r\n": true,
		"220 hello\r\n530 log in first\r\n":                     true,
		"220 hello\r\n502 5.5.2 what is that\r\n":               false,
		"220 hello\r\n": false,
	} {
		if _, ok := ReadFeatures([]byte(said)); ok != want || !MayBeFTP([]byte(said)) {
			t.Errorf("%q: %v, want %v", said, ok, want)
		}
	}
}

func TestHints(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"\x15\x03\x01\x00\x02\x02\x46": TLS,
		"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n": TLS,
		"ERROR\r\n": "memcached",
		"hello":     "",
	} {
		if got := Hint([]byte(said)); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

// ssh1Keys is the message in which a server of SSH 1 sends its keys, with a mask
// of methods at its end.
func ssh1Keys(methods string) string {
	const key = "\x00\x00\x00\x10\x00\x06\x25\x00\x10\xc0\x01" // bits, exponent, modulus
	packet := "\x02cookie00" + key + key + "\x00\x00\x00\x02\x00\x00\x00\x08" + methods + "\x00\x00\x00\x00"
	return "SSH-1.5-x_1\n\x00\x00\x00" + string(rune(len(packet))) + strings.Repeat("p", 8-len(packet)%8) + packet
}

func FuzzEveryReader(f *testing.F) {
	for _, a := range answers() {
		f.Add([]byte(a.said))
	}
	f.Add([]byte("SSH-2.0-x\r\n\x00\x00\x00\x0c\x04\x14aaaaaaaaaaaa"))
	f.Add([]byte(ssh1Keys("\x00\x00\x00\x0c")))
	f.Add([]byte("220-a\r\n220 FTP\r\n211-F\r\n AUTH TLS\r\n211 E\r\n"))
	f.Add([]byte(web("200 OK\r\nServer: CUPS/2.4", "<title>x</title>")))
	f.Add([]byte("\x01\x00\x00\x00\x00\x00\x20\x00\x0a\x00\x0a\x07productS\xff\xff\xff\xff"))
	plan := append(Plan(445, here), Plan(5985, here)...)
	f.Fuzz(func(t *testing.T, said []byte) {
		check := func(i Identity, ok bool) {
			if !ok {
				return
			}
			if _, listed := ByID(i.ID); !listed || len(i.Product) > maxName || len(i.Version) > maxName {
				t.Errorf("%q gives %+v", said, i)
			}
			for _, fact := range i.Facts {
				if fact.Name == "" || fact.Value == "" || len(fact.Value) > maxFact {
					t.Errorf("%q gives %+v", said, fact)
				}
			}
		}
		check(Recognise(said))
		check(ReadFeatures(said))
		for _, q := range plan {
			q.Enough(said)
			check(q.Read(said))
		}
		for _, id := range []string{"ssh", "vnc", "ftp", "imap", "pop3"} {
			for _, step := range Steps(id) {
				step.Enough(said)
				check(step.Hear(Identity{ID: id}, said), true)
			}
		}
		Hint(said)
		if len(Greeting(said)) > 300 {
			t.Errorf("greeting of %d bytes", len(Greeting(said)))
		}
	})
}
