package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"campanile/checks"
	"campanile/rules"
)

// List is a table for a spreadsheet. Every cell is text, harmless for a reader;
// that no program takes it for a formula is the business of its writer.
type List struct {
	Name    string // of the sheet: at most 31 characters
	Columns []Column
	Rows    [][]string
}

// Column is one column of a list.
type Column struct {
	Name  string
	Width int // in characters, where the writer can set it
}

// Lists gives the documents as tables, in the language of the first: one row
// for each finding, one for each question without an answer, and how it all
// came about.
func Lists(docs []Document) []List {
	if len(docs) == 0 {
		return nil
	}
	w := wordsIn(docs[0].Language)
	lists := []List{findingList(w), openList(w), aboutList(w)}
	for _, d := range docs {
		lists[0].Rows = append(lists[0].Rows, findingRows(w, d)...)
		lists[1].Rows = append(lists[1].Rows, openRows(d)...)
		lists[2].Rows = append(lists[2].Rows, aboutRows(w, d)...)
	}
	return lists
}

func findingList(w words) List {
	return List{Name: w.say("sheet.findings"), Columns: []Column{
		{w.say("column.town"), 28},
		{w.say("sheet.domain"), 28},
		{w.say("sheet.date"), 12},
		{w.say("column.kept"), 16},
		{w.say("item.severity"), 11},
		{w.say("sheet.problem"), 48},
		{w.say("item.subjects"), 32},
		{w.say("column.who"), 26},
		{w.say("item.effort"), 16},
		{w.say("column.reason"), 24},
		{w.say("sheet.family"), 20},
		{w.say("item.observed"), 60},
		{w.say("sheet.dma"), 24},
		{w.say("item.rule"), 30},
		{w.say("sheet.key"), 50},
	}}
}

// findingRows gives one row for each finding: what wants mending first, gravest
// first, then what is not known, then the rest.
func findingRows(w words, d Document) [][]string {
	sorted := slices.SortedStableFunc(slices.Values(d.Findings), func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(slices.Index(outcomes(), a.Outcome), slices.Index(outcomes(), b.Outcome)),
			cmp.Compare(weight(a), weight(b)),
		)
	})
	rows := make([][]string, len(sorted))
	for i, f := range sorted {
		rows[i] = findingRow(w, d, f)
	}
	return rows
}

// outcomes are in the order in which a reader wants them.
func outcomes() []checks.Outcome {
	return []checks.Outcome{checks.Fail, checks.Inconclusive, checks.Pass, checks.NotApplicable}
}

// weight is the rank of a failure. What is no failure has no severity to show.
func weight(f Finding) int {
	if f.Outcome != checks.Fail {
		return 0
	}
	return slices.Index(rules.Severities, f.Severity)
}

func findingRow(w words, d Document, f Finding) []string {
	severity, who, effort, reason := "", "", "", ""
	if f.Outcome == checks.Fail {
		severity = w.say("severity." + string(f.Severity))
		who, effort = w.say("actor."+string(f.Rule.Actor)+".name"), w.say("effort."+string(f.Rule.Effort))
	}
	if f.Outcome == checks.Inconclusive {
		reason = Words{w}.Reason(f)
	}
	return []string{
		d.Name, d.Domain, d.Method.Taken.Format(time.DateOnly),
		Words{w}.State(f), severity, f.Title,
		shownWithASCII(clip(f.Subject, maxInText)), who, effort,
		reason, w.say("family." + f.Rule.Family), factsIn(f),
		dmaIn(w, f), f.Rule.ID, Plain(f.Key()),
	}
}

// factsIn writes the facts of a finding in one cell. The name before each value
// also keeps a value from opening the cell.
func factsIn(f Finding) string {
	var parts []string
	for _, fact := range factsOf(f.Verdict) {
		parts = append(parts, fact.Name+": "+fact.Value)
	}
	return strings.Join(parts, " · ")
}

func dmaIn(w words, f Finding) string {
	var parts []string
	for _, each := range f.DMA() {
		word := w.say("sheet.supports", "Item", each.Item)
		if each.Says == "contradicts" {
			word = w.say("sheet.contradicts", "Item", each.Item)
		}
		parts = append(parts, word)
	}
	return strings.Join(parts, " · ")
}

func openList(w words) List {
	return List{Name: w.say("sheet.open"), Columns: []Column{
		{w.say("column.town"), 28},
		{w.say("sheet.domain"), 28},
		{w.say("sheet.family"), 20},
		{w.say("sheet.question"), 44},
		{w.say("column.reason"), 24},
		{w.say("sheet.meaning"), 60},
		{w.say("item.steps"), 60},
	}}
}

func openRows(d Document) [][]string {
	var rows [][]string
	for _, gap := range d.Gaps {
		for _, q := range gap.Questions {
			rows = append(rows, []string{d.Name, d.Domain, q.Family, cmp.Or(q.Words, q.What), gap.Name, gap.Meaning, gap.Advice})
		}
	}
	return rows
}

func aboutList(w words) List {
	return List{Name: w.say("sheet.about"), Columns: []Column{
		{w.say("column.town"), 28},
		{w.say("sheet.domain"), 28},
		{w.say("column.grade"), 12},
		{w.say("method.time"), 22},
		{w.say("method.profile"), 16},
		{w.say("method.program"), 22},
		{w.say("method.rules"), 40},
		{w.say("method.evidence"), 40},
		{w.say("method.repeat"), 50},
		{w.say("sheet.limits"), 80},
	}}
}

func aboutRows(w words, d Document) [][]string {
	m := d.Method
	return [][]string{{
		d.Name, d.Domain, d.Summary.Grade, m.Taken.Format(time.RFC3339),
		w.code("profile-name", string(m.Profile)), m.Judge.Name + " " + m.Judge.Version, m.Rules, m.Evidence,
		m.Command, w.say("method.limits"),
	}}
}
