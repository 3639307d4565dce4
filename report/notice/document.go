package notice

import (
	"bytes"
	_ "embed" // the schema is part of the program
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/history"
	"campanile/rules"
)

//go:embed schema/notice-1.json
var schema []byte

// Schema gives the JSON Schema (draft 2020-12) of what JSON writes.
func Schema() []byte { return slices.Clone(schema) }

// maxTold is how many points a document for programs holds; the others are
// counted.
const maxTold = 100

// document is a message for programs.
type document struct {
	Schema   int            `json:"schema"`
	ID       string         `json:"id"` // the same when it is sent again
	Run      string         `json:"run"`
	Language rules.Language `json:"language"`
	Subject  string         `json:"subject"`
	Text     string         `json:"text"`
	News     []news         `json:"news"`
	More     int            `json:"more"`
}

type news struct {
	Topic     history.Topic  `json:"topic"`
	Town      string         `json:"town"`
	Name      string         `json:"name"`
	Domain    string         `json:"domain,omitempty"`
	Rule      string         `json:"rule"`
	Title     string         `json:"title"`
	Subject   string         `json:"subject"`
	From      rules.Severity `json:"from,omitempty"`
	To        rules.Severity `json:"to,omitempty"`
	Again     bool           `json:"again"`
	Ends      string         `json:"ends,omitempty"`
	Since     time.Time      `json:"since"`
	Confirmed time.Time      `json:"confirmed"`
}

// JSON writes a message for programs, with the text for people in it. The id
// stays the same however often the message is sent.
func JSON(in Input, id string) ([]byte, error) {
	w, text := writer{in, report.WordsIn(in.Language)}, Write(in)
	d := document{Schema: 1, ID: id, Run: in.Message.Run, Language: in.Language, Subject: text.Subject, Text: text.Body, News: []news{}}
	alerts := in.Message.Alerts
	d.More = max(0, len(alerts)-maxTold)
	for _, a := range alerts[:len(alerts)-d.More] {
		place := w.place(a)
		d.News = append(d.News, news{
			Topic: a.Topic, Town: plain(a.Town), Name: place.Name, Domain: place.Domain, Rule: plain(a.Rule), Title: w.title(w.rule(a.Rule), a.Rule, place.Country),
			Subject: plain(strings.TrimSuffix(a.Subject, ".")), From: a.From, To: a.To, Again: a.Again, Ends: day(a.Ends), Since: a.Since.UTC(), Confirmed: a.Confirmed.UTC(),
		})
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(d); err != nil {
		return nil, fmt.Errorf("writing a message: %w", err)
	}
	return out.Bytes(), nil
}

// plain is a stranger's text in a document.
func plain(text string) string { return report.Plain(evidence.Clip(text, maxName)) }

// day is the last day of a certificate; nothing else goes for one.
func day(text string) string {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return ""
	}
	return text
}
