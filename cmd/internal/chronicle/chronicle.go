// Package chronicle writes down what each look at a municipality found, and
// answers what the pages, the commands and the workers of a territory ask. It
// stands between the store, which only keeps, and the packages that judge,
// compare and explain, which know no store.
//
// It opens no connection but that of the store, and decides nothing by itself:
// what a change is, is for report/history to say.
package chronicle

import (
	"time"

	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/rules"
)

// Chronicle is an open territory. It may be used by several goroutines.
type Chronicle struct {
	Store     *store.Store
	Rules     *rules.Set
	Questions *rules.Questionnaire
	Tool      evidence.Tool
	Sender    string           // who writes to suppliers and sends messages: the group, the union; may be empty
	Now       func() time.Time // the clock

	remembered remembered
}
