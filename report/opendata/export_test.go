package opendata

// Cell is the group of a municipality by area and by size.
type Cell = [2]string

// CountedFrom gives for each town of an input the month from which on it counts,
// -1 for never, and its groups as it is counted.
func CountedFrom(in Input) ([]int, []Cell) {
	f := newFigures(in)
	cells := make([]Cell, len(f.cells))
	for i, c := range f.cells {
		cells[i] = Cell(c)
	}
	return f.since, cells
}

// CellOf gives the groups of a town before any are joined.
func CellOf(t Town) Cell { return Cell(cellOf(t)) }
