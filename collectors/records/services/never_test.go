package services

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

var here = Place{Host: "192.0.2.10:4000", Agent: "campanile-test"}

// everything gives all bytes that the package ever sends, by what sends them.
func everything(t *testing.T) map[string][]byte {
	t.Helper()
	sent := map[string][]byte{}
	ids := []string{
		"http", "version", "wsman", "rtsp", "sip", "redis", "memcached", "amqp", "rdp", "postgresql", "mssql", "mongodb",
		"ldap", "smb", "smb1", "netbios", "nfs", "portmap", "afp",
	}
	for _, id := range ids {
		q, ok := question(id, here)
		if !ok || len(q.Bytes) == 0 {
			t.Fatalf("question %s is not there", id)
		}
		sent[id] = q.Bytes
	}
	for _, s := range List() {
		for i, step := range Steps(s.ID) {
			sent[s.ID+" step "+string(rune('1'+i))] = step.Say
		}
		if farewell := Farewell(s.ID); farewell != nil {
			sent[s.ID+" farewell"] = farewell
		}
	}
	return sent
}

func TestNothingLogsInReadsDataOrWrites(t *testing.T) {
	t.Parallel()
	never := []string{
		"USER", "PASS", "LOGIN", "ANONYMOUS", "AUTHORIZATION", "COOKIE", "MSTSHASH", // logins
		"INFO", "CONFIG", "FLUSH", "SLAVEOF", "STATS", "_CAT", "_SEARCH", "_ALL_DBS", "LISTDATABASES", "FIND", // data
		"/CONTAINERS", "/PODS", "/SCRIPT", "DESCRIBE", "PLAY", "#LIST", "LIST", "RETR", "DUMP",
		"POST ", "PUT ", "DELETE", "PROPFIND", "MKCOL", "STOR", "PRINT-JOB", "REGISTER", "INVITE", "RCPT", "MAIL FROM", "CONNECT ", "CNXN", // deeds
	}
	for name, sent := range everything(t) {
		if name == "rtsp" || name == "sip" || name == "http" || name == "wsman" || name == "version" {
			sent = bytes.ReplaceAll(sent, []byte("User-Agent"), nil) // it names a program
		}
		for _, word := range never {
			if bytes.Contains(bytes.ToUpper(sent), []byte(word)) {
				t.Errorf("%s sends %q", name, word)
			}
		}
		if len(sent) > 512 {
			t.Errorf("%s sends %d bytes, more than a greeting has", name, len(sent))
		}
	}
}

func TestTextQuestionsAreExactlyThese(t *testing.T) {
	t.Parallel()
	sent := everything(t)
	for name, want := range map[string]string{
		"redis": "PING\r\n", "memcached": "version\r\n", "amqp": "AMQP\x00\x00\x09\x01",
		"ftp step 1": "FEAT\r\n", "ftp step 2": "AUTH TLS\r\n", "ftp farewell": "QUIT\r\n",
		"imap step 1": "a CAPABILITY\r\n", "pop3 step 1": "CAPA\r\n",
		"ssh step 1": "SSH-2.0-campanile\r\n", "ssh step 2": "SSH-1.5-campanile\n", "vnc step 1": "RFB 003.008\n",
		"http": "GET / HTTP/1.1\r\nHost: 192.0.2.10:4000\r\nUser-Agent: campanile-test\r\nAccept: */*\r\nConnection: close\r\n\r\n",
	} {
		if string(sent[name]) != want {
			t.Errorf("%s sends %q, want %q", name, sent[name], want)
		}
	}
	spoken := []string{"ssh", "vnc", "ftp", "imap", "pop3"}
	for _, s := range List() {
		if len(Steps(s.ID)) > 0 && !slices.Contains(spoken, s.ID) {
			t.Errorf("%s is spoken to", s.ID)
		}
	}
}

// The binary questions stop at the message that only greets.
func TestBinaryQuestionsOnlyGreet(t *testing.T) {
	t.Parallel()
	sent := everything(t)
	be, le := binary.BigEndian, binary.LittleEndian
	facts := map[string]bool{
		"RDP has 19 bytes, so no cookie, and is a connection request":    len(sent["rdp"]) == 19 && sent["rdp"][5] == 0xe0,
		"PostgreSQL asks for TLS and starts no session":                  be.Uint32(sent["postgresql"]) == 8 && be.Uint32(sent["postgresql"][4:]) == 80877103 && len(sent["postgresql"]) == 8,
		"SQL Server gets a pre-login":                                    sent["mssql"][0] == 0x12 && int(be.Uint16(sent["mssql"][2:])) == len(sent["mssql"]),
		"SMB 2 negotiates":                                               le.Uint16(sent["smb"][4+12:]) == 0 && int(be.Uint32(sent["smb"])) == len(sent["smb"])-4,
		"SMB 1 negotiates":                                               sent["smb1"][4+4] == 0x72 && int(be.Uint32(sent["smb1"])) == len(sent["smb1"])-4,
		"NetBIOS has the length that it says":                            int(sent["netbios"][3]) == len(sent["netbios"])-4 && len(sent["netbios"]) == 72,
		"NFS is called with procedure 0":                                 be.Uint32(sent["nfs"][4+5*4:]) == 0 && be.Uint32(sent["nfs"][4+3*4:]) == 100003,
		"portmapper is called with procedure 0":                          be.Uint32(sent["portmap"][4+5*4:]) == 0 && be.Uint32(sent["portmap"][4+3*4:]) == 100000,
		"AFP is asked for its status":                                    sent["afp"][1] == 3 && len(sent["afp"]) == 16,
		"LDAP searches without a bind, at the base":                      sent["ldap"][5] == ldapSearch && bytes.Contains(sent["ldap"], []byte{berEnum, 1, 0, berEnum, 1, 0}),
		"MongoDB gets hello and nothing else, with the length it states": int(le.Uint32(sent["mongodb"])) == len(sent["mongodb"]) && bytes.Count(sent["mongodb"], []byte{0x10}) == 1 && bytes.Contains(sent["mongodb"], []byte("isMaster")),
	}
	for fact, holds := range facts {
		if !holds {
			t.Errorf("not so: %s", fact)
		}
	}
}

// Ports where a byte does harm, or is an attempt at access, get none.
func TestUntouchedPortsGetNoQuestion(t *testing.T) {
	t.Parallel()
	untouched := []uint16{
		9100, 9101, 9107, 515, // paper
		502, 102, 4840, 44818, 20000, 2404, 3671, 1911, 4911, // plants
		512, 513, 514, 5555, 6000, 6001, 8291, 8728, 8729, 4786, 1883, 8883, 135, 88, 1521, 50000, 3050, 37777, 34567, 4899, 5938, 6568, 7070, 1723, 10250,
	}
	for _, port := range untouched {
		if !Untouched(port) || len(Plan(port, here)) > 0 || len(PlanInside(port, here)) > 0 {
			t.Errorf("port %d would be asked", port)
		}
	}
	for _, port := range []uint16{3389, 445, 8000, 8080, 5672, 16379, 9099, 9108} {
		if plan := Plan(port, here); len(plan) == 0 || len(plan) > MaxQuestions {
			t.Errorf("port %d gets %d questions", port, len(plan))
		}
	}
}

func TestNoQuestionIsPutTwice(t *testing.T) {
	t.Parallel()
	for _, port := range append(Ports("tcp"), 4444) {
		var ids []string
		for _, q := range Plan(port, here) {
			if slices.Contains(ids, q.ID) {
				t.Errorf("port %d: %s twice", port, q.ID)
			}
			ids = append(ids, q.ID)
		}
	}
}
