// Package templatetest holds the templates of rules/nuclei against real
// servers: one with the fault, and those that almost have it.
//
// The servers are data in testdata, a file for each template. They are judged
// twice: by a small reader of templates that lives in these tests, and by the
// engine itself where it is built.
package templatetest_test

import (
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

const (
	templates = "../../../../rules/nuclei"
	texts     = "../../../../rules/services"
)

// answer is what a server says to one path.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// situation is a server: what it answers, and whether it has the fault.
type situation struct {
	name  string
	fault bool
	paths map[string]answer
	other http.HandlerFunc // for paths that are not listed; nil: there is nothing
}

// serve starts the server of a situation.
func (s situation) serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := s.paths[r.URL.Path]
		switch {
		case ok:
			maps.Copy(w.Header(), a.header)
			w.WriteHeader(a.status)
			_, _ = w.Write(a.body)
		case s.other != nil:
			s.other(w, r)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// ids lists the templates.
func ids(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(templates, "*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no templates in %s: %v", templates, err)
	}
	for i, path := range paths {
		paths[i] = strings.TrimSuffix(filepath.Base(path), ".yaml")
	}
	return paths
}

// cases reads the situations of a template, and adds the ones that every
// template must survive.
func cases(t *testing.T, id string) []situation {
	t.Helper()
	list := written(t, id)
	for _, s := range list {
		if s.fault && s.name == "nothing there" {
			return append(list, everywhere()[1:]...)
		}
	}
	return append(list, everywhere()...)
}

// written reads the situations of testdata/ID.txtar. A file is called
// "fault: name | path | status" or "near: name | path | status"; its first
// lines that begin with ">" are header fields, and Hex is a body of bytes.
func written(t *testing.T, id string) []situation {
	t.Helper()
	name := filepath.Join("testdata", id+".txtar")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v; every template has a case file", err)
	}
	var list []situation
	for _, file := range txtar.Parse(data).Files {
		parts := strings.Split(file.Name, " | ")
		if len(parts) != 3 {
			t.Fatalf("%s: %q is not kind: name | path | status", name, file.Name)
		}
		kind, title, ok := strings.Cut(parts[0], ": ")
		if !ok || kind != "fault" && kind != "near" {
			t.Fatalf("%s: %q is neither a fault nor a near miss", name, parts[0])
		}
		reply, err := read(parts[2], string(file.Data))
		if err != nil {
			t.Fatalf("%s: %s: %v", name, file.Name, err)
		}
		if last := len(list) - 1; last >= 0 && list[last].name == title && list[last].fault == (kind == "fault") {
			list[last].paths[parts[1]] = reply
			continue
		}
		list = append(list, situation{name: title, fault: kind == "fault", paths: map[string]answer{parts[1]: reply}})
	}
	return list
}

// read takes header fields and body apart.
func read(status, data string) (answer, error) {
	code, err := strconv.Atoi(status)
	if err != nil {
		return answer{}, fmt.Errorf("status %q is not a number", status)
	}
	reply := answer{status: code, header: http.Header{}}
	for strings.HasPrefix(data, "> ") {
		var line string
		line, data, _ = strings.Cut(data, "\n")
		name, value, _ := strings.Cut(strings.TrimPrefix(line, "> "), ": ")
		if name == "Hex" {
			if reply.body, err = hex.DecodeString(value); err != nil {
				return answer{}, fmt.Errorf("hex: %w", err)
			}
			return reply, nil
		}
		reply.header.Set(name, value)
	}
	reply.body = []byte(data)
	return reply, nil
}
