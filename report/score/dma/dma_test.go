package dma_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/report/score/dma"
	"campanile/rules"
)

func form(t *testing.T) *rules.Questionnaire {
	t.Helper()
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func scored(t *testing.T, q *rules.Questionnaire, answers dma.Answers) dma.Result {
	t.Helper()
	result, err := dma.Score(q, answers)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// ticked answers the first items of some questions in full.
func ticked(t *testing.T, q *rules.Questionnaire, first map[int]int) dma.Answers {
	t.Helper()
	answers := dma.Answers{}
	for number, n := range first {
		for i := range n {
			id := fmt.Sprintf("%d.%d", number, i+1)
			_, question, _, ok := q.Item(id)
			if !ok {
				t.Fatalf("no item %s", id)
			}
			answers[id] = dma.Full(question.Answer)
		}
	}
	return answers
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// The reference's vectors, with two decimals as it prints them.
func TestDimensionFourFollowsTheFormula(t *testing.T) {
	t.Parallel()
	q := form(t)
	for _, c := range []struct {
		seven, eight int
		want, band   string
	}{
		{0, 0, "0.00", "basic"},
		{1, 0, "5.56", "basic"},
		{0, 1, "8.33", "basic"},
		{3, 2, "33.33", "average"},
		{4, 2, "38.89", "average"},
		{2, 3, "36.11", "average"},
		{9, 6, "100.00", "advanced"},
		// on a limit: it belongs to the band below
		{3, 1, "25.00", "basic"},
		{0, 3, "25.00", "basic"},
		{6, 2, "50.00", "average"},
		{3, 4, "50.00", "average"},
		{9, 3, "75.00", "moderately-advanced"},
		{6, 5, "75.00", "moderately-advanced"},
		{7, 5, "80.56", "advanced"},
	} {
		d := scored(t, q, ticked(t, q, map[int]int{7: c.seven, 8: c.eight})).Dimensions[3]
		got := fmt.Sprintf("%.2f %s", d.Score, d.Band.ID)
		if want := c.want + " " + c.band; got != want {
			t.Errorf("%d of question 7 and %d of question 8: %s, want %s", c.seven, c.eight, got, want)
		}
	}
}

func TestOneTickOfQuestionsSevenAndEightInTheWhole(t *testing.T) {
	t.Parallel()
	q := form(t)
	for item, want := range map[string]string{"7.1": "5.56 0.93", "8.1": "8.33 1.39", "8.4": "8.33 1.39"} {
		points, err := dma.Gain(q, nil, item)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%.2f %.2f", points.Dimension, points.Overall); got != want {
			t.Errorf("%s: %s, want %s", item, got, want)
		}
	}
}

func TestThePublishedTableIsShownAsPublished(t *testing.T) {
	t.Parallel()
	q := form(t)
	mean := dma.Mean(44, 44, 37, 37, 20, 42)
	if got := dma.Shown(mean); got != "37" || q.Band(mean).ID != "average" {
		t.Errorf("%v is shown as %s, %s", mean, got, q.Band(mean).ID)
	}
	if got := dma.Mean(); got != 0 {
		t.Errorf("the mean of nothing: %v", got)
	}
}

func TestBandsHaveNoGap(t *testing.T) {
	t.Parallel()
	q := form(t)
	for value, want := range map[float64]string{
		0: "basic", 25: "basic", math.Nextafter(25, 100): "average", 25.4: "average", 25.5: "average", 25.6: "average",
		50: "average", 50.5: "moderately-advanced", 75: "moderately-advanced", 75.5: "advanced", 100: "advanced",
	} {
		if got := q.Band(value).ID; got != want {
			t.Errorf("%v: %s, want %s", value, got, want)
		}
	}
}

// Every item moves its own question, by the same as its neighbours, and nothing
// else but its dimension and the whole.
func TestEveryItemMovesExactlyItsQuestion(t *testing.T) {
	t.Parallel()
	q := form(t)
	items := q.Items()
	if len(items) != 97 {
		t.Fatalf("%d items", len(items))
	}
	empty := scored(t, q, nil)
	for _, item := range items {
		t.Run(item.ID, func(t *testing.T) {
			t.Parallel()
			_, question, dimension, ok := q.Item(item.ID)
			if !ok {
				t.Fatal("not found")
			}
			result := scored(t, q, dma.Answers{item.ID: dma.Full(question.Answer)})
			for i, d := range result.Dimensions {
				for j, got := range d.Questions {
					want := empty.Dimensions[i].Questions[j]
					if got.Number == question.Number {
						want.Score = 10 / float64(len(question.Items))
					}
					if got.Number != want.Number || got.Column != want.Column || !near(got.Score, want.Score) {
						t.Errorf("%+v, want %+v", got, want)
					}
				}
				if own := d.Number == dimension.Number; (d.Score > 0) != own {
					t.Errorf("dimension %d: %v", d.Number, d.Score)
				}
			}
			gain, err := dma.Gain(q, nil, item.ID)
			if err != nil {
				t.Fatal(err)
			}
			if !near(gain.Dimension, result.Dimensions[dimension.Number-1].Score) || !near(gain.Overall, gain.Dimension/6) || !near(gain.Overall, result.Overall) {
				t.Errorf("%+v for %+v", gain, result)
			}
		})
	}
}

// The two boxes of a row are two questions; a half answer moves one of them.
func TestPlannedAndDoneCountApart(t *testing.T) {
	t.Parallel()
	q := form(t)
	for _, item := range q.Items() {
		_, question, dimension, _ := q.Item(item.ID)
		if question.Answer != rules.PlannedDone {
			continue
		}
		for column, answer := range map[dma.Column]dma.Answer{dma.Planned: {Planned: true}, dma.Done: {Done: true}} {
			for _, got := range scored(t, q, dma.Answers{item.ID: answer}).Dimensions[dimension.Number-1].Questions {
				want := 0.0
				if got.Number == question.Number && got.Column == column {
					want = 10 / float64(len(question.Items))
				}
				if !near(got.Score, want) {
					t.Errorf("%s %s: %+v, want %v", item.ID, column, got, want)
				}
			}
		}
	}
}

// All that is done and nothing further planned is half of dimension 5.
func TestDoneAndClosedCountsHalf(t *testing.T) {
	t.Parallel()
	q := form(t)
	answers := dma.Answers{}
	for id, answer := range ticked(t, q, map[int]int{9: 16}) {
		answers[id] = dma.Answer{Done: answer.Done}
	}
	if got := scored(t, q, answers).Dimensions[4]; got.Score != 50 || got.Band.ID != "average" {
		t.Errorf("%+v", got)
	}
}

// The table of the reference, written out, against forms filled at random.
func TestEveryDimensionFollowsTheTable(t *testing.T) {
	t.Parallel()
	q := form(t)
	random := rand.New(rand.NewPCG(7, 97))
	for range 200 {
		answers := dma.Answers{}
		done, planned, levels := map[int]float64{}, map[int]float64{}, map[int]float64{}
		for _, question := range q.Questions() {
			for _, item := range question.Items {
				answer := dma.Answer{}
				switch question.Answer {
				case rules.Tick:
					answer.Done = random.IntN(2) == 1
				case rules.PlannedDone:
					answer.Done, answer.Planned = random.IntN(2) == 1, random.IntN(3) == 1
				case rules.ZeroToFive:
					answer.Level = random.IntN(6)
				case rules.NoPartlyYes:
					answer.Level = random.IntN(3)
				}
				answers[item.ID] = answer
				done[question.Number] += count(answer.Done)
				planned[question.Number] += count(answer.Planned)
				levels[question.Number] += float64(answer.Level)
			}
		}
		want := []float64{
			(done[1]/10 + planned[2]/8 + done[2]/8) * 100 / 3,
			(done[3]/9 + levels[4]/8/5) * 50,
			(done[5]/7 + done[6]/10) * 50,
			(done[7]/9 + done[8]/6) * 50,
			(planned[9]/16 + done[9]/16) * 50,
			(done[10]/9 + levels[11]/5/2) * 50,
		}
		result := scored(t, q, answers)
		got := make([]float64, len(want))
		for i, d := range result.Dimensions {
			got[i] = d.Score
			if d.Number != i+1 || !near(d.Score, want[i]) {
				t.Fatalf("dimension %d: %v, want %v", d.Number, d.Score, want[i])
			}
		}
		if !near(result.Overall, dma.Mean(got...)) {
			t.Fatalf("overall %v of %v", result.Overall, got)
		}
	}
}

func count(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func TestAFullFormIsAHundredAndAnEmptyOneNothing(t *testing.T) {
	t.Parallel()
	q := form(t)
	full := dma.Answers{}
	for _, question := range q.Questions() {
		for _, item := range question.Items {
			full[item.ID] = dma.Full(question.Answer)
		}
	}
	top, bottom := scored(t, q, full), scored(t, q, nil)
	if top.Overall != 100 || top.Band.ID != "advanced" || bottom.Overall != 0 || bottom.Band.ID != "basic" {
		t.Errorf("%v %s, %v %s", top.Overall, top.Band.ID, bottom.Overall, bottom.Band.ID)
	}
	for _, item := range q.Items() {
		points, err := dma.Gain(q, full, item.ID)
		if diff := cmp.Diff(dma.Points{}, points); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", item.ID, err, diff)
		}
	}
}
