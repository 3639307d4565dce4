package records

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MTASTSRecords picks the MTA-STS records out of the TXT records at _mta-sts
// (RFC 8461 section 3.1); others are dropped.
func MTASTSRecords(rdata []string) []string {
	var list []string
	for _, text := range Texts(rdata) {
		if version, _, _ := strings.Cut(text, ";"); strings.TrimSpace(version) == "v=STSv1" {
			list = append(list, text)
		}
	}
	return list
}

// MTASTSPolicy is a policy file (RFC 8461 section 3.2).
type MTASTSPolicy struct {
	Mode   string // enforce, testing or none
	MX     []string
	MaxAge int // seconds
}

// ParseMTASTSPolicy reads a policy file. Unknown keys are allowed, and of a
// repeated key the first counts, but for mx.
func ParseMTASTSPolicy(body string) (MTASTSPolicy, error) {
	var policy MTASTSPolicy
	values := map[string]string{}
	for line := range strings.Lines(body) {
		key, value, ok := strings.Cut(strings.TrimRight(line, "\r\n \t"), ":")
		if !ok {
			continue
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if key == "mx" {
			policy.MX = append(policy.MX, strings.ToLower(value))
			continue
		}
		if _, seen := values[key]; !seen {
			values[key] = value
		}
	}
	policy.Mode = values["mode"]
	age, err := strconv.Atoi(values["max_age"])
	policy.MaxAge = age
	switch {
	case values["version"] != "STSv1":
		return policy, errors.New("version is not STSv1")
	case policy.Mode != "enforce" && policy.Mode != "testing" && policy.Mode != "none":
		return policy, fmt.Errorf("unknown mode %q", policy.Mode)
	case err != nil || age < 0 || age > 31557600:
		return policy, errors.New("max_age is not a number of seconds up to one year")
	case policy.Mode != "none" && len(policy.MX) == 0:
		return policy, errors.New("no mx")
	}
	return policy, nil
}
