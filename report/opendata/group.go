package opendata

import (
	"cmp"
	"slices"
	"strings"
)

// The names of groups that are no code.
const (
	everything = "all"
	others     = "other"
	unknown    = "unknown"
)

// sizes are the classes of residents, by their upper bounds.
var sizes = []struct {
	below int
	name  string
}{{1000, "0-999"}, {5000, "1000-4999"}, {15000, "5000-14999"}, {50000, "15000-49999"}, {1 << 60, "50000+"}}

// cellOf puts a municipality into its groups. A code that is none could be
// anything, also a name.
func cellOf(t Town) cell {
	c := cell{unknown, unknown}
	if isCode(t.Country) && isCode(t.Area) {
		c[byArea] = strings.ToUpper(t.Country + "-" + t.Area)
	}
	for _, s := range sizes {
		if t.Population > 0 && t.Population < s.below {
			c[bySize] = s.name
			break
		}
	}
	return c
}

func isCode(text string) bool {
	return text != "" && len(text) <= 3 && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// joined are the groups of each way that are counted together.
type joined [2]map[string]bool

// of gives the cell in which a municipality is counted.
func (j joined) of(c cell) cell {
	for way := range c {
		if j[way][c[way]] {
			c[way] = others
		}
	}
	return c
}

func (j joined) all(cells []cell) []cell {
	list := make([]cell, len(cells))
	for i, c := range cells {
		list[i] = j.of(c)
	}
	return list
}

// join counts small groups together until no sum or difference is about fewer than
// Least municipalities. It begins with those that are joined already.
func join(cells []cell, j joined) joined {
	for way := range j {
		before := j[way]
		j[way] = map[string]bool{}
		for name := range before {
			j[way][name] = true
		}
	}
	for {
		now := j.all(cells)
		part, found := smallest(now)
		if !found {
			return j
		}
		var near []node // the groups that hold the two parts together
		for i, c := range now {
			if part[c.node(byArea)] != part[c.node(bySize)] {
				near = append(near, cells[i].node(byArea), cells[i].node(bySize))
			}
		}
		if !j.add(cells, near) && !j.add(cells, nil) {
			return j // fewer than Least in all
		}
	}
}

// add joins the smallest group of some, or of all, to the others. One alone is not
// joined to anything: the next smallest of its way comes with it.
func (j joined) add(cells []cell, near []node) bool {
	counts := map[node]int{}
	for _, c := range cells {
		for way := range c {
			if !j[way][c[way]] {
				counts[c.node(way)]++
			}
		}
	}
	best, ok := lightest(counts, func(n node) bool { return near == nil || slices.Contains(near, n) })
	if !ok {
		return false
	}
	j[best.way][best.name] = true
	delete(counts, best)
	if len(j[best.way]) == 1 {
		if mate, ok := lightest(counts, func(n node) bool { return n.way == best.way }); ok {
			j[mate.way][mate.name] = true
		}
	}
	return true
}

// lightest gives the group with the fewest municipalities; of equal ones the first
// by name.
func lightest(counts map[node]int, among func(node) bool) (node, bool) {
	var best node
	found := false
	for n, count := range counts {
		if among(n) && (!found || cmp.Or(cmp.Compare(count, counts[best]), cmp.Compare(n.way, best.way), strings.Compare(n.name, best.name)) < 0) {
			best, found = n, true
		}
	}
	return best, found
}

// cohorts says from which month on each municipality is counted; -1 means not yet.
// Newcomers join in numbers: if one came alone, the difference between two months
// would be its own result.
func cohorts(towns []Town, cells []cell, months int) []int {
	since := make([]int, len(towns))
	for i := range since {
		since[i] = -1
	}
	for m := range months {
		var new []int
		for i, t := range towns {
			if since[i] < 0 && t.lookedBy(m) {
				new = append(new, i)
			}
		}
		for _, i := range together(new, cells) {
			since[i] = m
		}
	}
	return since
}

// lookedBy reports whether a municipality was looked at by the end of a month.
func (t Town) lookedBy(m int) bool {
	return slices.ContainsFunc(t.Months[:min(m+1, len(t.Months))], func(s Standing) bool { return s.Looked })
}

// together leaves out municipalities until no sum or difference over those that are
// left is about fewer than Least.
func together(list []int, cells []cell) []int {
	for len(list) > 0 {
		mine := make([]cell, len(list))
		for i, n := range list {
			mine[i] = cells[n]
		}
		part, found := smallest(mine)
		if !found {
			break
		}
		list = slices.DeleteFunc(list, func(n int) bool { return part[cells[n].node(byArea)] != part[cells[n].node(bySize)] })
	}
	return list
}
