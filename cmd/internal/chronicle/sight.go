package chronicle

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/rules"
)

// sight is a territory.Town as it is kept: what fails in full, the rest as counts. It
// is written as a line of JSON, a line for each of the two counts, and then a line for
// each failure, with tabs between its words: a page reads tens of thousands, and JSON
// would take longer than all the rest.
type sight struct {
	Target    evidence.Target     `json:"target"`
	Taken     time.Time           `json:"taken"`
	Suppliers []evidence.Supplier `json:"suppliers,omitempty"`
	Platforms []evidence.Platform `json:"platforms,omitempty"`
	Addresses map[string][]string `json:"addresses,omitempty"` // of what fails
	Passed    tally               `json:"-"`
	Open      tally               `json:"-"`
	Failing   []failure           `json:"-"`
}

// failure is a verdict that fails.
type failure struct {
	Rule     string
	Subject  string
	Severity rules.Severity
	Facts    checks.Facts
}

// What would end a word or a line is written otherwise.
var (
	inWords = strings.NewReplacer("\\", `\\`, "\t", `\t`, "\n", `\n`)
	asTold  = strings.NewReplacer(`\\`, "\\", `\t`, "\t", `\n`, "\n")
)

func (s *sight) marshal() ([]byte, error) {
	head, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	out.Write(head)
	out.WriteString("\n" + string(s.Passed) + "\n" + string(s.Open))
	for _, f := range s.Failing {
		words := []string{f.Rule, f.Subject, string(f.Severity)}
		for _, name := range slices.Sorted(maps.Keys(f.Facts)) {
			words = append(words, name, f.Facts[name])
		}
		for i, word := range words {
			out.WriteByte("\n\t"[min(i, 1)])
			out.WriteString(inWords.Replace(word))
		}
	}
	return []byte(out.String()), nil
}

func (s *sight) unmarshal(document []byte) error {
	head, rest := next(string(document), "\n")
	if err := json.Unmarshal(document[:len(head)], s); err != nil {
		return err
	}
	passed, rest := next(rest, "\n")
	open, rest := next(rest, "\n")
	s.Passed, s.Open = tally(passed), tally(open)
	s.Failing = make([]failure, 0, strings.Count(rest, "\n")+1)
	for line, rest := next(rest, "\n"); line != ""; line, rest = next(rest, "\n") {
		var f failure
		f.Rule, line = word(line)
		f.Subject, line = word(line)
		severity, line := word(line)
		f.Severity = rules.Severity(severity)
		f.Facts = make(checks.Facts, strings.Count(line, "\t")/2+1)
		for line != "" {
			var name string
			name, line = word(line)
			f.Facts[name], line = word(line)
		}
		s.Failing = append(s.Failing, f)
	}
	return nil
}

func next(text, end string) (string, string) {
	first, rest, _ := strings.Cut(text, end)
	return first, rest
}

func word(line string) (string, string) {
	first, rest := next(line, "\t")
	if strings.Contains(first, `\`) {
		first = asTold.Replace(first)
	}
	return first, rest
}

// tally says how often each of some rules is there, as "rule:3 rule:1": a page reads
// hundreds, and a map of each would take longer than all the rest.
type tally string

func tallied(counts map[string]int) tally {
	var list []string
	for _, rule := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, rule+":"+strconv.Itoa(counts[rule]))
	}
	return tally(strings.Join(list, " "))
}

// each gives the rules and how often each is there.
func (t tally) each(do func(rule string, n int)) {
	for one := range strings.FieldsSeq(string(t)) {
		rule, times, _ := strings.Cut(one, ":")
		if n, err := strconv.Atoi(times); err == nil {
			do(rule, n)
		}
	}
}
