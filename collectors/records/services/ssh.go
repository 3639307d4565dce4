package services

import (
	"encoding/binary"
	"slices"
	"strings"
)

// recogniseSSH reads the identification string (RFC 4253 section 4.2). Other
// lines may stand before it.
func recogniseSSH(said []byte) (Identity, bool) {
	const before = 16 // lines
	i := sshLine(said, before)
	if i < 0 {
		return Identity{}, false
	}
	line := lines(said, before)[i]
	protocol, software, ok := strings.Cut(strings.TrimPrefix(line, "SSH-"), "-")
	if !ok || protocol == "" || strings.Trim(protocol, "0123456789.") != "" {
		return Identity{}, false
	}
	software, _, _ = strings.Cut(software, " ") // comments
	product, version := software, ""
	if at := strings.LastIndexAny(software, "_-"); at > 0 && strings.ContainsAny(software[at+1:], "0123456789") {
		product, version = software[:at], software[at+1:]
	}
	return named("ssh", product, version).with("protocol", protocol), true
}

// sshLine is the number of the line with the identification, or -1.
func sshLine(said []byte, most int) int {
	list := lines(said, most)
	i := slices.IndexFunc(list, func(line string) bool { return strings.HasPrefix(line, "SSH-") })
	if i > 0 && slices.ContainsFunc(list[:i], func(line string) bool { return strings.HasPrefix(line, "HTTP/") }) {
		return -1 // a page that mentions it
	}
	return i
}

// StatesMethods reports a server that can be asked for its methods of logging in:
// 1.99 speaks both versions (RFC 4253 section 5.1).
func StatesMethods(identity Identity) bool {
	return identity.ID == "ssh" && (identity.Fact("protocol") == "2.0" || identity.Fact("protocol") == "1.99")
}

// WithMethods is the identity with the methods of logging in that the server
// states (RFC 4252 section 5.1); "none" alone where it let a stranger in.
func (i Identity) WithMethods(names []string) Identity {
	return i.with("methods", strings.Join(names, ","))
}

// kexInit is SSH_MSG_KEXINIT (RFC 4253 section 12).
const kexInit = 20

// algorithms are the name-lists of SSH_MSG_KEXINIT that are kept, in their order
// (RFC 4253 section 7.1); the lists to the server and from it are one for every
// server that there is, and the one from the server stands for both.
func algorithms() []string {
	return []string{"kex", "host-key", "", "ciphers", "", "macs", "", "compression", "", ""}
}

// hearSSH reads what the server offers for the key exchange. Nothing is agreed
// on, so no key, user or password follows.
func hearSSH(identity Identity, said []byte) Identity {
	payload, ok := sshPacket(said)
	if !ok || payload[0] != kexInit {
		return identity
	}
	const cookie = 16
	rest := payload[1:]
	if len(rest) < cookie {
		return identity
	}
	rest = rest[cookie:]
	for _, name := range algorithms() {
		if len(rest) < 4 {
			return identity
		}
		size := int(binary.BigEndian.Uint32(rest))
		if size < 0 || size > len(rest)-4 {
			return identity
		}
		if name != "" {
			identity = identity.with(name, string(rest[4:4+size]))
		}
		rest = rest[4+size:]
	}
	return identity
}

// sshPacket gives the payload of the first binary packet (RFC 4253 section 6),
// which follows the identification string.
func sshPacket(said []byte) ([]byte, bool) {
	const lengths = 5
	for range max(0, sshLine(said, 16)) + 1 {
		_, rest, ok := strings.Cut(string(said), "\n")
		if !ok {
			return nil, false
		}
		said = []byte(rest)
	}
	if len(said) < lengths {
		return nil, false
	}
	size, padding := int(binary.BigEndian.Uint32(said)), int(said[4])
	if size < padding+2 || size > len(said)-4 {
		return nil, false
	}
	return said[lengths : 4+size-padding], true
}

func heardSSH(said []byte) bool {
	_, whole := sshPacket(said)
	return whole
}
