package services

import (
	"bytes"
	"strings"
)

// Step is one more line of a conversation with a server that spoke first. It
// never names a user, and stops where a login would begin.
type Step struct {
	Say    []byte
	Enough func(said []byte) bool // the answer is whole; said is all since the connection opened
	// Hear adds what the answer states.
	Hear func(identity Identity, said []byte) Identity
	// Skip leaves the step out where it would bring nothing.
	Skip func(identity Identity) bool
}

// Steps gives the conversation with a server that greeted, by its identifier;
// most services are not spoken to.
func Steps(id string) []Step {
	always := func(Identity) bool { return false }
	switch id {
	case "ssh":
		// RFC 4253 section 4.2 and 7.1: a server that hears who we are sends its
		// lists of algorithms. Nothing is answered to them.
		return []Step{
			{[]byte("SSH-2.0-campanile\r\n"), heardSSH, hearSSH, func(i Identity) bool { return !StatesMethods(i) }},
			// A server of the old version names its methods with its keys, before
			// anybody asks to come in.
			{[]byte("SSH-1.5-campanile\n"), heardSSH1, hearSSH1, func(i Identity) bool {
				protocol := i.Fact("protocol")
				return protocol != "1.3" && protocol != "1.5"
			}},
		}
	case "vnc":
		// RFC 6143 section 7.1.1: the client says a version too, no higher than the
		// server's.
		return []Step{{[]byte("RFB 003.008\n"), heardRFB, hearRFB, func(i Identity) bool {
			return i.Fact("protocol") < "003.008"
		}}}
	case "ftp":
		return []Step{
			{[]byte("FEAT\r\n"), endOfReply(1), hearFeatures, always},
			// RFC 4217 section 4: asked only where the list did not say.
			{[]byte("AUTH TLS\r\n"), endOfReply(2), hearAuth, func(i Identity) bool { return i.Fact("tls") != "" }},
		}
	case "imap":
		return []Step{{[]byte("a CAPABILITY\r\n"), heardLine("a "), hearIMAP, always}}
	case "pop3":
		return []Step{{[]byte("CAPA\r\n"), heardCAPA, hearPOP3, always}}
	}
	return nil
}

// Farewell is how a service is left as its protocol asks, or nil.
func Farewell(id string) []byte {
	switch id {
	case "ftp", "smtp", "pop3":
		return []byte("QUIT\r\n")
	case "imap":
		return []byte("b LOGOUT\r\n")
	}
	return nil
}

// replies gives the last line of each reply of RFC 959 section 4.2: the lines of
// a longer one begin with the code and a hyphen, its last with the code and a
// space.
func replies(said []byte) (list [][]string) {
	const most = 200
	var current []string
	code := ""
	for _, line := range lines(said[:bytes.LastIndexByte(said, '\n')+1], most) {
		if line == "" && current == nil {
			continue
		}
		current = append(current, line)
		if len(line) < 3 {
			continue
		}
		if code == "" && len(line) > 3 && line[3] == '-' {
			code = line[:3]
			continue
		}
		if code == "" || strings.HasPrefix(line, code+" ") {
			list, current, code = append(list, current), nil, ""
		}
	}
	return list
}

// endOfReply is whether so many replies have come after the greeting.
func endOfReply(count int) func([]byte) bool {
	return func(said []byte) bool { return len(replies(said)) > count }
}

// hearFeatures reads the list of RFC 2389 section 3.2.
func hearFeatures(identity Identity, said []byte) Identity {
	list := replies(said)
	if len(list) < 2 || !reply(list[1][0], "211") {
		return identity // 500, 502 or 530: it does not tell
	}
	for _, line := range list[1][1:] {
		word, rest, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
		if word == "AUTH" && (strings.Contains(rest, "TLS") || strings.Contains(rest, "SSL")) {
			return identity.with("tls", "offered")
		}
	}
	if len(list[1]) < 2 {
		return identity // a list of nothing
	}
	return identity.with("tls", "none")
}

// MayBeFTP reports a greeting 220 that names neither FTP nor mail.
func MayBeFTP(said []byte) bool {
	return reply(first(said), "220") && !greets(said, []string{"SMTP"})
}

// ReadFeatures tells by the answer to FEAT whether such a server speaks FTP: a
// list of features, or that it wants a login first (RFC 959 section 5.4). Mail
// servers do not know the word.
func ReadFeatures(said []byte) (Identity, bool) {
	list := replies(said)
	if len(list) < 2 || !reply(list[1][0], "211") && !reply(list[1][0], "530") {
		return Identity{}, false
	}
	return hearFeatures(named("ftp", "", ""), said), true
}

// hearAuth reads the answer to AUTH TLS by the codes of RFC 2228 section 5.
func hearAuth(identity Identity, said []byte) Identity {
	list := replies(said)
	last := list[max(0, len(list)-1):]
	if len(list) < 2 {
		return identity
	}
	line := last[0][0]
	switch {
	case reply(line, "234"), reply(line, "334"):
		return identity.with("tls", "offered")
	case reply(line, "500"), reply(line, "502"), reply(line, "504"):
		return identity.with("tls", "none")
	}
	return identity // 530, 534, 421: it does not tell
}

func heardLine(prefix string) func([]byte) bool {
	return func(said []byte) bool {
		return bytes.Contains(said, []byte("\n"+prefix)) && bytes.HasSuffix(said, []byte("\n"))
	}
}

func hearIMAP(identity Identity, said []byte) Identity {
	return encryption(identity, lines(said, 50), "STARTTLS")
}

// heardCAPA is the end of a list (RFC 2449 section 5), or a refusal of it.
func heardCAPA(said []byte) bool {
	return bytes.HasSuffix(said, []byte("\n.\r\n")) || bytes.Contains(said, []byte("\n-ERR"))
}

func hearPOP3(identity Identity, said []byte) Identity {
	list := lines(said, 50)
	if len(list) < 3 || !bytes.HasSuffix(said, []byte("\n.\r\n")) {
		return identity
	}
	return encryption(identity, append(list[1:], "CAPA"), "STLS")
}
