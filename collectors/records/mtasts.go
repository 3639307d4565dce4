package records

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MTASTSRecords picks the MTA-STS records out of the TXT records at _mta-sts:
// those that begin with the version and a semicolon (RFC 8461 section 3.1).
func MTASTSRecords(rdata []string) []string { return versioned(rdata, "v=STSv1") }

// MTASTS is the record that announces a policy (RFC 8461 section 3.1).
type MTASTS struct {
	ID string // changes with the policy
}

// ParseMTASTS reads a record. An error means that senders take it for none.
func ParseMTASTS(text string) (MTASTS, error) {
	fields, err := versionedFields(text, "v=STSv1", "id")
	if err != nil {
		return MTASTS{}, err
	}
	id, ok := fields["id"]
	switch {
	case !ok:
		return MTASTS{}, errors.New("no field id")
	case len(id) > 32 || strings.ContainsFunc(id, notInTag):
		return MTASTS{}, fmt.Errorf("id %q is not made of 1 to 32 letters and digits", short(id))
	}
	return MTASTS{ID: id}, nil
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
	if seconds, err := strconv.Atoi(age); err == nil {
		p.MaxAge = seconds
	}
	switch {
	case values["version"] != "STSv1":
		return errors.New("version is not STSv1")
	case p.Mode != "enforce" && p.Mode != "testing" && p.Mode != "none":
		return fmt.Errorf("unknown mode %q", short(p.Mode))
	case !isNumber(age) || len(age) > 10 || p.MaxAge > maxPolicyAge:
		return errors.New("max_age is not a number of seconds up to one year")
	case p.Mode != "none" && len(p.MX) == 0:
		return errors.New("no mx")
	}
	for _, mx := range p.MX {
		if !isHostName(strings.TrimPrefix(mx, "*.")) {
			return fmt.Errorf("mx %q is not a host name", short(mx))
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

// Lists reports whether the policy names a mail exchanger; "*." stands for
// exactly one label (RFC 8461 section 4.1).
func (p MTASTSPolicy) Lists(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	_, parent, _ := strings.Cut(host, ".")
	for _, mx := range p.MX {
		base, wild := strings.CutPrefix(strings.TrimSuffix(mx, "."), "*.")
		if base != "" && (!wild && host == base || wild && parent == base && host != "."+base) {
			return true
		}
	}
	return false
}
