package lab

import (
	"fmt"
	"slices"
	"time"

	"campanile/cmd/internal/mandate"
)

// Consenting is a town that lets others look at its services, with the mandate
// that it gave.
type Consenting struct {
	Town
	Mandate *mandate.Mandate
}

// Consenting lists the towns that gave a mandate. Those of them that Towns leaves
// out differ from others in their services alone.
func (l *Lab) Consenting() []Consenting { return slices.Clone(l.consenting) }

// consenting writes the mandates, in force since yesterday.
func consenting(towns []Town, today time.Time) ([]Consenting, error) {
	var list []Consenting
	for _, t := range towns {
		if t.Own == nil {
			continue
		}
		m, err := mandate.New("mandato-"+t.Code+".yaml", mandate.Answers{
			"body":          {t.Name},
			"domains":       {t.Domain},
			"addresses":     t.Own,
			"authorised_by": {"Persona Inventata"},
			"role":          {"Sindaca"},
			"from":          {today.AddDate(0, 0, -1).Format(time.DateOnly)},
			"until":         {today.AddDate(0, 2, 0).Format(time.DateOnly)},
			"contact":       {"ufficio tecnico, sicurezza@" + t.Domain},
			"ssh_methods":   {"yes"},
		})
		if err != nil {
			return nil, fmt.Errorf("the mandate of %s: %w", t.Domain, err)
		}
		list = append(list, Consenting{t, m})
	}
	return list, nil
}

// behindTheHill are towns that are like others until somebody looks at their
// services, which only a mandate allows. The demo has none and leaves them out.
func behindTheHill() []town { return []town{portaperta()} }
