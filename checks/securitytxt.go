package checks

import (
	"slices"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/records/securitytxt"
)

// contactFile is the security.txt of one of the town's home names.
type contactFile struct {
	evidence.Observation // seen where there is one, absent where there certainly is none
	host                 string
	visit                evidence.Visit
	securitytxt.File
	cut bool // it is longer than what was kept
}

// contactFiles looks for the file below each home name that speaks https.
func contactFiles(b *evidence.Bundle) []contactFile {
	var list []contactFile
	all := homes(b)
	for _, s := range all {
		// A name that leads where another one leads to, or stands, has that one's file.
		end := hostOf(s.HTTPS.Last().URL)
		leads := s.SecurityTxt.Problem == evidence.DependsOnOther && slices.ContainsFunc(all, func(other evidence.Site) bool {
			return other.Host != s.Host && other.SecurityTxt.Problem != evidence.DependsOnOther && end != "" && end == hostOf(other.HTTPS.Last().URL)
		})
		if !leads && !withoutTLS(b, s.Host) {
			list = append(list, newContactFile(s))
		}
	}
	return list
}

func newContactFile(s evidence.Site) contactFile {
	v := s.SecurityTxt
	c := contactFile{host: s.Host, visit: v, Observation: answered(v)}
	switch {
	case c.State == evidence.NotAsked && c.Problem == "":
		c.Observation = evidence.Observation{Problem: evidence.NotInProfile}
	case c.State != evidence.Seen:
	case notFound(v):
		c.Observation = defect()
	case !isPage(v):
		c.Observation = reason(v)
	default:
		c.File = securitytxt.Parse(v.Text)
		c.cut = len(v.Text) > evidence.MaxPolicy-4
		// A page in its place, or a text without any of the fields, is an error page
		// in disguise.
		if v.Page != nil || c.Fields == 0 {
			c.Observation = defect()
		}
	}
	return c
}

// securityTxtMissing fails a body whose site has no file for people who find a
// weakness (RFC 9116 section 3).
func securityTxtMissing(b *evidence.Bundle) []Finding {
	return onContactFiles(b, func(files []contactFile) []Finding {
		for _, file := range files {
			if file.State == evidence.Seen {
				return pass(b.Target.Domain, Facts{"host": file.host})
			}
		}
		return fail(b.Target.Domain, Facts{"host": b.Target.Domain})
	}, func(files []contactFile) bool {
		return slices.ContainsFunc(files, func(c contactFile) bool { return c.State == evidence.Seen })
	})
}

// onContactFiles judges the files of a town. Where one of them is not known, only
// what is settled without it is said.
func onContactFiles(b *evidence.Bundle, judge func([]contactFile) []Finding, settled func([]contactFile) bool) []Finding {
	domain := b.Target.Domain
	files := contactFiles(b)
	if len(files) == 0 && len(b.Sites) > 0 {
		return notApplicable(domain)
	}
	open := slices.IndexFunc(files, func(c contactFile) bool { return !c.Known() })
	switch {
	case len(files) == 0:
		return unknown(domain, "https "+domain+"/.well-known/security.txt", evidence.Observation{})
	case open >= 0 && !settled(files):
		return unknown(domain, "https "+domain+"/.well-known/security.txt", files[open].Observation)
	}
	return judge(files)
}

// securityTxtInvalid fails a file that breaks RFC 9116: programs that look for
// the contact pass it over.
func securityTxtInvalid(b *evidence.Bundle) []Finding {
	return onFields(b, func(c contactFile) []Finding {
		facts := Facts{"host": c.host, "url": c.visit.URL}
		faults := c.faults()
		switch {
		case len(faults) > 0:
			return fail(b.Target.Domain, with(facts, "reason", string(faults[0])))
		case c.cut:
			return unknown(b.Target.Domain, "https "+c.host+"/.well-known/security.txt", evidence.Observation{State: evidence.Unknown, Problem: evidence.TooLarge})
		}
		return pass(b.Target.Domain, facts)
	})
}

// faults are those of the text and of how it was served. Of a file that was not
// kept whole, nothing can be said to be missing.
func (c contactFile) faults() []securitytxt.Fault {
	faults := slices.Clone(c.Faults)
	served := append(c.visit.Last().Values("content-type"), "")[0] // none is a fault too
	if fault := securitytxt.ContentType(served); fault != "" {
		faults = append(faults, fault)
	}
	if !c.Names(c.visit.URL, c.visit.Last().URL) {
		faults = append(faults, securitytxt.NotCanonical)
	}
	if c.cut {
		faults = slices.DeleteFunc(faults, func(fault securitytxt.Fault) bool {
			return slices.Contains([]securitytxt.Fault{securitytxt.NoContact, securitytxt.NoExpires, securitytxt.SignatureForm, securitytxt.NotCanonical, securitytxt.LineForm}, fault)
		})
	}
	return securitytxt.Sort(faults)
}

// securityTxtExpired fails a file whose day has passed: nobody should rely on it
// any more (RFC 9116 section 2.5.5).
func securityTxtExpired(b *evidence.Bundle) []Finding {
	return onFields(b, func(c contactFile) []Finding {
		facts := Facts{"host": c.host, "url": c.visit.URL}
		switch {
		case c.Expires.IsZero():
			return notApplicable(b.Target.Domain)
		case c.Expires.Before(b.Taken):
			return fail(b.Target.Domain, with(facts, "expired_on", c.Expires.UTC().Format(time.DateOnly)))
		}
		return pass(b.Target.Domain, with(facts, "expires_on", c.Expires.UTC().Format(time.DateOnly)))
	})
}

// onFields judges every file that is there by itself. The worst verdict is told.
func onFields(b *evidence.Bundle, judge func(contactFile) []Finding) []Finding {
	worst := func(files []contactFile) []Finding {
		verdicts := map[Outcome][]Finding{}
		for _, c := range files {
			if c.State == evidence.Seen {
				f := judge(c)
				verdicts[f[0].Outcome] = append(verdicts[f[0].Outcome], f...)
			}
		}
		for _, outcome := range []Outcome{Fail, Inconclusive, Pass} {
			if len(verdicts[outcome]) > 0 {
				return verdicts[outcome][:1]
			}
		}
		return notApplicable(b.Target.Domain)
	}
	return onContactFiles(b, worst, func(files []contactFile) bool { return worst(files)[0].Outcome == Fail })
}
