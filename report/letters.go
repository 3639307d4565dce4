package report

import "campanile/rules"

// Letter is a message to one who can mend things, ready to be sent.
type Letter struct {
	Actor   rules.Actor
	Name    string // of the actor
	Subject string
	Opening []string // paragraphs
	Points  []Point
	Closing []string // paragraphs
}

// Point is one request of a letter.
type Point struct {
	Item         *Item
	Requirements []Requirement
}

// Requirement is a clause of a country's rules for public procurement that
// speaks of what is asked.
type Requirement struct {
	ID   string // R32
	Text string
	Reference
}

func letters(_ words, _ Input, _ Document) []Letter { return nil }
