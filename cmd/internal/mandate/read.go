package mandate

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"campanile/cmd/internal/config"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mistake"
)

// maxFile bounds the file of a mandate, in bytes.
const maxFile = 64 << 10

// Read reads a mandate. Every mistake in it is told with its line, all at once.
func Read(path string) (*Mandate, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, exit.Usagef("the mandate %s cannot be opened: %w; make one with \"campanile mandate new\"", path, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, exit.Usagef("the mandate %s cannot be read: %w", path, err)
	}
	return Parse(path, data)
}

// Parse reads the text of a mandate; the name stands in its messages.
func Parse(name string, data []byte) (*Mandate, error) {
	if len(data) > maxFile {
		return nil, exit.Usagef("%s: longer than %d bytes; a mandate is one page", name, maxFile)
	}
	root, err := mandateFile.Mapping(data)
	if err != nil {
		return nil, exit.Usagef("%s: %w", name, err)
	}
	r := reader{name: name, mandate: &Mandate{File: name, Digest: digest(data)}}
	entries := r.entries(root)
	for _, f := range fields {
		r.take(f, entries[f.key])
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b problem) int { return a.line - b.line })
		return nil, exit.Usagef("%w", errors.Join(r.told()...))
	}
	return r.mandate, nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// mandateFile is what a mandate is.
var mandateFile = mistake.File{Name: "mandate", Empty: "make a mandate with \"campanile mandate new\"", First: "body: Comune di Esempio"}

// reader gathers what is wrong, so that the user mends it in one go.
type reader struct {
	name     string
	mandate  *Mandate
	problems []problem
}

type problem struct {
	line int // 0: of the whole file
	text string
}

func (r *reader) wrong(line int, format string, args ...any) {
	r.problems = append(r.problems, problem{line, fmt.Sprintf(format, args...)})
}

func (r *reader) told() []error {
	list := make([]error, len(r.problems))
	for i, p := range r.problems {
		if p.line == 0 {
			list[i] = fmt.Errorf("%s: %s", r.name, p.text)
		} else {
			list[i] = fmt.Errorf("%s:%d: %s", r.name, p.line, p.text)
		}
	}
	return list
}

// entries takes a mapping apart, and refuses names that a mandate does not have.
func (r *reader) entries(root *yaml.Node) map[string]*yaml.Node {
	return r.pairs(root, keys(), "a mandate has")
}

func (r *reader) pairs(node *yaml.Node, allowed []string, has string) map[string]*yaml.Node {
	found := map[string]*yaml.Node{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch {
		case !slices.Contains(allowed, key.Value):
			r.wrong(key.Line, "%q is not known%s", key.Value, hint(key.Value, allowed, has))
		case found[key.Value] != nil:
			r.wrong(key.Line, "%s stands twice, first in line %d; leave one out", key.Value, found[key.Value].Line)
		default:
			found[key.Value] = value
		}
	}
	return found
}

func hint(key string, allowed []string, has string) string {
	for _, name := range allowed {
		if config.Near(key, name) {
			return fmt.Sprintf("; did you mean %q?", name)
		}
	}
	return "; " + has + " " + strings.Join(allowed, ", ")
}

func (r *reader) take(f field, node *yaml.Node) {
	empty := node == nil || node.Tag == "!!null" || f.many && node.Kind == yaml.SequenceNode && len(node.Content) == 0
	switch {
	case empty && f.may:
	case empty && node == nil:
		r.wrong(0, "%s is missing; %s", f.key, f.missing)
	case empty:
		r.wrong(node.Line, "%s is empty; %s", f.key, f.missing)
	case f.many:
		r.takeList(f, node)
	default:
		r.takeItem(f, node)
	}
}

func (r *reader) takeList(f field, node *yaml.Node) {
	if node.Kind != yaml.SequenceNode {
		r.wrong(node.Line, "%s is a list; write each in a line of its own that begins with \"- \"", f.key)
		return
	}
	if len(node.Content) > maxList {
		r.wrong(node.Line, "%s: more than %d; split the mandate", f.key, maxList)
		return
	}
	for _, item := range node.Content {
		r.takeItem(f, item)
	}
}

func (r *reader) takeItem(f field, node *yaml.Node) {
	given, ok := r.texts(f, node)
	if !ok {
		return
	}
	if err := f.take(r.mandate, given); err != nil {
		r.wrong(node.Line, "%s: %s", f.key, err)
	}
}

// texts gives the text of a plain entry, or the parts of one that has them.
func (r *reader) texts(f field, node *yaml.Node) (texts []string, ok bool) {
	if f.parts == nil {
		if node.Kind != yaml.ScalarNode {
			r.wrong(node.Line, "%s: write plain text here, without a list, braces or *", f.key)
			return nil, false
		}
		return []string{node.Value}, true
	}
	if node.Kind != yaml.MappingNode {
		r.wrong(node.Line, "%s: write each with %s", f.key, strings.Join(f.parts, ", "))
		return nil, false
	}
	before := len(r.problems)
	found := r.pairs(node, f.parts, "each of "+f.key+" has")
	for _, part := range f.parts {
		switch value := found[part]; {
		case value == nil:
			r.wrong(node.Line, "%s: %s is missing; each has %s", f.key, part, strings.Join(f.parts, ", "))
		case value.Kind != yaml.ScalarNode:
			r.wrong(value.Line, "%s: %s: write plain text here, without a list, braces or *", f.key, part)
		default:
			texts = append(texts, value.Value)
		}
	}
	return texts, len(r.problems) == before
}
