package rules

import "embed"

// files holds the rules that the program ships with.
//
//go:embed dns/*.yaml mail/*.yaml tls/*.yaml web/*.yaml suppliers/*.yaml platforms/*.yaml guidelines/*.yaml schemes/*.yaml services/*.yaml nuclei/*.yaml dma/*.yaml procurement/*.yaml law.yaml glossary.yaml grades.yaml
var files embed.FS

// Embedded loads the rules that the program ships with.
func Embedded(known []Known) (*Set, error) { return Load(files, known) }
