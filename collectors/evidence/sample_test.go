package evidence_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"campanile/collectors/evidence"
)

const samples = "../../testdata/evidence"

// sample gives a fresh bundle with every field filled, as it was frozen when
// the schema was released.
func sample(t testing.TB) *evidence.Bundle {
	t.Helper()
	b, err := evidence.Unmarshal(sampleLine(t))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sampleLine(t testing.TB) []byte {
	t.Helper()
	line, err := os.ReadFile(filepath.Join(samples, "v1", "sample.json"))
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// Whatever was kept once must be readable for ever.
func TestFrozenSamplesAreReadForEver(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(samples, "v*", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no samples in %s: %v", samples, err)
	}
	for _, path := range paths {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			line, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b, err := evidence.Unmarshal(line)
			if err != nil {
				t.Fatal(err)
			}
			again, err := evidence.Marshal(b)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(line, again) {
				t.Errorf("written again, the bytes differ:\n-%s+%s", line, again)
			}
		})
	}
}

// A field that the sample does not fill is a field whose name or meaning could
// change without any test noticing.
func TestSampleFillsEveryField(t *testing.T) {
	t.Parallel()
	filled, fields := map[string]bool{}, map[string]bool{}
	walk(reflect.ValueOf(sample(t)), "bundle", func(v reflect.Value, _ string) {
		if v.Kind() != reflect.Struct || v.Type().PkgPath() != bundlePackage {
			return
		}
		for i := range v.NumField() {
			name := v.Type().Name() + "." + v.Type().Field(i).Name
			fields[name] = true
			filled[name] = filled[name] || !v.Field(i).IsZero()
		}
	})
	for name := range fields {
		if !filled[name] {
			t.Errorf("no %s in testdata/evidence/v1/sample.json; add one to a sample", name)
		}
	}
	if len(fields) < 100 {
		t.Errorf("only %d fields were visited", len(fields))
	}
}

var bundlePackage = reflect.TypeFor[evidence.Bundle]().PkgPath()

// walk visits a value and everything inside it. Elements of lists and maps are
// visited in place, so that the visitor can change what it is shown.
func walk(v reflect.Value, path string, visit func(v reflect.Value, path string)) {
	visit(v, path)
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), path, visit)
		}
	case reflect.Struct:
		if v.Type().PkgPath() != bundlePackage {
			return
		}
		for i := range v.NumField() {
			walk(v.Field(i), path+"."+v.Type().Field(i).Name, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), path+"[]", visit)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			walk(v.MapIndex(key), path+"{}", visit)
		}
	default:
	}
}
