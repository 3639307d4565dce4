package report

import (
	"cmp"
	"slices"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
)

// Gap is one reason why something could not be measured, with the questions
// that it left open.
type Gap struct {
	Problem   evidence.Problem
	Name      string
	Meaning   string
	Advice    string
	Questions []Question
}

// Question is one thing that was asked in vain.
type Question struct {
	Family string // in words
	What   string // the technical name of the question
	Words  string // the same for readers; empty where the technical name must do
	Checks int    // verdicts that needed the answer
}

// gaps sorts the inconclusive verdicts by reason, in the order of
// evidence.Problems.
func gaps(w words, verdicts []score.Verdict) []Gap {
	byProblem := map[evidence.Problem][]Question{}
	for _, v := range verdicts {
		if v.Outcome == checks.Inconclusive {
			problem := known(v.Facts["problem"])
			byProblem[problem] = ask(byProblem[problem], question(w, v))
		}
	}
	var list []Gap
	for _, problem := range evidence.Problems {
		if questions := byProblem[problem]; len(questions) > 0 {
			id := "problem." + string(problem)
			list = append(list, Gap{problem, w.say(id + ".name"), w.say(id + ".meaning"), w.say(id + ".advice"), byPlace(w, questions)})
		}
	}
	return list
}

// known reads a problem code. A code that this version has no words for can
// only come from hand-made facts; what it stands for was not measured either.
func known(code string) evidence.Problem {
	if problem := evidence.Problem(code); slices.Contains(evidence.Problems, problem) {
		return problem
	}
	return evidence.DependsOnOther
}

func question(w words, v score.Verdict) Question {
	what := cmp.Or(v.Facts["what"], v.Subject)
	return Question{Family: w.say("family." + v.Rule.Family), What: clean(clip(what, maxInText)), Checks: 1}
}

// ask counts a question that several checks share once.
func ask(list []Question, q Question) []Question {
	for i := range list {
		if list[i].What == q.What && list[i].Family == q.Family {
			list[i].Checks++
			return list
		}
	}
	return append(list, q)
}

// missing lists the open questions for programs, each once.
func missing(verdicts []score.Verdict) []Missing {
	list := []Missing{}
	for _, v := range verdicts {
		if v.Outcome != checks.Inconclusive {
			continue
		}
		m := Missing{cmp.Or(v.Facts["what"], v.Subject), string(known(v.Facts["problem"]))}
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}
