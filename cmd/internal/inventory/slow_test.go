//go:build race

package inventory_test

// slower is how many times as long the race detector may make a test.
const slower = 12
