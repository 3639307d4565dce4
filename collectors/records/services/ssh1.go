package services

import (
	"bytes"
	"encoding/binary"
)

// The message in which a server of SSH 1 sends its keys
// (draft-ylonen-ssh-protocol-00): its type, the cookie before the keys, and after
// them the flags, the mask of ciphers and the mask of methods.
const (
	ssh1PublicKey = 2
	ssh1Cookie    = 8
	ssh1Masks     = 12
)

// ssh1Methods are the bits of the last mask, by the names that SSH 2 has for them.
func ssh1Methods() []string {
	return []string{"", "rhosts", "publickey", "password", "hostbased", "keyboard-interactive"}
}

// ssh1Packet gives type and content of the first packet after the identification:
// a length, a padding up to the next eighth byte, the packet and its checksum.
func ssh1Packet(said []byte) ([]byte, bool) {
	const length, checksum = 4, 4
	for range max(0, sshLine(said, 16)) + 1 {
		_, rest, ok := bytes.Cut(said, []byte("\n"))
		if !ok {
			return nil, false
		}
		said = rest
	}
	if len(said) < length {
		return nil, false
	}
	size := int(binary.BigEndian.Uint32(said))
	padding := 8 - size%8
	if size <= checksum || size > MaxSaid || size+padding > len(said)-length {
		return nil, false
	}
	return said[length+padding : length+padding+size-checksum], true
}

func heardSSH1(said []byte) bool {
	_, whole := ssh1Packet(said)
	return whole
}

// hearSSH1 reads which methods of logging in the server states beside its keys.
func hearSSH1(identity Identity, said []byte) Identity {
	packet, ok := ssh1Packet(said)
	if !ok || packet[0] != ssh1PublicKey || len(packet) < 1+ssh1Cookie {
		return identity
	}
	rest := packet[1+ssh1Cookie:]
	for range 2 { // the key of the server, the key of the host
		if rest, ok = passKey(rest); !ok {
			return identity
		}
	}
	if len(rest) != ssh1Masks {
		return identity
	}
	mask := binary.BigEndian.Uint32(rest[ssh1Masks-4:])
	var names []string
	for bit, name := range ssh1Methods() {
		if name != "" && mask&(1<<bit) != 0 {
			names = append(names, name)
		}
	}
	return identity.WithMethods(names)
}

// passKey leaves out the number of bits of a key, its exponent and its modulus,
// each of these with its own number of bits before it.
func passKey(rest []byte) ([]byte, bool) {
	const bits = 4
	if len(rest) < bits {
		return nil, false
	}
	rest = rest[bits:]
	for range 2 {
		if len(rest) < 2 {
			return nil, false
		}
		size := (int(binary.BigEndian.Uint16(rest)) + 7) / 8
		if size > len(rest)-2 {
			return nil, false
		}
		rest = rest[2+size:]
	}
	return rest, true
}
