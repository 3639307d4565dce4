package web

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"campanile/collectors/evidence"
)

// formsRead knows which form the walk is in.
type formsRead struct {
	around *html.Node         // the form element that is open
	stray  *html.Node         // the last one that is empty, as forms between the parts of a table are
	kept   map[*html.Node]int // by their place in the evidence
}

// form keeps where a form sends what people type; without an action, to the
// page itself (HTML standard, section 4.10.21.3).
func (w *walker) form(n *html.Node) {
	w.forms.around, w.forms.stray = n, nil
	if n.FirstChild == nil {
		w.forms.stray = n
	}
	u, err := w.at, error(nil)
	if action := attribute(n, "action"); action != "" { // else the page itself, whatever <base> says
		u, err = resolve(w.base, action)
	}
	if err != nil || len(w.page.Forms) == evidence.MaxLinks {
		return
	}
	action := evidence.Clip(u.String(), evidence.MaxText)
	if !w.fits(action) {
		return
	}
	w.forms.kept[n] = len(w.page.Forms)
	w.page.Forms = append(w.page.Forms, evidence.Form{
		Action: action,
		Method: evidence.Clip(strings.ToLower(strings.TrimSpace(attribute(n, "method"))), 16),
	})
}

// field keeps what a field tells of its form: that it asks for a password, or
// the name of a hidden one. A field behind an empty form belongs to that: the
// parser leaves it so where tables and forms are nested wrongly (HTML standard,
// section 13.2.6.4.9).
func (w *walker) field(n *html.Node) {
	owner := w.forms.around
	switch id := attribute(n, "form"); {
	case id != "":
		owner = w.ids[id]
	case owner == nil:
		owner = w.forms.stray
	}
	i, ok := w.forms.kept[owner]
	if !ok {
		return
	}
	form := &w.page.Forms[i]
	switch strings.ToLower(strings.TrimSpace(attribute(n, "type"))) {
	case "password":
		form.Password = true
	case "hidden":
		name := steady(evidence.Clip(strings.TrimSpace(attribute(n, "name")), 100))
		if name != "" && len(form.Hidden) < evidence.MaxHidden && !slices.Contains(form.Hidden, name) && w.fits(name) {
			form.Hidden = append(form.Hidden, name)
		}
	}
}

// leastToken is how many hexadecimal digits make a name that is another one on
// each visit, as some systems give to their tokens.
const leastToken = 16

// steady puts a sign in the place of such a name: evidence is the same when the
// site is.
func steady(name string) string {
	if len(name) >= leastToken && strings.Trim(strings.ToLower(name), "0123456789abcdef") == "" {
		return fmt.Sprintf("hex-%d", len(name))
	}
	return name
}
