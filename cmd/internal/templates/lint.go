package templates

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// schemaText is the engine's own schema, of the version that campanile-nuclei
// carries; NOTICE has its licence.
//
//go:embed nuclei-jsonschema.json
var schemaText []byte

// idForm is that of a rule; _2 to _9 are for further templates of one rule.
var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*(_[2-9])?$`)

// Lint says whether the file may run: the error is the reason why not, for
// whoever wrote it.
func Lint(name string, content []byte) (Template, error) {
	schema, err := engineSchema()
	if err != nil {
		return Template{}, err
	}
	return lint(schema, name, content)
}

func lint(schema *jsonschema.Schema, name string, content []byte) (Template, error) {
	if len(content) > maxFile {
		return Template{}, refusal("it is longer than %d bytes", maxFile)
	}
	if !utf8.Valid(content) {
		return Template{}, refusal("it is no UTF-8 text")
	}
	tree, err := parse(content)
	if err != nil {
		return Template{}, err
	}
	if err := forbidden(tree); err != nil {
		return Template{}, err
	}
	if err := fitsSchema(schema, tree); err != nil {
		return Template{}, err
	}
	var f file
	if err := yaml.Unmarshal(content, &f); err != nil {
		return Template{}, refusal("a value has another form than it should: %v", oneLine(err))
	}
	if err := f.fit(strings.TrimSuffix(path.Base(name), path.Ext(name))); err != nil {
		return Template{}, err
	}
	t := Template{ID: f.ID, File: name, Protocol: "tcp", Requests: 1, Content: content}
	if len(f.HTTP) > 0 {
		t.Protocol, t.Requests = "http", f.HTTP[0].requests()
	}
	return t, nil
}

// parse reads the YAML as a tree. Anchors are refused: a reader shall see what
// is sent where it stands.
func parse(content []byte) (map[string]any, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	var node yaml.Node
	if err := decoder.Decode(&node); err != nil {
		return nil, refusal("not YAML: %v", oneLine(err))
	}
	if hasAnchor(&node) {
		return nil, refusal("it uses an anchor or an alias; write the value out")
	}
	var more yaml.Node
	if decoder.Decode(&more) == nil {
		return nil, refusal("it holds more than one document; make a file of each")
	}
	var tree map[string]any
	if err := node.Decode(&tree); err != nil {
		return nil, refusal("not a template: %v", oneLine(err))
	}
	return tree, nil
}

func hasAnchor(n *yaml.Node) bool {
	return n.Anchor != "" || n.Kind == yaml.AliasNode || slices.ContainsFunc(n.Content, hasAnchor)
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// fitsSchema holds the tree against the engine's schema. The tree takes the way
// through JSON, because the schema knows JSON's types alone.
func fitsSchema(schema *jsonschema.Schema, tree map[string]any) error {
	text, err := json.Marshal(tree)
	if err != nil {
		return refusal("not a template: %v", oneLine(err))
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return refusal("not a template: %v", oneLine(err))
	}
	if err := schema.Validate(value); err != nil {
		_, where, _ := strings.Cut(oneLine(err), " - ") // behind the name of the schema
		return refusal("the engine's schema does not admit it: %s", where)
	}
	return nil
}

// engineSchema reads the schema: once for a folder, since that takes longer than
// holding a template against it.
func engineSchema() (*jsonschema.Schema, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText))
	if err != nil {
		return nil, refusal("the engine's schema is not readable: %v", err)
	}
	const address = "nuclei-jsonschema.json"
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(address, document); err != nil {
		return nil, refusal("the engine's schema is not readable: %v", err)
	}
	schema, err := compiler.Compile(address)
	if err != nil {
		return nil, refusal("the engine's schema is not readable: %v", oneLine(err))
	}
	return schema, nil
}
