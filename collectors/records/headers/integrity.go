package headers

import "strings"

// Script is a script element of a page.
type Script struct {
	Source    string // src as written; empty where the script stands in the page
	Integrity string
}

// Integrity judges how a page loads its scripts (Subresource Integrity section 3):
// those of hosts outside its registered domain with a digest, and none in clear.
func Integrity(scripts []Script, domain string, https bool) Result {
	if len(scripts) == 0 {
		return IntegrityNoScripts
	}
	own, foreign := false, false // a digest on a script of our own; a script of others
	worst := Result("")
	for _, s := range scripts {
		if s.Source == "" {
			continue
		}
		local, secure := s.origin(domain, https)
		if local {
			own = own || s.Integrity != "" && secure
			continue
		}
		foreign = true
		worst = worse(worst, s.fault(secure))
	}
	switch {
	case worst != "":
		return worst
	case own:
		return IntegrityEverywhere
	case foreign:
		return IntegrityExternal
	}
	return IntegrityOwnScripts
}

// origin says whether a script is of the same registered domain and how it
// comes. An address that begins with two slashes is foreign to the Observatory,
// and in clear: it may be.
func (s Script) origin(domain string, https bool) (local, secure bool) {
	source := strings.ToLower(strings.TrimSpace(s.Source))
	switch {
	case strings.HasPrefix(source, "//"):
		return false, false
	case strings.HasPrefix(source, "http://"), strings.HasPrefix(source, "https://"):
		_, host := place(source)
		return host == domain || strings.HasSuffix(host, "."+domain), strings.HasPrefix(source, "https:")
	}
	return true, https
}

func (s Script) fault(secure bool) Result {
	switch {
	case s.Integrity != "" && !secure:
		return IntegrityInsecure
	case s.Integrity == "" && secure:
		return IntegrityMissing
	case s.Integrity == "":
		return IntegrityMissingOnClear
	}
	return ""
}

// worse gives the one that costs more; nothing is better than either.
func worse(a, b Result) Result {
	if b.Modifier() < a.Modifier() {
		return b
	}
	return a
}
