package ticks

import (
	"campanile/cmd/internal/mistake"
	"campanile/report/checklist"
)

// reader gathers entries, and what is wrong, so that the user mends it in one go.
type reader struct {
	mistake.List
	numbers bool // a day can be written as a number, as workbooks keep it
	list    checklist.Checklist
	head    []string // the first row of a table
	blamed  bool     // the domain was refused already
}
