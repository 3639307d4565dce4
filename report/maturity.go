package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"campanile/report/score/dma"
	"campanile/rules"
)

// WriteMaturity writes the score of a filled form as a table for people, rounded
// as the form shows it.
func WriteMaturity(w io.Writer, q *rules.Questionnaire, a *dma.Assessment, result dma.Result, language rules.Language) error {
	words := wordsIn(language)
	var text strings.Builder
	if head := strings.TrimSpace(Plain(a.Body + "  " + a.Stage)); head != "" {
		fmt.Fprintf(&text, "%s\n\n", head)
	}
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for i, d := range result.Dimensions {
		fmt.Fprintf(table, "%d  %s\t%s\t%s\n", d.Number, q.Dimensions[i].Name[language], dma.Shown(d.Score), d.Band.Name[language])
	}
	fmt.Fprintf(table, "%s\t%s\t%s\n", words.say("maturity.overall"), dma.Shown(result.Overall), result.Band.Name[language])
	if err := table.Flush(); err != nil {
		return err
	}
	if open := a.Answers.Open(q); len(open) > 0 {
		fmt.Fprintf(&text, "\n%s\n", words.count("maturity.open", len(open)))
	}
	for _, note := range compareNotes(words, q)[1:] { // nothing is compared here
		fmt.Fprintf(&text, "\n%s\n", strings.Join(wrap(note, compareWidth), "\n"))
	}
	_, err := io.WriteString(w, text.String())
	return err
}
