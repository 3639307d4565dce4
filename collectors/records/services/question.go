package services

import (
	"bytes"
	"slices"
)

// Question is the one greeting that any client of a protocol sends.
type Question struct {
	ID     string
	Bytes  []byte                             // nil for TLS, whose first message is made anew each time
	Enough func(said []byte) bool             // the answer is whole
	Read   func(said []byte) (Identity, bool) // what the answer shows
}

// TLS is the identifier of the question whether TLS is spoken from the first byte.
const TLS = "tls"

// Place is what a question must name to be well formed.
type Place struct {
	Host  string // address and port, as a URL has them
	Agent string // who asks: the User-Agent
}

// MaxQuestions bounds what one port is asked.
const MaxQuestions = 20

// Plan gives the questions for a TCP port whose server waits to be spoken to:
// those of the services that usually live there, then those of all others, since
// what listens at a port is not told by its number. An untouched port has none.
func Plan(port uint16, place Place) []Question {
	if Untouched(port) {
		return nil
	}
	var ids []string
	if tlsFirst(port) {
		ids = append(ids, TLS)
	}
	for _, s := range At("tcp", port) {
		ids = append(ids, s.Questions...)
	}
	// The web first: most of what waits is one. RDP, PostgreSQL and the like hang
	// up at once on a question that is not theirs, so that order costs little.
	// SMB and Redis soon after: they take other questions for the beginning of a long
	// message or line, wait for the rest, and use up our patience.
	ids = append(ids, "http", TLS, "sip", "rtsp", "smb", "redis", "rdp", "postgresql", "ldap", "mongodb",
		"mssql", "amqp", "memcached", "portmap", "nfs", "afp")
	return asked(ids, place)
}

// PlanInside gives the questions to put inside TLS.
func PlanInside(port uint16, place Place) []Question {
	if Untouched(port) {
		return nil
	}
	var ids []string
	for _, s := range At("tcp", port) {
		ids = append(ids, s.Questions...)
	}
	ids = append(ids, "http", "ldap", "redis", "sip", "mongodb", "amqp")
	ids = slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(inside(), id) })
	return asked(ids, place)
}

// inside lists the questions that make sense in TLS from the first byte; other
// protocols begin it themselves.
func inside() []string {
	return []string{"http", "wsman", "ldap", "redis", "sip", "mongodb", "amqp", "memcached"}
}

// tlsFirst reports a port where a plain question would be the wrong one.
func tlsFirst(port uint16) bool {
	return slices.Contains([]uint16{
		443, 465, 636, 990, 993, 995, 2083, 2087, 2376, 4433, 4443, 5001, 5061, 5986, 6443, 8006, 8089, 8443, 9443, 10443,
	}, port)
}

// Further gives what to ask a server that said what it is, but not enough.
func Further(identity Identity, place Place) []Question {
	switch {
	case identity.ID == "docker" && identity.Fact("login") == "", identity.ID == "kubernetes" && identity.Version == "":
		return asked([]string{"version"}, place)
	case identity.ID == "http" && identity.Fact("status") == "404" && identity.Product == "":
		return asked([]string{"version"}, place) // etcd shows nothing at /
	case identity.ID == "redis" && identity.Fact("login") == "":
		return asked([]string{"redis"}, place) // known by an error
	case identity.ID == "http" && identity.Product == "Microsoft-HTTPAPI":
		return asked([]string{"wsman"}, place)
	}
	return nil
}

// Hint is the question to put next after an answer that none could read, or "".
func Hint(said []byte) string {
	const alert = 0x15 // a record of TLS (RFC 8446 section 5.1)
	switch {
	case len(said) >= 7 && said[0] == alert && said[1] == 3:
		return TLS
	case bytes.Contains(said, []byte("HTTP request to an HTTPS server")), bytes.Contains(said, []byte("HTTP request was sent to HTTPS port")),
		bytes.Contains(said, []byte("speaking plain HTTP to an SSL-enabled server port")), bytes.Contains(said, []byte("requires TLS")):
		return TLS
	case bytes.HasPrefix(said, []byte("ERROR\r\n")):
		return "memcached"
	}
	return ""
}

// asked makes the questions with these identifiers, each once.
func asked(ids []string, place Place) []Question {
	var list []Question
	for _, id := range ids {
		known := slices.ContainsFunc(list, func(q Question) bool { return q.ID == id })
		if q, ok := question(id, place); ok && !known && len(list) < MaxQuestions {
			list = append(list, q)
		}
	}
	return list
}

// question makes one question.
func question(id string, place Place) (Question, bool) {
	line := func(said []byte) bool { return bytes.HasSuffix(said, []byte("\r\n")) }
	head := func(said []byte) bool { return bytes.Contains(said, []byte("\r\n\r\n")) }
	page := func(said []byte) bool { return bytes.HasPrefix(said, []byte("HTTP/1.")) && !Awaited(said) }
	never := func([]byte) bool { return false } // until it hangs up or falls silent
	q := Question{ID: id, Enough: never, Read: Recognise}
	switch id {
	case TLS:
	case "http":
		q.Bytes, q.Enough = webRequest("/", place), page
	case "version":
		q.Bytes, q.Enough = webRequest("/version", place), page
	case "wsman":
		q.Bytes, q.Enough, q.Read = webRequest("/wsman", place), page, readWSMan
	case "rtsp":
		q.Bytes, q.Enough = rtspOptions(place), head
	case "sip":
		q.Bytes, q.Enough = sipOptions(place), head
	case "redis":
		q.Bytes, q.Enough = []byte("PING\r\n"), line
	case "memcached":
		q.Bytes, q.Enough = []byte("version\r\n"), line
	case "amqp":
		q.Bytes = []byte("AMQP\x00\x00\x09\x01")
	case "rdp":
		q.Bytes, q.Enough, q.Read = rdpRequest(), wholeTPKT, readRDP
	case "postgresql":
		q.Bytes, q.Read = postgresRequest(), readPostgres
	case "mssql":
		q.Bytes, q.Enough, q.Read = prelogin(), wholeTDS, readPrelogin
	case "mongodb":
		q.Bytes, q.Enough, q.Read = mongoHello(), wholeMongo, readMongo
	case "ldap":
		q.Bytes, q.Enough, q.Read = rootDSE(), wholeLDAP, readLDAP
	default:
		return fileQuestion(q)
	}
	return q, true
}

// fileQuestion makes one of the questions of the protocols that share files.
func fileQuestion(q Question) (Question, bool) {
	switch q.ID {
	case "smb":
		q.Bytes, q.Enough, q.Read = smbNegotiate(), wholeNetBIOS, readSMB
	case "smb1":
		q.Bytes, q.Enough, q.Read = smb1Negotiate(), wholeNetBIOS, readSMB
	case "netbios":
		q.Bytes, q.Enough, q.Read = netbiosSession(), wholeNetBIOS, readNetBIOS
	case "nfs":
		q.Bytes, q.Enough, q.Read = rpcNull(programNFS, 3), wholeRPC, readRPC("nfs")
	case "portmap":
		q.Bytes, q.Enough, q.Read = rpcNull(programPortmap, 2), wholeRPC, readRPC("portmapper")
	case "afp":
		q.Bytes, q.Enough, q.Read = afpStatus(), wholeDSI, readDSI
	default:
		return Question{}, false
	}
	return q, true
}

// IsWeb reports an HTTP request, which is counted as one.
func (q Question) IsWeb() bool { return bytes.HasPrefix(q.Bytes, []byte("GET ")) }
