package report

import (
	"campanile/collectors/evidence"
	"campanile/report/scheme"
)

// scanGraded is how a site or the body stands on a published scale, for programs.
type scanGraded struct {
	Scheme   string           `json:"scheme"`
	Host     string           `json:"host"`
	Verdict  string           `json:"verdict"`
	AtBest   string           `json:"at_best"`
	Score    *int             `json:"score"`
	Problem  evidence.Problem `json:"problem"`
	Criteria []scanDemand     `json:"criteria"`
	Groups   []scanGroup      `json:"groups"`
}

type scanDemand struct {
	Criterion string           `json:"criterion"`
	Verdict   string           `json:"verdict"`
	Rules     []string         `json:"rules"`
	Problem   evidence.Problem `json:"problem"`
	Beyond    string           `json:"beyond"`
	Result    string           `json:"result"`
	Points    int              `json:"points"`
}

type scanGroup struct {
	Group   string `json:"group"`
	Verdict string `json:"verdict"`
}

func scanGradedOf(assessments []scheme.Assessment) []scanGraded {
	list := make([]scanGraded, len(assessments))
	for i, a := range assessments {
		list[i] = scanGraded{
			a.Scheme.ID, a.Host, a.Verdict, a.Best, a.Score, knownProblem(a.Problem),
			make([]scanDemand, len(a.Criteria)), make([]scanGroup, len(a.Groups)),
		}
		for j, c := range a.Criteria {
			names := c.Rules
			if names == nil {
				names = []string{}
			}
			list[i].Criteria[j] = scanDemand{c.ID, c.Verdict, names, knownProblem(c.Problem), c.Beyond, c.Result, c.Points}
		}
		for j, g := range a.Groups {
			list[i].Groups[j] = scanGroup{g.ID, g.Verdict}
		}
	}
	return list
}
