package opendata

import (
	"strconv"

	"campanile/report"
	"campanile/rules"
)

// Field is a line of the data dictionary.
type Field struct {
	File    string                    `json:"file"`
	Name    string                    `json:"field"`
	Type    string                    `json:"type"`
	Meaning map[rules.Language]string `json:"meaning"`
}

// The types of fields.
const (
	asText    = "string"
	asDate    = "date"
	asInteger = "integer"
	asDecimal = "decimal"
)

// dictionary says what each field of each file means, in all languages.
func (f *figures) dictionary() []Field {
	var list []Field
	for _, l := range rules.Languages {
		fields := fieldsIn(report.WordsIn(l), f.Grades)
		if list == nil {
			list = make([]Field, len(fields))
		}
		for i, field := range fields {
			if list[i].Meaning == nil {
				list[i] = Field{field.file, field.name, field.kind, map[rules.Language]string{}}
			}
			list[i].Meaning[l] = field.meaning
		}
	}
	return list
}

type fieldIn struct{ file, name, kind, meaning string }

// fieldsIn lists the columns of the files in their order.
func fieldsIn(w report.Words, grades []string) []fieldIn {
	least, worst := strconv.Itoa(Least), ""
	if len(grades) > 0 {
		worst = grades[len(grades)-1]
	}
	var list []fieldIn
	for _, file := range []string{gradesFile, dutiesFile, maturityFile} {
		list = append(list,
			fieldIn{file, "date", asDate, w.Say("opendata.field.date")},
			fieldIn{file, "grouping", asText, w.Say("opendata.field.grouping")},
			fieldIn{file, "group", asText, w.Say("opendata.field.group")},
			fieldIn{file, "group_name", asText, w.Say("opendata.field.group-name")},
			fieldIn{file, "status", asText, w.Say("opendata.field.status")},
		)
		if file != maturityFile {
			list = append(list, fieldIn{file, "municipalities", asInteger, w.Say("opendata.field.municipalities")})
		}
		switch file {
		case gradesFile:
			for _, grade := range grades {
				list = append(list, fieldIn{file, gradeColumn(grade), asInteger, w.Say("opendata.field.grade", "Grade", grade, "Worst", worst)})
			}
			list = append(list, fieldIn{file, "ungraded", asInteger, w.Say("opendata.field.ungraded")})
		case dutiesFile:
			list = append(list,
				fieldIn{file, "kind", asText, w.Say("opendata.field.kind")},
				fieldIn{file, "subject", asText, w.Say("opendata.field.subject")},
				fieldIn{file, "subject_name", asText, w.Say("opendata.field.subject-name")},
				fieldIn{file, "met", asInteger, w.Say("opendata.field.met")},
				fieldIn{file, "not_met", asInteger, w.Say("opendata.field.not-met")},
				fieldIn{file, "not_measured", asInteger, w.Say("opendata.field.not-measured")},
				fieldIn{file, "not_applicable", asInteger, w.Say("opendata.field.not-applicable")},
				fieldIn{file, "share_met", asDecimal, w.Say("opendata.field.share-met", "Least", least)},
			)
		case maturityFile:
			list = append(list,
				fieldIn{file, "forms", asInteger, w.Say("opendata.field.forms")},
				fieldIn{file, "points", asDecimal, w.Say("opendata.field.points")},
			)
		}
	}
	return list
}

func gradeColumn(grade string) string { return "grade_" + grade }
