//go:build !race

package inventory_test

// slower is how many times as long a test may take: without the race detector,
// no longer than it should.
const slower = 1
