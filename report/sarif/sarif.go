// Package sarif writes reports as SARIF 2.1.0 (OASIS standard, 2020), which
// code hosts and vulnerability managers read.
//
// It must not judge. A log holds what wants mending and what could not be
// measured; what is in order is left out, because readers show every result as
// an alert.
package sarif

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"campanile/report"
)

const (
	version   = "2.1.0"
	schemaURI = "https://json.schemastore.org/sarif-2.1.0.json"
)

// log is the whole file (SARIF 3.13): one run for each municipality.
type log struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []run  `json:"runs"`
}

type run struct {
	Tool        tool         `json:"tool"`
	Automation  automation   `json:"automationDetails"`
	Invocations []invocation `json:"invocations"`
	Language    string       `json:"language"`
	Results     []result     `json:"results"`
	Properties  runBag       `json:"properties"`
}

type tool struct {
	Driver driver `json:"driver"`
}

type driver struct {
	Name     string       `json:"name"`
	Version  string       `json:"version,omitempty"`
	Language string       `json:"language"`
	Rules    []descriptor `json:"rules"`
}

type automation struct {
	ID string `json:"id"`
}

type invocation struct {
	Successful bool   `json:"executionSuccessful"`
	Start      string `json:"startTimeUtc"`
	Command    string `json:"commandLine"`
}

type runBag struct {
	Domain   string   `json:"domain"`
	Grade    string   `json:"grade"`
	Profile  string   `json:"profile"`
	Evidence string   `json:"evidence"`
	Rules    string   `json:"rules"`
	Tally    []string `json:"tally"`
}

type descriptor struct {
	ID            string        `json:"id"`
	Short         message       `json:"shortDescription"`
	Help          *message      `json:"help,omitempty"`
	Configuration configuration `json:"defaultConfiguration"`
	Properties    ruleBag       `json:"properties"`
}

type configuration struct {
	Level string `json:"level"`
}

type ruleBag struct {
	Tags     []string `json:"tags"`
	Severity string   `json:"security-severity,omitempty"`
}

type message struct {
	Text string `json:"text"`
}

type result struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Kind         string            `json:"kind"`
	Level        string            `json:"level"`
	Message      message           `json:"message"`
	Locations    []location        `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   resultBag         `json:"properties"`
}

type location struct {
	Physical physical  `json:"physicalLocation"`
	Logical  []logical `json:"logicalLocations"`
}

type physical struct {
	Artifact artifact `json:"artifactLocation"`
}

type artifact struct {
	URI string `json:"uri"`
}

type logical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type resultBag struct {
	Outcome  string            `json:"outcome"`
	Severity string            `json:"severity,omitempty"`
	Actor    string            `json:"actor"`
	Facts    map[string]string `json:"facts"`
	DMA      []string          `json:"dma"`
}

// Write writes one log with a run for each municipality.
func Write(w io.Writer, docs []report.Document) error {
	all := log{schemaURI, version, make([]run, len(docs))}
	for i, d := range docs {
		all.Runs[i] = runOf(d)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return fmt.Errorf("SARIF: %w", err)
	}
	if _, err := w.Write(text.Bytes()); err != nil {
		return fmt.Errorf("writing the SARIF: %w", err)
	}
	return nil
}
