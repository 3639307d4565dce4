package network

import (
	"context"
	"strconv"
	"time"
)

// MaxAnswers is the bound of the cache.
const MaxAnswers = maxAnswers

// Cache shows the inside of the cache to its tests.
type Cache struct{ answers answers }

// NewCache makes an empty cache.
func NewCache() *Cache { return new(Cache) }

// Add asks question number i, which is answered at once.
func (c *Cache) Add(i int) {
	now := func() time.Time { return time.Unix(0, 0) }
	c.answers.get(context.Background(), question{name: strconv.Itoa(i) + ".example."}, now, func(context.Context) Answer { return Answer{} })
}

// Len gives the number of answers that are kept.
func (c *Cache) Len() int { return len(c.answers.by) }
