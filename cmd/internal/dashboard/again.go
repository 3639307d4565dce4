package dashboard

import (
	"net/http"
	"strconv"

	"campanile/cmd/internal/queue"
)

// enqueue begins a run for one body. It is written down although the browser may
// be gone meanwhile: a run without its job would wait for ever.
func (s *site) enqueue(r *http.Request, body int64) error {
	ctx, now := background(r.Context()), s.Now()
	name := againName + " " + strconv.FormatInt(body, 10) + " " + strconv.FormatInt(now.Unix(), 10)
	run, _, err := s.Chronicle.Store.BeginOnce(ctx, name, now, []int64{body})
	if err != nil {
		return err
	}
	_, err = s.Queue.Enqueue(ctx, run, []int64{body}, queue.Urgent)
	return err
}
