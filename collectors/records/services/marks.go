package services

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
)

// mark is a sign of a product on a web page.
type mark struct{ id, product, where, what string }

//go:embed marks.csv
var marksTable string

// marks reads the embedded table once; a mistake in it is a bug that the first
// test shows.
var marks = sync.OnceValue(func() []mark {
	reader := csv.NewReader(strings.NewReader(marksTable))
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	if err != nil {
		panic("services: marks.csv: " + err.Error())
	}
	list := make([]mark, len(rows))
	for i, row := range rows {
		list[i] = mark{row[0], row[1], row[2], strings.ToLower(row[3])}
	}
	return list
})

// recogniseMark looks for the sign of a product.
func recogniseMark(p page) (Identity, bool) {
	for _, m := range marks() {
		version, found := m.on(p)
		if found {
			return named(m.id, m.product, version).with("login", loginBy(p)).with("title", p.title), true
		}
	}
	return Identity{}, false
}

// on finds the mark on a page, and the version behind it in the Server header.
func (m mark) on(p page) (version string, found bool) {
	switch m.where {
	case "title":
		return "", strings.HasPrefix(strings.ToLower(p.title), m.what)
	case "realm":
		_, realm, ok := strings.Cut(strings.ToLower(p.value("www-authenticate")), "realm=")
		return "", ok && strings.Contains(realm, m.what)
	case "server":
		server := p.value("server")
		at := strings.Index(strings.ToLower(server), m.what)
		if at < 0 || at+len(m.what) > len(server) {
			return "", false
		}
		if strings.HasSuffix(m.what, "/") {
			version = firstWord(server[at+len(m.what):])
		}
		return version, true
	}
	value := p.value(m.where)
	return "", value != "" && strings.Contains(strings.ToLower(value), m.what)
}
