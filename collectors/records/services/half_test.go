package services

import "testing"

func TestHalfPages(t *testing.T) {
	t.Parallel()
	const head = "HTTP/1.1 200 OK\r\n"
	for name, tt := range map[string]struct {
		said          string
		awaited, half bool
	}{
		"the whole page":       {head + "Content-Length: 2\r\n\r\nab", false, false},
		"half a body":          {head + "Content-Length: 2\r\n\r\na", true, true},
		"head only":            {head + "Content-Length: 2\r\n\r\n", true, true},
		"half a head":          {head + "Content-", true, true},
		"ends with connection": {head + "\r\nab", true, false},
		"no body":              {"HTTP/1.1 204 No Content\r\n\r\n", false, false},
		"all pieces":           {head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", false, false},
		"some pieces":          {head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", true, true},
		"no page":              {"-ERR unknown command\r\n", false, false},
		"nothing":              {"", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if awaited, half := Awaited([]byte(tt.said)), Half([]byte(tt.said)); awaited != tt.awaited || half != tt.half {
				t.Errorf("awaited %v, half %v; want %v, %v", awaited, half, tt.awaited, tt.half)
			}
		})
	}
}

func TestBrokenAnswers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		id, said string
		want     bool
	}{
		"half of RDP":         {"rdp", "\x03\x00\x00\x13\x0e", true},
		"one byte of RDP":     {"rdp", "\x03", true},
		"the whole of RDP":    {"rdp", "\x03\x00\x00\x05\x0e", false},
		"another protocol":    {"rdp", "BORGO-1 ready\r\n", false},
		"half of SMB":         {"smb", "\x00\x00\x00\x60\xfeSMB", true},
		"half of SQL Server":  {"mssql", "\x04\x01\x00\x25", true},
		"half of a directory": {"ldap", "\x30\x0c\x02", true},
		"silence":             {"rdp", "", false},
		"no stated length":    {"redis", "+PO", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, ok := question(tt.id, Place{})
			if !ok {
				t.Fatal("no such question")
			}
			if got := q.Broken([]byte(tt.said)); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
