package parts_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/store/parts"
)

func sample(tb testing.TB) []byte {
	tb.Helper()
	line, err := os.ReadFile("../../../../testdata/evidence/v1/sample.json")
	if err != nil {
		tb.Fatal(err)
	}
	return append(bytes.TrimSpace(line), '\n')
}

func names(split []parts.Part) []string {
	var list []string
	for _, p := range split {
		list = append(list, p.Name)
	}
	return list
}

func TestABundleComesTogetherToTheByte(t *testing.T) {
	t.Parallel()
	line := sample(t)
	split, times := parts.Split(line)
	want := []string{"head", "names", "dns", "mail", "endpoints", "sites", "services"}
	if diff := cmp.Diff(want, names(split)); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	if len(times) == 0 {
		t.Error("no times were taken out")
	}
	joined, err := parts.Join(split, times)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(line), string(joined)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheSameTownAWeekLaterIsTheSameParts(t *testing.T) {
	t.Parallel()
	line := sample(t)
	later := bytes.ReplaceAll(line, []byte("2026-11-22T10:"), []byte("2026-11-29T11:"))
	if bytes.Equal(line, later) {
		t.Fatal("the sample was not taken on that day")
	}
	first, _ := parts.Split(line)
	second, _ := parts.Split(later)
	for i := range first {
		same := bytes.Equal(first[i].Content, second[i].Content)
		if moves := first[i].Name == parts.Head; same == moves {
			t.Errorf("%s: the same: %t", first[i].Name, same)
		}
	}
}

func TestWhatWouldNotComeTogetherStaysWhole(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"not-an-object":       "[1]\n",
		"cut-off":             `{"schema":1,`,
		"no-line-feed":        `{"schema":1}`,
		"spaces":              "{\"schema\": 1}\n",
		"a-time-left-empty":   `{"dns":{"at":""}}` + "\n",
		"a-time-in-fractions": `{"dns":{"at":"2026-11-22T10:00:00.5Z"}}` + "\n",
		"a-time-elsewhere":    `{"dns":{"at":"2026-11-22T10:00:00+01:00"}}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			split, times := parts.Split([]byte(line))
			if diff := cmp.Diff([]string{parts.Whole}, names(split)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			joined, err := parts.Join(split, times)
			if err != nil || string(joined) != line {
				t.Errorf("joined: %q, %v", joined, err)
			}
		})
	}
}

func TestATextThatLooksLikeATimeIsLeftAlone(t *testing.T) {
	t.Parallel()
	line := `{"dns":{"at":"2026-11-22T10:00:00Z","text":"\"at\":\"2026-11-22T10:00:00Z\""}}` + "\n"
	split, times := parts.Split([]byte(line))
	if len(split) != 2 || !bytes.Contains(split[1].Content, []byte(`\"at\":\"2026`)) {
		t.Errorf("parts %q", split)
	}
	if joined, err := parts.Join(split, times); err != nil || string(joined) != line {
		t.Errorf("joined: %q, %v", joined, err)
	}
}

func TestPartsWithoutTheirTimesAreRefused(t *testing.T) {
	t.Parallel()
	split, times := parts.Split(sample(t))
	for name, times := range map[string][]byte{"fewer": times[:len(times)-1], "more": append(bytes.Clone(times), 2), "none": nil} {
		if _, err := parts.Join(split, times); err == nil {
			t.Errorf("%s times: no error", name)
		}
	}
	if _, err := parts.Join(split[1:], times); err == nil {
		t.Error("no head: no error")
	}
}

func TestAChangeTakesTheRoomOfTheChange(t *testing.T) {
	t.Parallel()
	base := sample(t)
	changed := bytes.Replace(base, []byte(`"state":"absent"`), []byte(`"state":"seen"`), 1)
	alone, err := parts.Pack(changed, nil)
	if err != nil {
		t.Fatal(err)
	}
	leaning, err := parts.Pack(changed, base)
	if err != nil {
		t.Fatal(err)
	}
	if len(leaning) > len(alone)/10 {
		t.Errorf("leaning %d bytes, alone %d", len(leaning), len(alone))
	}
	for name, packed := range map[string][]byte{"alone": alone, "leaning": leaning} {
		content, err := parts.Unpack(packed, map[string][]byte{"leaning": base}[name])
		if err != nil || !bytes.Equal(content, changed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := parts.Unpack(leaning, nil); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("without what it leans on: %v", err)
	}
}

func TestABombIsNotUnpacked(t *testing.T) {
	t.Parallel()
	bomb, err := parts.Pack(make([]byte, 40<<20), nil)
	if err != nil {
		t.Fatal(err)
	}
	if content, err := parts.Unpack(bomb, nil); err == nil {
		t.Errorf("%d bytes came out", len(content))
	}
}

func FuzzSplit(f *testing.F) {
	f.Add(sample(f))
	f.Add([]byte(`{"dns":{"at":"2026-11-22T10:00:00Z"},"dns":null}` + "\n"))
	f.Fuzz(func(t *testing.T, line []byte) {
		joined, err := parts.Join(parts.Split(line))
		if err != nil || !bytes.Equal(joined, line) {
			t.Fatalf("%q came back as %q, %v", line, joined, err)
		}
	})
}
