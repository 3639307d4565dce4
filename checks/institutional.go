package checks

import (
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// domainNotInstitutional tells when a body's name is one that anybody could have
// registered, so that nothing in it shows people whose it is. Each country has
// names of its own for that; of a domain that does not exist nothing is said.
func domainNotInstitutional(b *evidence.Bundle) []Finding {
	domain := b.Target.Domain
	judged, reserved, form := institutional(b.Target)
	exists := existence(b, domain)
	switch {
	case !judged || exists.State == evidence.Absent:
		return notApplicable(domain)
	case exists.State != evidence.Seen:
		return unknown(domain, "dns A "+domain, exists)
	case reserved:
		return pass(domain, Facts{"form": form})
	}
	return fail(domain, Facts{"form": form})
}

// institutional says whether the country reserves names for the body, whether the
// domain is one of them, and what they look like.
func institutional(t evidence.Target) (judged, reserved bool, form string) {
	labels := strings.Split(t.Domain, ".")
	top := labels[len(labels)-1]
	switch {
	case slices.Contains(notRegistrable, top):
		return false, false, ""
	case t.Country == "it":
		reserved = reservedInItaly(labels)
		return reserved || isComune(t) && !strings.HasSuffix(t.Domain, ".gov.it"), reserved, "comune.<nome>.<provincia>.it"
	case t.Country == "fr":
		return true, slices.Contains(territorial, top), "<commune>.fr"
	}
	return false, false, ""
}

// notRegistrable are the top-level names that nobody can register (RFC 2606
// section 2): examples and laboratories.
var notRegistrable = []string{"test", "example", "invalid", "localhost"}

// territorial are the extensions that criterion 1.2 of the French référentiel de
// la présence numérique des territoires accepts: France, its regions and its
// territories overseas, and the European Union.
var territorial = []string{
	"fr", "eu", "alsace", "bzh", "corsica", "paris",
	"gf", "gp", "mq", "nc", "pf", "pm", "re", "tf", "wf", "yt",
}

// isComune reports whether the inventory says that the body is a municipality:
// other bodies have no reserved form. The IPA code of a municipality is c_ and
// its land registry code.
func isComune(t evidence.Target) bool {
	name := fold(t.Name) + " "
	return strings.HasPrefix(strings.ToLower(t.Code), "c_") ||
		strings.HasPrefix(name, "comune ") || strings.HasPrefix(name, "gemeinde ")
}

// reservedInItaly recognises the names that the registry of .it keeps for a
// municipality: comune.NAME.PROVINCE.it, for a capital comune.NAME.it, and
// comune-di-NAME.it or comunediNAME.it. Where two languages are official the word
// may be the other one's.
func reservedInItaly(labels []string) bool {
	if len(labels) < 2 || labels[len(labels)-1] != "it" {
		return false
	}
	const joined, spaced = "comunedi", "comune-di-"
	kind := slices.Contains([]string{"comune", "gemeinde", "commune", "obcina"}, labels[0])
	switch len(labels) {
	case 2:
		return len(labels[0]) > len(joined) && strings.HasPrefix(labels[0], joined) ||
			len(labels[0]) > len(spaced) && strings.HasPrefix(labels[0], spaced)
	case 3:
		return kind && len(labels[1]) > 2 // not the initials of a province
	case 4:
		return kind && records.IsProvince(labels[2])
	}
	return false
}
