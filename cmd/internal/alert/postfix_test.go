//go:build linux

package alert_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// postfixDaemons is where Debian keeps the parts of Postfix.
const postfixDaemons = "/usr/lib/postfix/sbin"

const postfixMain = `compatibility_level = 3.6
queue_directory = DIR/queue
data_directory = DIR/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.gal.example
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = gal.example
virtual_mailbox_base = DIR/mail
virtual_mailbox_maps = static:office/
virtual_uid_maps = static:UID
virtual_gid_maps = static:UID
virtual_minimum_uid = 1
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = DIR/mx.pem
smtpd_relay_restrictions = reject_unauth_destination
`

const postfixMaster = `127.0.0.1:PORT inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
`

// openPostfix starts Postfix with folders of its own, and gives its port, the
// authority of its certificate and the folder where the mail arrives.
func openPostfix(t *testing.T) (port int, ca, inbox string) {
	t.Helper()
	owner, err := user.Lookup("postfix")
	if _, missing := os.Stat(filepath.Join(postfixDaemons, "master")); missing != nil || err != nil || os.Getuid() != 0 {
		const what = "Postfix is not installed, or nobody may start it: it needs root"
		if os.Getenv("CI") != "" {
			t.Fatal(what) // a test that does not run there shows nothing
		}
		t.Skip(what)
	}
	dir, err := os.MkdirTemp("", "postfix") //nolint:usetesting // its other users must be able to enter the folder
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	uid, _ := strconv.Atoi(owner.Uid)
	certificate, ca := authority(t, "localhost")
	writeChain(t, filepath.Join(dir, "mx.pem"), certificate)
	folders := []string{"", "data", "mail", "config"}
	for name := range strings.FieldsSeq(". active bounce corrupt defer deferred flush hold incoming maildrop pid private public saved trace") {
		folders = append(folders, filepath.Join("queue", name))
	}
	for _, name := range folders {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if name != "" && name != "config" && name != "queue" && name != "queue/pid" {
			if err := os.Chown(path, uid, -1); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.Chown(filepath.Join(dir, "queue"), 0, 0); err != nil {
		t.Fatal(err)
	}
	port = freePort(t)
	fill := strings.NewReplacer("DIR", dir, "PORT", strconv.Itoa(port), "UID", owner.Uid)
	for name, text := range map[string]string{"main.cf": postfixMain, "master.cf": postfixMaster} {
		if err := os.WriteFile(filepath.Join(dir, "config", name), []byte(fill.Replace(text)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	runPostfix(t, dir, port)
	return port, ca, filepath.Join(dir, "mail", "office", "new")
}

// runPostfix starts the master until the test ends, and waits for its answer.
func runPostfix(t *testing.T, dir string, port int) {
	t.Helper()
	master := exec.Command(filepath.Join(postfixDaemons, "master"), "-d", "-c", filepath.Join(dir, "config"))
	master.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := master.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-master.Process.Pid, syscall.SIGTERM)
		_ = master.Wait()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for again := time.NewTicker(20 * time.Millisecond); ; {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatalf("Postfix does not answer: %v", err)
		}
	}
}

func TestARealMailServerTakesIt(t *testing.T) {
	t.Parallel()
	port, ca, inbox := openPostfix(t)
	file := "mail: {server: \"127.0.0.1:" + strconv.Itoa(port) + "\", from: campanile@gal.example}\nca-file: " + ca + "\n"
	w := newTerritory(t, file+"to: [{mail: office@gal.example, language: fr}, {mail: office@elsewhere.example}]\n")
	err := w.run(t, "1", w.critical(1, "mail-dmarc-missing", "mairie.sanssouci.example"))
	if err == nil || !strings.Contains(err.Error(), "office@elsewhere.example about run 1") || !strings.Contains(err.Error(), "elay access denied") {
		t.Errorf("an address that is not its own is refused, and only that one: %v", err)
	}
	mail := firstMail(t, inbox)
	for _, want := range []string{"Auto-Submitted: auto-generated", "with ESMTPS", "charset=UTF-8", "_Sans-Souci=C2=A0:_1_nouveau", "campanile scan"} {
		if !strings.Contains(strings.ReplaceAll(mail, "=\n", ""), want) {
			t.Errorf("%q is not in\n%s", want, mail)
		}
	}
	kept, err := w.Store.Messages(t.Context(), true, 0)
	if err != nil || len(kept) != 1 || kept[0].Recipient != "office@elsewhere.example" || kept[0].Tries != 1 {
		t.Errorf("%+v, %v", kept, err)
	}
}

// firstMail waits for the first message to arrive.
func firstMail(t *testing.T, inbox string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for again := time.NewTicker(20 * time.Millisecond); ; {
		if arrived, _ := os.ReadDir(inbox); len(arrived) > 0 {
			text, err := os.ReadFile(filepath.Join(inbox, arrived[0].Name()))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Fatal("the message did not arrive")
		}
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	return at.Addr().(*net.TCPAddr).Port
}

// pemOf is a block of a PEM file.
func pemOf(kind string, data []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
}

// writeChain writes a key and its certificate as Postfix wants them.
func writeChain(t *testing.T, path string, certificate tls.Certificate) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	text := pemOf("PRIVATE KEY", key) + pemOf("CERTIFICATE", certificate.Certificate[0])
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
