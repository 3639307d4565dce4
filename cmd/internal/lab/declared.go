package lab

import (
	"slices"
	"strconv"
	"time"

	"campanile/report/score/dma"
	"campanile/rules"
)

// declaration is what a town says of itself in the questionnaire of the Digital
// Maturity Assessment: its ticks, and one level for whatever has levels.
type declaration struct {
	town  string   // its domain
	yes   []string // items, or whole questions
	level int
}

func declarations() []declaration {
	return []declaration{
		{domain(in("roccafinta")), []string{"1", "2", "3.1", "3.2", "3.3", "3.5", "3.8", "5.1", "5.2", "5.3", "6.1", "6.2", "6.8", "6.9", "7.1", "7.4", "7.5", "7.9", "8.1", "8.2", "8.5", "9", "10.2", "10.9"}, 2},
		// Says that it is protected; whoever looks from outside sees otherwise.
		{domain(in("borgodimenticato")), []string{"1.5", "3.1", "3.2", "5.4", "7.3", "8.2", "8.5", "10.9"}, 0},
		{domain(in("castelfandonia")), []string{"1.1", "1.2", "1.5", "2.4", "3.1", "3.2", "3.7", "5.3", "6.2", "7.3", "7.5", "7.9", "8.5", "9.11", "10.2"}, 1},
		{"commune-de-fable.campanile.test", []string{"1.1", "1.4", "2.1", "2.4", "3.1", "3.2", "3.3", "3.7", "5.2", "5.3", "6.1", "6.9", "7.1", "7.3", "8.1", "8.3", "9.1", "9.13", "10.3"}, 1},
	}
}

// Declared gives the forms that some towns of the valley have filled in, at the
// stage before any help came (T0). The others have never heard of it.
func (l *Lab) Declared(q *rules.Questionnaire) []dma.Assessment {
	var list []dma.Assessment
	for _, d := range declarations() {
		i := slices.IndexFunc(l.towns, func(t Town) bool { return t.Domain == d.town })
		if i < 0 {
			continue
		}
		t := l.towns[i]
		list = append(list, dma.Assessment{
			Form: q.Form, Body: t.Name, Domain: t.Domain, Code: t.Code,
			Stage: "T0", Date: l.now.UTC().Truncate(24*time.Hour).AddDate(0, -2, 0), Source: "self", Answers: d.answers(q),
		})
	}
	return list
}

func (d declaration) answers(q *rules.Questionnaire) dma.Answers {
	answers := dma.Answers{}
	for _, question := range q.Questions() {
		for _, item := range question.Items {
			yes := slices.Contains(d.yes, item.ID) || slices.Contains(d.yes, strconv.Itoa(question.Number))
			switch question.Answer {
			case rules.Tick, rules.PlannedDone:
				answers[item.ID] = dma.Answer{Done: yes}
			case rules.ZeroToFive:
				answers[item.ID] = dma.Answer{Level: d.level}
			case rules.NoPartlyYes:
				answers[item.ID] = dma.Answer{Level: min(d.level, 1)}
			}
		}
	}
	return answers
}
