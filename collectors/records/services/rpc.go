package services

import (
	"encoding/binary"
)

// Programs of ONC RPC (RFC 5531 section 13 keeps the list).
const (
	programPortmap = 100000
	programNFS     = 100003
)

// rpcNumber is the number of our call, which the answer repeats.
const rpcNumber = 0x63616d70

// rpcNull calls procedure 0 (RFC 5531 section 12), which every program has, takes
// nothing, does nothing and gives nothing. The list of programs is not asked for.
func rpcNull(program, version uint32) []byte {
	const last, call, rpcVersion, null = 1 << 31, 0, 2, 0
	words := []uint32{last | 40, rpcNumber, call, rpcVersion, program, version, null, 0, 0, 0, 0}
	var out []byte
	for _, word := range words {
		out = binary.BigEndian.AppendUint32(out, word)
	}
	return out
}

func wholeRPC(said []byte) bool {
	return len(said) >= 4 && uint64(len(said)) >= 4+uint64(binary.BigEndian.Uint32(said)&^(1<<31))
}

// readRPC knows the answer of a program that is there, in this version or another.
func readRPC(program string) func([]byte) (Identity, bool) {
	return func(said []byte) (Identity, bool) {
		const words = 7 // mark, number, reply, accepted, two of the verifier, what became of it
		if len(said) < 4*words || !wholeRPC(said) {
			return Identity{}, false
		}
		word := func(i int) uint32 { return binary.BigEndian.Uint32(said[4*i:]) }
		const success, otherVersion = 0, 2
		if word(1) != rpcNumber || word(2) != 1 || word(3) != 0 || word(5) != 0 || word(6) != success && word(6) != otherVersion {
			return Identity{}, false
		}
		return named("nfs", "", "").with("program", program), true
	}
}

// afpStatus is DSIGetStatus, which Apple made to be asked before any login.
func afpStatus() []byte { return []byte{0, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0} }

const dsiHeader = 16

func wholeDSI(said []byte) bool {
	return len(said) >= dsiHeader && uint64(len(said)) >= dsiHeader+uint64(binary.BigEndian.Uint32(said[8:]))
}

// readDSI reads the answer: the type of the machine stands where the first offset
// leads.
func readDSI(said []byte) (Identity, bool) {
	if !wholeDSI(said) || said[0] != 1 || said[1] != 3 || said[2] != 0 || said[3] != 1 || binary.BigEndian.Uint32(said[4:]) != 0 {
		return Identity{}, false
	}
	body := said[dsiHeader:]
	if len(body) < 10 {
		return Identity{}, false
	}
	at := int(binary.BigEndian.Uint16(body))
	if at >= len(body) || at+1+int(body[at]) > len(body) {
		return Identity{}, false
	}
	return named("afp", string(body[at+1:at+1+int(body[at])]), ""), true
}
