package engine_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/engine"
	"campanile/collectors/evidence"
)

// Nothing outside its folder is written, no program is executed, and no socket
// leads anywhere but to the targets: every system call that names a file, belongs
// to the network or to processes is read, of all threads and of all that they
// might start.
func TestTraceOfTheEngine(t *testing.T) {
	t.Parallel()
	path := program(t)
	if runtime.GOOS != "linux" {
		t.Skip("strace is a program of Linux")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		without(t, "strace is not installed: apt-get install strace")
	}
	server := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
			return
		}
		_, _ = w.Write([]byte("proof of the fault"))
	})
	greets := greeting(t, "220 ftp.comune.example ready\r\n")
	strange := greeting(t, "HTTP/2 200\r\n\r\n")
	targets := []engine.Target{
		server.target(),
		{URL: "tcp://" + greets.String(), Address: greets.Addr()},
		{URL: fmt.Sprintf("http://localhost:%d", strange.Port()), Address: strange.Addr()},
		{URL: "https://localhost" + server.port(), Address: greets.Addr()}, // speaks no TLS
	}
	log := filepath.Join(t.TempDir(), "trace")
	wrapper := filepath.Join(t.TempDir(), engine.Name)
	script := fmt.Sprintf("#!/bin/sh\nexec %s -f -qq -y -s 4096 -e trace=%s -o %s %s \"$@\"\n", strace, traced, log, path)
	if err := os.WriteFile(wrapper, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	got := engine.Run(t.Context(), wrapper, realOrder(targets,
		template("exposed-one", "'{{BaseURL}}/one'", ""), template("exposed-away", "'{{BaseURL}}/away'", "host-redirects: true\n    max-redirects: 2"), greetingTemplate,
	), now)
	if got.Engine.State != evidence.Seen || len(got.Matches) != 2 {
		if strings.Contains(strings.ToLower(got.Engine.Detail), "ptrace") {
			without(t, "this place forbids to trace programs")
		}
		t.Fatalf("got %+v", got)
	}
	file, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tr := trace{own: filepath.Join(os.TempDir(), "campanile-engine-")}
	for _, target := range targets {
		tr.targets = append(tr.targets, target.URL[strings.LastIndex(target.URL, ":")+1:])
	}
	tr.read(t, file)
	if diff := cmp.Diff([]string(nil), tr.breaches); diff != "" {
		t.Errorf("breaches (-want +got):\n%s", diff)
	}
	if tr.connections != got.Engine.Sockets || tr.programs != 1 || tr.lines < 100 || tr.written == 0 {
		t.Errorf("%d connections in the trace and %d counted; %d programs, %d lines, %d files written", tr.connections, got.Engine.Sockets, tr.programs, tr.lines, tr.written)
	}
	t.Logf("%d system calls read: %d connections, all to targets, %d writes, all in its folder, %d sockets of other kinds refused", tr.lines, tr.connections, tr.written, tr.refused)
}

// greeting is a server that says its line and listens to nothing.
func greeting(t *testing.T, line string) netip.AddrPort {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte(line))
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-ended
	})
	return netip.MustParseAddrPort(listener.Addr().String())
}

// traced are the calls that strace writes down.
const traced = "%file,%network,%process,ftruncate,fallocate,fchmod,fchown,fsetxattr,fremovexattr,fchdir,sendfile,splice,copy_file_range,io_uring_setup,ptrace,process_vm_writev,pidfd_send_signal,mount,memfd_create"

var (
	call    = regexp.MustCompile(`^(\d+)\s+([a-z0-9_]+)\((.*)$`)
	named   = regexp.MustCompile(`(?:(AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"`)
	ofFile  = regexp.MustCompile(`^\d+<([^>]*)>`)
	reached = regexp.MustCompile(`sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]*)"\)`)

	// Calls that change nothing and reach nobody by themselves.
	harmless = []string{
		"stat", "lstat", "newfstatat", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd", "statfs",
		"getsockname", "getpeername", "getsockopt", "setsockopt", "recvfrom", "recvmsg", "shutdown",
		"exit", "exit_group", "wait4", "waitid", "rt_sigqueueinfo", "arch_prctl",
	}
	// Calls that change what they name.
	changing = []string{
		"creat", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "symlink", "symlinkat", "link", "linkat",
		"truncate", "chmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchownat", "utimensat", "utime", "utimes", "setxattr", "lsetxattr",
	}
	changingOpen = []string{"ftruncate", "fallocate", "fchmod", "fchown"}
)

// trace is what a run did.
type trace struct {
	own     string   // the beginning of the path of its folder
	targets []string // ports on 127.0.0.1

	lines, programs, connections, written, refused int
	breaches                                       []string
}

func (tr *trace) read(t *testing.T, log io.Reader) {
	t.Helper()
	scanner := bufio.NewScanner(log)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		tr.lines++
		if line := scanner.Text(); !tr.allows(line) {
			tr.breaches = append(tr.breaches, line)
		}
	}
	if err := scanner.Err(); err != nil {
		t.Error(err)
	}
}

// allows judges one line. A call that it does not know is a breach: somebody
// has to look at it. Lines that go on with a call, and signals, begin otherwise.
func (tr *trace) allows(line string) bool {
	m := call.FindStringSubmatch(line)
	if m == nil {
		return strings.Contains(line, "<... ") || strings.Contains(line, "--- SIG") || strings.Contains(line, "+++ ")
	}
	name, rest := m[2], m[3]
	switch {
	case slices.Contains(harmless, name):
		return true
	case name == "execve" || name == "execveat":
		tr.programs++
		return tr.programs == 1 // its own start
	case name == "tgkill": // how the runtime of Go halts a thread of its own
		return strings.Contains(rest, ", SIGURG")
	case name == "clone" || name == "clone3":
		return strings.Contains(rest, "CLONE_THREAD")
	case name == "open" || name == "openat" || name == "openat2":
		// O_TMPFILE and O_TRUNC come with a mode of writing.
		return !strings.Contains(rest, "O_WRONLY") && !strings.Contains(rest, "O_RDWR") && !strings.Contains(rest, "O_CREAT") || tr.within(rest)
	case slices.Contains(changing, name):
		return tr.within(rest)
	case slices.Contains(changingOpen, name):
		where := ofFile.FindStringSubmatch(rest)
		return where != nil && strings.HasPrefix(where[1], tr.own)
	}
	return tr.talks(name, rest)
}

// within reports a call whose every path is in the folder of the engine; a
// relative one is below the folder whose number stands before it.
func (tr *trace) within(rest string) bool {
	paths := named.FindAllStringSubmatch(rest, -1)
	for _, p := range paths {
		where := p[3]
		if !filepath.IsAbs(where) {
			where = filepath.Join(p[2], where)
		}
		if where = filepath.Clean(where); !strings.HasPrefix(where, tr.own) {
			return false
		}
	}
	tr.written++
	return len(paths) > 0
}

// talks reports a call of the network that leads to a target.
func (tr *trace) talks(name, rest string) bool {
	switch name {
	case "socket":
		if strings.Contains(rest, "= -1 ") {
			tr.refused++
			return true
		}
		return strings.HasPrefix(rest, "AF_INET, SOCK_STREAM") || strings.HasPrefix(rest, "AF_INET6, SOCK_STREAM")
	case "connect":
		tr.connections++
		m := reached.FindStringSubmatch(rest)
		return m != nil && m[2] == "127.0.0.1" && slices.Contains(tr.targets, m[1])
	case "sendto", "sendmsg", "sendmmsg": // over a connection, without an address
		return !strings.Contains(rest, "sa_family") && !strings.Contains(rest, "msg_name={")
	case "bind": // Go asks so whether the system has IPv6, and binds to no port
		return strings.Contains(rest, "port=htons(0)") && (strings.Contains(rest, `"::1"`) || strings.Contains(rest, "127.0.0.1"))
	}
	return false
}

// The same judgement over a trace with one breach of every kind.
func TestBreachesInATraceAreFound(t *testing.T) {
	t.Parallel()
	harmless := `7 execve("/opt/campanile-nuclei", ["campanile-nuclei"], 0x7ff /* 13 vars */) = 0
7 openat(AT_FDCWD</tmp/own-1>, "/etc/machine-id", O_RDONLY|O_CLOEXEC) = 3</etc/machine-id>
7 openat(AT_FDCWD</tmp/own-1>, "/tmp/own-1/home/x", O_WRONLY|O_CREAT, 0644) = 3</tmp/own-1/home/x>
7 openat(AT_FDCWD</tmp/own-1>, "home/y", O_RDWR|O_CREAT, 0644 <unfinished ...>
7 <... openat resumed>) = 3</tmp/own-1/home/y>
7 unlinkat(11</tmp/own-1/home/z>, "LOCK", 0) = 0
7 ftruncate(3</tmp/own-1/home/x>, 0) = 0
7 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD, stack=0x7f}, 88) = 8
8 socket(AF_INET6, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_IP) = -1 EACCES (Permission denied)
8 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_IP) = 4<socket:[1]>
8 connect(4<socket:[1]>, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 EINPROGRESS (Operation now in progress)
8 tgkill(7, 8, SIGURG) = 0
8 --- SIGURG {si_signo=SIGURG} ---
8 +++ exited with 0 +++
`
	breaches := []string{
		`8 execve("/usr/bin/openssl", ["openssl", "version"], 0x7ff /* 20 vars */) = 0`,
		`7 clone(child_stack=NULL, flags=CLONE_VM|CLONE_VFORK|SIGCHLD) = 9`,
		`7 vfork() = 9`,
		`7 tgkill(1, 1, SIGKILL) = 0`,
		`7 openat(AT_FDCWD</tmp/own-1>, "/root/.config/nuclei/x", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 3`,
		`7 openat(AT_FDCWD</root>, "x", O_WRONLY|O_CREAT, 0644 <unfinished ...>`,
		`7 openat(AT_FDCWD</tmp/own-1>, "../other", O_WRONLY|O_CREAT, 0644) = 3`,
		`7 openat(AT_FDCWD</tmp/own-1>, "/tmp", O_RDWR|O_TMPFILE, 0600) = 3`,
		`7 creat("/root/x", 0644) = 3`,
		`7 mkdirat(AT_FDCWD</tmp/own-1>, "/root/.cache/goimports", 0755) = 0`,
		`7 rename("/tmp/own-1/home/x", "/root/x") = 0`,
		`7 renameat2(11</tmp/own-1>, "x", 12</root>, "x", 0) = 0`,
		`7 unlink("/root/test123") = 0`,
		`7 unlinkat(12</root>, "test", 0) = 0`,
		`7 ftruncate(3</root/x>, 0) = 0`,
		`7 symlink("/etc/passwd", "/tmp/own-1/link") = 0`,
		`7 chdir("/root") = 0`,
		`8 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, IPPROTO_UDP) = 5<socket:[2]>`,
		`8 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 5<socket:[3]>`,
		`8 connect(5<socket:[2]>, {sa_family=AF_INET6, sin6_port=htons(53), inet_pton(AF_INET6, "2001:4860:4860::8888", &sin6_addr)}, 28) = 0`,
		`8 connect(5<socket:[2]>, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("127.0.0.2")}, 16) = 0`,
		`8 connect(5<socket:[2]>, {sa_family=AF_INET, sin_port=htons(8081), sin_addr=inet_addr("127.0.0.1")}, 16) = 0`,
		`8 connect(5<socket:[3]>, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0`,
		`8 sendto(5<socket:[2]>, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("192.0.2.1")}, 16) = 1`,
		`8 bind(5<socket:[2]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("0.0.0.0")}, 16) = 0`,
		`8 listen(5<socket:[2]>, 128) = 0`,
		`8 io_uring_setup(8, {flags=0}) = 6`,
		`strace: something else`,
	}
	tr := trace{own: "/tmp/own-", targets: []string{"8080"}}
	tr.read(t, strings.NewReader(harmless+strings.Join(breaches, "\n")))
	if diff := cmp.Diff(breaches, tr.breaches); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if tr.refused != 1 || tr.written != 3 {
		t.Errorf("%d refused, %d written", tr.refused, tr.written)
	}
}
