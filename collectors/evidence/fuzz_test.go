package evidence_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"campanile/collectors/evidence"
)

// FuzzUnmarshal: no line may crash the reader, and whatever it accepts can be
// written and read again with the same facts and the same bytes.
func FuzzUnmarshal(f *testing.F) {
	f.Add(sampleLine(f))
	f.Add([]byte(smallest))
	f.Add([]byte(smallest[:40]))
	f.Fuzz(func(t *testing.T, line []byte) {
		first, err := evidence.Unmarshal(line)
		if err != nil {
			return
		}
		written, err := evidence.Marshal(first)
		if err != nil {
			t.Fatalf("accepted, but cannot be written: %v", err)
		}
		second, err := evidence.Unmarshal(written)
		if err != nil {
			t.Fatalf("written, but cannot be read: %v", err)
		}
		again, err := evidence.Marshal(second)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(written, again) {
			t.Errorf("the bytes differ:\n-%s+%s", written, again)
		}
		if diff := cmp.Diff(first, second, sameFacts); diff != "" {
			t.Errorf("the facts differ (-first +second):\n%s", diff)
		}
	})
}

// sameFacts compares lists whatever their order, and times by the second.
var sameFacts = cmp.Options{
	cmpopts.EquateEmpty(),
	cmpopts.SortSlices(func(a, b any) bool { return asJSON(a) < asJSON(b) }),
	cmp.Comparer(func(a, b time.Time) bool { return a.Truncate(time.Second).Equal(b.Truncate(time.Second)) }),
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
