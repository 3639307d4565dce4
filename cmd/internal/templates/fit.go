package templates

import (
	"encoding/hex"
	"net/http"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

const (
	maxPaths     = 3
	maxRedirects = 2
	maxSize      = 256 << 10
	maxRead      = 1024
	maxPattern   = 1000
)

// file is a template as far as we look at it.
type file struct {
	ID   string  `yaml:"id"`
	HTTP []block `yaml:"http"`
	TCP  []block `yaml:"tcp"`
}

// block is one request block; HTTP and TCP have different fields of it.
type block struct {
	Method        string            `yaml:"method"`
	Path          []string          `yaml:"path"`
	Headers       map[string]string `yaml:"headers"`
	HostRedirects bool              `yaml:"host-redirects"`
	MaxRedirects  int               `yaml:"max-redirects"`
	MaxSize       int               `yaml:"max-size"`
	DisableCookie bool              `yaml:"disable-cookie"`
	Host          []string          `yaml:"host"`
	ReadSize      int               `yaml:"read-size"`
	Condition     string            `yaml:"matchers-condition"`
	Matchers      []matcher         `yaml:"matchers"`
	Extractors    []extractor       `yaml:"extractors"`
}

type matcher struct {
	Type     string   `yaml:"type"`
	Part     string   `yaml:"part"`
	Negative bool     `yaml:"negative"`
	Status   []int    `yaml:"status"`
	Words    []string `yaml:"words"`
	Regex    []string `yaml:"regex"`
	Binary   []string `yaml:"binary"`
	Encoding string   `yaml:"encoding"`
}

type extractor struct {
	Type     string   `yaml:"type"`
	Name     string   `yaml:"name"`
	Regex    []string `yaml:"regex"`
	Group    int      `yaml:"group"`
	Internal bool     `yaml:"internal"`
}

// fit holds the template against our own rules.
func (f file) fit(stem string) error {
	switch {
	case !idForm.MatchString(f.ID):
		return refusal("id %q: only small letters, digits and single hyphens", f.ID)
	case f.ID != stem:
		return refusal("id %s: name the file %s.yaml", f.ID, f.ID)
	case len(f.HTTP)+len(f.TCP) != 1:
		return refusal("it has %d request blocks; make a template of each", len(f.HTTP)+len(f.TCP))
	case len(f.TCP) == 1:
		return f.TCP[0].fitTCP()
	}
	return f.HTTP[0].fitHTTP()
}

func (b block) requests() int {
	if b.HostRedirects {
		return len(b.Path) * (1 + b.MaxRedirects)
	}
	return len(b.Path)
}

var (
	variable = regexp.MustCompile(`\{\{(.*?)\}\}`)
	pathForm = regexp.MustCompile(`^\{\{(BaseURL|RootURL)\}\}(/[!-~]*)?$`)
	// rangeForm asks for the beginning of a file, as a browser does that has
	// been interrupted (RFC 9110 section 14.2).
	rangeForm = regexp.MustCompile(`^bytes=0-[0-9]{1,6}$`)
)

func (b block) fitHTTP() error {
	switch {
	case !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, b.Method):
		return refusal("method %q: only GET, HEAD and OPTIONS", b.Method)
	case len(b.Path) == 0 || len(b.Path) > maxPaths:
		return refusal("it has %d paths; 1 to %d are allowed", len(b.Path), maxPaths)
	case b.HostRedirects && (b.MaxRedirects < 1 || b.MaxRedirects > maxRedirects):
		return refusal("host-redirects: write max-redirects, 1 or %d", maxRedirects)
	case b.MaxRedirects > maxRedirects || b.MaxRedirects < 0:
		return refusal("max-redirects %d: at most %d", b.MaxRedirects, maxRedirects)
	case b.MaxSize < 1 || b.MaxSize > maxSize:
		return refusal("max-size %d: write 1 to %d, the bytes to read", b.MaxSize, maxSize)
	case !b.DisableCookie:
		return refusal("write disable-cookie: true; no session is kept")
	}
	for _, path := range b.Path {
		if err := b.fitPath(path); err != nil {
			return err
		}
	}
	for name, value := range b.Headers {
		if name != "Range" || !rangeForm.MatchString(value) {
			return refusal("header %s: %s; only Range: bytes=0-N", name, value)
		}
	}
	return b.fitMatchers(b.Method == http.MethodGet)
}

// filled are the parts of a path that the engine fills in from the target.
var filled = []string{"BaseURL", "RootURL", "Hostname", "Host", "FQDN", "RDN", "DN", "SD"}

// fitPath admits a path of the target itself.
func (b block) fitPath(path string) error {
	if !pathForm.MatchString(path) {
		return refusal("path %q: begin with {{BaseURL}} and use no spaces", path)
	}
	for i, found := range variable.FindAllStringSubmatch(path, -1) {
		own := slices.ContainsFunc(b.Extractors, func(e extractor) bool { return e.Internal && e.Name == found[1] })
		if !own && !slices.Contains(filled, found[1]) || i > 0 && strings.HasSuffix(found[1], "URL") {
			return refusal("path %q: {{%s}} is none of the names that are filled in", path, found[1])
		}
	}
	if rest := variable.ReplaceAllString(path, "x"); strings.ContainsAny(rest, "{}§@\\") || strings.Contains(rest, "..") || strings.Contains(rest, "//") {
		return refusal("path %q: a plain path, without \"..\", \"//\" and \"@\"", path)
	}
	return nil
}

func (b block) fitTCP() error {
	if len(b.Host) != 1 || b.Host[0] != "{{Hostname}}" {
		return refusal("host: write only {{Hostname}}")
	}
	if b.ReadSize < 1 || b.ReadSize > maxRead {
		return refusal("read-size %d: 1 to %d", b.ReadSize, maxRead)
	}
	return b.fitMatchers(true)
}

// fitMatchers wants that no way to a match leads past the content: pages that
// say 200 to everything are common.
func (b block) fitMatchers(content bool) error {
	if len(b.Matchers) == 0 {
		return refusal("it has no matchers")
	}
	proofs := 0
	for _, m := range b.Matchers {
		if err := m.fit(); err != nil {
			return err
		}
		if m.proves(content) {
			proofs++
		}
	}
	for _, e := range b.Extractors {
		if err := e.fit(); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(b.Matchers, matcher.provesAbsence) && b.Condition == "and" {
		return nil
	}
	what := "the body"
	if !content {
		what = "a header"
	}
	// Without a condition any of the matchers is enough.
	if b.Condition != "and" && proofs < len(b.Matchers) {
		return refusal("one matcher alone would be enough and does not look at %s; write matchers-condition: and", what)
	}
	if proofs == 0 {
		return refusal("no matcher looks at %s: add one of type word, regex or binary that is not negative", what)
	}
	return nil
}

// proves reports a matcher that only the content itself can satisfy: the body,
// or the headers of an answer that has no body.
func (m matcher) proves(content bool) bool {
	if m.Negative || !slices.Contains([]string{"word", "regex", "binary"}, m.Type) {
		return false
	}
	if !content {
		return m.Part == "header"
	}
	return slices.Contains([]string{"", "body", "data"}, m.Part)
}

// provesAbsence reports a matcher that wants the server's plain no (RFC 9110
// sections 15.5.5 and 15.5.11): a page that says 200 to everything gives none.
func (m matcher) provesAbsence() bool {
	return m.Type == "status" && !m.Negative && len(m.Status) > 0 &&
		!slices.ContainsFunc(m.Status, func(s int) bool { return s != 404 && s != 410 })
}

func (m matcher) fit() error {
	switch {
	case !slices.Contains([]string{"status", "word", "regex", "binary"}, m.Type):
		return refusal("matcher of type %q: only status, word, regex and binary", m.Type)
	case !slices.Contains([]string{"", "body", "header", "data"}, m.Part):
		return refusal("part %q: only body and header, and data of tcp", m.Part)
	case m.Encoding != "" && m.Encoding != "hex":
		return refusal("encoding %q: only hex", m.Encoding)
	}
	for _, text := range slices.Concat(m.Words, m.Regex, m.Binary) {
		if text == "" || len(text) > maxPattern {
			return refusal("a matcher is empty or longer than %d bytes", maxPattern)
		}
		// The engine would compute it, with all of its functions.
		if strings.Contains(text, "{{") {
			return refusal("%q: {{ }} is filled in within paths only", text)
		}
	}
	for _, text := range m.Binary {
		if _, err := hex.DecodeString(text); err != nil {
			return refusal("binary %q is not hexadecimal", text)
		}
	}
	return patterns(m.Regex)
}

func patterns(list []string) error {
	for _, text := range list {
		r, err := regexp.Compile(text)
		if err != nil {
			return refusal("regex %q: %v", text, oneLine(err))
		}
		if r.MatchString("") {
			return refusal("regex %q matches an empty text, so it matches everything", text)
		}
	}
	return nil
}

// fit admits what takes out how a thing calls itself; anything else on the page
// could be a secret or somebody's data. What goes into a later path is held to
// letters, digits and hyphens, so that a page cannot choose where we go.
func (e extractor) fit() error {
	switch {
	case e.Type != "regex":
		return refusal("extractor of type %q: only regex", e.Type)
	case strings.Contains(strings.Join(e.Regex, " "), "{{"):
		return refusal("extractor %s: {{ }} is filled in within paths only", e.Name)
	case e.Internal && (slices.Contains(filled, e.Name) || !idForm.MatchString(e.Name)):
		return refusal("extractor %q: a name of small letters that is not taken", e.Name)
	case !e.Internal && e.Name != "version" && e.Name != "product":
		return refusal("extractor %q: only version and product may be taken out of an answer", e.Name)
	}
	for _, text := range e.Regex {
		if e.Internal && (e.Group != 1 || !tame(text)) {
			return refusal("extractor %s: write group: 1, and in it only letters, digits, _ and -, as in ([a-z0-9-]{2,60})", e.Name)
		}
	}
	return patterns(e.Regex)
}

// tame reports a pattern whose first group can only be a word.
func tame(pattern string) bool {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return false
	}
	group := captured(tree)
	if group == nil || group.Op != syntax.OpRepeat || group.Max < 1 || group.Sub[0].Op != syntax.OpCharClass {
		return false
	}
	class := group.Sub[0].Rune
	for i := 0; i < len(class); i += 2 {
		for r := class[i]; r <= class[i+1]; r++ {
			if r > 'z' || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", r) {
				return false
			}
		}
	}
	return true
}

// captured gives what the first group holds.
func captured(tree *syntax.Regexp) *syntax.Regexp {
	if tree.Op == syntax.OpCapture && tree.Cap == 1 {
		return tree.Sub[0]
	}
	for _, sub := range tree.Sub {
		if found := captured(sub); found != nil {
			return found
		}
	}
	return nil
}
