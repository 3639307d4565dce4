package report

import (
	"campanile/collectors/evidence"
	"campanile/report/guideline"
)

// scanGuided is a site and its results, for programs.
type scanGuided struct {
	Host    string         `json:"host"`
	Port    int            `json:"port"`
	Depth   string         `json:"depth"`
	Results []scanAssessed `json:"results"`
}

type scanAssessed struct {
	Guideline string          `json:"guideline"`
	Verdict   string          `json:"verdict"`
	AtBest    string          `json:"at_best"`
	Criteria  []scanCriterion `json:"criteria"`
}

type scanCriterion struct {
	Criterion string           `json:"criterion"`
	Verdict   string           `json:"verdict"`
	AtBest    string           `json:"at_best"`
	Facts     []string         `json:"facts"`
	Problem   evidence.Problem `json:"problem"`
}

func scanGuidedOf(sites []AssessedSite) []scanGuided {
	list := make([]scanGuided, len(sites))
	for i, site := range sites {
		list[i] = scanGuided{site.Host, site.Port, site.Depth, make([]scanAssessed, len(site.Assessments))}
		for j, a := range site.Assessments {
			list[i].Results[j] = scanAssessed{a.Guideline.ID, a.Verdict, a.Best, scanCriteria(a)}
		}
	}
	return list
}

// scanCriteria leaves out what is kept in the best way.
func scanCriteria(a guideline.Assessment) []scanCriterion {
	list := []scanCriterion{}
	for _, c := range a.Criteria {
		if c.Worst == a.Guideline.Ladder()[0] {
			continue
		}
		verdict, facts := guideline.Unknown, c.Facts
		if c.Known() {
			verdict = c.Best
		}
		if facts == nil {
			facts = []string{}
		}
		list = append(list, scanCriterion{c.Code, verdict, c.Best, facts, knownProblem(c.Problem)})
	}
	return list
}

// knownProblem keeps the codes that the schema knows: evidence files come from
// strangers too.
func knownProblem(problem evidence.Problem) evidence.Problem {
	if problem == "" {
		return ""
	}
	return known(string(problem))
}
