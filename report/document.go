// Package report turns verdicts into pages: a Document that holds every word in
// one language, and writers that lay it out for a terminal, a program and a
// person with a printer.
//
// It must not judge and must not dial. Whatever came from the network or a file
// is made harmless here, once, for all writers.
package report

import (
	"cmp"
	"slices"
	"strconv"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/scheme"
	"campanile/report/score"
	"campanile/report/score/dma"
	"campanile/rules"
)

// Input is what a report is made of.
type Input struct {
	Bundle   *evidence.Bundle
	Digest   string // SHA-256 of the evidence, as evidence.Digest gives it
	Verdicts []score.Verdict
	Summary  score.Summary
	Rules    *rules.Set
	Language rules.Language
	Tool     evidence.Tool // the program that judges, now

	Questionnaire *rules.Questionnaire // nil: no annex
	Answers       *dma.Assessment      // nil where nobody has filled in the form
	Checklist     *checklist.Checklist // nil where none is kept
}

// Document is the report on one municipality in one language. Its texts are
// ready to be shown: filled in and harmless. Findings, Gaps and the raw fields
// of Method are as the evidence has them, for programs.
type Document struct {
	Language rules.Language
	Name     string // of the municipality, or its domain
	Domain   string // as people read it
	ASCII    string // as it is on the wire
	Date     string // of the evidence, in words
	Summary  score.Summary

	First  []*Item  // at most three, gravest first
	Actors []Actor  // who must act, most urgent first
	Gaps   []Gap    // what could not be measured, by reason
	Good   []Praise // what is well done, by family
	Terms  []rules.Term
	Method Method

	Cover    Cover
	Mayor    Mayor
	Roadmap  []Horizon
	Letters  []Letter
	Followup *Followup // nil where no checklist is kept
	Annex    *Annex    // nil where the questionnaire was not given

	Exposure   *Exposure      // nil where the services open to the Internet were not asked for
	Unexposed  bool           // they were, but could for the most part not be looked at: the grade says nothing about them
	Guidelines *GuidelinePage // nil where no TLS server was seen
	Schemes    *SchemePage    // nil where nothing can be said on any published scale

	Target   evidence.Target
	Findings []Finding
	Missing  []Missing // what could not be measured, for programs
	Assessed []AssessedSite
	Graded   []scheme.Assessment // on published scales, for programs
}

// Actor is one who must act, with what there is to do.
type Actor struct {
	Actor rules.Actor
	Name  string
	Intro string
	Items []*Item
}

// Finding is one verdict, for programs.
type Finding struct {
	score.Verdict
	Title string
}

// Missing is one question without an answer, for programs.
type Missing struct {
	What    string `json:"what"`
	Problem string `json:"problem"`
}

// New builds the document.
func New(in Input) Document {
	w := wordsIn(in.Language)
	b := in.Bundle
	doc := Document{
		Language: in.Language,
		Name:     clean(clip(cmp.Or(b.Target.Name, shown(b.Target.Domain)), maxInText)),
		Domain:   shown(b.Target.Domain),
		ASCII:    clean(b.Target.Domain),
		Date:     w.date(b.Taken.UTC()),
		Summary:  in.Summary,
		Target:   b.Target,
		Findings: findings(w, in),
		Missing:  missing(in.Verdicts),
		Method:   method(w, in),
	}
	doc.Exposure, doc.Unexposed = exposure(w, b), score.WithoutServices(in.Verdicts)
	doc.Assessed = assess(in)
	doc.Guidelines = guidelinePage(w, in.Rules.Guidelines, doc.Assessed)
	items := itemise(w, in)
	doc.Actors = byActor(w, items)
	doc.First = first(entries(doc))
	doc.Gaps = gaps(w, in.Verdicts)
	doc.Good = praise(w, in)
	doc.Terms = terms(w, in, items)
	doc.Graded = graded(in)
	doc.Schemes = schemePage(w, in, doc.Graded)
	doc.Followup = followup(w, in)
	doc.Cover = cover(w, in)
	doc.Mayor = mayor(w, doc)
	doc.Roadmap = roadmap(w, doc)
	doc.Letters = letters(w, in, doc)
	doc.Annex = annex(w, in, items)
	return doc
}

func findings(w words, in Input) []Finding {
	list := make([]Finding, len(in.Verdicts))
	for i, v := range in.Verdicts {
		text := v.Rule.For(v.Facts, in.Bundle.Target.Country, in.Language)
		list[i] = Finding{v, fillerFor(w, in.Bundle, v.Rule, []checks.Finding{v.Finding}).must(text.Title)}
	}
	return list
}

// first gives the three things to begin with, which are the first of the roadmap:
// the gravest, and among those the quickest. What is only worth knowing is never one of them, nor what the
// municipality has accepted for a time.
func first(items []*Item) []*Item {
	sorted := slices.SortedStableFunc(slices.Values(items), mostUrgent)
	sorted = slices.DeleteFunc(sorted, func(i *Item) bool {
		return i.Severity == rules.Info || i.Status == checklist.Excepted
	})
	return sorted[:min(3, len(sorted))]
}

func mostUrgent(a, b *Item) int {
	return cmp.Or(
		cmp.Compare(slices.Index(rules.Severities, a.Severity), slices.Index(rules.Severities, b.Severity)),
		cmp.Compare(slices.Index(rules.Efforts, a.Effort), slices.Index(rules.Efforts, b.Effort)),
	)
}

// byActor sorts the items into one list for each actor, and numbers them in
// the order in which they are read.
func byActor(w words, items []*Item) []Actor {
	var list []Actor
	for _, actor := range rules.Actors {
		own := slices.DeleteFunc(slices.Clone(items), func(i *Item) bool { return i.Actor != actor })
		if len(own) == 0 {
			continue
		}
		slices.SortStableFunc(own, mostUrgent)
		list = append(list, Actor{actor, w.say("actor." + string(actor) + ".name"), w.say("actor." + string(actor) + ".intro"), own})
	}
	slices.SortStableFunc(list, func(a, b Actor) int {
		return cmp.Compare(slices.Index(rules.Severities, a.Items[0].Severity), slices.Index(rules.Severities, b.Items[0].Severity))
	})
	number, named := 0, map[string]bool{}
	for _, actor := range list {
		for _, item := range actor.Items {
			number++
			item.Number, item.Anchor = number, item.Rule
			if named[item.Rule] {
				item.Anchor += "-" + strconv.Itoa(number)
			}
			named[item.Rule] = true
		}
	}
	return list
}
