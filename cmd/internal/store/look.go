package store

import (
	"context"

	"github.com/uptrace/bun"

	"campanile/report/history"
)

// Looks gives all looks at a body, oldest first, as its history is counted from.
func (s *Store) Looks(ctx context.Context, body int64) ([]history.Look, error) {
	var list []history.Look
	err := s.read.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var err error
		list, err = looks(ctx, tx, body)
		return err
	})
	return list, plainly(err)
}
