package opendata_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"campanile/report/opendata"
	"campanile/rules"
)

// grades as the rules have them.
var grades = []string{"A", "B", "C", "D", "E"}

// invented is a territory that a chance makes: few towns in many groups, as they are
// where one is easily recognised.
func invented(chance *rand.Rand, towns, months int) opendata.Input {
	in := opendata.Input{
		Territory: "Valli di Esempio", Language: rules.Italian, Issued: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Grades: grades,
		Months:   opendata.Months(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), months-1),
		Subjects: []opendata.Subject{{ID: "one", Kind: opendata.Theme, Name: texts("Uno")}, {ID: "two", Kind: opendata.Duty, Name: texts("Due")}},
	}
	areas, sizes := 1+chance.IntN(5), 1+chance.IntN(4)
	for range towns {
		t := opendata.Town{
			Country: "it", Area: fmt.Sprintf("X%d", chance.IntN(areas)), Population: []int{0, 500, 3000, 9000, 70_000}[chance.IntN(sizes+1)],
			Filled: chance.IntN(2) == 0, Points: float64(chance.IntN(101)),
		}
		since := max(0, chance.IntN(2*months)-months) // half of them from the beginning
		for m := range months {
			if m < since {
				t.Months = append(t.Months, opendata.Standing{})
				continue
			}
			t.Months = append(t.Months, opendata.Standing{
				Looked: true, Grade: append(grades, "")[chance.IntN(6)],
				States: []opendata.State{opendata.State(chance.IntN(4)), opendata.State(2 + chance.IntN(2))},
			})
		}
		in.Towns = append(in.Towns, t)
	}
	return in
}

func texts(text string) map[rules.Language]string {
	return map[rules.Language]string{rules.Italian: text, rules.French: text, rules.English: text}
}

// published is data.json, as far as the promises want it.
type published struct {
	Waiting  int
	Grades   []opendata.GradeRow
	Duties   []opendata.SubjectRow
	Maturity []opendata.MaturityRow
}

func exported(t *testing.T, in opendata.Input) published {
	t.Helper()
	files, err := opendata.Export(in)
	if err != nil {
		t.Fatal(err)
	}
	var p published
	for _, f := range files {
		if f.Name == "data.json" {
			if err := json.Unmarshal(f.Content, &p); err != nil {
				t.Fatal(err)
			}
		}
	}
	return p
}

// member says which towns a row counts, by what the row says and the towns
// themselves: "other" are those of the merged rows beside it.
func member(in opendata.Input, row opendata.Row, rows []opendata.Row, counts func(town int) bool) []bool {
	merged := map[string]bool{}
	for _, r := range rows {
		if r.Date == row.Date && r.Grouping == row.Grouping && r.Status == opendata.Merged {
			merged[r.Group] = true
		}
	}
	list := make([]bool, len(in.Towns))
	for i, t := range in.Towns {
		name := map[string]string{"territory": "all", "area": opendata.CellOf(t)[0], "size": opendata.CellOf(t)[1]}[row.Grouping]
		list[i] = counts(i) && (name == row.Group || row.Group == "other" && merged[name])
	}
	return list
}

// prime is a modulus for reckoning with rows: a rank by it is that of the whole
// numbers but for a chance of next to nothing.
const prime = 1_000_000_007

// rank is the rank of a matrix, by elimination.
func rank(rows [][]int64) int {
	rank := 0
	for column := 0; len(rows) > 0 && column < len(rows[0]); column++ {
		pivot := -1
		for i := rank; i < len(rows); i++ {
			if rows[i][column] != 0 {
				pivot = i
				break
			}
		}
		if pivot < 0 {
			continue
		}
		rows[rank], rows[pivot] = rows[pivot], rows[rank]
		inverse := power(rows[rank][column], prime-2)
		for i := range rows {
			if i == rank || rows[i][column] == 0 {
				continue
			}
			factor := rows[i][column] * inverse % prime
			for k := column; k < len(rows[i]); k++ {
				rows[i][k] = ((rows[i][k]-factor*rows[rank][k])%prime + prime) % prime
			}
		}
		rank++
	}
	return rank
}

func power(base, exponent int64) int64 {
	result := int64(1)
	for base %= prime; exponent > 0; exponent >>= 1 {
		if exponent&1 == 1 {
			result = result * base % prime
		}
		base = base * base % prime
	}
	return result
}

// without gives the rows without some columns.
func without(rows [][]bool, out map[int]bool) [][]int64 {
	list := make([][]int64, len(rows))
	for i, row := range rows {
		for n, in := range row {
			switch {
			case out[n]:
			case in:
				list[i] = append(list[i], 1)
			default:
				list[i] = append(list[i], 0)
			}
		}
	}
	return list
}

// few goes through all sets of one to four of n towns.
func few(n int, try func(set map[int]bool) bool) bool {
	for a := range n {
		for b := a; b < n; b++ {
			for c := b; c < n; c++ {
				for d := c; d < n; d++ {
					if !try(map[int]bool{a: true, b: true, c: true, d: true}) {
						return false
					}
				}
			}
		}
	}
	return true
}

// TestNoSumOrDifferenceIsAboutFewerThanFive holds what is published against all ways
// of reckoning with it. A sum or difference that is about some few towns and no others
// exists just where the rows have a smaller rank without the columns of those towns.
// It takes all months together: an attacker may suppose that nothing else has changed.
func TestNoSumOrDifferenceIsAboutFewerThanFive(t *testing.T) {
	t.Parallel()
	told := 0
	for seed := range uint64(60) {
		chance := rand.New(rand.NewPCG(seed, 8))
		in := invented(chance, 5+chance.IntN(14), 1+chance.IntN(3))
		p := exported(t, in)
		since, _ := opendata.CountedFrom(in)
		var rows []opendata.Row
		for _, r := range p.Grades {
			rows = append(rows, r.Row)
		}
		var sums [][]bool
		for _, r := range p.Grades {
			if r.Municipalities == nil {
				continue
			}
			m := 0
			for in.Months[m].Format(time.DateOnly) != r.Date {
				m++
			}
			towns := member(in, r.Row, rows, func(i int) bool { return since[i] >= 0 && since[i] <= m })
			if n := number(towns); n != *r.Municipalities || n < opendata.Least {
				t.Fatalf("seed %d: %s %s on %s: %d municipalities, and by its name %d", seed, r.Grouping, r.Group, r.Date, *r.Municipalities, n)
			}
			sums = append(sums, towns)
		}
		told += len(sums)
		judge(t, seed, "grades", sums, len(in.Towns))
		judge(t, seed, "forms", forms(t, in, p, since), len(in.Towns))
	}
	if told < 100 {
		t.Errorf("only %d figures were held against the promise", told)
	}
}

// forms are the towns of each published row on the forms.
func forms(t *testing.T, in opendata.Input, p published, since []int) [][]bool {
	t.Helper()
	var rows []opendata.Row
	for _, r := range p.Maturity {
		rows = append(rows, r.Row)
	}
	var sums [][]bool
	for _, r := range p.Maturity {
		if r.Forms == nil {
			continue
		}
		towns := member(in, r.Row, rows, func(i int) bool { return since[i] >= 0 && in.Towns[i].Filled })
		if n := number(towns); n != *r.Forms || n < opendata.Least {
			t.Fatalf("%s %s: %d forms, and by its name %d", r.Grouping, r.Group, *r.Forms, n)
		}
		sums = append(sums, towns)
	}
	return sums
}

func judge(t *testing.T, seed uint64, what string, sums [][]bool, towns int) {
	t.Helper()
	whole := rank(without(sums, nil))
	few(towns, func(set map[int]bool) bool {
		if rank(without(sums, set)) < whole {
			t.Errorf("seed %d: the %s tell of the towns %v alone", seed, what, set)
			return false
		}
		return true
	})
}

func number(list []bool) int {
	n := 0
	for _, in := range list {
		if in {
			n++
		}
	}
	return n
}

// TestTheTestItselfFindsADifference holds the reckoning of these tests against a case
// that everybody sees: all of seven towns, and five of them.
func TestTheTestItselfFindsADifference(t *testing.T) {
	t.Parallel()
	sums := [][]bool{{true, true, true, true, true, true, true}, {true, true, true, true, true, false, false}}
	if rank(without(sums, map[int]bool{5: true, 6: true})) == rank(without(sums, nil)) {
		t.Error("the difference of two rows is about two towns, and it was not found")
	}
	if rank(without(sums, map[int]bool{0: true, 1: true, 2: true, 3: true})) != rank(without(sums, nil)) {
		t.Error("no difference is about those four")
	}
}

// TestNoGroupTellsTheResultOfEach: where all are alike, the figure is that of each.
func TestNoGroupTellsTheResultOfEach(t *testing.T) {
	t.Parallel()
	withheld := 0
	for seed := range uint64(300) {
		chance := rand.New(rand.NewPCG(seed, 9))
		in := invented(chance, 5+chance.IntN(40), 1)
		for i := range in.Towns {
			if in.Towns[i].Area == "X0" {
				in.Towns[i].Months[0].States[1], in.Towns[i].Months[0].Grade = opendata.NotMet, "E"
			}
		}
		p := exported(t, in)
		gaps := map[string]int{}
		for _, r := range p.Duties {
			switch {
			case r.Status == opendata.Withheld:
				withheld++
				gaps[r.Subject+r.Grouping]++
				if r.Met != nil || r.NotMet != nil || r.NotMeasured != nil || r.NotApplicable != nil || r.ShareMet != nil {
					t.Errorf("seed %d: %+v", seed, r)
				}
			case r.Status == opendata.Published && (*r.Met == 0) != (*r.NotMet == 0):
				t.Errorf("seed %d: all of %s %s have the same result on %s", seed, r.Grouping, r.Group, r.Subject)
			case r.Status == opendata.Published && *r.Met+*r.NotMet+*r.NotMeasured+*r.NotApplicable != *r.Municipalities:
				t.Errorf("seed %d: %+v does not add up", seed, r)
			case r.ShareMet != nil && *r.Met+*r.NotMet < opendata.Least:
				t.Errorf("seed %d: a share of fewer than five: %+v", seed, r)
			}
		}
		for _, r := range p.Duties { // one gap alone would be filled from the sum
			if r.Status == opendata.Withheld && r.Grouping != "territory" && gaps[r.Subject+r.Grouping] == 1 && whole(p, r) {
				t.Errorf("seed %d: only %s is kept back", seed, r.Group)
			}
		}
		for _, r := range p.Grades {
			known := 0
			for _, n := range r.Grades {
				if n > 0 {
					known++
				}
			}
			if r.Status == opendata.Published && known == 1 {
				t.Errorf("seed %d: all of %s %s have one grade", seed, r.Grouping, r.Group)
			}
		}
	}
	if withheld < 50 {
		t.Errorf("only %d figures were kept back", withheld)
	}
}

// whole reports whether the sum over the territory is published for a row's subject.
func whole(p published, row opendata.SubjectRow) bool {
	for _, r := range p.Duties {
		if r.Grouping == "territory" && r.Subject == row.Subject && r.Date == row.Date {
			return r.Status == opendata.Published
		}
	}
	return false
}
