package answers

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"campanile/cmd/internal/config"
	"campanile/cmd/internal/day"
	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/mistake"
	"campanile/report/score/dma"
	"campanile/rules"
)

// field takes one value from the head of the form. What is empty stays so.
func (r *reader) field(at mistake.Place, key, text string) {
	text = strings.TrimSpace(text)
	if !r.Once(at, key, key) || text == "" {
		return
	}
	err := plain(text)
	if err == nil {
		err = r.set(key, text)
	}
	if err != nil {
		r.Wrong(at, "%s: %s", key, err)
	}
}

func (r *reader) set(key, text string) error {
	var err error
	switch key {
	case "form":
		if r.form.Form = text; text != r.q.Form {
			err = fmt.Errorf("%s is not the edition that this program knows, %s; take an empty form from \"campanile dma template\" and bring the answers over by hand", mistake.Quoted(text), r.q.Form)
		}
	case "body":
		r.form.Body = text
	case "domain":
		r.form.Domain, err = inventory.Domain(text)
	case "code":
		r.form.Code = text
	case "tax_number":
		r.form.TaxNumber = text
	case "stage":
		r.form.Stage = text
	case "date":
		r.form.Date, err = day.Of(text, r.days)
	case "source":
		if r.form.Source = text; !slices.Contains(dma.Sources, text) {
			err = fmt.Errorf("%s is none of %s", mistake.Quoted(text), strings.Join(dma.Sources, ", "))
		}
	}
	return err
}

// complete asks for what no form can go without.
func (r *reader) complete() {
	whole := mistake.Place{}
	for _, f := range []struct {
		missing bool
		keys    []string // the first is named; a mistake in one of them has been told
		next    string
	}{
		{r.form.Form == "", []string{"form"}, "write which edition was answered, such as " + r.q.Form},
		{r.form.Body == "" && r.form.Domain == "", []string{"body", "domain"}, "write whose answers these are"},
		{r.form.Stage == "", []string{"stage"}, "write T0, T1, T2 or a name of your own"},
		{r.form.Date.IsZero(), []string{"date"}, "write the day of the answers"},
	} {
		if f.missing && !slices.ContainsFunc(f.keys, r.Of) {
			r.Wrong(whole, "%s: missing; %s", f.keys[0], f.next)
		}
	}
	if len(r.form.Answers) == 0 && r.Empty() {
		r.Wrong(whole, "no item has an answer; fill the form first")
	}
}

// unknown says that a name is no part of a form, and which was meant.
func unknown(name string) error {
	for _, key := range slices.Concat(rules.FormFields, []string{"answers"}) {
		if config.Near(name, key) {
			return fmt.Errorf("%s is not known; did you mean %q?", mistake.Quoted(name), key)
		}
	}
	return errors.New(mistake.Quoted(name) + " is no item of the form and no part of its head (" + strings.Join(rules.FormFields, ", ") + ")")
}
