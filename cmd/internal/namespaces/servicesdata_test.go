package namespaces

import (
	"fmt"
	"io"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"campanile/collectors/evidence"
)

// postgresPrograms is where Debian keeps those of its version.
const postgresPrograms = "/usr/lib/postgresql/15/bin"

// databases are an address with what holds data.
func (s *street) databases(t *testing.T) []*premises {
	t.Helper()
	at := house(3)
	return []*premises{s.postgreSQL(t, at), s.mariaDB(t, at), s.redis(t, at), s.memcached(t, at)}
}

func (s *street) postgreSQL(t *testing.T, at string) *premises {
	t.Helper()
	own := s.folder(t, "postgresql", "postgres")
	data := filepath.Join(own, "data")
	run(t, as(t, "postgres", postgresPrograms+"/initdb", "-D", data, "-A", "scram-sha-256", "-N", "--pwfile", s.config(t, "secret", "not-asked-for\n")))
	p := s.runs("PostgreSQL", at, 5432, as(t, "postgres", postgresPrograms+"/postgres", "-D", data, "-c", "listen_addresses="+at,
		"-c", "unix_socket_directories=", "-c", "log_connections=on", "-c", "log_min_messages=debug1", "-c", "logging_collector=off")...)
	return p.open(tcp(identified{service: "postgresql", product: "PostgreSQL", facts: map[string]string{"tls": "none"}}, 5432)...).
		forwarded(45432).
		logs(p.server.log, "connection received: host="+s.scanner.String(), "authenti|authoriz|password|role|pg_hba|statement").
		betrayedBy(false, "\x00\x00\x00\x16\x00\x03\x00\x00user\x00sindaco\x00\x00", "p\x00\x00\x00\x0asegret\x00")
}

func (s *street) mariaDB(t *testing.T, at string) *premises {
	t.Helper()
	own := s.folder(t, "mariadb", "mysql")
	data := filepath.Join(own, "data")
	run(t, as(t, "mysql", "mariadb-install-db", "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"))
	general := filepath.Join(own, "general.log")
	// With no account for strangers it would turn us away by our address.
	account := s.config(t, "account.sql", "CREATE USER ufficio@'%' IDENTIFIED BY 'not-asked-for';\n")
	p := s.runs("MariaDB", at, 3306, as(t, "mysql", "mariadbd", "--no-defaults", "--datadir="+data, "--bind-address="+at, "--port=3306",
		"--init-file="+account, "--extra-port=43306", "--extra-max-connections=5", "--socket="+own+"/socket", "--general-log", "--general-log-file="+general, "--log-warnings=9", "--skip-name-resolve")...)
	p.open(tcp(identified{service: "mysql", product: "MariaDB", version: packaged(t, "mariadb-server"), facts: map[string]string{"tls": "none"}}, 3306, 43306)...)
	const came = `\bConnect\t`
	p.unharmed = func(t *testing.T) {
		reads(t, p.server.log, s.scanner.String(), "Access denied")
		reads(t, general, "Time", came)
		p.provoke(t, func() bool {
			return regexp.MustCompile(came).Match(content(t, general)) && strings.Contains(string(content(t, p.server.log)), "Access denied")
		})
	}
	p.betrayedByProgram("mariadb", "--no-defaults", "-h", at, "-u", "ufficio", "-psegreto")
	return p
}

func (s *street) redis(t *testing.T, at string) *premises {
	t.Helper()
	own := s.folder(t, "redis", "redis")
	p := s.runs("Redis", at, 6379, as(t, "redis", "redis-server", "--bind", at, "--port", "6379", "--protected-mode", "no", "--save", "", "--dir", own)...).
		open(tcp(identified{service: "redis"}, 6379)...).
		forwarded(46379)
	p.betrayedBy(false, "SET delibera 1\r\n").unharmed = func(t *testing.T) {
		if wrong := redisCalls(t, at); len(wrong) > 0 {
			t.Errorf("it was told to %v", wrong)
		}
		p.provoke(t, func() bool { return len(redisCalls(t, at)) > 0 })
	}
	return p
}

// redisCalls lists the commands by its own count, but for PING and what it refused.
func redisCalls(t *testing.T, at string) (commands []string) {
	t.Helper()
	said := exchange(t, net.JoinHostPort(at, "6379"), "INFO everything\r\n", "# Keyspace")
	counts := regexp.MustCompile(`cmdstat_(\S+):calls=(\d+)`).FindAllStringSubmatch(said, -1)
	if !strings.Contains(said, "cmdstat_ping") {
		t.Errorf("it was never asked whether it is there:\n%.500s", said)
	}
	for _, count := range counts {
		if count[1] != "ping" && count[1] != "info" && count[2] != "0" {
			commands = append(commands, count[1])
		}
	}
	return commands
}

func (s *street) memcached(t *testing.T, at string) *premises {
	t.Helper()
	p := s.runs("memcached", at, 11211, as(t, "memcache", "memcached", "-l", at+":11211,"+at+":41211", "-U", "11211", "-vv")...)
	want := identified{service: "memcached", product: "memcached", version: packaged(t, "memcached")}
	p.open(tcp(want, 11211, 41211)...).open(datagrams(identified{service: "memcached", product: "memcached", version: want.version}, 11211)...)
	p.betrayedBy(false, "set delibera 0 0 1\r\n1\r\n").unharmed = func(t *testing.T) {
		reads(t, p.server.log, "<[0-9]+ version", `<[0-9]+ (set|add|get|replace|append|delete|flush_all|stats)`)
		p.provoke(t, func() bool { return strings.Contains(string(content(t, p.server.log)), " set delibera") })
	}
	return p
}

// archive is an address with a directory, mailboxes and a message broker.
func (s *street) archive(t *testing.T) []*premises {
	t.Helper()
	at := house(4)
	return append(s.dovecot(t, at), s.slapd(t, at), s.mosquitto(t, at))
}

func (s *street) slapd(t *testing.T, at string) *premises {
	t.Helper()
	data := s.folder(t, "ldap", "openldap")
	certificate := filepath.Join(s.Dir, "certificates", "services")
	config := s.config(t, "slapd.conf", fmt.Sprintf("include /etc/ldap/schema/core.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n"+
		"TLSCertificateFile %[1]s.pem\nTLSCertificateKeyFile %[1]s.key\ndatabase mdb\nsuffix \"dc=fornitore,dc=example\"\ndirectory %[2]s\n", certificate, data))
	p := s.runs("slapd", at, 389, as(t, "openldap", "slapd", "-d", "stats", "-f", config, "-h", fmt.Sprintf("ldap://%[1]s:389 ldap://%[1]s:40389 ldaps://%[1]s:636", at))...)
	want := identified{service: "ldap", facts: map[string]string{"contexts": "dc=fornitore,dc=example"}}
	return p.open(tcp(want, 389, 40389)...).open(tcp(want.inTLS(), 636)...).
		logs(p.server.log, `SRCH base="" scope=0 .*objectClass=\*`, `BIND|MOD |ADD |DEL |PASSMOD|SRCH base="[^"]|scope=[12]`).
		betrayedBy(false, "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00")
}

func (s *street) dovecot(t *testing.T, at string) []*premises {
	t.Helper()
	own := s.folder(t, "dovecot", "")
	log := filepath.Join(own, "log")
	config := s.config(t, "dovecot.conf", fmt.Sprintf("base_dir = %[1]s/run\nstate_dir = %[1]s/state\nprotocols = imap pop3\nlisten = %[2]s\nlog_path = %[1]s/log\nauth_verbose = yes\nauth_debug = yes\nverbose_ssl = yes\n"+
		"ssl = yes\nssl_cert = <%[3]s.pem\nssl_key = <%[3]s.key\nmail_location = maildir:%[1]s/mail\nfirst_valid_uid = 1\n"+
		"passdb {\n  driver = passwd-file\n  args = /dev/null\n}\nuserdb {\n  driver = passwd\n}\n"+
		"service imap-login {\n  inet_listener unusual {\n    port = 40143\n  }\n}\nservice pop3-login {\n  inet_listener unusual {\n    port = 40110\n  }\n}\n",
		own, at, filepath.Join(s.Dir, "certificates", "services")))
	imap := s.runs("Dovecot IMAP", at, 143, "dovecot", "-F", "-c", config)
	mailbox := identified{service: "imap", product: "Dovecot", facts: map[string]string{"tls": "offered"}}
	post := identified{service: "pop3", product: "Dovecot", facts: map[string]string{"tls": "offered"}}
	imap.open(tcp(mailbox, 143, 40143)...).open(tcp(identified{service: "imap", product: "Dovecot", tls: true}, 993)...).
		logs(log, "no auth attempts.*rip="+s.scanner.String(), `Login: |auth failed|[1-9][0-9]* attempts|disallowed|client in`).
		betrayedBy(true, "a LOGIN sindaco segreto\r\n", "b LOGOUT\r\n")
	pop3 := &premises{name: "Dovecot POP3", at: at}
	pop3.open(tcp(post, 110, 40110)...).open(tcp(identified{service: "pop3", product: "Dovecot", tls: true}, 995)...)
	return []*premises{imap, pop3}
}

// mosquitto is not asked on its own port, and answers no question that is not its
// own on the other: it hangs up.
func (s *street) mosquitto(t *testing.T, at string) *premises {
	t.Helper()
	config := s.config(t, "mosquitto.conf", fmt.Sprintf("listener 1883 %[1]s\nlistener 41883 %[1]s\nallow_anonymous true\nlog_dest stderr\nlog_type all\n", at))
	p := s.runs("Mosquitto", at, 1883, as(t, "mosquitto", "mosquitto", "-c", config)...)
	return p.open(tcp(identified{problem: evidence.NotToBeAsked}, 1883)...).open(tcp(identified{}, 41883)...).
		logs(p.server.log, "New connection from "+s.scanner.String(), "New client connected|PUBLISH|SUBSCRIBE|CONNACK").
		betrayedBy(false, "\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03una")
}

// site is an address with web servers, one of them before Adminer, and a resolver.
func (s *street) site(t *testing.T) []*premises {
	t.Helper()
	at := house(5)
	return []*premises{s.nginx(t, at), s.php(t), s.resolver(t, at), s.docker(t, at), s.elasticsearch(t, at)}
}

func (s *street) nginx(t *testing.T, at string) *premises {
	t.Helper()
	own := s.folder(t, "nginx", "www-data")
	pages := s.folder(t, "pages", "")
	s.config(t, "pages/index.html", "<!doctype html><title>Comune</title>\n")
	s.folders = append(s.folders, pages)
	certificate := filepath.Join(s.Dir, "certificates", "services")
	config := s.config(t, "nginx.conf", fmt.Sprintf("daemon off; pid %[1]s/pid; error_log stderr notice; events {}\nhttp { access_log %[1]s/access; default_type text/html;\n"+
		"client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;\n"+
		"ssl_certificate %[2]s.pem; ssl_certificate_key %[2]s.key;\n"+
		"server { listen %[3]s:80; listen %[3]s:48080; listen %[3]s:443 ssl; listen %[3]s:48443 ssl; root %[4]s; }\n"+
		"server { listen %[3]s:8081; location / { include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME %[6]s; fastcgi_pass %[5]s; } } }\n",
		own, certificate, at, pages, behindPHP, adminerPage))
	want := identified{service: "http", product: "nginx", version: packaged(t, "nginx"), facts: map[string]string{"title": "Comune"}}
	adminer := want
	adminer.facts = map[string]string{"title": "Login - Adminer"}
	return s.runs("nginx", at, 443, as(t, "www-data", "nginx", "-c", config, "-p", own, "-e", "stderr")...).
		open(tcp(want, 80, 48080)...).open(tcp(want.inTLS(), 443, 48443)...).open(tcp(adminer, 8081)...).
		logs(filepath.Join(own, "access"), s.scanner.String()+` .*"GET / HTTP/1.1" 200 .*"campanile-test"`, `"(POST|PUT|DELETE|PATCH) `).
		betrayedBy(false, "POST / HTTP/1.1\r\nHost: comune\r\nContent-Length: 0\r\n\r\n")
}

// The page is that of Debian's package; PHP is for nginx alone.
const (
	adminerPage = "/usr/share/adminer/adminer.php"
	behindPHP   = "127.0.0.1:9000"
)

func (s *street) php(t *testing.T) *premises {
	t.Helper()
	return &premises{name: "PHP", server: s.server("PHP", behindPHP, as(t, "www-data", "php-cgi", "-b", behindPHP)...)}
}

func (s *street) resolver(t *testing.T, at string) *premises {
	t.Helper()
	config := s.config(t, "resolver.conf", fmt.Sprintf("server:\n interface: %[1]s@53\n interface: %[1]s@40053\n access-control: 0.0.0.0/0 allow\n chroot: \"\"\n username: \"\"\n directory: \"/\"\n pidfile: \"\"\n"+
		" use-syslog: no\n local-zone: \"example.com.\" static\n local-data: \"example.com. A 192.0.2.1\"\nremote-control:\n control-enable: no\n", at))
	return s.runs("Unbound", at, 53, as(t, "nobody", "unbound", "-d", "-c", config)...).
		open(datagrams(identified{service: "dns", facts: map[string]string{"rcode": "NOERROR"}}, 53, 40053)...)
}

// exchange says something to a server and hears what it answers.
func exchange(t *testing.T, at, say, last string) string {
	t.Helper()
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, say); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	buffer := make([]byte, 4096)
	for !strings.Contains(said.String(), last) {
		n, err := conn.Read(buffer)
		said.Write(buffer[:n])
		if err != nil {
			t.Fatal(err)
		}
	}
	_ = conn.SetDeadline(time.Now().Add(100 * time.Millisecond))
	n, _ := conn.Read(buffer) // what follows in the same breath
	said.Write(buffer[:n])
	return said.String()
}
