package chronicle

import (
	"context"
	"fmt"
	"sync"

	"campanile/cmd/internal/store"
	"campanile/rules"
)

// question is one that takes its time over a whole nation.
type question struct {
	what      string
	of        store.Filter
	language  rules.Language
	anonymous bool
}

// remembered holds the answers to questions, as long as nothing is written about the
// bodies. It is for what reads every town in full; all other pages are asked anew.
type remembered struct {
	sync.Mutex
	version int64
	answers map[string]*answer
}

// answer is one that is there or on its way.
type answer struct {
	sync.Mutex
	value any
}

// mostRemembered bounds the answers: the filters of a page are for its reader to choose.
const mostRemembered = 32

// once gives the answer to a question, asked once for each version of the store. The
// version is read before the answer is made: what is written meanwhile is of a later
// one.
func once[T any](ctx context.Context, c *Chronicle, q question, ask func() (T, error)) (T, error) {
	var none T
	version, err := c.Store.Version(ctx)
	if err != nil {
		return none, err
	}
	a := c.remembered.of(version, fmt.Sprintf("%#v", q))
	a.Lock()
	defer a.Unlock()
	if value, ok := a.value.(T); ok {
		return value, nil
	}
	value, err := ask()
	if err == nil {
		a.value = value
	}
	return value, err
}

// of gives the place of an answer in a version. Who is late, with an older version,
// gets a place of its own.
func (r *remembered) of(version int64, question string) *answer {
	r.Lock()
	defer r.Unlock()
	if version < r.version {
		return new(answer)
	}
	if version > r.version || len(r.answers) >= mostRemembered {
		r.version, r.answers = version, map[string]*answer{}
	}
	if r.answers == nil {
		r.answers = map[string]*answer{}
	}
	if r.answers[question] == nil {
		r.answers[question] = new(answer)
	}
	return r.answers[question]
}
