package services

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A real FTP server says whether it takes AUTH TLS before anybody logs in, and its
// log shows that nobody tried.
func TestRealFTPServerSaysWhetherItTakesTLS(t *testing.T) {
	t.Parallel()
	server := daemonProgram(t, "vsftpd")
	for want, settings := range map[string]string{
		"none":    "ssl_enable=NO\n",
		"offered": "ssl_enable=YES\nrsa_cert_file=%[1]s/pair.pem\n",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			dir, port := folder(t), freePort(t)
			writePair(t, filepath.Join(dir, "pair.pem"))
			config := fmt.Sprintf("listen=YES\nlisten_ipv6=NO\nlisten_address=127.0.0.1\nlisten_port=%[2]d\nbackground=NO\nrun_as_launching_user=YES\n"+
				"seccomp_sandbox=NO\nisolate=NO\nisolate_network=NO\nanonymous_enable=YES\nlocal_enable=NO\nanon_root=%[1]s\n"+
				"xferlog_enable=YES\nlog_ftp_protocol=YES\nvsftpd_log_file=%[1]s/log\n"+settings, dir, port)
			path := filepath.Join(dir, "vsftpd.conf")
			if err := os.WriteFile(path, []byte(config), 0o644); err != nil {
				t.Fatal(err)
			}
			if who := nobody(t); who != nil {
				if err := os.Chown(path, int(who.Uid), int(who.Gid)); err != nil { // it reads no other's
					t.Fatal(err)
				}
			}
			serveFTP(t, server, path, port)
			p := lookAt(t, port)
			if p.Service != "ftp" || p.Product != "vsFTPd" || p.Fact("tls") != want {
				t.Errorf("%+v", p)
			}
			log, err := os.ReadFile(filepath.Join(dir, "log"))
			if err != nil {
				t.Fatal(err)
			}
			var commands []string
			for _, found := range regexp.MustCompile(`FTP command: .*?"([^"]*)"\n`).FindAllSubmatch(log, -1) {
				commands = append(commands, string(found[1]))
			}
			commands = slices.DeleteFunc(commands, func(c string) bool { return c == "QUIT" }) // it may come too late for us to see
			if diff := cmp.Diff([]string{"FEAT"}, commands); diff != "" {
				t.Errorf("commands (-want +got):\n%s%.500s", diff, log)
			}
		})
	}
}

// serveFTP starts the server and waits until its port is open.
func serveFTP(t *testing.T, server, config string, port uint16) {
	t.Helper()
	command := exec.CommandContext(t.Context(), server, config)
	command.SysProcAttr = &syscall.SysProcAttr{Credential: nobody(t)}
	command.Dir = filepath.Dir(config)
	var said strings.Builder
	command.Stdout, command.Stderr = &said, &said
	if err := command.Start(); err != nil {
		t.Skipf("vsftpd: %v", err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = command.Wait() }()
	t.Cleanup(func() { <-done })
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	at := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port).String()
	for range 200 {
		var dialer net.Dialer
		if conn, err := dialer.DialContext(t.Context(), "tcp", at); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ticks.C:
		case <-done:
			t.Skipf("vsftpd does not start here: %.200s", said.String())
		}
	}
	t.Fatal("vsftpd does not open its port")
}
