package alert

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"campanile/cmd/internal/config"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mistake"
)

// Bounds of the file and of what it names, in bytes and in number.
const (
	maxFile       = 256 << 10
	maxSecret     = 4 << 10
	maxRoots      = 1 << 20
	maxRecipients = 500
	maxTowns      = 10_000
)

// Read reads the file and the secrets that it names, which stand in files of their
// own; a relative path counts from the folder of the file. Every mistake is told
// with its line, all at once.
func Read(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, exit.Usagef("the file of alerts %s cannot be opened: %w", path, err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, exit.Usagef("the file of alerts %s cannot be read: %w", path, err)
	}
	return Parse(path, data, func(name string, limit int64) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(path), name)
		}
		beside, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer beside.Close()
		return io.ReadAll(io.LimitReader(beside, limit+1))
	})
}

// Beside reads a file that another one names, up to a limit and one byte more.
type Beside func(name string, limit int64) ([]byte, error)

// Parse reads the text of a file; the name stands in its messages.
func Parse(name string, data []byte, beside Beside) (*File, error) {
	if len(data) > maxFile {
		return nil, exit.Usagef("%s: longer than %d bytes", name, maxFile)
	}
	root, err := alertsFile.Mapping(data)
	if err != nil {
		return nil, exit.Usagef("%s: %w", name, err)
	}
	r := &reader{List: mistake.List{Name: name}, beside: beside, file: &File{Name: name, Zone: time.UTC}}
	r.all(root)
	if !r.Empty() {
		return nil, exit.Usagef("%w", r.Err())
	}
	return r.file, nil
}

// alertsFile is what the file is.
var alertsFile = mistake.File{Name: "file of alerts", Empty: "name at least one recipient under \"to\"", First: "zone: Europe/Rome"}

// reader gathers what is wrong, so that the user mends it in one go.
type reader struct {
	mistake.List
	beside Beside
	file   *File
}

// wrong notes a mistake at a node.
func (r *reader) wrong(node *yaml.Node, format string, args ...any) {
	r.Wrong(mistake.Place{Row: node.Line, Line: node.Line}, format, args...)
}

// all reads the whole file.
func (r *reader) all(root *yaml.Node) {
	found := r.pairs(root, "the file has", "zone", "mail", "contact", "ca-file", "to")
	if zone, ok := r.text(found["zone"], "zone"); ok {
		place, err := time.LoadLocation(zone)
		if err != nil || strings.EqualFold(zone, "local") {
			r.wrong(found["zone"], "zone: %s is no time zone; write one such as Europe/Rome or Europe/Paris", mistake.Quoted(zone))
		} else {
			r.file.Zone = place
		}
	}
	if contact, ok := r.text(found["contact"], "contact"); ok {
		r.file.Contact, _ = r.mailbox(found["contact"], "contact", contact)
	}
	if name, ok := r.text(found["ca-file"], "ca-file"); ok {
		r.roots(found["ca-file"], name)
	}
	if found["mail"] != nil {
		r.server(found["mail"])
	}
	switch to := found["to"]; {
	case to == nil:
		r.wrong(root, "to is missing; name at least one recipient, with mail or webhook")
	case to.Kind != yaml.SequenceNode || len(to.Content) == 0:
		r.wrong(to, "to is a list; write each recipient in a line that begins with \"- mail:\" or \"- webhook:\"")
	case len(to.Content) > maxRecipients:
		r.wrong(to, "to: more than %d recipients; write to a mailing list", maxRecipients)
	default:
		for _, node := range to.Content {
			r.recipient(node)
		}
	}
}

// pairs takes a mapping apart, and refuses what it may not have.
func (r *reader) pairs(node *yaml.Node, has string, allowed ...string) map[string]*yaml.Node {
	found := map[string]*yaml.Node{}
	if node.Kind != yaml.MappingNode {
		r.wrong(node, "write names and values here: %s %s", has, strings.Join(allowed, ", "))
		return found
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch {
		case !slices.Contains(allowed, key.Value):
			r.wrong(key, "%s is not known%s", mistake.Quoted(key.Value), hint(key.Value, has, allowed))
		case found[key.Value] != nil:
			r.wrong(key, "%s stands twice, first in line %d; leave one out", key.Value, found[key.Value].Line)
		default:
			found[key.Value] = value
		}
	}
	return found
}

func hint(key, has string, allowed []string) string {
	for _, name := range allowed {
		if config.Near(key, name) {
			return fmt.Sprintf("; did you mean %q?", name)
		}
	}
	return "; " + has + " " + strings.Join(allowed, ", ")
}

// text gives the plain text of an entry; none where it is not there or is
// something else, which is then noted.
func (r *reader) text(node *yaml.Node, name string) (string, bool) {
	switch {
	case node == nil:
		return "", false
	case node.Kind != yaml.ScalarNode:
		r.wrong(node, "%s: write plain text here, without a list, braces or *", name)
		return "", false
	case node.Tag == "!!null" || strings.TrimSpace(node.Value) == "":
		r.wrong(node, "%s is empty; fill it in or leave it out", name)
		return "", false
	}
	return strings.TrimSpace(node.Value), true
}

// secret reads what stands in a file of its own.
func (r *reader) secret(node *yaml.Node, key, name string) []byte {
	data, err := r.beside(name, maxSecret)
	secret := bytes.TrimSpace(data)
	switch {
	case err != nil:
		r.wrong(node, "%s: %s", key, reason(err))
	case len(data) > maxSecret:
		r.wrong(node, "%s: longer than %d bytes; is it the right file?", key, maxSecret)
	case len(secret) == 0:
		r.wrong(node, "%s: the file is empty; write the secret into it", key)
	case bytes.ContainsAny(secret, "\r\n\x00"):
		r.wrong(node, "%s: more than one line; keep nothing but the secret in the file", key)
	default:
		return secret
	}
	return nil
}

// roots reads the certificates of an authority of one's own, beside those of the
// system.
func (r *reader) roots(node *yaml.Node, name string) {
	data, err := r.beside(name, maxRoots)
	if err != nil {
		r.wrong(node, "ca-file: %s", reason(err))
		return
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if len(data) > maxRoots || !pool.AppendCertsFromPEM(data) {
		r.wrong(node, "ca-file: no certificate in it; write them in PEM form, at most %d bytes", maxRoots)
		return
	}
	r.file.roots = pool
}

// reason says why a file cannot be read.
func reason(err error) string {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return fmt.Sprintf("%s cannot be opened: %s", path.Path, path.Err)
	}
	return err.Error()
}
