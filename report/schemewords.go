package report

import (
	"slices"
	"strconv"
	"strings"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/collectors/records/headers"
	"campanile/report/scheme"
)

// scales puts assessments into words.
type scales struct {
	words
	in Input
}

func (s scales) result(a scheme.Assessment) ScaleResult {
	result := ScaleResult{Points: len(a.Scheme.Tests) > 0}
	if a.Host != "" {
		result.Hosts = []string{shown(a.Host)}
	}
	result.Verdict = s.verdict(a)
	switch {
	case len(a.Scheme.Classes) > 0:
		result.Reasons = s.classReasons(a)
	case a.Problem != "":
		result.Reasons = []ScaleReason{{Text: s.missing(a.Problem)}}
	default:
		result.Rows = s.rows(a)
		result.Reasons = s.openTests(a)
	}
	for i, group := range a.Groups {
		result.Groups = append(result.Groups, ScaleGroup{group.ID, a.Scheme.Groups[i].Words[s.language], s.say("scheme.verdict." + group.Verdict)})
	}
	return result
}

func (s scales) verdict(a scheme.Assessment) string {
	best := a.Best
	for _, class := range a.Scheme.Classes {
		if class.ID == a.Best {
			best = class.Words[s.language]
		}
	}
	switch {
	case len(a.Scheme.Criteria) > 0:
		return s.tally(a)
	case a.Problem != "":
		return s.say("guideline.unknown")
	case a.Verdict == scheme.Unknown:
		return s.say("guideline.at-best", "Verdict", best)
	case a.Score != nil:
		return s.say("scheme.graded", "Grade", best, "Points", s.count("scheme.points", *a.Score))
	}
	return best
}

// tally counts the criteria, and names those that are broken.
func (s scales) tally(a scheme.Assessment) string {
	var broken []string
	count := map[string]int{}
	for _, c := range a.Criteria {
		count[c.Verdict]++
		if c.Verdict == scheme.NotMet {
			broken = append(broken, c.ID)
		}
	}
	parts := []string{s.count("scheme.kept", count[scheme.Met], "Total", s.number(int64(len(a.Criteria)-count[scheme.LeftOut])))}
	if len(broken) > 0 {
		parts = append(parts, s.count("scheme.broken", len(broken), "List", strings.Join(broken, ", ")))
	}
	if n := count[scheme.Unknown]; n > 0 {
		parts = append(parts, s.count("scheme.unsettled", n))
	}
	return strings.Join(parts, ", ")
}

// classReasons says what puts a site into its class, and what could still put it
// into a worse one.
func (s scales) classReasons(a scheme.Assessment) []ScaleReason {
	var list []ScaleReason
	for _, c := range a.Criteria {
		if c.ID == a.Best && c.Verdict == scheme.NotMet {
			list = append(list, s.reasons(c)...)
		}
	}
	for _, c := range a.Criteria {
		if a.Verdict != scheme.Unknown || c.Verdict != scheme.Unknown {
			continue
		}
		list = append(list, s.reasons(c)...)
	}
	return list
}

func (s scales) rows(a scheme.Assessment) []ScaleRow {
	criteria := slices.Concat(a.Scheme.Criteria, a.Scheme.Tests)
	rows := make([]ScaleRow, len(a.Criteria))
	for i, c := range a.Criteria {
		text := criteria[i].Words[s.language]
		if criteria[i].Advised {
			text = s.say("scheme.advised", "Criterion", text)
		}
		rows[i] = ScaleRow{ID: c.ID, Words: s.spaced(text), Verdict: s.say("scheme.verdict." + c.Verdict), Reasons: s.reasons(c)}
		if len(a.Scheme.Tests) == 0 {
			continue
		}
		rows[i].ID, rows[i].Points, rows[i].Reasons = "", "?", nil
		if c.Result != "" {
			rows[i].Points = signed(c.Points)
			rows[i].Reasons = []ScaleReason{{Text: c.Result}}
		}
	}
	return rows
}

// openTests says what may still change a grade.
func (s scales) openTests(a scheme.Assessment) []ScaleReason {
	if len(a.Scheme.Tests) == 0 {
		return nil
	}
	var names []string
	for i, c := range a.Criteria {
		if c.Verdict == scheme.Unknown && c.ID != string(headers.SharingTest) {
			names = append(names, a.Scheme.Tests[i].Words[s.language])
		}
	}
	if len(names) > 0 {
		return []ScaleReason{{Text: s.say("scheme.open-tests", "List", s.list(names))}}
	}
	return []ScaleReason{{Text: s.say("scheme.lower")}}
}

// signed writes a number with its sign, as a sum does.
func signed(n int) string {
	if n > 0 {
		return "+" + strconv.Itoa(n)
	}
	return strings.Replace(strconv.Itoa(n), "-", "−", 1)
}

// reasons says why a criterion is broken, or open.
func (s scales) reasons(c scheme.Criterion) []ScaleReason {
	if c.Verdict != scheme.NotMet && c.Verdict != scheme.Unknown {
		return nil
	}
	var list []ScaleReason
	for _, id := range c.Rules {
		if title := s.title(id); title != "" {
			list = append(list, ScaleReason{Text: title, Rule: id})
		}
	}
	switch {
	case len(list) > 0:
	case c.Problem != "":
		list = []ScaleReason{{Text: s.missing(c.Problem), Asked: clipped(c.Rules)}}
	case c.Beyond != "":
		list = []ScaleReason{{Text: s.say("scheme.beyond." + c.Beyond)}}
	case c.Verdict == scheme.Unknown:
		list = []ScaleReason{{Text: s.say("scheme.unclear")}}
	}
	return list
}

// clipped names a few rules: the entries of the checklist name all of them.
func clipped(ids []string) []string {
	const enough = 3
	if len(ids) <= enough {
		return ids
	}
	return append(slices.Clone(ids[:enough]), "…")
}

// title gives the title of a rule that fails, as the checklist has it.
func (s scales) title(id string) string {
	for _, v := range s.in.Verdicts {
		if v.Finding.Rule == id && v.Outcome == checks.Fail {
			text := v.Rule.For(v.Facts, s.in.Bundle.Target.Country, s.in.Language)
			return fillerFor(s.words, s.in.Bundle, v.Rule, []checks.Finding{v.Finding}).must(text.Title)
		}
	}
	return ""
}

// missing names the reason why an answer is missing.
func (s scales) missing(problem evidence.Problem) string {
	return s.say("scheme.missing", "Problem", s.say("problem."+string(known(string(problem)))+".name"))
}
