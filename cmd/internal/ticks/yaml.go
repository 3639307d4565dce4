package ticks

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"campanile/cmd/internal/config"
	"campanile/cmd/internal/mistake"
	"campanile/report/checklist"
)

// yaml reads a checklist in YAML. Only the tree of nodes is read: what a value
// would become by YAML's own rules (on a truth, 1.10 a number) is not asked.
func (r *reader) yaml(data []byte) error {
	root, err := checklistFile.Mapping(data)
	if err != nil {
		return err
	}
	var t town
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if !r.Once(at(key), key.Value, key.Value) {
			continue
		}
		switch key.Value {
		case "entries":
			r.sequence(key.Value, value, func(node *yaml.Node) {
				var e checklist.Entry
				if mapping(r, node, entries(), &e) {
					r.entry(at(node), e)
				}
			})
		case "reviews":
			r.sequence(key.Value, value, func(node *yaml.Node) {
				var review checklist.Review
				if mapping(r, node, reviews(), &review) {
					r.review(at(node), review)
				}
			})
		default:
			r.blamed = !pair(r, key, value, heads(), &t, "entries", "reviews") && key.Value == "domain" || r.blamed
		}
	}
	r.list.Domain, r.list.Name = t.Domain, t.Name
	return nil
}

// checklistFile is what a checklist is.
var checklistFile = mistake.File{Name: "checklist", Empty: "delete it, and \"campanile checklist update\" makes it anew", First: "domain: comune.example"}

func at(node *yaml.Node) mistake.Place { return mistake.Place{Row: node.Line, Line: node.Line} }

// sequence gives each part of a list.
func (r *reader) sequence(key string, node *yaml.Node, each func(*yaml.Node)) {
	switch {
	case node.Kind == yaml.ScalarNode && node.Tag == "!!null":
	case node.Kind != yaml.SequenceNode:
		r.Wrong(at(node), "%s: wants a list; begin each with \"- \"", key)
	case len(node.Content) > maxEntries:
		r.Wrong(at(node), "%s: more than %d; leave out what is long since mended", key, maxEntries)
	default:
		for _, part := range node.Content {
			each(part)
		}
	}
}

// mapping reads the fields of one entry; false where something is wrong.
func mapping[T any](r *reader, node *yaml.Node, fields []field[T], into *T) bool {
	if node.Kind != yaml.MappingNode {
		r.Wrong(at(node), "wants lines such as \"rule: mail-dmarc-missing\"")
		return false
	}
	whole, seen := true, map[string]*yaml.Node{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if first := seen[key.Value]; first != nil {
			r.Wrong(at(key), "%s stands twice, first at line %d; leave one out", mistake.Quoted(key.Value), first.Line)
			whole = false
			continue
		}
		seen[key.Value] = key
		whole = pair(r, key, node.Content[i+1], fields, into) && whole
	}
	return whole
}

// pair reads one field. What is empty stays so.
func pair[T any](r *reader, key, value *yaml.Node, fields []field[T], into *T, others ...string) bool {
	for _, f := range fields {
		switch {
		case f.key != key.Value:
			continue
		case value.Kind != yaml.ScalarNode:
			r.Wrong(at(value), "%s: wants one value; write it here itself", f.key)
			return false
		case value.Tag == "!!null" || value.Value == "":
			return true
		}
		if err := f.take(into, value.Value, false); err != nil {
			r.Wrong(at(value), "%s: %s", f.key, err)
			return false
		}
		return true
	}
	r.Wrong(at(key), "%s", unknown(key.Value, append(keysOf(fields), others...)))
	return false
}

func keysOf[T any](fields []field[T]) []string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = f.key
	}
	return list
}

func unknown(name string, known []string) error {
	for _, key := range known {
		if config.Near(name, key) {
			return fmt.Errorf("%s is not known; did you mean %q?", mistake.Quoted(name), key)
		}
	}
	return fmt.Errorf("%s is not known here; there are %s", mistake.Quoted(name), strings.Join(known, ", "))
}
