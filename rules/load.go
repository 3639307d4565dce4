package rules

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds one file of a rules folder, in bytes.
const maxFile = 256 << 10

// Load reads a rules folder strictly: what is unknown, missing or dangling is
// an error that names the file and the field, and nothing is half loaded. All
// mistakes are reported at once.
func Load(fsys fs.FS, known []Known) (*Set, error) {
	set := &Set{}
	digest := sha256.New()
	problems := []error{
		decodeFile(fsys, "law.yaml", digest, &set.Law),
		decodeFile(fsys, "glossary.yaml", digest, &set.Glossary),
		decodeFile(fsys, "grades.yaml", digest, &set.Grades),
	}
	for _, family := range Families {
		names, err := fs.Glob(fsys, family+"/*.yaml")
		if err != nil {
			return nil, fmt.Errorf("rules: %w", err)
		}
		for _, name := range names {
			rule := &Rule{Family: family}
			if err := decodeFile(fsys, name, digest, rule); err != nil {
				problems = append(problems, err)
				continue
			}
			set.Rules = append(set.Rules, rule)
			problems = append(problems, named(name, rule.validate(path.Base(name), set.Law, known))...)
		}
	}
	suppliers, wrong := loadSuppliers(fsys, digest)
	set.Suppliers = suppliers
	problems = append(problems, wrong...)
	platforms, wrong := loadPlatforms(fsys, digest)
	set.Platforms = platforms
	problems = append(problems, wrong...)
	guidelines, wrong := loadGuidelines(fsys, digest)
	set.Guidelines = guidelines
	problems = append(problems, wrong...)
	schemes, wrong := loadSchemes(fsys, digest, set, known)
	set.Schemes = schemes
	problems = append(problems, wrong...)
	procurement, wrong := loadProcurement(fsys, digest, set)
	set.Procurement = procurement
	problems = append(problems, wrong...)
	problems = append(problems, addTemplates(fsys, digest)...)
	problems = append(problems, set.complete(known)...)
	problems = append(problems, set.validateWords()...)
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	set.Digest = "sha256:" + hex.EncodeToString(digest.Sum(nil))
	return set, nil
}

// LoadFile reads and checks a single rule, as an author does while writing it.
func LoadFile(fsys fs.FS, name, family string, law map[string]Law, known []Known) (*Rule, error) {
	rule := &Rule{Family: family}
	if err := decodeFile(fsys, name, io.Discard, rule); err != nil {
		return nil, err
	}
	return rule, errors.Join(named(name, rule.validate(path.Base(name), law, known))...)
}

// decodeFile reads one YAML document, refuses unknown fields, and adds name and
// content to the digest.
func decodeFile(fsys fs.FS, name string, digest io.Writer, into any) error {
	data, err := readFile(fsys, name, digest)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %s", name, plain(err))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: more than one document; keep one rule in one file", name)
	}
	return nil
}

// readFile reads one file and adds its name and content to the digest.
func readFile(fsys fs.FS, name string, digest io.Writer) ([]byte, error) {
	file, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", name, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", name, err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s: longer than %d bytes", name, maxFile)
	}
	// Line ends are not content: a checkout on Windows has the same rules.
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	if _, err := fmt.Fprintf(digest, "%s %d\n%s", name, len(data), data); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return data, nil
}

// plain turns the decoder's message into one line of our own words.
func plain(err error) string {
	if errors.Is(err, io.EOF) {
		return "the file is empty"
	}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.ReplaceAll(text, "unmarshal errors:\n  ", "")
	text = strings.ReplaceAll(text, "\n  ", "; ")
	return strings.ReplaceAll(text, " not found in type rules.", " is not known in a ")
}

func named(name string, problems []error) []error {
	for i, err := range problems {
		problems[i] = fmt.Errorf("%s: %w", name, err)
	}
	return problems
}

// complete holds the rules against the checks, both ways.
func (s *Set) complete(known []Known) []error {
	var problems []error
	for _, k := range known {
		rule, ok := s.Rule(k.ID)
		switch {
		case !ok:
			problems = append(problems, fmt.Errorf("%s/%s.yaml: missing; the check %s has no rule", k.Family, k.ID, k.ID))
		case rule.Family != k.Family:
			problems = append(problems, fmt.Errorf("%s/%s.yaml: lies in the wrong folder; the check is of the family %s", rule.Family, k.ID, k.Family))
		}
	}
	slices.SortStableFunc(s.Rules, func(a, b *Rule) int {
		return position(known, a.ID) - position(known, b.ID)
	})
	return problems
}

// position is the place of a rule in the catalogue.
func position(known []Known, id string) int {
	return slices.IndexFunc(known, func(k Known) bool { return k.ID == id })
}
