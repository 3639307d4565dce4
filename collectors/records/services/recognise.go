package services

import (
	"bytes"
	"strings"
)

// MaxSaid is how much of what a server says is read.
const MaxSaid = 16 << 10

// Recognise tells a service by what it said, whether unasked or in answer to a
// question that was meant for another: an SSH server behind a web port says
// SSH-2.0 all the same. It never looks at a port number.
func Recognise(said []byte) (Identity, bool) {
	said = said[:min(len(said), MaxSaid)]
	for _, recognise := range []func([]byte) (Identity, bool){
		recogniseSSH, recogniseRFB, recogniseRsync, recogniseTelnet, recogniseMySQL,
		recogniseHTTP, recogniseRTSP, recogniseSIP, recogniseAMQP, recogniseActiveMQ,
		recogniseBandwidth, recogniseESX, recogniseFTP, recogniseSMTP, recogniseIMAP, recognisePOP3,
		recogniseRedis, recogniseMemcached,
	} {
		if identity, ok := recognise(said); ok {
			return identity, true
		}
	}
	return Identity{}, false
}

// lines gives the lines of a text without their ends, at most so many.
func lines(said []byte, most int) []string {
	list := strings.SplitN(string(said), "\n", most+1)
	list = list[:min(len(list), most)]
	for i := range list {
		list[i] = strings.TrimRight(list[i], "\r")
	}
	return list
}

// first gives the first line.
func first(said []byte) string { return lines(said, 1)[0] }

// recogniseRsync reads "@RSYNCD: 31.0" and what may follow on the line.
func recogniseRsync(said []byte) (Identity, bool) {
	rest, ok := strings.CutPrefix(first(said), "@RSYNCD: ")
	version, _, _ := strings.Cut(rest, " ")
	if !ok || version == "" || strings.Trim(version, "0123456789.") != "" {
		return Identity{}, false
	}
	return named("rsync", "rsync", "").with("protocol", version), true
}

// Telnet commands that negotiate an option (RFC 854): WILL, WON'T, DO, DON'T,
// each after IAC and before one option.
const (
	telnetIAC  = 0xff
	telnetSB   = 0xfa // a sub-negotiation
	telnetWill = 0xfb
	telnetDont = 0xfe
)

// recogniseTelnet wants whole commands from the first byte: a lone 0xff may be
// anything.
func recogniseTelnet(said []byte) (Identity, bool) {
	if len(said) < 3 || said[0] != telnetIAC || said[1] < telnetSB || said[1] == telnetIAC {
		return Identity{}, false
	}
	commands := 0
	for len(said) >= 3 && said[0] == telnetIAC && telnetWill <= said[1] && said[1] <= telnetDont {
		// RFC 855: options are numbered from 0; the highest in use is 255, for the
		// list that extends the numbers, and no server opens with it.
		if said[2] == telnetIAC {
			return Identity{}, false
		}
		said, commands = said[3:], commands+1
	}
	if commands == 0 {
		return Identity{}, false
	}
	return named("telnet", "", ""), true
}

// recogniseBandwidth knows the hello of the MikroTik bandwidth test.
func recogniseBandwidth(said []byte) (Identity, bool) {
	if !bytes.Equal(said, []byte{1, 0, 0, 0}) {
		return Identity{}, false
	}
	return named("mikrotik_bw", "MikroTik", ""), true
}

// recogniseESX knows the line with which a VMware host greets consoles.
func recogniseESX(said []byte) (Identity, bool) {
	rest, ok := strings.CutPrefix(first(said), "220 VMware Authentication Daemon Version ")
	if !ok {
		return Identity{}, false
	}
	version, _, _ := strings.Cut(rest, ":")
	return named("hypervisor", "VMware", "").with("daemon", version), true
}

// recogniseActiveMQ knows the WireFormatInfo with which an OpenWire broker greets:
// a length, the type 1 and the name.
func recogniseActiveMQ(said []byte) (Identity, bool) {
	const magic = "\x01ActiveMQ"
	if len(said) < 4+len(magic) || string(said[4:4+len(magic)]) != magic {
		return Identity{}, false
	}
	return named("activemq", "ActiveMQ", ""), true
}

// recogniseMemcached reads the answer to version.
func recogniseMemcached(said []byte) (Identity, bool) {
	rest, ok := strings.CutPrefix(first(said), "VERSION ")
	if !ok || rest == "" || rest[0] < '0' || rest[0] > '9' || !bytes.HasSuffix(said, []byte("\r\n")) {
		return Identity{}, false
	}
	return named("memcached", "memcached", rest), true
}

// recogniseRedis knows the answers to PING, and to the first lines of the web and
// of telephones, which it takes for commands of its own.
func recogniseRedis(said []byte) (Identity, bool) {
	line, whole := strings.CutSuffix(first(append(bytes.Clone(said), 0)), "\x00")
	if whole { // no end of line came
		return Identity{}, false
	}
	identity := named("redis", "", "")
	switch {
	case line == "+PONG":
		return identity.with("login", "none"), true
	case strings.HasPrefix(line, "-NOAUTH "), strings.HasPrefix(line, "-ERR operation not permitted"):
		return identity.with("login", "required"), true
	case strings.HasPrefix(line, "-DENIED ") && strings.Contains(line, "protected mode"):
		return identity.with("login", "protected"), true
	case strings.HasPrefix(line, "-ERR wrong number of arguments for 'get' command"),
		strings.HasPrefix(line, "-ERR unknown command ") && strings.Contains(line, ", with args beginning with: "):
		return identity, true
	}
	return Identity{}, false
}
