package opendata

import (
	"maps"
	"slices"
	"time"

	"campanile/report"
)

// Status says whether the figures of a group are there.
type Status string

// The statuses.
const (
	Published Status = "published"
	Merged    Status = "merged"
	Withheld  Status = "withheld"
)

// The ways to group, as the files name them.
const (
	wholeTerritory = "territory"
	areas          = "area"
	classes        = "size"
)

// Row is what all rows begin with.
type Row struct {
	Date     string `json:"date"`
	Grouping string `json:"grouping"`
	Group    string `json:"group"`
	Name     string `json:"group_name"`
	Status   Status `json:"status"`
}

// GradeRow counts the municipalities of a group by grade.
type GradeRow struct {
	Row

	Municipalities *int           `json:"municipalities"`
	Grades         map[string]int `json:"grades,omitempty"`
	Ungraded       *int           `json:"ungraded"`
}

// SubjectRow counts the municipalities of a group by how they stand to a duty or
// a theme.
type SubjectRow struct {
	Row

	Kind           string   `json:"kind"`
	Subject        string   `json:"subject"`
	Municipalities *int     `json:"municipalities"`
	Met            *int     `json:"met"`
	NotMet         *int     `json:"not_met"`
	NotMeasured    *int     `json:"not_measured"`
	NotApplicable  *int     `json:"not_applicable"`
	ShareMet       *float64 `json:"share_met"`
}

// MaturityRow is the average of the forms on digital maturity that a group filled in.
type MaturityRow struct {
	Row

	Forms  *int     `json:"forms"`
	Points *float64 `json:"points"`
}

// group is one group of municipalities at the end of a month, by their places in
// Input.Towns.
type group struct {
	Row

	towns []int
}

// figures makes the rows.
type figures struct {
	Input
	words  report.Words
	cells  []cell // of each town, as it is counted
	plain  []cell // of each town, by its own groups
	joined joined
	since  []int // the month from which on a town is counted
}

func newFigures(in Input) *figures {
	f := &figures{Input: in, words: report.WordsIn(in.Language)}
	var looked []cell
	for _, t := range in.Towns {
		f.plain = append(f.plain, cellOf(t))
		if len(in.Months) > 0 && t.lookedBy(len(in.Months)-1) {
			looked = append(looked, cellOf(t))
		}
	}
	f.joined = join(looked, joined{})
	f.cells = f.joined.all(f.plain)
	f.since = cohorts(in.Towns, f.cells, len(in.Months))
	return f
}

// counted lists the towns that count in a month.
func (f *figures) counted(m int) []int {
	var list []int
	for i, since := range f.since {
		if since >= 0 && since <= m {
			list = append(list, i)
		}
	}
	return list
}

// waiting counts the towns that were looked at and count in no month yet.
func (f *figures) waiting() int {
	n := 0
	for i, t := range f.Towns {
		if f.since[i] < 0 && len(f.Months) > 0 && t.lookedBy(len(f.Months)-1) {
			n++
		}
	}
	return n
}

// groups divides the towns of a month: first all of them, then by area, then by
// size. A group that is counted together with others has no towns of its own.
func (f *figures) groups(m int, towns []int, j joined) []group {
	if len(towns) == 0 {
		return nil
	}
	date := f.Months[m].Format(time.DateOnly)
	list := []group{{Row{date, wholeTerritory, everything, f.words.Say("opendata.territory"), Published}, towns}}
	for way, grouping := range []string{areas, classes} {
		members := map[string][]int{}
		for _, i := range towns {
			name := f.plain[i][way]
			members[name] = append(members[name], i)
		}
		var together []int
		for _, name := range slices.SortedFunc(maps.Keys(members), before) {
			row := Row{date, grouping, name, f.name(name), Published}
			if j[way][name] {
				together = append(together, members[name]...)
				row.Status = Merged
				list = append(list, group{row, nil})
				continue
			}
			list = append(list, group{row, members[name]})
		}
		if len(together) > 0 {
			list = append(list, group{Row{date, grouping, others, f.words.Say("opendata.others"), Published}, together})
		}
	}
	return list
}

// name is a group for people.
func (f *figures) name(code string) string {
	if code == unknown {
		return f.words.Say("opendata.unknown")
	}
	if name := f.Areas[code]; name != "" {
		return report.Plain(name)
	}
	return code
}

// before puts classes of residents in their order, codes by their letters, and
// what is not known last.
func before(a, b string) int {
	place := func(name string) int {
		if name == unknown {
			return len(sizes) + 1
		}
		for i, s := range sizes {
			if s.name == name {
				return i
			}
		}
		return -1
	}
	if n := place(a) - place(b); n != 0 {
		return n
	}
	if a < b {
		return -1
	}
	return 1
}
