package report

import (
	_ "embed" // the schema is part of the program
	"slices"
)

//go:embed schema/scan-1.json
var scanSchema []byte

//go:embed schema/annex-1.json
var annexSchema []byte

// Schema gives the JSON Schema (draft 2020-12) of what WriteJSON writes.
func Schema() []byte { return slices.Clone(scanSchema) }

// SchemaOfAnnex gives the JSON Schema (draft 2020-12) of what WriteAnnexJSON writes.
func SchemaOfAnnex() []byte { return slices.Clone(annexSchema) }
