package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	form "campanile/cmd/internal/answers"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/ticks"
	"campanile/collectors/evidence"
	"campanile/report/checklist"
	"campanile/report/score/dma"
	"campanile/rules"
)

// keptBeside is what people keep beside the evidence, by domain.
type keptBeside struct {
	answers    map[string]*dma.Assessment
	checklists map[string]*checklist.Checklist
}

// beside reads what --answers and --checklist name, for the municipalities that
// are reported on.
func beside(s *settings, q *rules.Questionnaire, targets []evidence.Target) (keptBeside, error) {
	var domains []string
	for _, t := range targets {
		if !slices.Contains(domains, t.Domain) {
			domains = append(domains, t.Domain)
		}
	}
	answers, err := byHand[dma.Assessment]{
		flag: "--answers",
		read: func(path string) (*dma.Assessment, error) { return form.Read(path, q) },
		of:   func(a *dma.Assessment) (string, time.Time) { return a.Domain, a.Date },
	}.from(s.answers, domains)
	if err != nil {
		return keptBeside{}, err
	}
	checklists, err := byHand[checklist.Checklist]{
		flag: "--checklist",
		read: ticks.Read,
		of:   func(c *checklist.Checklist) (string, time.Time) { return c.Domain, c.Known() },
	}.from(s.checklist, domains)
	return keptBeside{answers, checklists}, err
}

// byHand reads the files of one kind that people fill in, and tells whose they
// are. A file about somebody else is refused: taken for the wrong municipality
// it would say things that nobody has said.
type byHand[T any] struct {
	flag string
	read func(path string) (*T, error)
	of   func(*T) (domain string, on time.Time) // whose it is, and from which day
}

// from reads one file, or those of a folder that are about one of the domains.
func (h byHand[T]) from(place string, domains []string) (map[string]*T, error) {
	if place == "" {
		return nil, nil
	}
	info, err := os.Stat(place)
	if err != nil {
		return nil, exit.Usagef("%s: %w", h.flag, err)
	}
	if info.IsDir() {
		return h.folder(place, domains)
	}
	content, err := h.read(place)
	if err != nil {
		return nil, err
	}
	domain, _ := h.of(content)
	switch {
	case domain == "" && len(domains) == 1:
		domain = domains[0] // the user has put the two together
	case domain == "":
		return nil, exit.Usagef("%s %s names no domain, and there are %d municipalities: write whose it is, or give a folder with a file for each", h.flag, place, len(domains))
	case !slices.Contains(domains, domain):
		return nil, exit.Usagef("%s %s is about %s, and the report about %s: give the file of that municipality", h.flag, place, domain, strings.Join(domains[:min(3, len(domains))], ", "))
	}
	return map[string]*T{domain: content}, nil
}

// folder reads every file of a folder. Of several about one municipality, such
// as its stages, the newest counts.
func (h byHand[T]) folder(place string, domains []string) (map[string]*T, error) {
	entries, err := os.ReadDir(place)
	if err != nil {
		return nil, exit.Usagef("%s: %w", h.flag, err)
	}
	found, paths := map[string]*T{}, map[string]string{}
	for _, entry := range entries {
		path := filepath.Join(place, entry.Name())
		ending := strings.ToLower(filepath.Ext(path))
		// What an editor keeps beside an open file is none of these.
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") || strings.HasPrefix(entry.Name(), "~$") || !slices.Contains([]string{".yaml", ".yml", ".csv", ".xlsx"}, ending) {
			continue
		}
		content, err := h.read(path)
		if err != nil {
			return nil, err
		}
		domain, on := h.of(content)
		if domain == "" {
			domain = strings.TrimSuffix(entry.Name(), filepath.Ext(path))
		}
		if !slices.Contains(domains, domain) {
			continue // of the others, who are not reported on now
		}
		if before := found[domain]; before != nil {
			_, earlier := h.of(before)
			if on.Equal(earlier) {
				return nil, exit.Usagef("%s: %s and %s are both about %s, of the same day: leave only one of them in the folder", h.flag, paths[domain], path, domain)
			}
			if on.Before(earlier) {
				continue
			}
		}
		found[domain], paths[domain] = content, path
	}
	if len(found) == 0 {
		return nil, exit.Usagef("%s %s: no file in it is about %s; name the files by domain, such as %s.yaml, or write the domain in them", h.flag, place, strings.Join(domains[:min(3, len(domains))], ", "), domains[0])
	}
	return found, nil
}
