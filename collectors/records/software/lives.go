package software

import (
	_ "embed" // the table
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
)

//go:embed lifecycles.csv
var table string

// lives are read once; nothing changes them.
var lives = sync.OnceValue(func() map[string][]Life {
	known := map[string][]Life{}
	for _, row := range rows() {
		known[row[0]] = append(known[row[0]], Life{row[0], row[1], row[2], row[3], row[4], row[5]})
	}
	return known
})

// rows reads the table without its heading. It is part of the program: one that
// cannot be read is an impossible state.
func rows() [][]string {
	reader := csv.NewReader(strings.NewReader(table))
	reader.Comment, reader.FieldsPerRecord = '#', 6
	all, err := reader.ReadAll()
	if err != nil || len(all) == 0 {
		panic(fmt.Sprintf("embedded table of lives: %v", err))
	}
	return all[1:]
}

// lifeOf gives the longest cycle with which a version begins.
func lifeOf(product, version string) (Life, bool) {
	var best Life
	for _, life := range lives()[product] {
		if (version == life.Cycle || strings.HasPrefix(version, life.Cycle+".")) && len(life.Cycle) > len(best.Cycle) {
			best = life
		}
	}
	return best, best.Cycle != ""
}
