package checks_test

import (
	"strconv"

	"campanile/collectors/evidence"
)

// paperTown is a town with forms to print, an old site program, a footer that a
// script brings and a file for reports that has expired.
func paperTown() *evidence.Bundle {
	b := noticesOf("privacy", "Informativa privacy", []string{"personal-data"})
	s := &b.Sites[0]
	page := s.HTTPS.Page
	page.Generator = "Drupal 7 (https://www.drupal.org)"
	page.Scripts = []evidence.Script{{URL: "https://www.google-analytics.com/analytics.js"}, {URL: "https://connect.facebook.net/it_IT/sdk.js"}}
	page.Styles = []string{"https://fonts.googleapis.com/css2?family=Lora"}
	page.Footer = evidence.Unknown
	for i := range 3 {
		number := strconv.Itoa(i)
		page.Links = append(page.Links, evidence.Link{URL: "https://comune.example/moduli/" + number + ".pdf", Text: "Domanda " + number, Place: "main"})
	}
	part := "https://comune.example/footer.html"
	s.Parts = []evidence.Visit{{
		URL: part, Observation: seen(), Attempts: 1, Hops: []evidence.Hop{{URL: part, Status: 200}}, Page: &evidence.Page{SHA256: "00", Words: 100, Footer: evidence.Seen},
	}}
	file := &s.SecurityTxt
	file.Hops, file.Text = []evidence.Hop{{URL: file.URL, Status: 200}}, "Expires: 2025-06-30T00:00:00Z\n"
	return b
}

// noticeTown is a French town whose legal notice, behind the only link, holds what
// others say in three places.
func noticeTown() *evidence.Bundle {
	b := noticesOf("legal", "Mentions légales", []string{"cookies", "personal-data", "publisher"})
	b.Target.Country = "fr"
	return b
}

// noticesOf is a town with one link in the footer of its home page, and the page
// behind it.
func noticesOf(duty evidence.Duty, label string, topics []string) *evidence.Bundle {
	b := defaultBundle()
	s := site("comune.example")
	address := "https://comune.example/notice"
	s.Robots = evidence.Visit{
		URL: "https://comune.example/robots.txt", Observation: seen(), Attempts: 1,
		Hops: []evidence.Hop{{URL: "https://comune.example/robots.txt", Status: 404}},
	}
	for _, page := range []*evidence.Page{s.HTTP.Page, s.HTTPS.Page} {
		page.Links = []evidence.Link{{URL: address, Text: label, Place: "footer"}}
	}
	s.Linked = []evidence.Linked{{
		Duty: duty,
		Visit: evidence.Visit{
			URL: address, Observation: seen(), Attempts: 1, Hops: []evidence.Hop{{URL: address, Status: 200}}, Page: &evidence.Page{SHA256: "00", Words: 100, Topics: topics},
		},
	}}
	b.Names = []evidence.Name{{Name: "www.comune.example", Source: "www"}}
	b.Sites = []evidence.Site{s}
	return b
}
