package dashboard

import (
	"bytes"
	"cmp"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"campanile/report"
	"campanile/report/paper"
	"campanile/report/sheet"
	"campanile/report/territory"
	"campanile/rules"
)

// How much a page on suppliers shows.
const (
	mostRequests = 3  // of a supplier in the list
	mostOwn      = 15 // of what towns do themselves, and of what nobody was recognised for
	mostTowns    = 60 // names under one request; the letter and the table have all
)

// suppliersView is who can put right what.
type suppliersView struct {
	Towns     int
	Lead      string
	Best      []bestView
	Suppliers []supplierLine
	Quiet     []supplierLine // of whom nothing is asked
	Sheets    sheets
	Own       []requestView
	Others    []requestView // for suppliers that nobody recognised
}

// bestView is a request that helps more municipalities than any other.
type bestView struct {
	requestView

	Name, Letter string // to whom, and where the letter is
}

// supplierLine is one supplier in the list.
type supplierLine struct {
	Name, Link string
	Roles      string // "Mail: 14 municipalities of 20"
	Asked      string // how much can be asked of it, for how many towns
	Requests   []requestView
	More       string
}

// requestView is one thing to ask for.
type requestView struct {
	Title    string
	Severity rules.Severity
	Said     string // "this one change at X …"
	Where    string
	Effort   string
	Towns    []townLink
	Rest     string // how many more there are
	Left     string // what could not be measured
	Rule     string
	Link     string // the list of the towns with the problem
}

// Few reports whether the towns need no list of their own.
func (v requestView) Few() bool { return len(v.Towns) > 0 && len(v.Towns) <= 3 && v.Rest == "" }

// townLink leads to a town.
type townLink struct {
	Name, Link string
	Where      string // what fails there
}

// suppliersPage lists who can put right most.
func (s *site) suppliersPage(w http.ResponseWriter, r *http.Request) {
	t := s.teller(r)
	o, err := s.Chronicle.Suppliers(r.Context(), s.viewerOf(r).filter(), t.language)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view := suppliersView{Towns: o.Towns}
	var asked []*territory.Supplier
	for i := range o.Suppliers {
		if len(o.Suppliers[i].Changes) > 0 {
			asked = append(asked, &o.Suppliers[i])
		} else {
			view.Quiet = append(view.Quiet, t.supplier(&o.Suppliers[i]))
		}
	}
	view.Sheets = t.sheetsOf(r, sheetOf(r), len(asked))
	for _, each := range window(asked, view.Sheets) {
		view.Suppliers = append(view.Suppliers, t.supplier(each))
	}
	view.Quiet = view.Quiet[:min(len(view.Quiet), perSheet)]
	view.Lead = t.Count("figures.suppliers.lead", len(asked), "Towns", t.count(o.Towns))
	if view.Sheets.This == 1 {
		view.Best = t.best(asked)
	}
	for _, c := range o.Own[:min(len(o.Own), mostOwn)] {
		view.Own = append(view.Own, t.request(&c))
	}
	for _, c := range o.Unrecognised[:min(len(o.Unrecognised), mostOwn)] {
		view.Others = append(view.Others, t.request(&c))
	}
	s.page(w, r, "suppliers", http.StatusOK, view)
}

// best gives the request that helps most municipalities with what wants action within
// a quarter; and where another one helps more of them with something minor, that, too.
func (t teller) best(list []*territory.Supplier) []bestView {
	var found []bestView
	pressing, first := widest(list, rules.Medium)
	minor, second := widest(list, rules.Low)
	if first != nil && (len(first.Towns) > 1 || second == first) {
		found = append(found, bestView{t.request(first), pressing.Name, supplierPath(pressing)})
	}
	if second != nil && second != first {
		found = append(found, bestView{t.request(second), minor.Name, supplierPath(minor)})
	}
	return found
}

// widest finds the change for most municipalities, of those at least as grave as a
// severity. Of equals it is what is done once for all, then the first, which is the
// most urgent.
func widest(list []*territory.Supplier, least rules.Severity) (*territory.Supplier, *territory.Change) {
	var of *territory.Supplier
	var most *territory.Change
	for _, s := range list {
		for i := range s.Changes {
			c := &s.Changes[i]
			if rank(c.Severity) > rank(least) {
				continue
			}
			if most == nil || len(c.Towns) > len(most.Towns) || len(c.Towns) == len(most.Towns) && c.Once && !most.Once {
				of, most = s, c
			}
		}
	}
	return of, most
}

// inBrief gives the changes of a supplier that the list shows: the one that serves
// most municipalities, then the most urgent.
func inBrief(s *territory.Supplier) []*territory.Change {
	_, most := widest([]*territory.Supplier{s}, rules.Info)
	list := []*territory.Change{most}
	for i := range s.Changes {
		if c := &s.Changes[i]; c != most && len(list) < mostRequests {
			list = append(list, c)
		}
	}
	return list
}

// supplierPath leads to the page of a supplier.
func supplierPath(s *territory.Supplier) string { return "/suppliers/" + url.PathEscape(s.ID()) }

// supplier is one line of the list: the name, what it does, and the first of what can
// be asked of it.
func (t teller) supplier(s *territory.Supplier) supplierLine {
	line := supplierLine{Name: s.Name, Link: supplierPath(s), Roles: s.Said}
	towns := map[string]bool{}
	for _, c := range s.Changes {
		for _, concerned := range c.Towns {
			towns[concerned.Domain] = true
		}
	}
	if len(s.Changes) == 0 {
		return line
	}
	line.Asked = t.Count("figures.suppliers.asked", len(s.Changes), "Towns", t.Count("territory.municipalities", len(towns)))
	for _, c := range inBrief(s) {
		line.Requests = append(line.Requests, t.request(c))
	}
	if n := len(s.Changes) - mostRequests; n > 0 {
		line.More = t.Count("figures.suppliers.more", n)
	}
	return line
}

// request tells one thing to ask for, and for whom.
func (t teller) request(c *territory.Change) requestView {
	v := requestView{
		Title: c.Title, Severity: c.Severity, Said: c.Said, Where: report.Shown(c.Place), Left: c.Left, Rule: c.Rule,
		Effort: t.Say("effort." + string(c.Effort)), Link: "/towns?rule=" + url.QueryEscape(c.Rule),
	}
	for _, concerned := range c.Towns[:min(len(c.Towns), mostTowns)] {
		v.Towns = append(v.Towns, townLink{
			Name: concerned.Name, Link: "/town?domain=" + url.QueryEscape(concerned.Domain), Where: t.places(c, concerned.Subjects),
		})
	}
	if n := len(c.Towns) - mostTowns; n > 0 {
		v.Rest = t.Count("figures.suppliers.rest", n)
	}
	return v
}

// places names what fails at a town, where that is not the same for all.
func (t teller) places(c *territory.Change, subjects []string) string {
	if c.Once {
		return ""
	}
	var shown []string
	for _, each := range subjects {
		shown = append(shown, report.Shown(each))
	}
	return t.List(shown)
}

// supplierView is one supplier, with the letter to it.
type supplierView struct {
	Name      string
	Roles     string
	Lead      string
	Best      []bestView // where it can help most
	Customers string
	Signs     []string
	Requests  []requestView
	Letter    string         // as plain text
	Cut       bool           // the page shows its beginning alone
	Tongue    rules.Language // of the letter
	In        string         // the name of that language
	Link      string         // of this page
}

// supplierPage shows what one supplier can put right, and the letter that asks for
// it.
func (s *site) supplierPage(w http.ResponseWriter, r *http.Request, kept *drawer) {
	t, id := s.teller(r), r.PathValue("id")
	version, err := s.Chronicle.Store.Version(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	view := kept.take(version, id, t.language)
	if view == nil {
		if view, err = s.supplierOf(r, t, id); err != nil {
			s.fail(w, r, err)
			return
		}
		kept.put(version, id, t.language, view)
	}
	s.page(w, r, "supplier", http.StatusOK, view)
}

func (s *site) supplierOf(r *http.Request, t teller, id string) (*supplierView, error) {
	supplier, in, err := s.Chronicle.Supplier(r.Context(), s.viewerOf(r).filter(), id, t.language)
	if err != nil {
		return nil, err
	}
	view := &supplierView{
		Name: supplier.Name, Roles: supplier.Said, Lead: t.supplier(supplier).Asked, Link: supplierPath(supplier),
		Tongue: supplier.Language, In: report.WordsIn(supplier.Language).LanguageName(),
		Customers: t.List(supplier.Customers), Best: t.best([]*territory.Supplier{supplier}),
	}
	for _, sign := range supplier.Signs[:min(len(supplier.Signs), perSheet)] {
		view.Signs = append(view.Signs, t.Count("figures.supplier.sign", sign.Towns, "Sign", report.Plain(sign.Evidence)))
	}
	for i := range supplier.Changes {
		view.Requests = append(view.Requests, t.request(&supplier.Changes[i]))
	}
	if len(supplier.Changes) == 0 {
		return view, nil
	}
	var text strings.Builder
	d, l := supplier.Letter(in)
	if err := report.WriteLetter(&text, d, l); err != nil {
		return nil, err
	}
	view.Letter, view.Cut = beginning(text.String())
	return view, nil
}

// drawer keeps the pages of suppliers while the store stays as it is: the letter for
// hundreds of municipalities takes its time. Only the group comes here, who sees all.
type drawer struct {
	mutex   sync.Mutex
	version int64
	views   map[string]*supplierView
}

// shelved is how many pages are kept.
const shelved = 64

func (k *drawer) take(version int64, id string, l rules.Language) *supplierView {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.version != version {
		return nil
	}
	return k.views[string(l)+" "+id]
}

func (k *drawer) put(version int64, id string, l rules.Language, v *supplierView) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.version != version || len(k.views) >= shelved {
		k.version, k.views = version, nil
	}
	if k.views == nil {
		k.views = map[string]*supplierView{}
	}
	k.views[string(l)+" "+id] = v
}

// mostShown is how much of a letter the page shows, in bytes; the files have it whole.
const mostShown = 24_000

// beginning gives the first lines of a long text.
func beginning(text string) (string, bool) {
	if len(text) <= mostShown {
		return text, false
	}
	return text[:strings.LastIndexByte(text[:mostShown], '\n')+1], true
}

// letterForm is how the letter to a supplier is handed out.
type letterForm int

const (
	plainLetter letterForm = iota
	wordLetter
	placesTable
)

// supplierLetter hands the letter out as a file, or the table that goes with it.
func (s *site) supplierLetter(form letterForm) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		supplier, in, err := s.Chronicle.Supplier(r.Context(), s.viewerOf(r).filter(), r.PathValue("id"), s.teller(r).language)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if len(supplier.Changes) == 0 { // there is nothing to ask for, so there is no letter
			s.unknown(w, r)
			return
		}
		name, out := "campanile-"+fileName(supplier.ID()), &bytes.Buffer{}
		d, l := supplier.Letter(in)
		switch form {
		case wordLetter:
			s.wordFile(w, r, name+".docx", paper.Letter(d, l))
			return
		case placesTable:
			if err = sheet.WriteCSV(out, supplier.Table()); err == nil {
				download(w, name+".csv", "text/csv; charset=utf-8", out.Bytes())
			}
		case plainLetter:
			if err = report.WriteLetter(out, d, l); err == nil {
				download(w, name+".txt", "text/plain; charset=utf-8", out.Bytes())
			}
		}
		if err != nil {
			s.fail(w, r, err)
		}
	}
}

// fileName keeps of a name what every system takes in the name of a file.
func fileName(text string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '-'
	}, strings.ToLower(clipped(text, 60)))
	return cmp.Or(strings.Trim(name, "-"), "letter")
}
