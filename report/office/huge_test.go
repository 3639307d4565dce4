package office_test

import (
	"io"
	"runtime"
	"strconv"
	"testing"

	"campanile/report/office"
)

// Who writes the evidence decides how long the lists are: the time grows with
// them, and not with their square.
func TestAHugeDocumentTakesItsTimeAndNoMore(t *testing.T) {
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
	for name, write := range map[string]func(office.Document, io.Writer) error{"docx": office.Document.DOCX, "odt": office.Document.ODT} {
		allocated := func(n int) float64 {
			d := document(n)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if err := write(d, io.Discard); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			return float64(after.TotalAlloc - before.TotalAlloc)
		}
		if small, large := allocated(1_000), allocated(8_000); large > 16*small {
			t.Errorf("%s: eight times as much takes %.0f times the memory", name, large/small)
		}
	}
}
