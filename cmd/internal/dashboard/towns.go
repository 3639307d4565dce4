package dashboard

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"campanile/cmd/internal/store"
	"campanile/report"
	"campanile/report/sheet"
	"campanile/rules"
)

// perPage is how many municipalities a page of the list shows.
const perPage = 50

// longestFilter bounds what is looked for, in bytes.
const longestFilter = 200

// townsView is the list of municipalities.
type townsView struct {
	Asked   asked
	Choices choices
	Columns []column
	Rows    []townRow
	Total   int
	From    int
	To      int
	Before  string // address of the page before; empty on the first
	After   string
	CSV     string
	Placed  bool // where they are differs from row to row; else the column tells nothing
	Among   bool // something is asked for, so that not all are shown
}

// column is one of the list: what it is sorted by, if it can be.
type column struct {
	Name   string
	Path   string // sorts by it; empty where nothing does
	Sorted string // of aria-sort; empty where the list is not sorted by it
	Number bool
}

// townRow is a municipality in the list.
type townRow struct {
	store.Town

	Place string // its province or department, else its union
	Open  string // why there is no grade; empty where there is one
}

// Failed counts the findings of a severity.
func (r townRow) Failed(severity string) int { return r.Summary.Fail[rules.Severity(severity)] }

// asked is what the address of the list asks for, as it was written there.
type asked struct {
	Name, Province, Department, Union, Grade, Rule, Supplier, From, To string
	Sort                                                               store.Order
	page                                                               int
}

// fields are the parts of a question, by their names in the address.
func (a *asked) fields() []struct {
	name string
	into *string
} {
	return []struct {
		name string
		into *string
	}{
		{"name", &a.Name},
		{"province", &a.Province},
		{"department", &a.Department},
		{"union", &a.Union},
		{"grade", &a.Grade},
		{"rule", &a.Rule},
		{"supplier", &a.Supplier},
		{"from", &a.From},
		{"to", &a.To},
	}
}

// readAsked reads the address of the list. What makes no sense asks nothing.
func readAsked(query url.Values) asked {
	var a asked
	for _, f := range a.fields() {
		*f.into = strings.TrimSpace(strings.ToValidUTF8(clipped(query.Get(f.name), longestFilter), ""))
	}
	for _, text := range []*string{&a.From, &a.To} {
		if n, err := strconv.Atoi(*text); err != nil || n < 1 || n > 1_000_000_000 {
			*text = ""
		}
	}
	if !slices.Contains(grades(), a.Grade) {
		a.Grade = ""
	}
	a.Sort = store.Order(query.Get("sort"))
	if !slices.Contains([]store.Order{store.ByName, store.ByGrade, store.ByAge}, a.Sort) {
		a.Sort = store.ByName
	}
	a.page = max(1, min(atoi(query.Get("page")), 1_000_000))
	return a
}

func atoi(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

// grades are all that there are, the best first.
func grades() []string { return []string{"A", "B", "C", "D", "E"} }

// among narrows what a viewer sees to what he asks for.
func (a asked) among(f store.Filter) store.Filter {
	f.Name, f.Province, f.Department, f.Union = a.Name, a.Province, a.Department, a.Union
	f.Grade, f.Rule, f.SupplierName = a.Grade, a.Rule, a.Supplier
	f.MinPopulation, f.MaxPopulation = atoi(a.From), atoi(a.To)
	if f.MaxPopulation > 0 {
		f.MinPopulation = max(1, f.MinPopulation) // of which nobody knows it, it is not small
	}
	return f
}

// nothing reports whether all are asked for.
func (a asked) nothing() bool {
	for _, f := range a.fields() {
		if *f.into != "" {
			return false
		}
	}
	return true
}

// path is the address of the list, or of another form of it, with the same
// questions.
func (a asked) path(to string, order store.Order, page int) string {
	query := url.Values{}
	for _, f := range a.fields() {
		if *f.into != "" {
			query.Set(f.name, *f.into)
		}
	}
	if order != store.ByName {
		query.Set("sort", string(order))
	}
	if page > 1 {
		query.Set("page", strconv.Itoa(page))
	}
	if len(query) == 0 {
		return to
	}
	return to + "?" + query.Encode()
}

func (s *site) townsPage(w http.ResponseWriter, r *http.Request) {
	a, t, v := readAsked(r.URL.Query()), s.teller(r), s.viewerOf(r)
	filter := a.among(v.filter())
	towns, total, err := s.Chronicle.Store.Towns(r.Context(), filter, time.Time{}, store.Page{Order: a.Sort, Offset: (a.page - 1) * perPage, Limit: perPage})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view := townsView{Asked: a, Total: total, Columns: columns(t, a), CSV: a.path("/towns.csv", a.Sort, 1), Among: !a.nothing()}
	for _, town := range towns {
		view.Rows = append(view.Rows, t.townRow(town))
	}
	for _, row := range view.Rows {
		view.Placed = view.Placed || row.Place != view.Rows[0].Place
	}
	view.From, view.To = min((a.page-1)*perPage+1, total), min((a.page-1)*perPage+len(towns), total)
	if a.page > 1 {
		view.Before = a.path("/towns", a.Sort, min(a.page-1, (total+perPage-1)/perPage))
	}
	if a.page*perPage < total {
		view.After = a.path("/towns", a.Sort, a.page+1)
	}
	if v.Group() {
		if view.Choices, err = s.choices(r.Context(), v.filter(), t, a); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	s.page(w, r, "towns", http.StatusOK, view)
}

func (t teller) townRow(town store.Town) townRow {
	row := townRow{Town: town, Place: cmp.Or(town.Province, town.Department, town.Union)}
	switch {
	case town.Scan == 0:
		row.Open = t.Say("dashboard.towns.never")
	case town.Summary.Grade == "":
		row.Open = t.Say("dashboard.towns.ungraded")
	}
	return row
}

// columns are those of the list; three of them sort it.
func columns(t teller, a asked) []column {
	sorted := func(name string, order store.Order, way string) column {
		c := column{Name: name, Path: a.path("/towns", order, 1)}
		if a.Sort == order {
			c.Sorted = way
		}
		return c
	}
	number := func(name string) column { return column{Name: name, Number: true} }
	return []column{
		sorted(t.Say("column.town"), store.ByName, "ascending"),
		{Name: t.Say("dashboard.towns.place")},
		number(t.Say("dashboard.towns.population")),
		sorted(t.Say("column.grade"), store.ByGrade, "descending"),
		number(t.Say("column.critical")), number(t.Say("column.high")), number(t.Say("column.medium")), number(t.Say("column.low")),
		number(t.Say("column.unmeasured")),
		sorted(t.Say("dashboard.towns.looked"), store.ByAge, "ascending"),
	}
}

// townsCSV is the list as a table for a spreadsheet: all that is asked for, on
// one page.
func (s *site) townsCSV(w http.ResponseWriter, r *http.Request) {
	a, t := readAsked(r.URL.Query()), s.teller(r)
	towns, _, err := s.Chronicle.Store.Towns(r.Context(), a.among(s.viewerOf(r).filter()), time.Time{}, store.Page{Order: a.Sort})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	list := report.List{Name: t.Say("dashboard.nav.towns")}
	for _, name := range []string{
		t.Say("column.town"), t.Say("sheet.domain"), t.Say("dashboard.towns.province"), t.Say("dashboard.towns.department"), t.Say("dashboard.towns.union"),
		t.Say("dashboard.towns.population"), t.Say("column.grade"), t.Say("column.critical"), t.Say("column.high"), t.Say("column.medium"), t.Say("column.low"),
		t.Say("column.unmeasured"), t.Say("dashboard.towns.looked"),
	} {
		list.Columns = append(list.Columns, report.Column{Name: name})
	}
	for _, town := range towns {
		list.Rows = append(list.Rows, t.line(town))
	}
	var text bytes.Buffer
	if err := sheet.WriteCSV(&text, list); err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Disposition", `attachment; filename="campanile-`+s.now().Format(time.DateOnly)+`.csv"`)
	send(w, http.StatusOK, "text/csv; charset=utf-8", text.Bytes())
}

// line is a municipality as a row of a spreadsheet. What was not measured is an
// empty cell and never a zero.
func (t teller) line(town store.Town) []string {
	line := []string{
		report.Plain(town.Name), report.Shown(town.Domain), report.Plain(town.Province), report.Plain(town.Department), report.Plain(town.Union), "",
		t.townRow(town).Open, "", "", "", "", "", "",
	}
	if town.Population > 0 {
		line[5] = strconv.Itoa(town.Population)
	}
	if town.Scan == 0 {
		return line
	}
	line = append(line[:6], cmp.Or(town.Summary.Grade, line[6]))
	for _, severity := range counted() {
		line = append(line, strconv.Itoa(town.Summary.Fail[severity]))
	}
	return append(line, strconv.Itoa(town.Summary.Inconclusive), town.Taken.In(t.zone).Format(time.DateOnly))
}

// choices are what the list can be narrowed to.
type choices struct {
	Provinces, Departments, Unions []choice
	Grades, Rules, Suppliers       []choice
}

// choice is an entry of a list to choose from.
type choice struct {
	Value, Name string
	Chosen      bool
}

// shelf keeps what lists are narrowed to for a while: it is the same for a whole
// group, and takes several questions to the store.
type shelf struct {
	mutex     sync.Mutex
	until     time.Time
	places    store.Places
	failing   []store.RuleCount
	suppliers []store.SupplierCount
}

// shelfTime is how old the choices may be.
const shelfTime = time.Minute

func (s *site) choices(ctx context.Context, f store.Filter, t teller, a asked) (choices, error) {
	s.shelf.mutex.Lock()
	defer s.shelf.mutex.Unlock()
	if now := s.Now(); now.After(s.shelf.until) {
		if err := s.shelf.fill(ctx, s.Chronicle.Store, f); err != nil {
			return choices{}, err
		}
		s.shelf.until = now.Add(shelfTime)
	}
	c := choices{
		Provinces: chosen(s.shelf.places.Provinces, a.Province), Departments: chosen(s.shelf.places.Departments, a.Department),
		Unions: chosen(s.shelf.places.Unions, a.Union), Grades: chosen(grades(), a.Grade),
	}
	var names []string
	for _, each := range s.shelf.suppliers {
		names = append(names, each.Name)
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	c.Suppliers = chosen(slices.Compact(names), a.Supplier)
	seen := map[string]bool{}
	for _, each := range s.shelf.failing {
		if !seen[each.Rule] {
			seen[each.Rule] = true
			c.Rules = append(c.Rules, choice{each.Rule, t.problem(each.Rule), each.Rule == a.Rule})
		}
	}
	if a.Rule != "" && !seen[a.Rule] { // no municipality has it any more
		c.Rules = append(c.Rules, choice{a.Rule, t.problem(a.Rule), true})
	}
	slices.SortFunc(c.Rules, func(a, b choice) int { return strings.Compare(a.Name, b.Name) })
	return c, nil
}

func (h *shelf) fill(ctx context.Context, kept *store.Store, f store.Filter) error {
	var err error
	if h.places, err = kept.Places(ctx, f); err != nil {
		return err
	}
	if h.failing, err = kept.Failing(ctx, f); err != nil {
		return err
	}
	h.suppliers, err = kept.Suppliers(ctx, f)
	return err
}

// chosen makes choices of names, with the one that was asked for, though nothing
// has it.
func chosen(names []string, asked string) []choice {
	if asked != "" && !slices.Contains(names, asked) {
		names = append(slices.Clone(names), asked)
	}
	list := make([]choice, len(names))
	for i, name := range names {
		list[i] = choice{name, report.Plain(name), name == asked}
	}
	return list
}
