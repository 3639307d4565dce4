package answers

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"campanile/report"
	"campanile/report/score/dma"
	"campanile/rules"
)

// List lays a form out as a table for CSV or XLSX, in a language: the head, then
// one row for each item. What the assessment answers stands in it already; an
// empty one gives an empty form.
func List(q *rules.Questionnaire, language rules.Language, a dma.Assessment) report.List {
	list := report.List{Name: "DMA"}
	widths := map[string]int{"item": 12, "question": 40, "text": 60, "how": 40, "answer": 20, "note": 30}
	for _, name := range columns {
		list.Columns = append(list.Columns, report.Column{Name: name, Width: max(widths[name], 10)})
	}
	for _, key := range rules.FormFields {
		list.Rows = append(list.Rows, []string{key, "", q.Fields[key][language], "", value(q, a, key), "", "", ""})
	}
	list.Rows = append(list.Rows, []string{"", "", q.Note[language], "", "", "", "", ""})
	for _, question := range q.Questions() {
		for _, item := range question.Items {
			cells := []string{itemMark + item.ID, question.Text[language], item.Text[language], q.How[question.Answer][language], "", "", "", ""}
			if answer, ok := a.Answers[item.ID]; ok {
				copy(cells[4:], said(question.Answer, answer))
			}
			list.Rows = append(list.Rows, cells)
		}
	}
	return list
}

// value is what stands at the head of a form.
func value(q *rules.Questionnaire, a dma.Assessment, key string) string {
	date := ""
	if !a.Date.IsZero() {
		date = a.Date.Format(time.DateOnly)
	}
	return map[string]string{
		"form": q.Form, "body": a.Body, "domain": a.Domain, "code": a.Code, "tax_number": a.TaxNumber,
		"stage": a.Stage, "date": date, "source": a.Source,
	}[key]
}

// said is an answer as it is written: answer, planned, done.
func said(t rules.AnswerType, a dma.Answer) []string {
	switch t {
	case rules.Tick:
		return []string{word(a.Done), "", ""}
	case rules.PlannedDone:
		return []string{"", word(a.Planned), word(a.Done)}
	case rules.ZeroToFive, rules.NoPartlyYes:
		if words := steps(t); a.Level >= 0 && a.Level < len(words) {
			return []string{words[a.Level], "", ""}
		}
	}
	return []string{"", "", ""}
}

func word(ticked bool) string {
	if ticked {
		return "yes"
	}
	return "no"
}

// WriteYAML writes a form as YAML, with the questions and items as comments in a
// language. It can be read back as it is.
func WriteYAML(w io.Writer, q *rules.Questionnaire, language rules.Language, a dma.Assessment) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# %s\n", oneLine(q.Note[language]))
	for _, key := range rules.FormFields {
		text := value(q, a, key)
		if text != "" {
			text = " " + strconv.Quote(text)
		}
		fmt.Fprintf(out, "# %s\n%s:%s\n", oneLine(q.Fields[key][language]), key, text)
	}
	fmt.Fprintln(out, "answers:")
	for _, question := range q.Questions() {
		fmt.Fprintf(out, "\n  # %d. %s\n", question.Number, oneLine(question.Text[language]))
		fmt.Fprintf(out, "  # %s\n", hint(q, question.Answer, language))
		for _, item := range question.Items {
			answer, ok := a.Answers[item.ID]
			fmt.Fprintf(out, "  %q:%s # %s\n", item.ID, inYAML(question.Answer, answer, ok), oneLine(item.Text[language]))
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the form: %w", err)
	}
	return nil
}

// hint lists what can be answered, as it is written and in words.
func hint(q *rules.Questionnaire, t rules.AnswerType, language rules.Language) string {
	words := steps(t)
	switch t {
	case rules.Tick:
		words = []string{"yes", "no"}
	case rules.PlannedDone:
		words = []string{"planned", "done"}
	case rules.ZeroToFive, rules.NoPartlyYes:
	}
	parts := make([]string, len(words))
	for i, word := range words {
		parts[i] = word + " = " + oneLine(q.Answers[word][language])
	}
	return strings.Join(parts, "; ")
}

func inYAML(t rules.AnswerType, a dma.Answer, answered bool) string {
	cells := []string{"", "", ""}
	if answered {
		cells = said(t, a)
	}
	if t == rules.PlannedDone {
		return strings.TrimRight(fmt.Sprintf(" {planned: %s, done: %s}", cells[1], cells[2]), " ")
	}
	if cells[0] == "" {
		return ""
	}
	return " " + cells[0]
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
