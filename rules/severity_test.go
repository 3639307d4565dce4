package rules_test

import (
	"slices"
	"testing"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/score"
	"campanile/rules"
)

// Several services at one address make one finding: the riskiest stands first in
// its fact and decides how grave it is.
func TestTheFirstOfSeveralServicesDecidesTheSeverity(t *testing.T) {
	t.Parallel()
	graver := &rules.Rule{Severity: rules.High, Raise: []rules.Raise{{Fact: "service", Values: []string{"MongoDB"}, To: rules.Critical}}}
	milder := &rules.Rule{Severity: rules.Critical, Raise: []rules.Raise{{Fact: "service", Values: []string{"Kubernetes"}, To: rules.High}}}
	for name, test := range map[string]struct {
		rule  *rules.Rule
		facts map[string]string
		want  rules.Severity
	}{
		"alone":                      {graver, map[string]string{"service": "MongoDB"}, rules.Critical},
		"the-riskiest-of-several":    {graver, map[string]string{"service": "MongoDB, PostgreSQL"}, rules.Critical},
		"another-alone":              {graver, map[string]string{"service": "PostgreSQL"}, rules.High},
		"a-name-that-begins-alike":   {graver, map[string]string{"service": "MongoDB Express"}, rules.High},
		"no-such-fact":               {graver, nil, rules.High},
		"milder-alone":               {milder, map[string]string{"service": "Kubernetes"}, rules.High},
		"a-riskier-one-beside":       {milder, map[string]string{"service": "Docker, Kubernetes"}, rules.Critical},
		"several-of-the-milder-kind": {milder, map[string]string{"service": "Kubernetes, Kubernetes"}, rules.High},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.rule.SeverityOf(test.facts); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// The names in the rules are those with which the checks fill the fact.
func TestJoinedServicesAreAsGraveAsTheRiskiest(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		rule     string
		services []string // in the order of their ports
		want     rules.Severity
	}{
		"database-alone":              {"service-database-exposed", []string{"mysql"}, rules.High},
		"database-that-asks-nobody":   {"service-database-exposed", []string{"mysql", "mongodb"}, rules.Critical},
		"cluster-alone":               {"service-container-api-exposed", []string{"kubernetes"}, rules.High},
		"cluster-beside-open-command": {"service-container-api-exposed", []string{"kubernetes", "docker"}, rules.Critical},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule, _ := set.Rule(test.rule)
			found := checks.Judge(answering(test.services))
			i := slices.IndexFunc(found, func(f checks.Finding) bool { return f.Rule == test.rule && f.Outcome == checks.Fail })
			if i < 0 {
				t.Fatalf("no failure of %s", test.rule)
			}
			if got := rule.SeverityOf(found[i].Facts); got != test.want {
				t.Errorf("%q is %s, want %s", found[i].Facts["service"], got, test.want)
			}
		})
	}
}

// answering is a town at whose address these services answer.
func answering(services []string) *evidence.Bundle {
	seen := evidence.Observation{State: evidence.Seen}
	host := evidence.Host{Address: "192.0.2.10", Observation: seen}
	for i, service := range services {
		host.Ports = append(host.Ports, evidence.Port{Number: uint16(40000 + i), Transport: "tcp", Identity: seen, Service: service})
	}
	return &evidence.Bundle{
		Target:   evidence.Target{Domain: "comune.example", Country: "it"},
		Families: []evidence.Family{evidence.ServicesFamily},
		Services: evidence.Services{Observation: seen, Hosts: []evidence.Host{host}},
	}
}
