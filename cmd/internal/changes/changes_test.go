package changes_test

import (
	"bytes"
	"strings"
	"testing"

	"campanile/cmd/internal/changes"
)

func TestEveryChangeHasATitleAndThreeParagraphs(t *testing.T) {
	t.Parallel()
	var all bytes.Buffer
	if err := changes.Write(&all); err != nil {
		t.Fatal(err)
	}
	for _, change := range strings.Split("\n"+all.String(), "\n# ")[1:] {
		if parts := strings.Split(strings.TrimSpace(change), "\n\n"); len(parts) != 4 {
			t.Errorf("%d paragraphs, want a title and three:\n%s", len(parts), change)
		}
	}
}
