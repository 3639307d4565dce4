package namespaces

import (
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// needed are the programs, with the Debian package that brings each of them.
var needed = [][2]string{
	{"gnutls-serv", "gnutls-bin"},
	{"ip", "iproute2"},
	{"ldns-keygen", "ldnsutils"},
	{"ldns-signzone", "ldnsutils"},
	{"named", "bind9"},
	{"nginx", "nginx-light"},
	{"nsd", "nsd"},
	{"openssl", "openssl"},
	{"unbound", "unbound"},
	{postfixDaemons + "/master", "postfix"},
}

// neededBesideTLS are the programs that look at TLS servers beside us.
var neededBesideTLS = [][2]string{
	{"nmap", "nmap"},
	{"sslscan", "sslscan"},
	{"testssl", "testssl.sh"},
}

// requirePrograms is requireTools for the programs that only some tests need.
func requirePrograms(t testing.TB, programs [][2]string) {
	t.Helper()
	var packages []string
	for _, tool := range programs {
		if _, err := find(tool[0]); err != nil {
			packages = append(packages, tool[1])
		}
	}
	if len(packages) > 0 {
		unable(t, "install first: apt-get install -y --no-install-recommends "+strings.Join(packages, " "))
	}
}

// requireTools skips with a plain sentence on a developer's machine; in CI
// nothing may be missing. It tells whether Postfix can run: it wants several
// users, which a plain user's namespace does not have.
func requireTools(t testing.TB) (mail bool) {
	t.Helper()
	mail = os.Getuid() == 0
	var packages []string
	for _, tool := range needed {
		if _, err := find(tool[0]); err != nil && (mail || tool[1] != "postfix") {
			packages = append(packages, tool[1])
		}
	}
	switch packages = slices.Compact(packages); {
	case runtime.GOOS != "linux":
		unable(t, "namespaces need Linux")
	case len(packages) > 0:
		unable(t, "install first: apt-get install -y --no-install-recommends "+strings.Join(packages, " "))
	case !mail && inCI():
		t.Fatal("the real servers must all run in CI, and Postfix needs root")
	case !mail:
		t.Log("Postfix was not run, as it needs root: no mail server answers in this run")
	}
	return mail
}

// unable ends the test: as a failure in CI, where it must run, else as a skip.
func unable(t testing.TB, why string) {
	t.Helper()
	if inCI() {
		t.Fatal("the real servers must run in CI: " + why)
	}
	t.Skip("the real servers were not run: " + why)
}

func inCI() bool { return os.Getenv("CI") == "true" }

// find looks for a program, also where Debian keeps those of the administrator.
func find(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return exec.LookPath(filepath.Join("/usr/sbin", name))
}

func runFlag() string { return flag.Lookup("test.run").Value.String() }

// build makes the program under test from the module's source.
func build(t testing.TB) string {
	t.Helper()
	watchSources(t)
	program := filepath.Join(t.TempDir(), "campanile")
	command := exec.CommandContext(t.Context(), "go", "build", "-o", program, "campanile/cmd/campanile")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("building campanile: %v\n%s", err, output)
	}
	return program
}

// watchSources looks at every file that the program is made of: the go command
// keeps the result of a test only while the files that it looked at are the
// same, and it does not see what the build reads.
func watchSources(t testing.TB) {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"checks", "cmd", "collectors", "report", "rules", "testdata/pages", "testdata/servers", "go.mod", "go.sum"} {
		err := filepath.WalkDir(filepath.Join(root, part), func(path string, _ fs.DirEntry, err error) error {
			if err == nil {
				_, err = os.Stat(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
