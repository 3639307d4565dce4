package chronicle_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"campanile/cmd/internal/chronicle"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report/opendata"
	"campanile/report/score/dma"
	"campanile/rules"
)

// Six towns of one province and one of another: the one is in no figure of its own,
// and no file names any of them.
func TestOpenDataOfATerritory(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, c *chronicle.Chronicle) {
		for n := range 7 {
			name := fmt.Sprintf("paese%d", n)
			province := "TO"
			if n == 6 {
				province = "AO"
			}
			ids := got(c.Store.Put(t.Context(), []store.Body{{
				Target:   evidence.Target{Domain: "comune." + name + ".example", Name: "Comune di " + name, Country: "it", Code: "c_" + name},
				Province: province, Population: 900,
			}}))(t)
			state := bad
			if n%2 == 0 {
				state = good
			}
			weekly(t, c, ids[0], name, state, state)
			if n < 5 {
				if err := c.Store.Assess(t.Context(), ids[0], dma.Assessment{Form: c.Questions.Form, Date: week(1)}); err != nil {
					t.Fatal(err)
				}
			}
		}
		themes := got(rules.EmbeddedThemes(c.Rules))(t)
		in := got(c.OpenData(t.Context(), store.Filter{}, themes, 2))(t)
		if len(in.Towns) != 7 || len(in.Months) != 3 || !in.Months[2].Equal(now()) || in.Towns[0].Area == "" || !in.Towns[0].Months[2].Looked {
			t.Fatalf("%d towns, %v", len(in.Towns), in.Months)
		}
		in.Territory, in.Language = "Valle Finta", rules.Italian
		files := got(opendata.Export(in))(t)
		for _, f := range files {
			if bytes.Contains(f.Content, []byte("paese")) || bytes.Contains(f.Content, []byte(".example")) {
				t.Errorf("%s names a municipality", f.Name)
			}
		}
		grades, maturity := string(files[0].Content), string(files[2].Content)
		today := now().Format(time.DateOnly)
		for _, want := range []string{today + ",territory,all,Tutto il territorio,", today + ",area,IT-AO,IT-AO,merged,,", today + ",area,other,"} {
			if !strings.Contains(grades, want) {
				t.Errorf("%q is not in\n%s", want, grades)
			}
		}
		if duties := string(files[1].Content); !strings.Contains(duties, ",published,7,duty,") {
			t.Errorf("some certificates are withdrawn and some are not:\n%s", duties)
		}
		if !strings.Contains(maturity, ",published,5,") {
			t.Errorf("five filled the form in:\n%s", maturity)
		}
	})
}
