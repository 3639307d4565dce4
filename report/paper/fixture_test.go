package paper

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"campanile/collectors/evidence"
	"campanile/report"
	"campanile/report/internal/sample"
	"campanile/report/office"
	"campanile/report/score/dma"
	"campanile/rules"
)

// full is a town with every section that a document can have. The words of what
// is made up here try to act on the reader where hostile is set.
func full(t *testing.T, l rules.Language, hostile string) report.Document {
	t.Helper()
	d := sample.Valbassa(t, l)
	if hostile != "" {
		d = sample.Valtorta(t, l)
	}
	say := func(text string) string { return report.Plain(text + hostile) }
	d.Exposure = &report.Exposure{
		Looked: []report.Line{{Name: "Addresses", Text: "1"}},
		Hosts: []report.HostView{{
			Address: "192.0.2.10", Names: []string{say("www.comune.valbassa.example")}, Note: say("98 doors were tried"),
			Ports: []report.PortView{{Port: "3389 (TCP)", Service: "RDP", Program: say("Prova 1.0"), Facts: []report.Line{{Name: "login", Text: say("password")}}}, {Port: "22 (TCP)", Service: "SSH"}},
		}},
	}
	d.Guidelines = &report.GuidelinePage{
		Sites: []report.GuidedSites{{
			Hosts: []string{"comune.valbassa.example"}, Shallow: true,
			Rows: []report.GuidedRow{{Name: "A guideline", Verdict: "no", Why: []string{say("takes TLS 1.0")}}}, Others: []report.GuidedRow{{Name: "An older one", Verdict: "yes"}},
		}},
		About: []report.AboutGuideline{{Name: "A guideline", Link: "https://law.example/g", Note: "What it is.", Unseen: []string{"this", "that"}}},
	}
	d.Schemes = schemes(say, d)
	d.Method.Suppliers = []report.Recognised{{Role: "Mail", Name: say("Posta Esempio"), Evidence: "MX mx.example"}}
	d.Method.Names = []report.Named{{Name: say("old.comune.valbassa.example"), Source: "given"}}
	d.Method.Address = []report.SentTo{{Address: "192.0.2.10", SentTo: evidence.SentTo{Connections: 12000, Requests: 9, Bytes: 70000}}}
	d.Terms = []rules.Term{{Term: "DMARC", Meaning: "The rule that says what to do with forged messages."}}
	d.Annex = annexed(say, d)
	d.Followup = &report.Followup{
		Parts: []report.FollowedPart{{ID: "waiting", Name: "Asked of a supplier", Entries: []report.Followed{
			{Title: d.Actors[0].Items[0].Title, Where: say("comune.valbassa.example"), Text: say("Asked on 2 November, and still there.")},
		}}},
		Reviews: []report.FollowedReview{{On: d.Date, By: say("Ada Prova")}},
	}
	d.Actors[0].Items[0].Said = []string{say("Asked on 2 November."), "Still there."}
	return d
}

func schemes(say func(string) string, d report.Document) *report.SchemePage {
	rule := d.Actors[0].Items[0].Rule
	return &report.SchemePage{Scales: []report.Scale{{
		Name: "A scale", Link: "https://law.example/s", Note: "What it is.", About: "edition 2",
		Results: []report.ScaleResult{
			{
				Hosts: []string{"comune.valbassa.example"}, Verdict: "2 of 3", Groups: []report.ScaleGroup{{ID: "C1", Words: "A group", Verdict: "yes"}},
				Reasons: []report.ScaleReason{{Text: say("the certificate"), Rule: rule}, {Text: "an answer is missing", Asked: []string{"dns-caa-missing", "mail-dmarc-missing"}}},
				Rows:    []report.ScaleRow{{ID: "C1", Words: "First", Verdict: "no", Reasons: []report.ScaleReason{{Text: "so it is", Rule: rule}}}, {Words: "Second", Verdict: "yes"}},
			},
			{Verdict: "B (80 points)", Points: true, Rows: []report.ScaleRow{{Words: "CSP", Verdict: "no", Points: "-25", Reasons: []report.ScaleReason{{Text: say("csp-missing")}}}}},
		},
		Figures: &report.FigureTable{Caption: "Figures", Classes: []string{"good", "bad"}, Rows: []report.FigureRow{{Year: "2024", Link: "https://law.example/f", Sites: "20", Cells: []report.FigureCell{{Class: "good", Text: "40%"}, {Class: "bad", Text: "60%"}}}}},
	}}}
}

func annexed(say func(string) string, d report.Document) *report.Annex {
	entry := d.Actors[0].Items[0]
	seen := report.Observation{Text: say("The certificate has expired."), Rule: entry.Rule, Subject: "comune.valbassa.example", Date: d.Date, Operator: "Prova Srl", Facts: entry.Facts, Entry: entry}
	good := report.Observation{Text: "Mail is protected.", Subject: "comune.valbassa.example", Date: d.Date}
	return &report.Annex{
		Form: "2024", Words: "Our words.", Dimension: "Data", Who: "T0.", Invisible: "More than half, 52.8 points of 100, cannot be seen.",
		Numbers: []report.AnnexNumber{{Name: "Declared", Value: "33 of 100", Text: "The formula."}, {Name: "Coverage", Value: "47 of 100"}, {Name: "Conflicts", Value: "1", Text: "8.2"}},
		Items: []report.AnnexItem{
			{ID: "8.2", Text: say("Plans against attacks"), Answer: "yes", Says: dma.Contradicts, SaysWord: "contradicts", Visible: "directly", Conflict: true, Contradicts: []report.Observation{seen}, Supports: []report.Observation{good}, Limits: "Only the Internet.", Shared: "Of others."},
			{ID: "8.3", Text: "Backups", Answer: "no", Says: dma.Silent, SaysWord: "silent", Visible: "not at all"},
		},
		Moves:   []report.Move{{ID: "8.1", Text: "A policy", Worth: "worth 8.3 points", Entries: []*report.Item{entry}, How: []string{"Look."}, Then: "Then you can answer yes if it is true."}},
		Unseen:  []report.Move{{ID: "8.3", Text: "Backups", Worth: "worth 8.3 points"}},
		Reviews: []report.Reviewed{{On: d.Date, By: say("Ada Prova"), Taken: d.Date, Note: "All read."}},
		Log:     `Keep one: "campanile checklist update FILE --evidence PROVE".`,
	}
}

// letter is a letter with everything that there is.
func letter(d report.Document, say func(string) string) report.Letter {
	item := d.Actors[0].Items[0]
	return report.Letter{
		Actor: item.Actor, Name: "Who runs the site", Subject: say("Subject: two points"), To: "To: who runs the site",
		Opening: []string{"Good morning,", say("we write about the site.")},
		Points: []report.Point{
			{Number: 1, Title: item.Title, Where: "Where: comune.valbassa.example", Request: []string{say("Please renew it.")}, Observed: "Observed:", When: "When: today.", Verify: `We run "campanile scan comune.valbassa.example".`, Required: "Requirement:", Requirements: []report.Requirement{{ID: "R32", Text: "Certificates", Reference: report.Reference{Title: "A book", Link: "https://law.example/r"}}}, Item: item},
			{Number: 2, Title: "Another point", Request: []string{"Please look."}},
		},
		Notes: []string{"The requirements are from a book."}, Closing: []string{"Please answer with a date.", d.Name},
	}
}

// titles are those of the entries of a checklist.
func titles(d report.Document) []string {
	var list []string
	for _, actor := range d.Actors {
		for _, item := range actor.Items {
			list = append(list, item.Title)
		}
	}
	return list
}

// formats are the two ways to write a document.
var formats = map[string]func(office.Document, io.Writer) error{"docx": office.Document.DOCX, "odt": office.Document.ODT}

func written(t *testing.T, d office.Document, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := formats[format](d, &b); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.Bytes()
}

// documents are every kind of document, each in every form.
func documents(t *testing.T) map[string]office.Document {
	t.Helper()
	all := map[string]office.Document{}
	for _, l := range rules.Languages {
		d := full(t, l, "")
		all[fmt.Sprintf("whole-%s", l)] = Of(d)
		all[fmt.Sprintf("annex-%s", l)] = Annex(d)
		all[fmt.Sprintf("letter-%s", l)] = Letter(d, letter(d, report.Plain))
		all[fmt.Sprintf("nothing-to-do-%s", l)] = Of(sample.Montechiaro(t, l))
	}
	evil := full(t, rules.English, sample.Hostile)
	all["hostile"] = Of(evil, full(t, rules.French, sample.Hostile))
	all["hostile-annex"] = Annex(evil)
	all["hostile-letter"] = Letter(evil, letter(evil, func(text string) string { return report.Plain(text + sample.Hostile) }))
	all["two-languages"] = Of(full(t, rules.Italian, ""), full(t, rules.French, ""))
	return all
}
