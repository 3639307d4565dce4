package records

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MTASTSRecords picks the MTA-STS records out of the TXT records at _mta-sts:
// those that begin with the version and a semicolon (RFC 8461 section 3.1).
func MTASTSRecords(rdata []string) []string {
	var list []string
	for _, text := range Texts(rdata) {
		if version, _, ok := strings.Cut(text, ";"); ok && strings.TrimRight(version, blanks) == "v=STSv1" {
			list = append(list, text)
		}
	}
	return list
}

// MTASTSPolicy is a policy file (RFC 8461 section 3.2).
type MTASTSPolicy struct {
	Mode   string   // enforce, testing or none
	MX     []string // lower case; "*.example" stands for one label before
	MaxAge int      // seconds
}

// ParseMTASTSPolicy reads a policy file. Unknown keys are allowed, and of a
// repeated key the first counts, but for mx.
func ParseMTASTSPolicy(body string) (MTASTSPolicy, error) {
	var policy MTASTSPolicy
	values := map[string]string{}
	number := 0
	for line := range strings.Lines(body) {
		number++
		line = strings.TrimRight(line, "\r\n"+blanks)
		key, value, ok := strings.Cut(line, ":")
		if !ok && line != "" {
			return policy, fmt.Errorf("line %d has no key", number)
		}
		key, value = strings.Trim(key, blanks), strings.Trim(value, blanks)
		if key == "mx" {
			policy.MX = append(policy.MX, strings.ToLower(value))
			continue
		}
		if _, seen := values[key]; !seen {
			values[key] = value
		}
	}
	return policy, policy.fill(values)
}

// maxPolicyAge is a year, as RFC 8461 section 3.2 has it.
const maxPolicyAge = 31557600

// fill takes the values that occur once, and says what is wrong with them.
func (p *MTASTSPolicy) fill(values map[string]string) error {
	p.Mode = values["mode"]
	age := values["max_age"]
	p.MaxAge, _ = strconv.Atoi(age)
	switch {
	case values["version"] != "STSv1":
		return errors.New("version is not STSv1")
	case p.Mode != "enforce" && p.Mode != "testing" && p.Mode != "none":
		return fmt.Errorf("unknown mode %q", p.Mode)
	case !isNumber(age) || len(age) > 10 || p.MaxAge > maxPolicyAge:
		return errors.New("max_age is not a number of seconds up to one year")
	case p.Mode != "none" && len(p.MX) == 0:
		return errors.New("no mx")
	}
	for _, mx := range p.MX {
		if !isHostName(strings.TrimPrefix(mx, "*.")) {
			return fmt.Errorf("mx %q is not a host name", mx)
		}
	}
	return nil
}

// isHostName reads the Domain of RFC 5321 section 4.1.2.
func isHostName(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if c := label[i]; !isLetter(c) && !isDigit(c) && c != '-' {
				return false
			}
		}
	}
	return len(name) <= 253
}
