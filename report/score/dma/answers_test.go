package dma_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/report/score/dma"
	"campanile/rules"
)

func TestAnswersThatDoNotFitAreRefused(t *testing.T) {
	t.Parallel()
	q := form(t)
	for name, c := range map[string]struct {
		item   string
		answer dma.Answer
		want   string
	}{
		"unknown-item":      {"8.7", dma.Answer{Done: true}, `item "8.7" is not in the form PSO-2023/24`},
		"dimension-as-item": {"4", dma.Answer{}, `item "4" is not in the form PSO-2023/24`},
		"level-of-a-box":    {"8.2", dma.Answer{Level: 1}, "item 8.2: level 1 is none of an item of type tick; they go from 0 to 0"},
		"planned-tick":      {"8.2", dma.Answer{Planned: true}, "item 8.2: an item of type tick cannot be planned"},
		"tick-of-a-level":   {"4.5", dma.Answer{Done: true}, "item 4.5: an item of type zero-to-five has levels and no box to tick"},
		"six-of-five":       {"4.5", dma.Answer{Level: 6}, "item 4.5: level 6 is none of an item of type zero-to-five; they go from 0 to 5"},
		"less-than-nothing": {"11.1", dma.Answer{Level: -1}, "item 11.1: level -1 is none of an item of type no-partly-yes; they go from 0 to 2"},
		"more-than-yes":     {"11.1", dma.Answer{Level: 3}, "item 11.1: level 3 is none of an item of type no-partly-yes; they go from 0 to 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := dma.Score(q, dma.Answers{c.item: c.answer, "1.1": {Done: true}})
			if diff := cmp.Diff(c.want, fmt.Sprint(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if result.Overall != 0 || result.Dimensions != nil {
				t.Errorf("%+v", result)
			}
		})
	}
}

func TestAllThatDoesNotFitIsToldAtOnce(t *testing.T) {
	t.Parallel()
	err := dma.Answers{"9.99": {}, "12.1": {}, "1.1": {Level: 2}}.Check(form(t))
	want := `item "12.1" is not in the form PSO-2023/24
item "9.99" is not in the form PSO-2023/24
item 1.1: level 2 is none of an item of type tick; they go from 0 to 0`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAChangeCanCostPoints(t *testing.T) {
	t.Parallel()
	q := form(t)
	answers := dma.Answers{"8.2": {Done: true}, "4.1": {Level: 2}}
	before := maps.Clone(answers)
	points, err := dma.Change(q, answers, "8.2", dma.Answer{})
	if err != nil || !near(points.Dimension, -50.0/6) || !near(points.Overall, -50.0/36) {
		t.Errorf("%+v, %v", points, err)
	}
	points, err = dma.Change(q, answers, "4.1", dma.Answer{Level: 3})
	if err != nil || !near(points.Dimension, 50.0/40) {
		t.Errorf("%+v, %v", points, err)
	}
	if diff := cmp.Diff(before, answers); diff != "" {
		t.Errorf("the answers were changed (-want +got):\n%s", diff)
	}
	for _, wrong := range []func() (dma.Points, error){
		func() (dma.Points, error) { return dma.Gain(q, answers, "13.1") },
		func() (dma.Points, error) { return dma.Change(q, answers, "8.1", dma.Answer{Level: 9}) },
		func() (dma.Points, error) { return dma.Gain(q, dma.Answers{"0.0": {}}, "8.1") },
	} {
		if points, err := wrong(); err == nil || points != (dma.Points{}) {
			t.Errorf("%+v, %v", points, err)
		}
	}
}

func TestOpenItems(t *testing.T) {
	t.Parallel()
	q := form(t)
	if got := len(dma.Answers(nil).Open(q)); got != 97 {
		t.Errorf("%d of an empty form are open", got)
	}
	answers := dma.Answers{}
	for _, question := range q.Questions() {
		answers[question.Items[0].ID] = dma.Full(question.Answer)
	}
	want := []string{"4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.8", "11.2", "11.3", "11.4", "11.5"}
	if diff := cmp.Diff(want, answers.Open(q)); diff != "" {
		t.Errorf("an empty box beside a tick is an answer, an empty level is none (-want +got):\n%s", diff)
	}
	delete(answers, "8.1")
	want = slices.Insert(want, 7, "8.1", "8.2", "8.3", "8.4", "8.5", "8.6")
	if diff := cmp.Diff(want, answers.Open(q)); diff != "" {
		t.Errorf("nobody looked at question 8 (-want +got):\n%s", diff)
	}
	answers["8.5"] = dma.Answer{} // refused is looked at
	if slices.Contains(answers.Open(q), "8.1") {
		t.Error("question 8 was looked at")
	}
}

// What the reference says of dimension 4: more than half of it is invisible.
func TestCoverageOfDimensionFour(t *testing.T) {
	t.Parallel()
	q := form(t)
	got := map[rules.Outside]string{}
	for outside, points := range dma.CoverageOf(q, 4) {
		got[outside] = fmt.Sprintf("%.1f", points)
	}
	want := map[rules.Outside]string{rules.Observable: "5.6", rules.Traces: "41.7", rules.Invisible: "52.8"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for number := 1; number <= 6; number++ {
		sum := 0.0
		for _, points := range dma.CoverageOf(q, number) {
			sum += points
		}
		if !near(sum, 100) || number != 4 && !near(dma.CoverageOf(q, number)[""], 100) {
			t.Errorf("dimension %d: %v", number, dma.CoverageOf(q, number))
		}
	}
}
