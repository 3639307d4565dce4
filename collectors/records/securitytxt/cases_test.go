package securitytxt_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"campanile/collectors/records/securitytxt"
)

const caseFile = "../../../testdata/records/securitytxt.txtar"

func TestCases(t *testing.T) {
	t.Parallel()
	files := archiveOf(t).Files
	if len(files) < 30 {
		t.Errorf("%d files; at least 15 pairs hold this reader", len(files))
	}
	for i := 0; i+1 < len(files); i += 2 {
		name, ok := strings.CutSuffix(files[i].Name, "/file")
		if !ok || files[i+1].Name != name+"/told" {
			t.Fatalf("%s: want pairs of NAME/file and NAME/told", files[i].Name)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, end := range []string{"\n", "\r\n"} {
				text := strings.ReplaceAll(string(files[i].Data), "\n", end)
				if diff := cmp.Diff(string(files[i+1].Data), told(securitytxt.Parse(text))); diff != "" {
					t.Errorf("lines that end in %q (-want +got)\n%s", end, diff)
				}
			}
		})
	}
}

func archiveOf(t testing.TB) *txtar.Archive {
	t.Helper()
	archive, err := txtar.ParseFile(caseFile)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

func told(f securitytxt.File) string {
	var out strings.Builder
	if f.Signed {
		out.WriteString("signed\n")
	}
	out.WriteString(strings.TrimSpace("contacts "+strings.Join(f.Contacts, " ")) + "\n")
	if !f.Expires.IsZero() {
		out.WriteString("expires " + f.Expires.UTC().Format(time.RFC3339) + "\n")
	}
	if len(f.Canonical) > 0 {
		out.WriteString("canonical " + strings.Join(f.Canonical, " ") + "\n")
	}
	fmt.Fprintf(&out, "fields %d\n", f.Fields)
	if len(f.Faults) > 0 {
		out.WriteString("faults")
		for _, fault := range f.Faults {
			out.WriteString(" " + string(fault))
		}
		out.WriteString("\n")
	}
	return out.String()
}

func TestTextThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	const rest = "Contact: mailto:a@comune.example\nExpires: 2027-06-30T00:00:00Z\n"
	for name, text := range map[string]string{"bytes": "# citt\xe0\n" + rest, "bytes-replaced-by-a-reader": "# citt\ufffd\n" + rest} {
		if got := securitytxt.Parse(text).Faults; len(got) != 1 || got[0] != securitytxt.NotUTF8 {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := securitytxt.Parse("\ufeff# città\n" + rest).Faults; got != nil {
		t.Errorf("a mark at the beginning: %v", got)
	}
}

func TestContentTypes(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]securitytxt.Fault{
		"text/plain; charset=utf-8":      "",
		"text/plain; charset=UTF-8":      "",
		"text/plain":                     "",
		"Text/Plain;charset=\"utf-8\"":   "",
		"text/plain; charset=iso-8859-1": securitytxt.NotUTF8,
		"text/html; charset=utf-8":       securitytxt.NotText,
		"application/octet-stream":       securitytxt.NotText,
		"":                               securitytxt.NotText,
		"text/plain; charset":            "",
	} {
		if got := securitytxt.ContentType(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func TestWhereTheFileStands(t *testing.T) {
	t.Parallel()
	said := securitytxt.File{Canonical: []string{"https://www.comune.example/.well-known/security.txt"}}
	for address, want := range map[string]bool{
		"https://www.comune.example/.well-known/security.txt": true,
		"https://WWW.comune.example/.well-known/security.txt": true,
		"https://comune.example/.well-known/security.txt":     false,
		"http://www.comune.example/.well-known/security.txt":  false,
		"::": false,
	} {
		if got := said.Names(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
		if !(securitytxt.File{}).Names(address) {
			t.Errorf("%s: a file that says nothing of it stands anywhere", address)
		}
	}
}
