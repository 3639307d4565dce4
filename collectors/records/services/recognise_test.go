package services

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// packet is a MySQL packet with its length before it.
func packet(body string) string { return string([]byte{byte(len(body)), 0, 0, 0}) + body }

func hello(version string, flags uint16) string {
	return packet("\x0a" + version + "\x00\x01\x00\x00\x0012345678\x00" + string(binary.LittleEndian.AppendUint16(nil, flags)) + "\x21\x02\x00")
}

func TestServersThatSpeakFirst(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		said string
		want Identity
	}{
		"OpenSSH":                     {"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", Identity{"ssh", "OpenSSH", "9.2p1", []Fact{{"protocol", "2.0"}}}},
		"dropbear":                    {"SSH-2.0-dropbear_2022.83\r\n", Identity{"ssh", "dropbear", "2022.83", []Fact{{"protocol", "2.0"}}}},
		"SSH of protocol 1":           {"SSH-1.5-Cisco-1.25\n", Identity{"ssh", "Cisco", "1.25", []Fact{{"protocol", "1.5"}}}},
		"SSH behind a notice":         {"Authorised staff only\r\nSSH-2.0-ROSSSH\r\n", Identity{"ssh", "ROSSSH", "", []Fact{{"protocol", "2.0"}}}},
		"vsftpd":                      {"220 (vsFTPd 3.0.3)\r\n", Identity{"ftp", "vsFTPd", "3.0.3", nil}},
		"ProFTPD with a long welcome": {"220-Welcome\r\n220 ProFTPD 1.3.8 Server (Debian)\r\n", Identity{"ftp", "ProFTPD", "1.3.8", nil}},
		"Pure-FTPd":                   {"220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------\r\n220-You are user 1\r\n", Identity{"ftp", "Pure-FTPd", "", nil}},
		"Postfix":                     {"220 mail.borgo.example ESMTP Postfix (Debian)\r\n", Identity{"smtp", "Postfix", "", nil}},
		"mail that takes none":        {"554 5.7.1 no SMTP service here\r\n", Identity{"smtp", "", "", nil}},
		"IMAP with its capabilities":  {"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] Dovecot ready.\r\n", Identity{"imap", "Dovecot", "", []Fact{{"login", "after-tls"}, {"tls", "offered"}}}},
		"POP3":                        {"+OK Dovecot (Debian) ready.\r\n", Identity{"pop3", "Dovecot", "", nil}},
		"MySQL without TLS":           {hello("8.0.36", 0xf7ff&^mysqlTLS), Identity{"mysql", "MySQL", "8.0.36", []Fact{{"tls", "none"}}}},
		"MariaDB with TLS":            {hello("5.5.5-10.11.6-MariaDB-0+deb12u1", 0xffff), Identity{"mysql", "MariaDB", "10.11.6", []Fact{{"tls", "offered"}}}},
		"MariaDB that keeps us out":   {packet("\xff\x6a\x04Host '192.0.2.99' is not allowed to connect to this MariaDB server"), Identity{"mysql", "MariaDB", "", []Fact{{"filtered", "by-address"}}}},
		"VNC":                         {"RFB 003.008\n", Identity{"vnc", "", "", []Fact{{"protocol", "003.008"}}}},
		"rsync":                       {"@RSYNCD: 31.0 sha512 sha256\n", Identity{"rsync", "rsync", "", []Fact{{"protocol", "31.0"}}}},
		"telnet":                      {"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27", Identity{"telnet", "", "", nil}},
		"telnet with a prompt":        {"\xff\xfb\x01\xff\xfb\x03\r\nlogin: ", Identity{"telnet", "", "", nil}},
		"bandwidth test":              {"\x01\x00\x00\x00", Identity{"mikrotik_bw", "MikroTik", "", nil}},
		"ActiveMQ":                    {"\x00\x00\x01\x46\x01ActiveMQ\x00\x00\x00\x0c", Identity{"activemq", "ActiveMQ", "", nil}},
		"console of a VMware host":    {"220 VMware Authentication Daemon Version 1.10: SSL Required\r\n", Identity{"hypervisor", "VMware", "", []Fact{{"daemon", "1.10"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := Recognise([]byte(tt.said))
			if !ok {
				t.Fatalf("%q is not recognised", tt.said)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error("-want +got:\n" + diff)
			}
		})
	}
}

// What looks like a protocol and is none must have no name.
func TestAlmostIsNothing(t *testing.T) {
	t.Parallel()
	for name, said := range map[string]string{
		"nothing":                       "",
		"a number that two share":       "220 welcome\r\n",
		"a lone 0xff":                   "\xff",
		"binary that begins with 0xff":  "\xff\xd8\xff\xe0\x00\x10JFIF",
		"a negotiation of 0xff":         "\xff\xfb\xff",
		"RFB without its end":           "RFB 003.008",
		"RFB of words":                  "RFB is our name\n",
		"rsync of words":                "@RSYNCD: closed\n",
		"SSH without a version":         "SSH-\r\n",
		"SSH of words":                  "SSH-keys are required here\r\n",
		"MySQL of another length":       hello("8.0.36", 0) + "more",
		"MySQL that errs otherwise":     packet("\xff\x15\x04denied"),
		"a positive answer of nothing":  "+OK\r\n",
		"PONG without its end":          "+PONG",
		"an error that mail has too":    "-ERR unknown command\r\n",
		"the same with the command":     "-ERR unknown command 'OPTIONS'\r\n",
		"VERSION of words":              "VERSION two\r\n",
		"four other bytes":              "\x01\x00\x00\x00\x00",
		"HTTP in a sentence":            "HTTP/1.1 is spoken elsewhere\r\n",
		"AMQP in a sentence":            "AMQP broker\r\n",
		"AMQP of an unheard-of version": "AMQP\x07\x07\x07\x07",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, ok := Recognise([]byte(said)); ok {
				t.Errorf("%q is taken for %+v", said, got)
			}
		})
	}
}

func TestPageThatShowsAnSSHBannerIsAPage(t *testing.T) {
	t.Parallel()
	got, ok := Recognise([]byte("HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n\r\nhow to\r\nSSH-2.0-OpenSSH_9.2p1\r\n"))
	if !ok || got.ID != "http" || got.Product != "nginx" || got.Version != "1.22.1" {
		t.Errorf("got %+v, %v", got, ok)
	}
}

func web(head, body string) string { return "HTTP/1.1 " + head + "\r\n\r\n" + body }

func TestWebServersAreToldByWhatTheySay(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ said, want string }{
		"a site":                         {web("200 OK\r\nServer: nginx", "<title>Comune di Borgo</title>"), "http nginx"},
		"Elasticsearch":                  {web("200 OK", `{"name":"a","cluster_name":"c","version":{"number":"7.17.1"},"tagline":"You Know, for Search"}`), "elasticsearch Elasticsearch 7.17.1"},
		"Elasticsearch behind a login":   {web("401 Unauthorized\r\nX-elastic-product: Elasticsearch", `{"error":{},"status":401}`), "elasticsearch Elasticsearch"},
		"OpenSearch":                     {web("200 OK", `{"version":{"number":"2.11.0"},"tagline":"The OpenSearch Project: https://opensearch.example/"}`), "elasticsearch OpenSearch 2.11.0"},
		"a page on searching":            {web("200 OK", `You Know, for Search`), "http"},
		"CouchDB":                        {web("200 OK\r\nServer: CouchDB/3.3.3", `{"couchdb":"Welcome","version":"3.3.3"}`), "couchdb CouchDB 3.3.3"},
		"Docker at its root":             {web("404 Not Found\r\nApi-Version: 1.43\r\nServer: Docker/24.0.5 (linux)", `{"message":"page not found"}`), "docker Docker 24.0.5"},
		"Docker's version":               {web("200 OK", `{"Version":"24.0.5","ApiVersion":"1.43","MinAPIVersion":"1.12"}`), "docker Docker 24.0.5"},
		"Kubernetes that refuses":        {web("403 Forbidden", `{"kind":"Status","apiVersion":"v1","status":"Failure","code":403}`), "kubernetes Kubernetes"},
		"Kubernetes' version":            {web("200 OK", `{"major":"1","minor":"29","gitVersion":"v1.29.1","gitTreeState":"clean","platform":"linux/amd64"}`), "kubernetes Kubernetes v1.29.1"},
		"etcd":                           {web("200 OK", `{"etcdserver":"3.5.9","etcdcluster":"3.5.0"}`), "etcd etcd 3.5.9"},
		"MongoDB to a browser":           {web("200 OK", "It looks like you are trying to access MongoDB over HTTP on the native driver port.\r\n"), "mongodb MongoDB"},
		"CUPS":                           {web("200 OK\r\nServer: CUPS/2.4 IPP/2.1", "<TITLE>Home - CUPS 2.4.2</TITLE>"), "ipp CUPS 2.4"},
		"Webmin":                         {web("200 Document follows\r\nServer: MiniServ/2.013", ""), "webmin Webmin 2.013"},
		"Proxmox":                        {web("200 OK\r\nServer: pve-api-daemon/3.0", ""), "hypervisor Proxmox 3.0"},
		"Hikvision":                      {web("200 OK\r\nServer: App-webs/", ""), "hikvision_web Hikvision"},
		"Synology":                       {web("200 OK\r\nServer: nginx", "<title>Synology&nbsp;NAS</title>"), "nas_synology Synology"},
		"an article on Synology":         {web("200 OK\r\nServer: nginx", "<title>The library buys a Synology</title>"), "http nginx"},
		"Tomcat's manager":               {web("401 x\r\nWWW-Authenticate: Basic realm=\"Tomcat Manager Application\"", ""), "tomcat_manager Tomcat"},
		"a proxy":                        {web("400 Bad Request\r\nServer: squid/5.7", ""), "http_proxy Squid 5.7"},
		"a camera":                       {"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Camserver/2.1\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n", "rtsp Camserver 2.1"},
		"a telephone exchange":           {"SIP/2.0 200 OK\r\nCSeq: 1 OPTIONS\r\nServer: Asterisk PBX 18.10\r\n\r\n", "sip_tcp Asterisk PBX 18.10"},
		"Redis without a login":          {"+PONG\r\n", "redis"},
		"Redis with one":                 {"-NOAUTH Authentication required.\r\n", "redis"},
		"Redis asked for telephones":     {"-ERR unknown command 'OPTIONS', with args beginning with: 'sip:192.0.2.10:46379;transport=tcp' 'SIP/2.0' \r\n", "redis"},
		"Redis that takes a GET for its": {"-ERR wrong number of arguments for 'get' command\r\n", "redis"},
		"memcached":                      {"VERSION 1.6.18\r\n", "memcached memcached 1.6.18"},
		"AMQP of another version":        {"AMQP\x00\x00\x09\x01", "amqp"},
		"RabbitMQ": {
			"\x01\x00\x00\x00\x00\x00\x60\x00\x0a\x00\x0a\x00\x09\x00\x00\x00\x40\x07productS\x00\x00\x00\x08RabbitMQ\x07versionS\x00\x00\x00\x063.10.8\xce",
			"amqp RabbitMQ 3.10.8",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := Recognise([]byte(tt.said))
			if text := strings.TrimSpace(got.ID + " " + got.Product + " " + got.Version); !ok || text != tt.want {
				t.Errorf("got %q, want %q", text, tt.want)
			}
		})
	}
}

func TestLoginIsStatedWhereTheProtocolStatesIt(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"+PONG\r\n": "none", "-NOAUTH Authentication required.\r\n": "required",
		"-DENIED Redis is running in protected mode because\r\n":                                          "protected",
		web("401 Unauthorized\r\nX-elastic-product: Elasticsearch", "{}"):                                 "required",
		web("200 OK", `{"Version":"1","ApiVersion":"1.43","MinAPIVersion":"1.12"}`):                       "none",
		web("404 Not Found\r\nApi-Version: 1.43\r\nServer: Docker/24 (linux)", `{"message":"not found"}`): "",
	} {
		got, _ := Recognise([]byte(said))
		if got.Fact("login") != want {
			t.Errorf("%q: login %q, want %q", said, got.Fact("login"), want)
		}
	}
}

func TestGreetingIsOnePrintableLine(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"220 welcome\r\nmore": "220 welcome", "\xff\xfd\x18": "", "\x1b[2Jhello": "", "a\tb": "a b", "": "",
		strings.Repeat("é", 400): strings.Repeat("é", 150),
	} {
		if got := Greeting([]byte(said)); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}
