package namespaces

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"campanile/collectors/evidence"
)

// office is an address with the ways in that administrators use.
func (s *street) office(t *testing.T) []*premises {
	t.Helper()
	at := house(0)
	return []*premises{s.openSSH(t, at), s.vsftpd(t, "vsftpd", at, "none"), s.telnetd(t, at), s.rsyncd(t, at)}
}

func (s *street) openSSH(t *testing.T, at string) *premises {
	t.Helper()
	p := s.sshd(t, "OpenSSH", at, "")
	return p.open(tcp(s.openSSHIs(t, ""), 22, 42022)...).
		logs(p.server.log, "Connection from "+s.scanner.String(), "user|Accepted|Failed|password|publickey")
}

// askedSSH is one whose administrators agreed to be asked for their methods, which
// leaves the name of a user in the log, and nothing else.
func (s *street) askedSSH(t *testing.T, name, at, elsewhere string) *premises {
	t.Helper()
	more := "PasswordAuthentication no\n"
	if strings.Contains(elsewhere, "password") {
		more += "Match LocalPort 42022\nPasswordAuthentication yes\n"
	}
	p := s.sshd(t, name, at, more)
	return p.open(tcp(s.openSSHIs(t, "publickey"), 22)...).open(tcp(s.openSSHIs(t, elsewhere), 42022)...).
		logs(p.server.log, "Invalid user campanile from "+s.scanner.String(), "Accepted|Failed (password|publickey|keyboard)|user sindaco|Postponed")
}

func (s *street) openSSHIs(t *testing.T, methods string) identified {
	t.Helper()
	return identified{
		service: "ssh", product: "OpenSSH", version: packaged(t, "openssh-server"),
		facts: map[string]string{"protocol": "2.0", "methods": methods},
	}
}

func (s *street) sshd(t *testing.T, name, at, more string) *premises {
	t.Helper()
	folder := "ssh-" + at
	s.folder(t, folder, "nobody")
	key := filepath.Join(s.Dir, folder, "key")
	tool(t, s.Dir, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
	s.lend(t, folder+"/key", "nobody", 0o600)
	config := s.config(t, folder+"/conf", fmt.Sprintf("ListenAddress %[1]s:22\nListenAddress %[1]s:42022\nHostKey %[2]s\nPidFile none\nUsePAM no\nKbdInteractiveAuthentication no\nLogLevel VERBOSE\n%[3]s", at, key, more))
	return s.runs(name, at, 22, as(t, "nobody", "sshd", "-D", "-e", "-f", config)...).
		betrayedByProgram("ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "sindaco@"+at)
}

func (s *street) vsftpd(t *testing.T, name, at, tls string) *premises {
	t.Helper()
	folder := "ftp-" + at
	root := s.folder(t, folder+"/root", "")
	write(t, filepath.Join(root, "delibera.txt"), []byte("Approvata.\n"))
	s.folders = append(s.folders, root)
	empty, logs := s.folder(t, folder+"/empty", ""), s.folder(t, folder+"/logs", "nobody")
	config := fmt.Sprintf("listen=YES\nlisten_address=%s\nlisten_port=21\nbackground=NO\nrun_as_launching_user=YES\n"+
		"anonymous_enable=YES\nanon_root=%s\nwrite_enable=YES\nanon_upload_enable=YES\nsecure_chroot_dir=%s\nseccomp_sandbox=NO\n"+
		"vsftpd_log_file=%s/log\nxferlog_enable=YES\nxferlog_std_format=NO\nlog_ftp_protocol=YES\n", at, root, empty, logs)
	if tls == "offered" {
		certificate := filepath.Join(s.Dir, "certificates", "services")
		config += fmt.Sprintf("ssl_enable=YES\nrsa_cert_file=%[1]s.pem\nrsa_private_key_file=%[1]s.key\n", certificate)
	}
	path := s.config(t, folder+"/conf", config)
	s.lend(t, folder+"/conf", "nobody", 0o644)
	return s.runs(name, at, 21, as(t, "nobody", "vsftpd", path)...).
		open(tcp(identified{service: "ftp", product: "vsFTPd", version: packaged(t, "vsftpd"), facts: map[string]string{"tls": tls}}, 21)...).
		forwarded(42021).
		logs(filepath.Join(logs, "log"), s.scanner.String()+`.*"FEAT"`, `FTP command: .*"(USER|PASS|STOR|RETR|LIST|CWD|PASV|EPSV|PORT)|LOGIN|UPLOAD`).
		betrayedBy(true, "USER anonymous\r\n")
}

// telnetd stands behind inetd and would begin a login with a program that leaves
// a trace.
func (s *street) telnetd(t *testing.T, at string) *premises {
	t.Helper()
	trace := filepath.Join(s.folder(t, "telnet", "nobody"), "somebody-came-in")
	login := s.config(t, "login", "#!/bin/sh\ntouch "+trace+"\nread name\n")
	s.lend(t, "login", "", 0o755)
	path, err := find("telnetd")
	if err != nil {
		t.Fatal(err)
	}
	var config string
	for _, port := range []int{23, 42023} {
		config += fmt.Sprintf("%s:%d stream tcp nowait nobody %s telnetd -E %s\n", at, port, path, login)
	}
	p := s.runs("telnetd", at, 23, as(t, "nobody", "inetutils-inetd", "-d", "-p"+filepath.Join(s.Dir, "telnet", "pid"), s.config(t, "inetd.conf", config))...).
		open(tcp(identified{service: "telnet"}, 23, 42023)...).
		// It begins the login when it has heard about the terminal: no type, no speed,
		// no display, no environment.
		betrayedBy(true, "\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24\xff\xfe\x26\xff\xfc\x25", "\xff\xfe\x03\xff\xfe\x01\xff\xfc\x1f\xff\xfc\x21\xff\xfe\x05\xff\xfc\x01", "\r\n")
	p.unharmed = func(t *testing.T) {
		begun := func() bool { _, err := os.Stat(trace); return err == nil }
		if begun() {
			t.Error("a login was begun")
		}
		p.provoke(t, begun)
	}
	return p
}

func (s *street) rsyncd(t *testing.T, at string) *premises {
	t.Helper()
	module := s.folder(t, "rsync/archivio", "nobody")
	write(t, filepath.Join(module, "anagrafe.csv"), []byte("nome\n"))
	s.lend(t, "rsync/archivio/anagrafe.csv", "nobody", 0o644)
	s.folders = append(s.folders, module)
	logs := filepath.Join(s.folder(t, "rsync/own", "nobody"), "log")
	config := s.config(t, "rsyncd.conf", fmt.Sprintf("use chroot = no\nreverse lookup = no\n[archivio]\npath = %s\nread only = no\n", module))
	return s.runs("rsync", at, 873, as(t, "nobody", "rsync", "--daemon", "--no-detach", "--log-file="+logs, "--address="+at, "--config="+config)...).
		open(tcp(identified{service: "rsync", product: "rsync"}, 873)...).
		forwarded(40873).
		logs(logs, "connect from .*"+s.scanner.String(), "archivio|module-list|#list|auth").
		betrayedBy(true, "@RSYNCD: 31.0\n", "#list\n")
}

// rooms are an address with files and printers, and one with screens.
func (s *street) rooms(t *testing.T) []*premises {
	t.Helper()
	files, screens := house(1), house(2)
	return []*premises{
		s.samba(t, files), s.cups(t, files), s.rpcbind(t, files), s.snmpd(t, files), s.ntpd(t, files),
		s.xrdp(t, screens), s.tigerVNC(t, screens),
		s.mute(t, "X11", screens, 6000, 0), s.askedSSH(t, "OpenSSH, asked", screens, "publickey,password"),
	}
}

func (s *street) samba(t *testing.T, at string) *premises {
	t.Helper()
	share := s.folder(t, "samba/share", "nobody")
	write(t, filepath.Join(share, "bilancio.txt"), []byte("In pareggio.\n"))
	s.folders = append(s.folders, share)
	own := s.folder(t, "samba/own", "")
	config := s.config(t, "smb.conf", fmt.Sprintf("[global]\nbind interfaces only = yes\ninterfaces = %[1]s/32\nsmb ports = 445 139 40445\nworkgroup = COMUNE\n"+
		"private dir = %[2]s\nlock directory = %[2]s\nstate directory = %[2]s\ncache directory = %[2]s\npid directory = %[2]s\nncalrpc dir = %[2]s/rpc\n"+
		"log file = %[2]s/log\nlog level = 3\nmap to guest = bad user\nload printers = no\nprinting = bsd\nprintcap name = /dev/null\n"+
		"[ufficio]\npath = %[3]s\nguest ok = yes\nread only = no\n", at, own, share))
	return s.runs("Samba", at, 445, "smbd", "-F", "--no-process-group", "-s", config).
		open(tcp(identified{service: "smb"}, 445, 139, 40445)...).
		logs(filepath.Join(own, "log"), s.scanner.String()+"|Selected protocol", "session setup|[Ss]ess[Ss]etup|SESSSETUP|check_ntlm_password|make_connection|connect to service").
		betrayedByProgram("net", "-s", config, "rpc", "info", "-I", at, "-U", "sindaco%segreto")
}

func (s *street) cups(t *testing.T, at string) *premises {
	t.Helper()
	root := s.folder(t, "cups", "")
	for _, name := range []string{"state", "cache", "temporary"} {
		s.folder(t, "cups/"+name, "")
	}
	s.folders = append(s.folders, s.folder(t, "cups/spool", ""))
	files := s.config(t, "cups/cups-files.conf", fmt.Sprintf("ServerRoot %[1]s\nStateDir %[1]s/state\nCacheDir %[1]s/cache\nRequestRoot %[1]s/spool\nTempDir %[1]s/temporary\n"+
		"AccessLog %[1]s/access\nErrorLog stderr\nPageLog %[1]s/pages\nSystemGroup root\n", root))
	config := s.config(t, "cups/cupsd.conf", fmt.Sprintf("LogLevel debug\nAccessLogLevel all\nListen 127.0.0.1:631\nListen %[1]s:631\nListen %[1]s:40631\nBrowsing Off\nWebInterface Yes\n<Location />\nAllow all\n</Location>\n", at))
	return s.runs("CUPS", at, 631, "cupsd", "-f", "-c", config, "-s", files).
		open(tcp(identified{service: "ipp", product: "CUPS", version: packaged(t, "cups-daemon")}, 631, 40631)...).
		logs(filepath.Join(root, "access"), `"GET / HTTP`, "POST|PUT|Print-Job|Create").
		betrayedBy(false, "POST / HTTP/1.1\r\nHost: stampante\r\nContent-Length: 0\r\n\r\n")
}

// rpcbind knows one port only. The file server of the kernel, which it would name,
// needs a module that not every machine has, and is left out.
func (s *street) rpcbind(t *testing.T, at string) *premises {
	t.Helper()
	p := s.runs("rpcbind", at, 111, "rpcbind", "-f", "-d", "-h", at).
		open(tcp(identified{service: "nfs", facts: map[string]string{"program": "portmapper"}}, 111)...).
		forwarded(40111)
	// It listens at every address, whatever it is told.
	rules := s.config(t, "rpcbind.nft", "table ip campanile {\n chain in {\n  type filter hook input priority 0;\n  ip daddr != "+at+" tcp dport 111 reject with tcp reset\n }\n}\n")
	tool(t, s.Dir, "nft", "-f", rules)
	return p
}

func (s *street) snmpd(t *testing.T, at string) *premises {
	t.Helper()
	own := s.folder(t, "snmp", "Debian-snmp")
	config := s.config(t, "snmpd.conf", fmt.Sprintf("agentaddress udp:%[1]s:161,udp:%[1]s:40161,tcp:127.0.0.1:161\nrocommunity comunale\nauthtrapenable 1\n[snmp] persistentDir %[2]s\n", at, own))
	p := s.runs("snmpd", "127.0.0.1", 161, as(t, "Debian-snmp", "snmpd", "-f", "-Le", "-C", "-c", config, "-V", "-a", "-p", filepath.Join(own, "pid"))...)
	p.at = at
	return p.open(datagrams(identified{service: "snmp", product: "Net-SNMP", facts: map[string]string{"protocol": "SNMPv3"}}, 161, 40161)...).
		logs(p.server.log, s.scanner.String(), "(GET|GETNEXT|SET|GETBULK) message").
		betrayedBy(false, "\x30\x2b\x02\x01\x01\x04\x08comunale\xa0\x1c\x02\x04\x01\x02\x03\x04\x02\x01\x00\x02\x01\x00\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x01\x00\x05\x00")
}

// ntpd must not touch the clock of the machine, so it loses the right to. It listens
// at one port only, and not over TCP: its herald says when it is up.
func (s *street) ntpd(t *testing.T, at string) *premises {
	t.Helper()
	own := s.folder(t, "ntp", "ntpsec")
	config := s.config(t, "ntp.conf", "disable ntp\ntos orphan 5\nrestrict default nomodify noquery\ninterface ignore wildcard\ninterface listen "+at+"\ndriftfile "+own+"/drift\n")
	path, err := find("ntpd")
	if err != nil {
		t.Fatal(err)
	}
	p := &premises{name: "ntpsec", at: at, server: s.server("ntpsec", s.herald(t, net.JoinHostPort(at, "123")), "setpriv", "--bounding-set=-sys_time", path, "-n", "-N", "-c", config, "-p", filepath.Join(own, "pid"))}
	return p.open(datagrams(identified{service: "ntp", facts: map[string]string{"protocol": "NTPv4"}}, 123)...)
}

func (s *street) xrdp(t *testing.T, at string) *premises {
	t.Helper()
	own := s.folder(t, "xrdp", "xrdp")
	config := s.config(t, "xrdp.ini", fmt.Sprintf("[Globals]\nini_version=1\nfork=true\nport=tcp://%[1]s:3389 tcp://%[1]s:43389\nsecurity_layer=negotiate\ncrypt_level=high\n"+
		"certificate=%[2]s.pem\nkey_file=%[2]s.key\nssl_protocols=TLSv1.2, TLSv1.3\n[Logging]\nLogFile=%[3]s/log\nLogLevel=DEBUG\nEnableSyslog=false\n[Xorg]\nname=Xorg\nlib=libxup.so\n",
		at, filepath.Join(s.Dir, "certificates", "services"), own))
	return s.runs("xrdp", at, 3389, as(t, "xrdp", "xrdp", "--nodaemon", "--config", config)...).
		open(tcp(identified{service: "rdp", facts: map[string]string{"network-level-authentication": "not-required"}}, 3389, 43389)...).
		logs(filepath.Join(own, "log"), s.scanner.String(), "login (failed|successful)|username|xrdp_mm_connect|logged in")
}

func (s *street) tigerVNC(t *testing.T, at string) *premises {
	t.Helper()
	p := s.runs("TigerVNC", at, 5900, as(t, "nobody", "Xtigervnc", ":77", "-rfbport", "5900", "-interface", at, "-SecurityTypes", "None", "-Log", "*:stderr:100",
		"-nolisten", "tcp", "-nolisten", "unix", "-nolock", "-geometry", "320x200")...)
	return p.open(tcp(identified{service: "vnc", facts: map[string]string{"login": "none"}}, 5900)...).
		forwarded(45900).
		logs(p.server.log, "accepted: .*"+s.scanner.String(), "Client requests security type|Server default pixel|authenticated").
		betrayedBy(true, "RFB 003.008\n", "\x01")
}

// mute opens ports of a server that says nothing by itself: at its own, where a
// question could disturb, nothing is asked; at the unusual one nothing is answered.
func (s *street) mute(t *testing.T, name, at string, own, unusual uint16) *premises {
	t.Helper()
	p := (&premises{name: name, at: at}).open(tcp(identified{problem: evidence.NotToBeAsked}, own)...)
	if unusual != 0 {
		p.open(tcp(identified{problem: evidence.Timeout}, unusual)...)
	}
	for _, d := range p.doors {
		s.answer(t, at, d.port, func(string) (string, bool) { return "", true })
	}
	return p
}
