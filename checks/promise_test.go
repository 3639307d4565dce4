package checks_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
)

// The first promise: what is not known is never a failure and never a pass.
// These tests take knowledge away, from the sample below and from the evidence
// of every case, and look for a verdict that was not there before.

var (
	silent   = evidence.Observation{State: evidence.Unknown, Problem: evidence.Timeout}
	notAsked = evidence.Observation{}
)

func TestNothingKnownIsNoVerdict(t *testing.T) {
	t.Parallel()
	for _, instead := range []evidence.Observation{silent, notAsked} {
		for name, b := range samples(t) {
			for _, q := range questionsOf(b) {
				forget(q, instead)
			}
			valid(t, name, b)
			for _, f := range checks.Judge(b) {
				if f.Outcome == checks.Pass || f.Outcome == checks.Fail {
					t.Errorf("%s: with every observation %q: %s of %s is %s", name, instead.State, f.Rule, f.Subject, f.Outcome)
				}
			}
		}
	}
}

func TestOneThingLessKnownIsNoNewVerdict(t *testing.T) {
	t.Parallel()
	for name, b := range samples(t) {
		before := verdicts(b)
		for _, q := range knownOf(b) {
			for _, instead := range []evidence.Observation{silent, notAsked} {
				remember := forget(q, instead)
				valid(t, name, b)
				for _, complaint := range added(before, b) {
					t.Errorf("%s: without %s: %s", name, q.path, complaint)
				}
				remember()
			}
		}
	}
}

func TestManyThingsLessKnownAreNoNewVerdict(t *testing.T) {
	t.Parallel()
	for name, b := range samples(t) {
		before := verdicts(b)
		random := rand.New(rand.NewPCG(1, 2))
		tried := map[string]bool{} // a case has few questions, and the same ones come up again
		for range 10 {
			var remember []func()
			var forgotten []string
			for _, q := range knownOf(b) {
				if random.IntN(3) == 0 {
					instead := []evidence.Observation{silent, notAsked}[random.IntN(2)]
					remember = append(remember, forget(q, instead))
					forgotten = append(forgotten, fmt.Sprintf("%s (%q)", q.path, instead.State))
				}
			}
			if all := fmt.Sprint(forgotten); len(forgotten) > 1 && !tried[all] { // one alone is the test above
				tried[all] = true
				valid(t, name, b)
				for _, complaint := range added(before, b) {
					t.Errorf("%s: without %v: %s", name, forgotten, complaint)
				}
			}
			for _, undo := range remember {
				undo()
			}
		}
	}
}

func TestJudgingChangesNothingAndRepeats(t *testing.T) {
	t.Parallel()
	for name, b := range samples(t) {
		before := plainJSON(b)
		first, second := checks.Judge(b), checks.Judge(b)
		if !reflect.DeepEqual(first, second) { // a difference costs thirty times as much
			t.Errorf("%s: judged twice (-first +second)\n%s", name, cmp.Diff(first, second))
		}
		if after := plainJSON(b); after != before {
			t.Errorf("%s: the evidence changed (-before +after)\n%s", name, cmp.Diff(before, after))
		}
	}
}

// TestHalfABundleIsNoPanic empties each list, text and number in turn: evidence
// files come from strangers too. A few situations of each rule are enough.
func TestHalfABundleIsNoPanic(t *testing.T) {
	t.Parallel()
	for name, b := range samplesUpTo(t, 3) {
		for i, part := range partsOf(reflect.ValueOf(b).Elem()) {
			if part.IsZero() {
				continue
			}
			restore := set(part, reflect.Zero(part.Type()))
			func() {
				defer func() {
					if cause := recover(); cause != nil {
						t.Errorf("%s: with part %d (%s) empty: %v", name, i, part.Type(), cause)
					}
				}()
				checks.Judge(b)
			}()
			restore()
		}
	}
}

// verdicts gives the outcome of each finding.
func verdicts(b *evidence.Bundle) map[string]checks.Outcome {
	outcomes := map[string]checks.Outcome{}
	for _, f := range checks.Judge(b) {
		outcomes[f.Key()] = f.Outcome
	}
	return outcomes
}

// added lists the passes and failures that were not there before.
func added(before map[string]checks.Outcome, b *evidence.Bundle) []string {
	var complaints []string
	for _, f := range checks.Judge(b) {
		if (f.Outcome == checks.Pass || f.Outcome == checks.Fail) && before[f.Key()] != f.Outcome && !isSecondWitness(before, b, f) {
			complaints = append(complaints, fmt.Sprintf("%s was %q and is %s", f.Key(), before[f.Key()], f.Outcome))
		}
	}
	return complaints
}

// question is one thing that a collector may or may not have learned.
type question struct {
	value reflect.Value // an Observation or a bare State
	path  string
}

// forget puts something else in the place of what was learned, and gives the
// way back.
func forget(q question, instead evidence.Observation) (remember func()) {
	if q.value.Type() == reflect.TypeFor[evidence.State]() {
		return set(q.value, reflect.ValueOf(instead.State))
	}
	return set(q.value, reflect.ValueOf(instead))
}

func set(v, to reflect.Value) (restore func()) {
	before := reflect.New(v.Type()).Elem()
	before.Set(v)
	v.Set(to)
	return func() { v.Set(before) }
}

func questionsOf(b *evidence.Bundle) []question {
	return gather(reflect.ValueOf(b).Elem(), "")
}

// knownOf lists the questions that have an answer: the others cannot be known less.
func knownOf(b *evidence.Bundle) []question {
	return slices.DeleteFunc(questionsOf(b), func(q question) bool {
		if o, ok := reflect.TypeAssert[evidence.Observation](q.value); ok {
			return !o.Known()
		}
		return q.value.Interface() != evidence.Seen && q.value.Interface() != evidence.Absent
	})
}

func gather(v reflect.Value, path string) []question {
	switch v.Type() {
	case reflect.TypeFor[evidence.Observation](), reflect.TypeFor[evidence.State]():
		return []question{{v, path}}
	case reflect.TypeFor[time.Time]():
		return nil
	}
	var list []question
	switch v.Kind() {
	case reflect.Struct:
		for kind, field := range v.Fields() {
			list = append(list, gather(field, path+"."+kind.Name)...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, gather(v.Index(i), fmt.Sprintf("%s[%d]", path, i))...)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			list = gather(v.Elem(), path)
		}
	default:
	}
	return list
}

// partsOf lists everything in a bundle that can be empty.
func partsOf(v reflect.Value) []reflect.Value {
	var list []reflect.Value
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() != reflect.TypeFor[time.Time]() {
			for _, field := range v.Fields() {
				list = append(list, partsOf(field)...)
			}
		}
		return append(list, v)
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, partsOf(v.Index(i))...)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			list = partsOf(v.Elem())
		}
	default:
	}
	return append(list, v)
}

// samples gives the evidence of every case, and a town with something of
// everything.
func samples(t *testing.T) map[string]*evidence.Bundle {
	t.Helper()
	return samplesUpTo(t, math.MaxInt)
}

// samplesUpTo gives at most so many situations of each rule, and each evidence
// once: an address that drops everything is a case of many rules, and each test
// holds all rules against it at once.
func samplesUpTo(t *testing.T, most int) map[string]*evidence.Bundle {
	t.Helper()
	bundles := map[string]*evidence.Bundle{
		"sample": sample(), "signed-town": signedTown(), "mail-town": mailTown(), "silent-town": silentTown(), "mailless-town": maillessTown(),
		"own-words": ownWords(), "filed": filed(), "mairie": mairie(),
		"paper-town": paperTown(), "notice-town": noticeTown(), "tried-town": triedTown(), "services-town": servicesTown(),
	}
	had := map[string]bool{}
	for _, file := range readCases(t) {
		for _, s := range file.situations[:min(most, len(file.situations))] {
			if text := plainJSON(s.bundle); !had[text] {
				had[text] = true
				bundles[file.rule+"/"+s.name] = s.bundle
			}
		}
	}
	return bundles
}

func valid(t *testing.T, name string, b *evidence.Bundle) {
	t.Helper()
	if err := b.Validate(); err != nil {
		t.Fatalf("%s: the test made evidence that no collector writes: %v", name, err)
	}
}

// TestATreeThatDoublesComesToAnEnd gives an SPF record that grows to 2^40 terms.
func TestATreeThatDoublesComesToAnEnd(t *testing.T) {
	t.Parallel()
	b := defaultBundle()
	for i := range 40 {
		name, next := fmt.Sprintf("_%d.provider.example", i), fmt.Sprintf("_%d.provider.example", i+1)
		if i == 0 {
			name = b.Target.Domain
		}
		b.DNS.Lookups = append(b.DNS.Lookups, found(name, "TXT", `"v=spf1 include:`+next+` include:`+next+` -all"`))
	}
	want := []checks.Outcome{checks.Fail}
	var got []checks.Outcome
	for _, f := range findingsOf(b, "mail-spf-too-many-lookups") {
		got = append(got, f.Outcome)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
