package tracker

import (
	_ "embed" // the list
	"strings"
	"sync"
)

//go:embed cookies.csv
var cookieList string

// cookies are read once; nothing changes them.
var cookies = sync.OnceValue(func() [][]string { return rows(cookieList, 4) })

// Cookie recognises a cookie by which somebody follows people, and tells whose
// product it is. Names are compared as they are written: case matters.
func Cookie(name string) (product string, ok bool) {
	for _, row := range cookies() {
		beginning, open := strings.CutSuffix(row[0], "*")
		if name == row[0] && !open || open && strings.HasPrefix(name, beginning) && name != beginning {
			return row[1], true
		}
	}
	return "", false
}
