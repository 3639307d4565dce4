package names

import (
	"cmp"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// Platforms says which known products stand behind the municipality's home page,
// its transparency portal and its services: one of each at most, and by what.
//
// Something that only one product has counts before habits, which outlive a
// change of product; among habits the product with the most of them counts. A
// portal that a page links to says nothing about the page itself.
func Platforms(b *evidence.Bundle, known []records.Platform) []evidence.Platform {
	visit, host := homeOf(b)
	if visit.Page == nil {
		return nil
	}
	sight := sightOf(visit, host)
	var list []evidence.Platform
	for _, use := range []string{evidence.ForSite, evidence.ForTransparency, evidence.ForServices} {
		var best found
		for _, p := range known {
			if p.Use != use || len(p.Countries) > 0 && b.Target.Country != "" && !slices.Contains(p.Countries, b.Target.Country) {
				continue
			}
			if f := sight.look(p); f.better(best) {
				best = f
			}
		}
		if best.platform.ID != "" {
			list = append(list, evidence.Platform{
				ID: best.platform.ID, Name: best.platform.Name, Use: use, Host: best.host, Definite: best.definite,
				Evidence: evidence.Clip(best.words, evidence.MaxDetail), Company: sight.company(best.platform.Company),
			})
		}
	}
	return list
}

// homeOf gives the home page that could be read: what stands on https at the
// domain or www, else on http.
func homeOf(b *evidence.Bundle) (visit evidence.Visit, host string) {
	for _, secure := range []bool{true, false} {
		for _, s := range b.Sites {
			if s.Host != b.Target.Domain && s.Host != "www."+b.Target.Domain {
				continue
			}
			v := s.HTTP
			if secure {
				v = s.HTTPS
			}
			if v.State == evidence.Seen && v.Barrier == "" && v.Page != nil && v.Last().Status/100 == 2 {
				return v, hostOf(v.Last().URL)
			}
		}
	}
	return evidence.Visit{}, ""
}

// found is a product with what tells it.
type found struct {
	platform records.Platform
	definite bool
	traits   int // how many kinds of them
	words    string
	host     string
}

func (f found) better(than found) bool {
	switch {
	case f.traits == 0:
		return false
	case f.definite != than.definite:
		return f.definite
	}
	return f.traits > than.traits
}

// look says what of a product the page shows.
func (s sight) look(p records.Platform) found {
	for _, definite := range []bool{true, false} {
		traits := p.Habits
		if definite {
			traits = p.Definite
		}
		if n, words, host := s.count(traits, p.Use); n > 0 {
			return found{p, definite, n, words, cmp.Or(host, s.host)}
		}
	}
	return found{}
}

// count says how many kinds of traits the page shows, and the first in words. A
// portal is known by the hosts of links alone.
func (s sight) count(t records.Traits, use string) (n int, words, portal string) {
	note := func(kind, value string) {
		if n++; words == "" {
			words = kind + " " + value
		}
	}
	if use != evidence.ForSite {
		if host := anyHost(t.Hosts, s.portals); host != "" {
			note("link", host)
			return n, words, host
		}
		return 0, "", ""
	}
	for _, trait := range []struct {
		kind, value string
	}{
		{"host", anyHost(t.Hosts, []string{s.host})}, // first: it says whose the name is too
		{"generator", holding(t.Generators, []string{s.generator})},
		{"author", holding(t.Authors, []string{s.author})},
		{"header", beginning(t.Headers, s.headers)},
		{"asset", anyHost(t.Assets, s.assets)},
		{"asset", holding(t.Paths, s.paths)},
		{"link", holding(t.Links, s.links)},
		{"cookie", beginning(t.Cookies, s.cookies)},
		{"field", holding(t.Fields, s.fields)},
	} {
		if trait.value != "" {
			note(trait.kind, trait.value)
		}
	}
	if t.Backslash && s.backslash {
		note("asset", `\`)
	}
	return n, words, ""
}

// company names the maker where the page does.
func (s sight) company(c records.Company) string {
	texts := append([]string{s.generator, s.author}, s.credits...)
	if c.Name != "" && holding(c.Marks, append(texts, s.assets...)) != "" {
		return c.Name
	}
	return ""
}

// holding gives the first text that holds one of the marks.
func holding(marks, texts []string) string { return first(marks, texts, strings.Contains) }

func beginning(marks, texts []string) string { return first(marks, texts, strings.HasPrefix) }

func first(marks, texts []string, fits func(text, mark string) bool) string {
	for _, text := range texts {
		if slices.ContainsFunc(marks, func(mark string) bool { return fits(text, mark) }) {
			return text
		}
	}
	return ""
}

func anyHost(patterns, hosts []string) string {
	i := slices.IndexFunc(hosts, func(host string) bool {
		_, ok := records.MatchesHost(patterns, host)
		return ok
	})
	if i < 0 {
		return ""
	}
	return hosts[i]
}
