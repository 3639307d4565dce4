package report

import "campanile/report/checklist"

// Followup is what became of the checklist since the last time.
type Followup struct {
	Fixed    []Followed // mended: thank you
	Back     []Followed // came back
	Still    []Followed // ticked, and still there
	Waiting  []Followed // asked of a supplier
	Accepted []Followed // exceptions, those run out included
	Unknown  []Followed // ticked or asked, and not measured this time
	Reviews  []checklist.Review
}

// Followed is one entry of the checklist with what the newest scan says of it.
type Followed struct {
	Entry  checklist.Entry
	Status checklist.Status
	Title  string
	Text   string // a sentence: what was said, and what was seen
}

func followup(_ words, _ Input) *Followup { return nil }
