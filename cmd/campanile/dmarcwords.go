package main

import (
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/records"
	"campanile/rules"
)

// dmarcInWords tells a discovery in a few plain sentences.
func dmarcInWords(d records.DMARCDiscovery, language rules.Language) string {
	say := dmarcWords(language)
	fill := strings.NewReplacer(
		"{name}", d.Name, "{at}", d.FoundAt, "{record}", d.Record, "{domain}", d.PolicyDomain,
		"{self}", say["policy."+d.Effective.Self], "{existing}", say["policy."+d.Effective.Existing], "{missing}", say["policy."+d.Effective.Missing],
		"{policy}", say["policy."+d.Policy], "{older}", say["policy."+d.Older.Policy], "{percent}", strconv.Itoa(d.Older.Percent),
		"{problem}", d.Problem, "{question}", d.ProblemAt, "{older-problem}", d.Older.Problem,
	)
	var text strings.Builder
	text.WriteString(d.Name + "\n")
	for _, line := range dmarcLines(d) {
		text.WriteString("  " + fill.Replace(say[line]) + "\n")
	}
	if d.Policy == records.NotKnown {
		return text.String()
	}
	text.WriteString("\n" + say["advice"] + "\n")
	for i, advice := range dmarcAdvice(d) {
		text.WriteString("  " + strconv.Itoa(i+1) + ". " + fill.Replace(say["advice."+advice]) + "\n")
	}
	return text.String()
}

// dmarcLines names the sentences that tell what is.
func dmarcLines(d records.DMARCDiscovery) []string {
	var lines []string
	switch {
	case d.FoundAt != "":
		lines = append(lines, "found")
	case d.Policy == records.NotApplied:
		lines = append(lines, "found.none")
	}
	if d.Problem != "" {
		lines = append(lines, "problem")
	}
	lines = append(lines, "newer")
	if d.FoundAt != "" {
		lines = append(lines, "below")
	}
	switch {
	case d.Older.Problem != "":
		lines = append(lines, "older.unknown")
	case d.Older.Percent < 100:
		lines = append(lines, "older.sampled")
	default:
		lines = append(lines, "older")
	}
	return lines
}

// dmarcAdvice names what to publish; where there is nothing, it says so.
func dmarcAdvice(d records.DMARCDiscovery) []string {
	var list []string
	has := func(remark string) bool { return slices.Contains(d.Remarks, remark) }
	for _, remark := range []string{
		records.SeveralRecords, records.NoRecord, records.PolicyInvalid, records.NotSeenByOlder, records.SubdomainPolicyWeak,
		records.MissingSubdomainPolicyWeak, records.TestingMode, records.NoReports, records.HistoricTags, records.PSDMissing,
		records.SubdomainsFollowParent,
	} {
		if has(remark) {
			list = append(list, remark)
		}
	}
	if d.Usable && d.Effective.Self == "none" && !has(records.PolicyInvalid) && !has(records.TestingMode) {
		list = append(list, "none")
	}
	if len(list) == 0 {
		list = append(list, "nothing")
	}
	return list
}

// dmarcWords are the sentences of one language.
func dmarcWords(language rules.Language) map[string]string {
	switch language {
	case rules.Italian:
		return dmarcItalian()
	case rules.French:
		return dmarcFrench()
	case rules.English:
	}
	return dmarcEnglish()
}

func dmarcEnglish() map[string]string {
	return map[string]string{
		"found":         `The record that applies stands at {at}: {record}`,
		"found.none":    `No DMARC record applies to this name.`,
		"problem":       `{question} could not be looked up ({problem}), so part of the answer is missing; ask again later, or with another resolver (--resolver).`,
		"newer":         `Receivers that follow RFC 9989, with a message that only pretends to come from {name}: {policy}.`,
		"below":         `The same receivers at {domain} itself: {self}; at a name below it without a record of its own: {existing}; at a name below it that does not exist: {missing}.`,
		"older":         `Older receivers (RFC 7489, Public Suffix List), with a message that only pretends to come from {name}: {older}.`,
		"older.sampled": `Older receivers (RFC 7489, Public Suffix List), with a message that only pretends to come from {name}: {older}, and that for {percent} % of the messages only.`,
		"older.unknown": `What older receivers (RFC 7489, Public Suffix List) do cannot be told: an answer is missing ({older-problem}).`,

		"policy.none":        `they let it through`,
		"policy.quarantine":  `they put it among the junk mail`,
		"policy.reject":      `they refuse it`,
		"policy.not-applied": `they find no policy, and let it through`,
		"policy.unknown":     `it cannot be told`,

		"advice":                               `What to publish`,
		"advice.nothing":                       `Nothing: leave it as it is.`,
		"advice.none":                          `In the record at {at}: once the reports show that all your own mail passes, raise p=none to p=quarantine, then to p=reject.`,
		"advice.several-records":               `One DMARC record only at each name: receivers drop all of them where there are several.`,
		"advice.no-record":                     `At _dmarc.{name}, a TXT record: v=DMARC1; p=none; rua=mailto:ADDRESS-FOR-REPORTS. Once the reports show that all your own mail passes, raise p=none to p=reject.`,
		"advice.policy-invalid":                `In the record at {at}: a valid p (none, quarantine or reject), and sp and np with one of the same words or left out.`,
		"advice.not-seen-by-older-readers":     `At _dmarc.{name}, a record of its own: older receivers do not see the one at {at}. If nobody writes from {name}: v=DMARC1; p=reject. Otherwise begin with p=none and rua, and raise it after reading the reports.`,
		"advice.subdomain-policy-weak":         `In the record that names below {domain} follow: no sp, or sp as strong as p; otherwise those names can be forged.`,
		"advice.missing-subdomain-policy-weak": `In the record that names below {domain} follow: np=reject; nobody writes from a name that does not exist.`,
		"advice.testing":                       `In the record at {at}: no t=y once the trial is over; with it receivers do one level less than is written.`,
		"advice.no-reports":                    `In the record at {at}: rua=mailto:ADDRESS-FOR-REPORTS; without it nobody learns who writes in your name.`,
		"advice.historic-tags":                 `In the record at {at}: no pct, rf or ri; newer receivers ignore them.`,
		"advice.psd-missing":                   `In the record at {at}: psd=n; it says that the organization begins here, whatever is published above.`,
		"advice.subdomains-follow-parent":      `In the record at {at}: psd=n, if the names below {domain} are yours; today they follow a record above it.`,
	}
}
