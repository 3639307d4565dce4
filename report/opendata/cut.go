package opendata

import (
	"cmp"
	"maps"
	"slices"
)

// Municipalities are divided twice: by area and by size. Whoever has the count of
// each group can add and subtract them as he likes; with the areas and the sizes as
// the two sides of a graph, and a line for each municipality from its area to its
// size, the sums that he can reach are the cuts of the graph, and the smallest
// number of municipalities that any of them tells of is the smallest cut.

// The two ways to divide.
const (
	byArea = iota
	bySize
)

// cell is the group of a municipality in each way to divide.
type cell [2]string

// node is one group.
type node struct {
	way  int
	name string
}

func (c cell) node(way int) node { return node{way, c[way]} }

// smallest finds a way to divide the groups into two parts that fewer than Least
// municipalities hold together, and gives the one part. Where there is none, every
// sum and difference of the groups' counts is about at least Least.
func smallest(cells []cell) (part map[node]bool, found bool) {
	lines := map[node]map[node]int{}
	link := func(a, b node) {
		if lines[a] == nil {
			lines[a] = map[node]int{}
		}
		lines[a][b]++
	}
	for _, c := range cells {
		link(c.node(byArea), c.node(bySize))
		link(c.node(bySize), c.node(byArea))
	}
	nodes := slices.SortedFunc(maps.Keys(lines), func(a, b node) int { return cmp.Or(cmp.Compare(a.way, b.way), cmp.Compare(a.name, b.name)) })
	for _, n := range nodes { // the most frequent case, at no cost
		if weight(lines[n]) < Least {
			return map[node]bool{n: true}, true
		}
	}
	seen := map[node]bool{}
	for _, n := range nodes {
		if seen[n] {
			continue
		}
		if part, size := narrowest(connected(n, nodes, lines, seen), lines); size < Least {
			return part, true
		}
	}
	return nil, false
}

// connected gathers the groups that a line leads to, from one on.
func connected(from node, nodes []node, lines map[node]map[node]int, seen map[node]bool) []node {
	piece := []node{from}
	seen[from] = true
	for i := 0; i < len(piece); i++ {
		for _, next := range nodes {
			if lines[piece[i]][next] > 0 && !seen[next] {
				seen[next] = true
				piece = append(piece, next)
			}
		}
	}
	return piece
}

func weight(lines map[node]int) int {
	sum := 0
	for _, n := range lines {
		sum += n
	}
	return sum
}

// narrowest is the smallest cut of a connected piece (Stoer and Wagner, 1997): again
// and again it orders the groups by how much they hold to those before, notes how
// much the last one holds, and makes one of the last two.
func narrowest(piece []node, lines map[node]map[node]int) (part map[node]bool, size int) {
	merged, between := make([][]node, len(piece)), make([][]int, len(piece))
	for i, a := range piece {
		merged[i], between[i] = []node{a}, make([]int, len(piece))
		for j, b := range piece {
			between[i][j] = lines[a][b]
		}
	}
	left := make([]int, len(piece))
	for i := range left {
		left[i] = i
	}
	size = Least // no smaller one is of interest
	for len(left) > 1 {
		order, held := ordered(left, between)
		last, before := order[len(order)-1], order[len(order)-2]
		if held < size {
			size, part = held, map[node]bool{}
			for _, n := range merged[last] {
				part[n] = true
			}
		}
		merged[before] = append(merged[before], merged[last]...)
		for i := range piece {
			between[before][i] += between[last][i]
			between[i][before] = between[before][i]
		}
		between[before][before] = 0
		left = slices.DeleteFunc(left, func(i int) bool { return i == last })
	}
	return part, size
}

// ordered puts groups in an order in which each holds most to those before it, and
// says how much the last one does.
func ordered(left []int, between [][]int) (order []int, held int) {
	open, holds := slices.Clone(left), map[int]int{}
	for len(open) > 0 {
		best := 0
		for i := range open {
			if holds[open[i]] > holds[open[best]] {
				best = i
			}
		}
		next := open[best]
		order, held = append(order, next), holds[next]
		open = slices.Delete(open, best, best+1)
		for _, i := range open {
			holds[i] += between[next][i]
		}
	}
	return order, held
}
