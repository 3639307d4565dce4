package checks

import "campanile/collectors/records/services"

// ServiceNames gives the names that the fact "service" is made of, by the
// identifiers of the evidence, so that a report can say them in another language.
func ServiceNames() map[string]string {
	names := map[string]string{}
	for _, s := range services.List() {
		names[s.ID] = s.Name
	}
	return names
}
