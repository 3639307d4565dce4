package queue

import "github.com/uptrace/bun"

// Remaining is the estimate of the time left.
var Remaining = remaining

// Database is the database of a queue.
func Database(q *Queue) *bun.DB { return q.db }
