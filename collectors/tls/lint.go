package tls

import (
	"slices"

	"github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3/lint"
	_ "github.com/zmap/zlint/v3/lints/cabf_br" // its rules come by import
	_ "github.com/zmap/zlint/v3/lints/rfc"

	"campanile/collectors/evidence"
)

// standards are the sources of rules that bind every certificate.
func standards() []lint.LintSource {
	return []lint.LintSource{lint.RFC3279, lint.RFC5280, lint.RFC5480, lint.RFC5891, lint.RFC6960, lint.RFC6962, lint.RFC8813}
}

// aging are rules that compare with the top-level domains of the day on which
// zlint was released: a newer domain is no fault of the certificate.
func aging() []string {
	return []string{"e_dnsname_not_valid_tld", "e_sub_cert_aia_contains_internal_names"}
}

// lintsOf names the errors of form in a certificate, by the rules in force on the
// day it begins. The Baseline Requirements bind public authorities only.
func lintsOf(der []byte, public bool) []string {
	if len(der) > evidence.MaxCertificate || heavy(der) {
		return nil
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	sources := standards()
	if public {
		sources = append(sources, lint.CABFBaselineRequirements)
	}
	var names []string
	registry := lint.GlobalRegistry()
	for _, source := range sources {
		for _, l := range registry.CertificateLints().BySource(source) {
			if !slices.Contains(aging(), l.Name) && l.Execute(c, registry.GetConfiguration()).Status == lint.Error {
				names = append(names, l.Name)
			}
		}
	}
	slices.Sort(names)
	return names[:min(len(names), evidence.MaxLints)]
}
