package answers

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mistake"
	"campanile/report/score/dma"
	"campanile/rules"
)

// stages are the points in time that the export knows.
var stages = []string{"T0", "T1", "T2"}

// WriteDTA writes a form as the one known export for the tool of the EDIH network
// lays it out: 101 columns, one row, names with their oddities. It is
// experimental: that the tool takes it has not been verified, nor that planned
// stands before done. An open item becomes a zero, as in the score.
func WriteDTA(w io.Writer, q *rules.Questionnaire, a dma.Assessment) error {
	if !slices.Contains(stages, a.Stage) {
		return exit.Usagef("stage %s: the export knows only %s; give the answers one of them", mistake.Quoted(a.Stage), strings.Join(stages, ", "))
	}
	if err := a.Answers.Check(q); err != nil {
		return err
	}
	names := []string{"time_point", "maturity_assessment_date", "enterprise_name_edih", "fiscal_registration_number_vat"}
	values := []string{a.Stage, a.Date.Format("01/02/2006"), a.Body, a.TaxNumber}
	for _, question := range q.Questions() {
		for _, item := range question.Items {
			names = append(names, item.Column)
			values = append(values, exported(question.Answer, a.Answers[item.ID]))
		}
	}
	for i, text := range values {
		values[i] = `"` + strings.ReplaceAll(inert(text), `"`, `""`) + `"`
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "\ufeff%s\n%s\n", strings.Join(names, ","), strings.Join(values, ","))
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return nil
}

// exported is an answer as the export writes it: a box 0 or 1, two boxes with a
// bar between, steps from 0 to 10.
func exported(t rules.AnswerType, a dma.Answer) string {
	bit := map[bool]string{true: "1", false: "0"}
	switch t {
	case rules.Tick:
		return bit[a.Done]
	case rules.PlannedDone:
		return bit[a.Planned] + "|" + bit[a.Done]
	case rules.ZeroToFive:
		return strconv.Itoa(2 * a.Level)
	case rules.NoPartlyYes:
		return strconv.Itoa(5 * a.Level)
	}
	return ""
}

// inert is a text of one line that no spreadsheet takes for a formula.
func inert(text string) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text))
	if text != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(text)[0]) {
		return "'" + text
	}
	return text
}
