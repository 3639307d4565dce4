package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"

	"campanile/collectors/evidence"
	"campanile/rules"
)

//go:embed page/*.html
var pageFiles embed.FS

//go:embed page/style.css
var style string

// WriteHTML writes the report as one page that stands alone: no script, no request
// to anybody, styles inside. The same municipality in further languages follows
// as further parts, each in its own language.
func WriteHTML(w io.Writer, d Document, more ...Document) error {
	title := wordsIn(d.Language).say("page.title", "Name", d.Name, "Date", d.Date)
	whole := wholeView{frame: frameOf(d.Language, title)}
	for i, each := range append([]Document{d}, more...) {
		v := partView{Document: each}
		v.Total, v.Weighed = weigh(each)
		v.Worst = worst(each)
		if i > 0 {
			v.Prefix = string(each.Language) + "-"
		}
		var text bytes.Buffer
		if err := writePage(&text, "part", each.Language, v.Prefix, v); err != nil {
			return fmt.Errorf("page of %s: %w", d.ASCII, err)
		}
		whole.Parts = append(whole.Parts, laidOut{v, template.HTML(text.String())}) //nolint:gosec // our own template has escaped it
	}
	if err := writePage(w, "whole", d.Language, "", whole); err != nil {
		return fmt.Errorf("writing the page of %s: %w", d.ASCII, err)
	}
	return nil
}

// writePage lays out one of the templates of the folder page, with words in one
// language. The prefix stands before every identifier that the template gives or
// points to by the function id, so that several parts share one page.
func writePage(w io.Writer, name string, language rules.Language, prefix string, view any) error {
	page, err := template.New(name).Funcs(pageWords(wordsIn(language), prefix)).ParseFS(pageFiles, "page/*.html")
	if err != nil {
		return err
	}
	return page.ExecuteTemplate(w, name, view)
}

// frame is what the template "head" needs of every page: a view embeds it, and
// opens with {{template "head" .}}.
type frame struct {
	Language rules.Language
	Title    string
	Style    template.CSS // our own style sheet, a constant of the program
	Policy   string
}

func frameOf(language rules.Language, title string) frame {
	sum := sha256.Sum256([]byte(style))
	return frame{
		Language: language,
		Title:    title,
		Style:    template.CSS(style), //nolint:gosec // a file of this package, not text from outside
		// Nothing may load or run but this very style sheet (CSP level 3).
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; base-uri 'none'; form-action 'none'",
	}
}

// wholeView is the page: its frame, and a part for each language.
type wholeView struct {
	frame
	Parts []laidOut
}

// laidOut is a part that is laid out.
type laidOut struct {
	partView
	HTML template.HTML
}

// partView is what the template lays out in one language.
type partView struct {
	Document
	Prefix  string // of the identifiers
	Total   int    // entries of the checklist
	Weighed int    // those among them that are more than information
	Worst   string // message that sums up how the town stands
}

// weigh counts the entries of the checklist, and those among them that are more
// than information.
func weigh(d Document) (total, weighed int) {
	for _, actor := range d.Actors {
		total += len(actor.Items)
		for _, item := range actor.Items {
			if item.Severity != rules.Info {
				weighed++
			}
		}
	}
	return total, weighed
}

// worst gives the message that fits the gravest failure. No failure is good
// news only where something was measured.
func worst(d Document) string {
	for _, severity := range counted {
		if d.Summary.Fail[severity] > 0 {
			return "summary." + string(severity)
		}
	}
	if d.Summary.Grade == "" {
		return "summary.unknown"
	}
	return "summary.none"
}

// Failed is the number of findings that are failures and not mere information.
func (v partView) Failed() int {
	n := 0
	for _, severity := range counted {
		n += v.Summary.Fail[severity]
	}
	return n
}

// Clean says what a town without failures may be told: clean, partly, nothing.
func (v partView) Clean() string { return verdictless(v.Document) }

// rest counts what is neither to do nor worth knowing.
func rest(w words, d Document) string {
	list := []string{w.count("tally.pass", d.Summary.Pass), w.count("tally.inconclusive", d.Summary.Inconclusive)}
	if n := d.Summary.NotApplicable; n > 0 {
		list = append(list, w.count("tally.not-applicable", n))
	}
	return strings.Join(list, ", ") + "."
}

// piece is a part of a text: plain, or the words of a command.
type piece struct {
	Text    string
	Command []string
}

var commandInQuotes = regexp.MustCompile(`campanile [a-z]+ [^«»"“”]*[^«»"“”\s\x{00A0}]`)

// pieces finds the commands in a text, which are set in another type.
func pieces(text string) []piece {
	var list []piece
	from := 0
	for _, at := range commandInQuotes.FindAllStringIndex(text, -1) {
		if !strings.HasSuffix(strings.TrimRight(text[:at[0]], " \u00A0"), "«") && !strings.HasSuffix(text[:at[0]], `"`) {
			continue
		}
		list = append(list, piece{Text: text[from:at[0]]}, piece{Command: strings.Fields(text[at[0]:at[1]])})
		from = at[1]
	}
	return append(list, piece{Text: text[from:]})
}

// pageWords are the functions by which the template speaks.
func pageWords(w words, prefix string) template.FuncMap {
	return template.FuncMap{
		"id":       func(id string) string { return prefix + id },
		"svg":      func(drawing []byte) template.HTML { return template.HTML(drawing) }, //nolint:gosec // drawn by package chart, which escapes
		"say":      w.say,
		"count":    w.count,
		"number":   func(n int) string { return w.number(int64(n)) },
		"bytes":    func(n int64) string { return w.count("method.bytes", int(n)) },
		"digits":   w.number,
		"join":     w.list,
		"counted":  func() []rules.Severity { return counted },
		"option":   func(word string) bool { return strings.HasPrefix(word, "-") },
		"when":     func(i *Item) string { return w.say("when." + i.Urgency()) },
		"severity": func(s rules.Severity) string { return w.say("severity." + string(s)) },
		"effort":   func(e rules.Effort) string { return w.say("effort." + string(e)) },
		"time": func(m Method) string {
			return w.say("date.time", "Date", w.date(m.Taken), "Time", m.Taken.Format("15:04"))
		},
		"rest":    func(d Document) string { return rest(w, d) },
		"pieces":  pieces,
		"profile": func(p evidence.Profile) string { return w.say("profile." + string(p)) },
		// filled counts the marks of a severity, so that it never shows by colour alone.
		"filled": func(s rules.Severity) []bool {
			marks := make([]bool, len(counted))
			for i := range marks {
				marks[i] = i < len(counted)-severityRank(s)
			}
			return marks
		},
	}
}

func severityRank(s rules.Severity) int {
	for i, each := range rules.Severities {
		if each == s {
			return i
		}
	}
	return len(rules.Severities)
}
