package evidence

import (
	"strings"
	"unicode/utf8"
)

// Bounds of one bundle. What a stranger's server says is cut to these before
// it is kept, and a file that exceeds them is refused.
const (
	MaxLine        = 32 << 20  // bytes of one bundle as JSON
	MaxDetail      = 300       // bytes of an explanation for technicians
	MaxText        = 4096      // bytes of any other single string, if not said otherwise
	MaxPolicy      = 64 << 10  // bytes of a policy file or security.txt
	MaxCertificate = 64 << 10  // bytes of one certificate in DER
	MaxSuites      = 512       // suites or groups that one server accepts
	MaxLints       = 32        // errors of form of one certificate
	MaxChain       = 16        // certificates of one chain
	MaxRecord      = 272 << 10 // bytes of one DNS record in presentation form: 64 KiB, each byte as \DDD
	MaxLookups     = 4096
	MaxRecords     = 1024 // records of one look-up
	MaxHops        = 16
	MaxLinks       = 2000 // links, scripts, styles or frames of one page
	MaxMention     = 400  // bytes
	MaxHosts       = 300  // further hosts of one page
	MaxHidden      = 40   // hidden fields of one form
	MaxTopics      = 32
	MaxParts       = 8  // documents that scripts bring
	MaxLinked      = 16 // pages behind links
	MaxEndpoints   = 1024
	MaxSites       = 256
	MaxNames       = 1024 // names of one municipality
	MaxNameServers = 64   // addresses of name servers
	MaxReferences  = 1024
	MaxPlaces      = 256  // addresses whose ports are asked
	MaxPorts       = 256  // open ports of one address
	MaxFacts       = 64   // facts of one port
	MaxTemplates   = 2100 // templates that the engine loads
	MaxTried       = 1024 // places where templates are tried
	MaxUntried     = 65536
	MaxMatches     = 4096
)

// Clip makes text safe to keep: valid UTF-8, at most limit bytes, cut between
// characters.
func Clip(text string, limit int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
