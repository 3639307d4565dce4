package namespaces

import (
	"bytes"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/miekg/dns"
)

// fill reads a template of testdata/servers and fills it.
func (w *world) fill(t *testing.T, name string, data any) []byte {
	t.Helper()
	parsed, err := template.New(name).Funcs(template.FuncMap{
		"text":    characterStrings,
		"expires": func() string { return time.Now().Add(180 * day).UTC().Format(time.RFC3339) },
		"reverse": func(address string) string { return reverse(t, address) },
		"open":    w.givesAway,
		"page":    func(town *town, secure bool) page { return page{w.Dir, town, secure} },
	}).ParseFiles(filepath.Join("../../../testdata/servers", name))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := parsed.Execute(&text, data); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// reverse is the name under which the address of a PTR record stands.
func reverse(t *testing.T, address string) string {
	t.Helper()
	name, err := dns.ReverseAddr(address)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// givesAway reports whether everybody may have the whole zone.
func (w *world) givesAway(zone string) bool {
	return slices.ContainsFunc(w.Towns, func(town *town) bool { return town.GivenAway && town.Domain+"." == zone })
}

// characterStrings writes a TXT record, which is made of pieces of at most 255
// bytes (RFC 1035 section 3.3.14).
func characterStrings(text string) string {
	var pieces []string
	for len(text) > 255 {
		pieces = append(pieces, strconv.Quote(text[:255]))
		text = text[255:]
	}
	return strings.Join(append(pieces, strconv.Quote(text)), " ")
}

// write makes a file and the folders above it.
func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// identity gives the number of a user of this machine.
func identity(t *testing.T, name string) int {
	t.Helper()
	found, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(found.Uid)
	if err != nil {
		t.Fatal(err)
	}
	return number
}
