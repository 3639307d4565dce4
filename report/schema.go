package report

import (
	_ "embed" // the schema is part of the program
	"slices"
)

//go:embed schema/scan-1.json
var scanSchema []byte

// Schema gives the JSON Schema (draft 2020-12) of what WriteJSON writes.
func Schema() []byte { return slices.Clone(scanSchema) }
