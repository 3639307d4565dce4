package templatetest_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// template is the part of the engine's language that ours use; anything else
// in a file is an error.
type template struct {
	ID   string `yaml:"id"`
	Info struct {
		Name, Author, Severity, Description, Tags string
		Metadata                                  struct {
			Requests int `yaml:"max-request"`
		}
	}
	HTTP []question `yaml:"http"`
}

type question struct {
	Method     string
	Path       []string
	Headers    map[string]string
	Size       int64  `yaml:"max-size"`
	NoCookies  bool   `yaml:"disable-cookie"`
	First      bool   `yaml:"stop-at-first-match"`
	Condition  string `yaml:"matchers-condition"`
	Matchers   []matcher
	Extractors []extractor
}

type matcher struct {
	Type, Part, Condition string
	Negative              bool
	Fold                  bool `yaml:"case-insensitive"`
	Status                []int
	Words, Regex, Binary  []string
}

type extractor struct {
	Type, Name, Part string
	Group            int
	Internal         bool
	Regex            []string
}

// load reads a template strictly.
func load(t *testing.T, id string) template {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(templates, id+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	var read template
	if err := decoder.Decode(&read); err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return read
}

// matches puts the questions of a template to a server.
func (tp template) matches(ctx context.Context, base string) (bool, error) {
	host, err := url.Parse(base)
	if err != nil {
		return false, fmt.Errorf("address %q: %w", base, err)
	}
	known := map[string]string{"BaseURL": base, "FQDN": host.Hostname()}
	for _, q := range tp.HTTP {
		for _, path := range q.Path {
			address, filled := fill(path, known)
			if !filled {
				continue
			}
			reply, err := q.ask(ctx, address)
			if err != nil {
				return false, err
			}
			if len(q.Matchers) > 0 && !slices.ContainsFunc(q.Matchers, func(m matcher) bool { return !m.holds(reply) }) {
				return true, nil
			}
			for _, e := range q.Extractors {
				if value := e.take(reply.body); e.Internal && value != "" {
					known[e.Name] = value
				}
			}
		}
	}
	return false, nil
}

// fill puts the known values in a path, and says whether it knew them all.
func fill(path string, known map[string]string) (string, bool) {
	for name, value := range known {
		path = strings.ReplaceAll(path, "{{"+name+"}}", value)
	}
	return path, !strings.Contains(path, "{{")
}

// ask puts one question, and follows no redirect.
func (q question) ask(ctx context.Context, address string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, q.Method, address, http.NoBody)
	if err != nil {
		return answer{}, fmt.Errorf("request: %w", err)
	}
	for name, value := range q.Headers {
		request.Header.Set(name, value)
	}
	transport := &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{}).DialContext}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return answer{}, fmt.Errorf("answer: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, q.Size))
	if err != nil {
		return answer{}, fmt.Errorf("body: %w", err)
	}
	return answer{status: response.StatusCode, header: response.Header, body: body}, nil
}

func (m matcher) holds(a answer) bool {
	var list []bool
	for _, status := range m.Status {
		list = append(list, a.status == status)
	}
	for _, word := range m.Words {
		body := string(a.body)
		if m.Fold {
			word, body = strings.ToLower(word), strings.ToLower(body)
		}
		list = append(list, strings.Contains(body, word))
	}
	for _, expression := range m.Regex {
		list = append(list, regexp.MustCompile(expression).Match(a.body))
	}
	for _, digits := range m.Binary {
		mark, err := hex.DecodeString(digits)
		list = append(list, err == nil && bytes.Contains(a.body, mark))
	}
	if m.Condition == "and" {
		return !slices.Contains(list, false) != m.Negative
	}
	return slices.Contains(list, true) != m.Negative
}

// take gives what the first expression that finds something takes out.
func (e extractor) take(body []byte) string {
	for _, expression := range e.Regex {
		if found := regexp.MustCompile(expression).FindSubmatch(body); len(found) > e.Group {
			return string(found[e.Group])
		}
	}
	return ""
}
