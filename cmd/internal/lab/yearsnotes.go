package lab

import (
	"maps"
	"slices"
	"time"

	"campanile/report/checklist"
	"campanile/report/score/dma"
	"campanile/rules"
)

// Note is what somebody in a town has written on its checklist.
type Note struct {
	Town    string // its domain
	Rule    string
	State   checklist.State
	On      time.Time
	Until   time.Time // of an exception
	By      string    // an office; the valley has no people
	Because string
}

// Seen is a look that somebody took at the results of a town.
type Seen struct {
	Town string // its domain
	On   time.Time
	By   string
	Note string
}

// Notes are what was ticked, asked and accepted in the two years before a day.
func Notes(until time.Time) []Note {
	today := until.UTC().Truncate(24 * time.Hour)
	ago := func(days int) time.Time { return today.AddDate(0, 0, -days) }
	valley := func(name string) string { return domain(in(name)) }
	const secretary, technician = "Segreteria", "Ufficio tecnico"
	return []Note{
		{Town: valley("roccafinta"), Rule: noDMARC, State: checklist.Done, On: ago(665), By: technician},
		{Town: valley("roccafinta"), Rule: noDeclaration, State: checklist.Done, On: ago(525), By: secretary},
		{Town: valley("roccafinta"), Rule: noCAA, State: checklist.Done, On: ago(485), By: technician},
		{Town: valley("valscaduta"), Rule: noDMARC, State: checklist.Done, On: ago(305), By: secretary},
		{Town: valley("valscaduta"), Rule: noCAA, State: checklist.Asked, On: ago(75), By: secretary},
		{Town: valley("gemellodisopra"), Rule: noHSTS, State: checklist.Asked, On: ago(60), By: secretary},
		{Town: valley("gemellodisopra"), Rule: "mail-starttls-missing", State: checklist.Asked, On: ago(60), By: secretary},
		{Town: valley("gemellodisopra"), Rule: "dnssec-missing", State: checklist.Accepted, On: ago(60), Until: today.AddDate(0, 5, 0), By: secretary, Because: "Il contratto con il fornitore scade in primavera: si chiede con il nuovo."},
		{Town: valley("gemellodisotto"), Rule: noHSTS, State: checklist.Done, On: ago(40), By: secretary}, // it is still there
		{Town: valley("occhidappertutto"), Rule: "web-google-fonts", State: checklist.Asked, On: ago(30), By: technician},
		{Town: valley("occhidappertutto"), Rule: weakDMARC, State: checklist.Done, On: ago(262), By: technician},
		{Town: "commune-de-fable.campanile.test", Rule: "web-csp-missing", State: checklist.Accepted, On: ago(200), Until: ago(20), By: "Secrétariat", Because: "Refonte du site prévue à l'automne."}, // the day has passed
		{Town: "commune-de-fable.campanile.test", Rule: weakDMARC, State: checklist.Done, On: ago(312), By: "Secrétariat"},
	}
}

// Reviews are the looks that people took at the results in the two years before a
// day: the exemplary town every half a year, others once.
func Reviews(until time.Time) []Seen {
	today := until.UTC().Truncate(24 * time.Hour)
	var list []Seen
	for _, days := range []int{700, 520, 340, 160, 12} {
		list = append(list, Seen{Town: domain(in("roccafinta")), On: today.AddDate(0, 0, -days), By: "Segreteria", Note: "Letto in giunta."})
	}
	return append(list,
		Seen{Town: domain(in("gemellodisopra")), On: today.AddDate(0, 0, -61), By: "Segreteria", Note: "Scritto al fornitore con il Comune di Gemello di Sotto."},
		Seen{Town: "commune-de-fable.campanile.test", On: today.AddDate(0, 0, -201), By: "Secrétariat", Note: "Présenté au conseil municipal."},
	)
}

// Forms are the forms of the Digital Maturity Assessment that towns of the valley
// have filled in: the first ones (T0) when the group began to help, and those of two
// towns again (T1) two months before the day.
func (l *Lab) Forms(q *rules.Questionnaire, until time.Time) []dma.Assessment {
	today := until.UTC().Truncate(24 * time.Hour)
	var list []dma.Assessment
	for _, a := range l.Declared(q) {
		a.Date = today.AddDate(0, 0, -610)
		list = append(list, a)
		more := map[string][]string{
			domain(in("roccafinta")):     {"3.4", "3.7", "6.3", "7.2", "8.3"},
			domain(in("castelfandonia")): {"1.3", "2.1", "3.3", "6.1", "7.1", "8.1", "8.2"},
		}[a.Domain]
		if more != nil {
			a.Stage, a.Date, a.Answers = "T1", today.AddDate(0, 0, -60), grown(a.Answers, q, more)
			list = append(list, a)
		}
	}
	return list
}

// grown are the answers after help came: some boxes more, and what has levels one
// higher.
func grown(before dma.Answers, q *rules.Questionnaire, more []string) dma.Answers {
	after := maps.Clone(before)
	for _, question := range q.Questions() {
		for _, item := range question.Items {
			answer := after[item.ID]
			switch question.Answer {
			case rules.Tick, rules.PlannedDone:
				answer.Done = answer.Done || slices.Contains(more, item.ID)
			case rules.ZeroToFive:
				answer.Level = min(answer.Level+1, 5)
			case rules.NoPartlyYes:
				answer.Level = min(answer.Level+1, 2)
			}
			after[item.ID] = answer
		}
	}
	return after
}
