package office_test

import (
	"io"
	"strconv"
	"testing"
	"time"

	"campanile/report/office"
)

// Who writes the evidence decides how long the lists are: the time grows with
// them, and not with their square.
func TestAHugeDocumentTakesItsTimeAndNoMore(t *testing.T) {
	t.Parallel()
	document := func(n int) office.Document {
		d := office.Document{Title: "Huge", Language: "en"}
		table, list := office.Table{}, office.List{}
		for i := range n {
			text := "line " + strconv.Itoa(i)
			d.Body = append(d.Body, office.Text(text))
			table.Rows = append(table.Rows, []office.Cell{office.Words(text), office.Words(text)})
			list.Items = append(list.Items, office.Item{Text: office.Plain(text)})
		}
		d.Body = append(d.Body, table, list)
		return d
	}
	d := document(30_000)
	for name, write := range map[string]func(io.Writer) error{"docx": d.DOCX, "odt": d.ODT} {
		began := time.Now()
		if err := write(io.Discard); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %s", name, time.Since(began))
	}
}
