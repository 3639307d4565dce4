package rules

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Level is how well a server keeps to a guideline.
type Level string

// The levels, best first. A guideline without levels between knows the first and
// the last.
const (
	Meets      Level = "meets"
	Sufficient Level = "sufficient"
	PhaseOut   Level = "phase-out"
	Fails      Level = "fails"
)

// Levels lists them, best first.
var Levels = []Level{Meets, Sufficient, PhaseOut, Fails}

// Guideline is a published set of demands on a TLS server. What is on none of
// its lists, or below the least of its numbers, fails. A list or number that it
// leaves out is nothing that it asks about.
type Guideline struct {
	ID     string              `yaml:"id"` // the file name
	Name   map[Language]string `yaml:"name"`
	Column string              `yaml:"column,omitempty"` // heading on the terminal; empty: an edition for who asks
	Date   Date                `yaml:"date"`             // of the edition
	Read   Date                `yaml:"read"`             // when our notes on it were last gone through
	Link   string              `yaml:"link"`
	Source string              `yaml:"source"`           // primary, or secondary: known through an implementation or a commentary
	Note   map[Language]string `yaml:"note"`             // how it is read here
	Unseen []string            `yaml:"unseen,omitempty"` // what it asks besides and is not looked at, of Unseens
	// Words are what the levels are called in the guideline, in the report's
	// languages.
	Words map[Level]map[Language]string `yaml:"words,omitempty"`

	Versions   map[Level][]string `yaml:"versions,omitempty"`
	Suites     map[Level][]string `yaml:"suites,omitempty"`
	Groups     map[Level][]string `yaml:"groups,omitempty"`
	AlsoCurves int                `yaml:"also_curves,omitempty"` // further groups of at least so many bits are no breach; 0: they are
	DHGroups   map[Level][]string `yaml:"dh_groups,omitempty"`   // shared groups for finite-field Diffie-Hellman up to TLS 1.2
	DHBits     map[Level]int      `yaml:"dh_bits,omitempty"`     // least size of its prime
	RSABits    map[Level]int      `yaml:"rsa_bits,omitempty"`    // least size of the certificate's key
	Keys       map[Level][]string `yaml:"keys,omitempty"`        // curves of the certificate's key, and Ed25519
	Hashes     map[Level][]string `yaml:"hashes,omitempty"`      // with which the certificate is signed
	MaxDays    int                `yaml:"max_days,omitempty"`    // longest life of the certificate
	// Faults are the properties of Faults that cost something, with the level that
	// they cost; two levels where that depends on what nobody can see.
	Faults map[string][]Level `yaml:"faults,omitempty"`

	Score *Scoring `yaml:"score,omitempty"` // letters instead of levels
}

// Scoring gives letters: three marks of 0 to 100 with their weights, then the
// worst letter that a fault allows.
type Scoring struct {
	Weights  map[string]int    `yaml:"weights"`  // version, key, cipher; of 100
	Versions map[string]int    `yaml:"versions"` // mark of each
	KeyBits  []Step            `yaml:"key_bits"` // RSA and finite-field groups
	Curves   []Step            `yaml:"curve_bits"`
	Ciphers  []Step            `yaml:"cipher_bits"`
	Letters  []LetterStep      `yaml:"letters"` // best first
	Caps     map[string]string `yaml:"caps"`    // fault of Caps: best letter that is left
	Ladder   []string          `yaml:"ladder"`  // every letter, best first
}

// Step is the mark of what is below so many bits and not below the step before;
// the last has no limit.
type Step struct {
	Below int `yaml:"below,omitempty"`
	Mark  int `yaml:"mark"`
}

// LetterStep is the least score of a letter.
type LetterStep struct {
	Letter string `yaml:"letter"`
	Least  int    `yaml:"least"`
}

// Faults are the properties of a server that a guideline may ask about.
var Faults = []string{"compression", "renegotiation", "client-renegotiation", "master-secret", "signing", "sha1"}

// Caps are the faults that a scoring may know.
var Caps = []string{
	"untrusted", "expired", "revoked", "sha1-certificate", "name", "ssl2", "old-only", "ssl3-only", "export", "anonymous", "short-cipher",
	"md5-certificate", "short-key", "heartbleed", "compression", "poodle", "3des", "rc4", "ssl3", "tls1", "no-aead",
	"no-forward-secrecy", "weak-key", "incomplete-chain", "no-tls13", "renegotiation",
}

// Unseens are the demands of guidelines that nothing here looks at.
var Unseens = []string{"hsts", "zero-rtt", "tickets", "ocsp", "implementation-flaws", "robot"}

// versionNames are the versions, as the evidence writes them.
var versionNames = []string{"SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"}

var hashNames = []string{"MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "Ed25519"}

// suiteForm is what a name of IANA looks like; a test holds each against the
// registry, which this package may not know.
var suiteForm = regexp.MustCompile(`^TLS_[A-Za-z0-9_]+$`)

// loadGuidelines reads one guideline from each file, in the order of their names.
func loadGuidelines(fsys fs.FS, digest io.Writer) ([]*Guideline, []error) {
	names, err := fs.Glob(fsys, "guidelines/*.yaml")
	if err != nil {
		return nil, []error{fmt.Errorf("rules: %w", err)}
	}
	var list []*Guideline
	var problems []error
	for _, name := range names {
		g := &Guideline{}
		if err := decodeFile(fsys, name, digest, g); err != nil {
			problems = append(problems, err)
			continue
		}
		problems = append(problems, named(name, g.validate(path.Base(name)))...)
		list = append(list, g)
	}
	return list, problems
}

// EmbeddedGuidelines loads the guidelines that the program ships with, alone.
func EmbeddedGuidelines() ([]*Guideline, error) {
	list, problems := loadGuidelines(files, io.Discard)
	return list, errors.Join(problems...)
}

// Ladder gives every verdict that the guideline knows, best first.
func (g *Guideline) Ladder() []string {
	if g.Score != nil {
		return g.Score.Ladder
	}
	ladder := make([]string, len(Levels))
	for i, level := range Levels {
		ladder[i] = string(level)
	}
	return ladder
}

// validate lists everything that is wrong with one guideline.
func (g *Guideline) validate(file string) []error {
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if g.ID+".yaml" != file {
		add("id: %q does not fit the file name", g.ID)
	}
	if !strings.HasPrefix(g.Link, "https://") {
		add("link: %q does not begin with https://", g.Link)
	}
	if g.Date.IsZero() || g.Read.IsZero() {
		add("date or read: missing")
	}
	oneOf(add, "source", []string{"primary", "secondary"}, g.Source)
	oneOf(add, "unseen", Unseens, g.Unseen...)
	inEveryLanguage(add, "name", g.Name)
	inEveryLanguage(add, "note", g.Note)
	if g.Score != nil {
		g.Score.validate(add)
		return problems
	}
	for level, words := range g.Words {
		oneOf(add, "words", Levels, level)
		inEveryLanguage(add, "words."+string(level), words)
	}
	g.validateLists(add)
	g.validateNumbers(add)
	for level := range g.used() {
		if _, ok := g.Words[level]; !ok {
			add("words.%s: missing; the guideline uses that level", level)
		}
	}
	return problems
}

func inEveryLanguage(add func(string, ...any), field string, words map[Language]string) {
	for _, language := range Languages {
		if strings.TrimSpace(words[language]) == "" {
			add("%s.%s: missing", field, language)
		}
	}
	for language := range words {
		oneOf(add, field, Languages, language)
	}
}

// used gives the levels that a server can reach; the last always.
func (g *Guideline) used() map[Level]bool {
	levels := map[Level]bool{Meets: true, Fails: true}
	for _, lists := range []map[Level][]string{g.Versions, g.Suites, g.Groups, g.DHGroups, g.Keys, g.Hashes} {
		for level := range lists {
			levels[level] = true
		}
	}
	for _, numbers := range []map[Level]int{g.DHBits, g.RSABits} {
		for level := range numbers {
			levels[level] = true
		}
	}
	for _, costs := range g.Faults {
		for _, level := range costs {
			levels[level] = true
		}
	}
	return levels
}

func (g *Guideline) validateLists(add func(string, ...any)) {
	for _, f := range []struct {
		name  string
		lists map[Level][]string
		fits  func(string) bool
	}{
		{"versions", g.Versions, oneOfThese(versionNames)},
		{"suites", g.Suites, suiteForm.MatchString},
		{"groups", g.Groups, isWord},
		{"dh_groups", g.DHGroups, isWord},
		{"keys", g.Keys, isWord},
		{"hashes", g.Hashes, oneOfThese(hashNames)},
	} {
		var all []string
		for level, names := range f.lists {
			oneOf(add, f.name, Levels[:len(Levels)-1], level)
			all = append(all, names...)
		}
		slices.Sort(all)
		for i, name := range all {
			switch {
			case !f.fits(name):
				add("%s: %q is not a name that the evidence has", f.name, name)
			case i > 0 && all[i-1] == name:
				add("%s: %q stands there twice", f.name, name)
			}
		}
	}
	if len(g.Versions) == 0 || len(g.Suites) == 0 {
		add("versions or suites: missing")
	}
}

func oneOfThese(names []string) func(string) bool {
	return func(name string) bool { return slices.Contains(names, name) }
}

func isWord(name string) bool { return name != "" && !strings.ContainsAny(name, " \t_") }

func (g *Guideline) validateNumbers(add func(string, ...any)) {
	for name, numbers := range map[string]map[Level]int{"dh_bits": g.DHBits, "rsa_bits": g.RSABits} {
		for level, least := range numbers {
			oneOf(add, name, Levels[:len(Levels)-1], level)
			if least < 512 {
				add("%s: %d is no size of a prime", name, least)
			}
		}
	}
	for fault, costs := range g.Faults {
		oneOf(add, "faults", Faults, fault)
		oneOf(add, "faults."+fault, Levels[1:], costs...)
		if n := len(costs); n != 1 && (n != 2 || slices.Index(Levels, costs[0]) >= slices.Index(Levels, costs[1])) {
			add("faults.%s: wants one level, or two with the better first", fault)
		}
	}
}

func (s *Scoring) validate(add func(string, ...any)) {
	total := 0
	for part, weight := range s.Weights {
		oneOf(add, "score.weights", []string{"version", "key", "cipher"}, part)
		total += weight
	}
	if total != 100 || len(s.Weights) != 3 {
		add("score.weights: version, key and cipher do not make 100")
	}
	for _, version := range versionNames {
		if _, ok := s.Versions[version]; !ok {
			add("score.versions: %s: missing", version)
		}
	}
	for name, steps := range map[string][]Step{"key_bits": s.KeyBits, "curve_bits": s.Curves, "cipher_bits": s.Ciphers} {
		if len(steps) == 0 || steps[len(steps)-1].Below != 0 {
			add("score.%s: the last step must have no limit", name)
		}
	}
	if len(s.Letters) == 0 || s.Letters[len(s.Letters)-1].Least != 0 {
		add("score.letters: the last letter must begin at 0")
	}
	for _, step := range s.Letters {
		oneOf(add, "score.letters", s.Ladder, step.Letter)
	}
	for fault, letter := range s.Caps {
		oneOf(add, "score.caps", Caps, fault)
		oneOf(add, "score.caps."+fault, s.Ladder, letter)
	}
}
