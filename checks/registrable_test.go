package checks

import (
	"testing"

	"campanile/collectors/records"
)

func TestOneOwnerHasOneRegisteredName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"comune.example", "www.comune.example", true},
		{"a.comune.example", "b.comune.example", true},
		{"comune.example", "altro.example", false},
		{"miocomune.example", "comune.example", false},
		{"a.paese-che-non-esiste.to.it", "b.paese-che-non-esiste.to.it", true},
		{"paese-che-non-esiste.to.it", "altro-che-non-esiste.to.it", false}, // provinces are everybody's
		{"uno-che-non-esiste.gov.it", "due-che-non-esiste.gov.it", false},
		{"a-qui-n-existe-pas.gouv.fr", "b-qui-n-existe-pas.gouv.fr", false},
		{"www.qui-n-existe-pas.fr", "qui-n-existe-pas.fr", true},
		{"one.co.example", "two.co.example", true}, // shared levels are those of countries
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "198.51.2.1", false},
		{"localhost", "localhost", true},
		{"", "comune.example", false},
	} {
		if got := oneOwner(test.a, test.b); got != test.want {
			t.Errorf("%q and %q: %v, want %v", test.a, test.b, got, test.want)
		}
	}
}

func TestRegistrableNeverPanics(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"": "", ".": ".", "it": "it", "to.it": "to.it", "a.to.it": "a.to.it", "b.a.to.it": "a.to.it", "www.comune.example": "comune.example",
	} {
		if got := records.Registered(host); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}
