package checks_test

import (
	"slices"

	"campanile/collectors/evidence"
)

// ownWords is a town whose footer leads to a declaration of long ago in words of
// its own.
func ownWords() *evidence.Bundle {
	return declaring("Dichiarazione di accessibilità", &evidence.Statement{
		State: evidence.Seen, Language: "it", Model: "own",
		Status: said("contradictory"), Prepared: said("2011-12-13"), Reviewed: evidence.Stated{State: evidence.Absent},
		Feedback: evidence.Absent, Enforcement: evidence.Absent,
		Contact: evidence.Contact{Mailbox: evidence.Absent, Telephone: evidence.Absent, Form: evidence.Absent},
	})
}

// filed is a town whose declaration is filed with AgID under its own code.
func filed() *evidence.Bundle {
	b := declaring("Dichiarazione di accessibilità", nil)
	b.Target.Code = "c_x000"
	b.Sites[0].HTTPS.Page.Links[0].URL = "https://form.agid.gov.it/c_x000/comune_di_esempio/dichiarazione"
	return b
}

// mairie is a French town with the mention as the label of the link.
func mairie() *evidence.Bundle {
	b := declaring("Accessibilité : non conforme", &evidence.Statement{
		State: evidence.Seen, Language: "fr", Model: "rgaa",
		Status: said("none"), Prepared: said("2025-03-01"), Reviewed: evidence.Stated{State: evidence.Absent},
		Feedback: evidence.Seen, Enforcement: evidence.Seen,
	})
	b.Target.Country = "fr"
	return b
}

func said(value string) evidence.Stated {
	return evidence.Stated{State: evidence.Seen, Value: value}
}

// declaring is a town with one link in the footer of its home page, and the
// declaration behind it.
func declaring(label string, statement *evidence.Statement) *evidence.Bundle {
	b := defaultBundle()
	s := site("comune.example")
	address := "https://comune.example/accessibilita"
	s.Robots = evidence.Visit{
		URL: "https://comune.example/robots.txt", Observation: seen(), Attempts: 1,
		Hops: []evidence.Hop{{URL: "https://comune.example/robots.txt", Status: 404}},
	}
	s.HTTPS.Page.Links = slices.Insert(s.HTTPS.Page.Links, 0, evidence.Link{URL: address, Text: label, Place: "footer"})
	if statement != nil {
		s.Linked = []evidence.Linked{{
			Duty: evidence.DeclarationDuty, Statement: statement,
			Visit: evidence.Visit{
				URL: address, Observation: seen(), Attempts: 1,
				Hops: []evidence.Hop{{URL: address, Status: 200}},
				Page: &evidence.Page{SHA256: "00", Words: 300, Footer: evidence.Seen},
			},
		}}
	}
	b.Sites = []evidence.Site{s}
	return b
}
