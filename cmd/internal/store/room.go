package store

import "context"

// Room says what the store holds and what its evidence and verdicts take.
type Room struct {
	Bodies, Scans, Parts int64
	Content              int64 // bytes of the parts as they were
	Packed               int64 // bytes that they take
}

// Room measures the store.
func (s *Store) Room(ctx context.Context) (Room, error) {
	var r Room
	err := s.read.NewRaw(`SELECT (SELECT COUNT(*) FROM bodies) AS bodies, (SELECT COUNT(*) FROM scans) AS scans, COUNT(*) AS parts,
		CAST(COALESCE(SUM(size), 0) AS BIGINT) AS content, CAST(COALESCE(SUM(LENGTH(packed)), 0) AS BIGINT) AS packed FROM parts`).Scan(ctx, &r)
	return r, plainly(err)
}
