package store

import (
	"context"
	"time"

	"campanile/collectors/evidence"
)

// SentAt is what the scans of one hour have sent.
type SentAt struct {
	At    time.Time // the hour begins
	Scans int
	Sent  evidence.Sent // without the addresses
}

// SentByHour sums up hour by hour what was sent to the bodies that a filter lets
// through, the newest hour first. Whoever shows days adds hours up: where a day
// begins depends on who reads.
func (s *Store) SentByHour(ctx context.Context, f Filter, since time.Time) ([]SentAt, error) {
	var rows []struct{ Hour, Scans, Queries, Connections, Requests, Sent int64 }
	query := s.read.NewSelect().TableExpr("scans").
		ColumnExpr(`taken / 3600 AS hour, COUNT(*) AS scans, CAST(SUM(queries) AS BIGINT) AS queries, CAST(SUM(connections) AS BIGINT) AS connections,
			CAST(SUM(requests) AS BIGINT) AS requests, CAST(SUM(sent) AS BIGINT) AS sent`).
		Where("taken >= ?", since.Unix()).GroupExpr("taken / 3600").OrderExpr("hour DESC")
	s.within(query, f)
	if err := query.Scan(ctx, &rows); err != nil {
		return nil, plainly(err)
	}
	list := make([]SentAt, len(rows))
	for i, r := range rows {
		list[i] = SentAt{time.Unix(r.Hour*3600, 0).UTC(), int(r.Scans), evidence.Sent{
			DNSQueries: int(r.Queries), Connections: int(r.Connections), Requests: int(r.Requests), Bytes: r.Sent,
		}}
	}
	return list, nil
}
