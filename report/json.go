package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode"
	"unicode/utf16"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/rules"
)

// JSONSchema is the version of the JSON that programs read.
const JSONSchema = 1

// scan is the public contract; schema/scan-1.json describes it.
type scan struct {
	Schema      int              `json:"schema"`
	Tool        scanTool         `json:"tool"`
	Target      scanTarget       `json:"target"`
	Taken       time.Time        `json:"taken"`
	Profile     evidence.Profile `json:"profile"`
	Evidence    string           `json:"evidence"`
	Summary     scanSummary      `json:"summary"`
	Findings    []scanFinding    `json:"findings"`
	Guidelines  []scanGuided     `json:"guidelines"`
	Schemes     []scanGraded     `json:"schemes"`
	Sent        scanSent         `json:"sent"`
	NotMeasured []Missing        `json:"not_measured"`
}

type scanTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Rules   string `json:"rules"`
}

type scanTarget struct {
	Domain  string `json:"domain"`
	Name    string `json:"name"`
	Country string `json:"country"`
	Code    string `json:"code"`
}

type scanSummary struct {
	Grade         string   `json:"grade"`
	Fail          scanFail `json:"fail"`
	Pass          int      `json:"pass"`
	Inconclusive  int      `json:"inconclusive"`
	NotApplicable int      `json:"not_applicable"`
}

type scanFail struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
}

type scanFinding struct {
	Rule     string         `json:"rule"`
	Subject  string         `json:"subject"`
	Outcome  checks.Outcome `json:"outcome"`
	Severity rules.Severity `json:"severity"`
	Actor    rules.Actor    `json:"actor"`
	Key      string         `json:"key"`
	Title    string         `json:"title"`
	Facts    checks.Facts   `json:"facts"`
	DMA      []scanDMA      `json:"dma"`
}

type scanDMA struct {
	Item string `json:"item"`
	Says string `json:"says"`
}

type scanSent struct {
	DNSQueries  int                        `json:"dns_queries"`
	NameQueries int                        `json:"name_queries"` // in search of further names, on top
	Connections int                        `json:"connections"`
	Requests    int                        `json:"requests"`
	Bytes       int64                      `json:"bytes"`
	ByAddress   map[string]evidence.SentTo `json:"by_address"`
}

// WriteJSON writes the document for programs, with two spaces of indentation.
func WriteJSON(w io.Writer, d Document) error { return writeJSON(w, d, "  ") }

// WriteJSONLines writes the document for programs as one line.
func WriteJSONLines(w io.Writer, d Document) error { return writeJSON(w, d, "") }

func writeJSON(w io.Writer, d Document, indent string) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", indent)
	if err := encoder.Encode(scanOf(d)); err != nil {
		return fmt.Errorf("report on %s: %w", d.ASCII, err)
	}
	if _, err := w.Write(escaped(text.Bytes())); err != nil {
		return fmt.Errorf("writing the report on %s: %w", d.ASCII, err)
	}
	return nil
}

// escaped writes every character without a shape of its own as \uXXXX (RFC
// 8259 section 7). The value stays the same, and a terminal that shows the
// file comes to no harm. Such characters occur only inside strings.
func escaped(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		switch {
		case r == '\n' || r == noBreak || unicode.IsPrint(r):
			out = append(out, string(r)...)
		case r <= 0xFFFF:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		}
	}
	return out
}

func scanOf(d Document) scan {
	m, failed := d.Method, d.Summary.Fail
	return scan{
		Schema:   JSONSchema,
		Tool:     scanTool{m.Judge.Name, m.Judge.Version, m.Rules},
		Target:   scanTarget{d.Target.Domain, d.Target.Name, d.Target.Country, d.Target.Code},
		Taken:    m.Taken,
		Profile:  m.Profile,
		Evidence: m.Evidence,
		Summary: scanSummary{
			d.Summary.Grade,
			scanFail{failed[rules.Critical], failed[rules.High], failed[rules.Medium], failed[rules.Low]},
			d.Summary.Pass, d.Summary.Inconclusive, d.Summary.NotApplicable,
		},
		Findings:    scanFindings(d.Findings),
		Guidelines:  scanGuidedOf(d.Assessed),
		Schemes:     scanGradedOf(d.Graded),
		Sent:        sentOf(m.Sent),
		NotMeasured: d.Missing,
	}
}

func sentOf(s evidence.Sent) scanSent {
	by := s.ByAddress
	if by == nil {
		by = map[string]evidence.SentTo{}
	}
	return scanSent{s.DNSQueries, s.NameQueries, s.Connections, s.Requests, s.Bytes, by}
}

func scanFindings(findings []Finding) []scanFinding {
	list := make([]scanFinding, len(findings))
	for i, f := range findings {
		facts := f.Facts
		if facts == nil {
			facts = checks.Facts{}
		}
		list[i] = scanFinding{
			f.Finding.Rule, f.Subject, f.Outcome, f.Severity, f.Rule.Actor, f.Key(), f.Title, facts, scanDMAOf(f),
		}
	}
	return list
}

// scanDMAOf gives what the finding says about items of the Digital Maturity
// Assessment. What was not measured says nothing.
func scanDMAOf(f Finding) []scanDMA {
	list := []scanDMA{}
	for _, d := range f.Rule.DMA {
		says := ""
		switch f.Outcome {
		case checks.Fail:
			says = d.Fail
		case checks.Pass:
			says = d.Pass
		case checks.Inconclusive, checks.NotApplicable:
		}
		if says != "" {
			list = append(list, scanDMA{d.Item, says})
		}
	}
	return list
}
