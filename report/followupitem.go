package report

import (
	"slices"

	"campanile/report/checklist"
	"campanile/report/score"
)

// following is what the checklist says of the findings of a scan, by key.
type following struct {
	words   words
	old     bool // the list is older than this scan
	results map[string]checklist.Result
}

func followingOf(w words, in Input) following {
	f := following{words: w, results: map[string]checklist.Result{}}
	if in.Checklist == nil {
		return f
	}
	f.old = slices.ContainsFunc(in.Checklist.Entries, func(e checklist.Entry) bool { return e.First.Before(in.Bundle.Taken.Truncate(1e9)) })
	for _, r := range checklist.Against(in.Checklist, listScan(in)) {
		f.results[checklist.Key(r.Entry.Rule, r.Entry.Subject)] = r
	}
	return f
}

// urgent are the statuses of what is there, in the order in which they want
// attention: one that does not rest decides for an item with several subjects.
func urgent() []checklist.Status {
	return []checklist.Status{
		checklist.CameBack, checklist.StillThere, checklist.Expired, checklist.Ticked,
		checklist.There, checklist.New, checklist.Waiting, checklist.Excepted,
	}
}

// of gives the status of an item, and what is to be said of it: one sentence, or
// one for each group of subjects that fare differently.
func (f following) of(group []score.Verdict) (checklist.Status, []string) {
	var status checklist.Status
	var sentences []string
	places := map[string][]string{}
	for _, v := range group {
		r, ok := f.results[checklist.Key(v.Finding.Rule, v.Subject)]
		if !ok {
			r, ok = f.results[checklist.Key(v.Finding.Rule, "")]
		}
		if !ok {
			continue
		}
		if status == "" || slices.Index(urgent(), r.Status) < slices.Index(urgent(), status) {
			status = r.Status
		}
		text := sentence(f.words, r, f.old)
		if !slices.Contains(sentences, text) {
			sentences = append(sentences, text)
		}
		places[text] = append(places[text], shown(clip(v.Subject, maxInText)))
	}
	for i, text := range sentences {
		if len(sentences) > 1 && text != "" {
			sentences[i] = f.words.list(places[text]) + f.words.say("colon") + " " + text
		}
	}
	return status, slices.DeleteFunc(sentences, func(text string) bool { return text == "" })
}
