package spf_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"campanile/collectors/records/spf"
)

// python is Debian's own: python3-spf is made for it.
const python = "/usr/bin/python3"

// difference is a class of cases in which we and pyspf part, with the clause
// that decides for us.
type difference struct {
	name string
	why  string
	fits func(c generated, ours spf.Outcome, theirs verdict) bool
	// mended writes the same case in the way that pyspf understands; then both
	// must agree. It is for a class that its words alone do not tell.
	mended func(c generated) generated
}

// verdict is what pyspf says.
type verdict struct {
	Result string `json:"result"`
	Said   string `json:"said"`
}

// differences are all that there are. In each of them the words of RFC 7208 are
// on our side, or leave it open and we say so.
var differences = []difference{
	{
		name: "void-look-ups-by-question",
		why: "section 4.6.4 limits the number of terms that ask in vain; pyspf counts questions, so that one term with several hosts, " +
			"or a %{p} in a term that is never reached, counts several times",
		fits: func(_ generated, ours spf.Outcome, theirs verdict) bool {
			return strings.Contains(theirs.Said, "Void lookup limit of 2 exceeded") && ours.VoidLookups <= spf.MaxVoidLookups
		},
	},
	{
		name: "failure-on-the-way-to-the-client's-name",
		why: "section 5.5: when the PTR question fails, the term does not match, and a name whose address question fails is skipped; " +
			"section 7.3: %{p} is then \"unknown\"; pyspf gives temperror, also for a %{p} in a term that is never reached",
		fits: func(c generated, ours spf.Outcome, theirs verdict) bool {
			return theirs.Result == "temperror" && ours.Result != spf.TempError && c.clientFails() && c.asksForClient()
		},
	},
	{
		name: "failure-behind-a-match-of-mx",
		why: "section 5.4: each exchanger's addresses are compared as they come, and a match ends the term; pyspf asks for all of them first, " +
			"so that a failure behind the match counts",
		fits: func(_ generated, ours spf.Outcome, theirs verdict) bool {
			return theirs.Result == "temperror" && strings.Contains(strings.ToLower(ours.Reason), "mx") && strings.Contains(ours.Reason, "matches")
		},
	},
	{
		name: "unknown-modifier-twice",
		why:  "section 6: unrecognized modifiers are ignored, no matter how often they stand there; pyspf allows each once",
		fits: func(_ generated, _ spf.Outcome, theirs verdict) bool {
			return repeated.MatchString(theirs.Said)
		},
	},
	{
		name: "percent-at-the-end",
		why:  "section 7.1: \"%%\" is a macro wherever it stands; pyspf takes the second percent sign at the end of a term for a broken one",
		fits: func(_ generated, _ spf.Outcome, theirs verdict) bool {
			return strings.Contains(theirs.Said, "invalid-macro-char") && strings.HasSuffix(theirs.Said, "%%")
		},
	},
	{
		name: "include-of-itself-that-is-never-reached",
		why:  "section 4.6 makes only a syntax error count before the evaluation; pyspf looks for a record that includes itself there too",
		fits: func(_ generated, ours spf.Outcome, theirs verdict) bool {
			return strings.Contains(theirs.Said, "include has trivial recursion")
		},
	},
	{
		name: "delimiters-outside-the-grammar",
		why:  "section 7.1 lists the delimiters, and \";\" is none; pyspf takes any character",
		fits: func(_ generated, ours spf.Outcome, _ verdict) bool {
			return strings.Contains(ours.Reason, "syntax error") && strings.Contains(ours.Reason, ";}")
		},
	},
	{
		name: "no-label-kept",
		why:  "section 7.3: the number of parts must not be zero; pyspf takes zero",
		fits: func(_ generated, ours spf.Outcome, _ verdict) bool {
			return strings.Contains(ours.Reason, "syntax error") && strings.Contains(ours.Reason, "%{l0}")
		},
	},
	{
		name: "empty-label-as-written",
		why:  "section 4.8 leaves it open; we say permerror, which tells the domain of its slip, where pyspf finds no match",
		fits: func(_ generated, ours spf.Outcome, _ verdict) bool {
			return strings.Contains(ours.Reason, "syntax error") && strings.Contains(ours.Reason, "a:a..example")
		},
	},
	{
		name: "names-of-modifiers-in-capitals",
		why:  "section 12 (RFC 5234 section 2.3): names are the same in capitals; pyspf takes \"Redirect\" for an unknown modifier",
		fits: func(c generated, _ spf.Outcome, _ verdict) bool {
			return strings.Contains(strings.Join(c.lines, " "), "Redirect=")
		},
		mended: func(c generated) generated { return c.with("Redirect=", "redirect=") },
	},
	{
		name: "redirect-counted-before-it-is-followed",
		why:  "section 4.6.4 counts what the evaluation comes to; pyspf counts a redirect when it reads the record, even where a term matches",
		fits: func(c generated, ours spf.Outcome, theirs verdict) bool {
			return strings.Contains(theirs.Said, "Too many DNS lookups") && ours.Lookups <= spf.MaxLookups &&
				strings.Contains(strings.Join(c.lines, " "), "redirect=")
		},
	},
}

var repeated = regexp.MustCompile(`(moo|ra|x-note)= MUST appear at most once`)

// clientFails reports whether a question on the way to the client's names fails.
func (c generated) clientFails() bool {
	for key, data := range c.Zone {
		switch {
		case !strings.HasSuffix(key, ".arpa PTR"):
		case data == fails:
			return true
		default:
			for _, name := range data.([]string) {
				if c.Zone[name+" A"] == fails || c.Zone[name+" AAAA"] == fails {
					return true
				}
			}
		}
	}
	return false
}

// asksForClient reports whether a record wants the client's names.
func (c generated) asksForClient() bool {
	return slices.ContainsFunc(c.lines, func(line string) bool {
		return strings.Contains(line, " TXT ") && (strings.Contains(line, "ptr") || strings.Contains(line, "%{p"))
	})
}

// with writes the case again with other words in its records.
func (c generated) with(before, after string) generated {
	other := generated{IP: c.IP, From: c.From, Helo: c.Helo, Zone: map[string]any{}}
	for _, line := range c.lines {
		parts := strings.SplitN(line, " ", 3)
		other.put(parts[0], parts[1], strings.ReplaceAll(parts[2], before, after))
	}
	return other
}

// classOf gives the class of a difference, -1 when there is none.
func classOf(list []difference, c generated, ours spf.Outcome, theirs verdict) int {
	return slices.IndexFunc(list, func(d difference) bool { return d.fits(c, ours, theirs) })
}

func TestAgreesWithPyspf(t *testing.T) {
	t.Parallel()
	cases := generate(2000)
	theirs := askPyspf(t, cases)
	var mended []generated
	agreed, results, parted := 0, map[spf.Result]int{}, map[string]int{}
	for i, c := range cases {
		ours := evaluate(t, c)
		results[ours.Result]++
		if string(ours.Result) == theirs[i].Result {
			agreed++
			continue
		}
		class := classOf(differences, c, ours, theirs[i])
		if class < 0 {
			t.Errorf("case %d: we say %s (%s), pyspf %s (%s); from %q at %s\n%s", i, ours.Result, ours.Reason,
				theirs[i].Result, theirs[i].Said, c.From, c.IP, strings.Join(c.lines, "\n"))
			continue
		}
		parted[differences[class].name]++
		if mend := differences[class].mended; mend != nil {
			mended = append(mended, mend(c))
		}
	}
	agreesOnceMended(t, mended)
	t.Logf("%d of %d records agree; the results: %v", agreed, len(cases), results)
	for _, d := range differences {
		t.Logf("%d apart: %s: %s", parted[d.name], d.name, d.why)
		if parted[d.name] == 0 {
			t.Errorf("%s: no case is of this class any more; leave it out", d.name)
		}
	}
	for _, result := range results {
		if result < len(cases)/50 {
			t.Errorf("the cases are one-sided: %v", results)
		}
	}
}

// agreesOnceMended holds the mended cases against pyspf again; only classes
// that tell themselves by their words are left.
func agreesOnceMended(t *testing.T, cases []generated) {
	t.Helper()
	sure := slices.DeleteFunc(slices.Clone(differences), func(d difference) bool { return d.mended != nil })
	for i, theirs := range askPyspf(t, cases) {
		ours := evaluate(t, cases[i])
		if string(ours.Result) != theirs.Result && classOf(sure, cases[i], ours, theirs) < 0 {
			t.Errorf("mended: we say %s (%s), pyspf %s (%s)\n%s", ours.Result, ours.Reason, theirs.Result, theirs.Said, strings.Join(cases[i].lines, "\n"))
		}
	}
}

func generate(n int) []generated {
	g := generator{rand.New(rand.NewPCG(7208, 1))}
	cases := make([]generated, n)
	for i := range cases {
		cases[i] = g.next()
	}
	return cases
}

func evaluate(t *testing.T, c generated) spf.Outcome {
	t.Helper()
	return spf.Check(t.Context(), newZone(t, c.lines...), spf.Query{IP: netip.MustParseAddr(c.IP), Helo: c.Helo, MailFrom: c.From})
}

// askPyspf runs the driver once for all cases. Where pyspf is not installed the
// test is skipped, but not in CI.
func askPyspf(t *testing.T, cases []generated) []verdict {
	t.Helper()
	if err := exec.CommandContext(t.Context(), python, "-c", "import spf").Run(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("pyspf must be there in CI: apt-get install -y python3 python3-spf")
		}
		t.Skip("not compared with pyspf: install python3-spf first")
	}
	var input, trouble bytes.Buffer
	encoder := json.NewEncoder(&input)
	for _, c := range cases {
		if err := encoder.Encode(c); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join("..", "..", "..", "testdata", "spf", "pyspf.py")
	if _, err := os.Stat(path); err != nil { // also tells the go command that the result hangs on it
		t.Fatal(err)
	}
	driver := exec.CommandContext(t.Context(), python, path)
	driver.Stdin, driver.Stderr = &input, &trouble
	output, err := driver.Output()
	if err != nil {
		t.Fatalf("pyspf: %v\n%s", err, &trouble)
	}
	var list []verdict
	lines := bufio.NewScanner(bytes.NewReader(output))
	for lines.Scan() {
		var v verdict
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	if len(list) != len(cases) {
		t.Fatalf("%d answers to %d cases", len(list), len(cases))
	}
	return list
}
