package mistake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// File says what a file that people fill in is, for the messages on one that is
// something else.
type File struct {
	Name  string // "mandate"
	Empty string // what to do where nothing is in it
	First string // a line such as it begins with
}

// Mapping gives the one mapping that a file of this kind is. A second document
// in it would be read by nobody, and is refused.
func (f File) Mapping(data []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var root yaml.Node
	err := decoder.Decode(&root)
	switch {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("the file is empty; %s", f.Empty)
	case err != nil:
		return nil, fmt.Errorf("not readable as YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("more than one document; keep one %s in one file", f.Name)
	}
	if root.Kind != yaml.DocumentNode || len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("not a %s; it begins with a line such as %q", f.Name, f.First)
	}
	return root.Content[0], nil
}
