package tracker

import (
	_ "embed" // the lists
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
)

var (
	//go:embed trackers.csv
	hostList string
	//go:embed consent.csv
	consentList string
)

type consent struct{ sign, name string }

type known struct {
	hosts   map[string]Tracker
	consent []consent
}

// lists are read once; nothing changes them.
var lists = sync.OnceValue(func() known {
	k := known{hosts: map[string]Tracker{}}
	for _, row := range rows(hostList, 6) {
		k.hosts[row[0]] = Tracker{Name: row[1], Category: Category(row[2]), Site: row[3] == "site", Source: row[4], TakenOn: row[5]}
	}
	for _, row := range rows(consentList, 4) {
		k.consent = append(k.consent, consent{row[0], row[1]})
	}
	return k
})

// rows reads a list without its heading. The lists are part of the program: one
// that cannot be read is an impossible state.
func rows(list string, columns int) [][]string {
	reader := csv.NewReader(strings.NewReader(list))
	reader.Comment, reader.FieldsPerRecord = '#', columns
	all, err := reader.ReadAll()
	if err != nil || len(all) == 0 {
		panic(fmt.Sprintf("embedded list of trackers: %v", err))
	}
	return all[1:]
}
