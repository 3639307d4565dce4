package queue

import (
	"context"
	"slices"

	"github.com/riverqueue/river/rivertype"
)

// job is what the queue has of a body in a run.
type job struct {
	alive     bool // it is still to be done, or being done
	discarded bool // it was tried often enough
	priority  Priority
}

// jobs gives what the queue has of a run, by body.
func (q *Queue) jobs(ctx context.Context, run int64) (map[int64]job, error) {
	var rows []struct {
		Body     int64
		State    string
		Priority int
	}
	// River keeps the arguments as JSON, on both engines with the same operator.
	err := q.db.NewRaw(`SELECT CAST(args->>'body' AS BIGINT) AS body, CAST(state AS TEXT) AS state, priority FROM river_job
		WHERE kind = ? AND CAST(args->>'run' AS BIGINT) = ?`, kind, run).Scan(ctx, &rows)
	if err != nil {
		return nil, plainly(err)
	}
	jobs := make(map[int64]job, len(rows))
	for _, r := range rows {
		j := jobs[r.Body]
		j.alive = j.alive || slices.Contains(underWay(), rivertype.JobState(r.State))
		j.discarded = j.discarded || rivertype.JobState(r.State) == rivertype.JobStateDiscarded
		j.priority = Priority(r.Priority)
		jobs[r.Body] = j
	}
	return jobs, nil
}
