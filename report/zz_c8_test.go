package report

import (
	"bytes"
	"os"
	"testing"

	"campanile/rules"
)

func TestZZC8(t *testing.T) {
	out := os.Getenv("C8OUT")
	if out == "" {
		t.Skip("no")
	}
	put := func(name string, d Document, more ...Document) {
		var b bytes.Buffer
		if err := WriteHTML(&b, d, more...); err != nil {
			t.Fatal(err)
		}
		os.WriteFile(out+"/"+name+".html", b.Bytes(), 0o644)
	}
	put("forgeable", forgeable(t, rules.Italian))
	put("rich", rich(t, rules.Italian))
	put("two", forgeable(t, rules.Italian), forgeable(t, rules.French))
	put("kept", wellKept(t, rules.French))
}
