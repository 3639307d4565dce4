package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// exceptPEC leaves certified mail alone: a PEC host follows the rules of its
// provider, who signs every message.
func exceptPEC(judge func(*evidence.Bundle) []Finding) func(*evidence.Bundle) []Finding {
	return func(b *evidence.Bundle) []Finding {
		if isPEC(b.Target) {
			return notApplicable(b.Target.Domain)
		}
		return judge(b)
	}
}

// isPEC recognises a host for certified mail by its first label; certified mail
// is an Italian institution.
func isPEC(t evidence.Target) bool {
	label, _, _ := strings.Cut(t.Domain, ".")
	return t.Country == "it" && slices.Contains([]string{"pec", "cert", "postacert"}, label)
}
