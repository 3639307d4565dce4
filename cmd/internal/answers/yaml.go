package answers

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"campanile/cmd/internal/mistake"
	"campanile/rules"
)

// yaml reads a form in YAML. Only the tree of nodes is read: what a value would
// become by YAML's own rules (1.10 a number, yes a truth) is not asked.
func (r *reader) yaml(data []byte) error {
	root, err := formFile.Mapping(data)
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		switch {
		case key.Value == "answers":
			r.items(key, value)
		case !slices.Contains(rules.FormFields, key.Value):
			r.Wrong(line(key), "%s", unknown(key.Value))
		default:
			if c, ok := r.scalar(value, key.Value); ok {
				r.field(line(key), key.Value, c.text)
			}
		}
	}
	return nil
}

// formFile is what a filled form is.
var formFile = mistake.File{Name: "form", Empty: "make an empty form with \"campanile dma template\"", First: "form: PSO-2023/24"}

func line(node *yaml.Node) mistake.Place { return mistake.Place{Row: node.Line, Line: node.Line} }

// items reads the answers, one under each item.
func (r *reader) items(key, node *yaml.Node) {
	if !r.Once(line(key), "answers", "answers") {
		return
	}
	if node.Kind != yaml.MappingNode {
		r.Wrong(line(key), "answers: wants one line for each item, such as \"8.2\": yes")
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		id := strings.TrimPrefix(key.Value, itemMark)
		if written, ok := r.written(id, value); ok {
			r.item(line(key), id, written)
		}
	}
}

// written reads what stands under an item: an answer, or its two boxes.
func (r *reader) written(id string, node *yaml.Node) (row, bool) {
	what := "item " + id
	if node.Kind != yaml.MappingNode {
		c, ok := r.scalar(node, what)
		return row{answer: c}, ok
	}
	var written row
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		into := map[string]*cell{"planned": &written.planned, "done": &written.done}[key.Value]
		switch {
		case into == nil:
			r.Wrong(line(key), "%s: %s is none of planned, done", what, mistake.Quoted(key.Value))
			return row{}, false
		case into.at.Row > 0:
			r.Wrong(line(key), "%s: %s stands twice; leave one out", what, key.Value)
			return row{}, false
		}
		c, ok := r.scalar(node.Content[i+1], what)
		if !ok {
			return row{}, false
		}
		*into = c
	}
	return written, true
}

// scalar gives the text of a single value; nothing where it is null.
func (r *reader) scalar(node *yaml.Node, what string) (cell, bool) {
	switch {
	case node.Kind != yaml.ScalarNode:
		r.Wrong(line(node), "%s: wants one value; write it here itself", what)
		return cell{}, false
	case node.Tag == "!!null":
		return cell{at: line(node)}, true
	}
	return cell{line(node), node.Value}, true
}
