package records

import (
	"errors"
	"fmt"
)

// DNSKEY is a key of a zone (RFC 4034 section 2).
type DNSKEY struct {
	Flags     uint16
	Algorithm uint8
	Bits      int // size of the key; 0 for an algorithm that is not known here
}

// ParseDNSKEY reads a record in presentation form.
func ParseDNSKEY(rdata string) (DNSKEY, error) {
	wire, ok, err := generic(rdata)
	switch {
	case err != nil:
		return DNSKEY{}, err
	case ok && len(wire) < 4:
		return DNSKEY{}, errors.New("shorter than its three numbers")
	case !ok:
		list, public, err := numbers(rdata, 65535, 255, 255)
		if err != nil {
			return DNSKEY{}, err
		}
		if wire, err = base64Bytes(public, blanks); err != nil {
			return DNSKEY{}, err
		}
		wire = append([]byte{byte(list[0] >> 8), byte(list[0]), byte(list[1]), byte(list[2])}, wire...)
	}
	key := DNSKEY{Flags: uint16(wire[0])<<8 | uint16(wire[1]), Algorithm: wire[3]}
	// RFC 4034 section 2.1.2: any other protocol makes the key invalid.
	if wire[2] != 3 {
		return key, fmt.Errorf("protocol %d; it must be 3", wire[2])
	}
	key.Bits, err = keyBits(key.Algorithm, wire[4:])
	return key, err
}

// keyBits gives the size of a public key, by the algorithm numbers of IANA.
func keyBits(algorithm uint8, public []byte) (int, error) {
	if len(public) == 0 {
		return 0, errors.New("no key")
	}
	switch algorithm {
	case 1, 5, 7, 8, 10:
		return rsaKeyBits(public)
	case 3, 6: // DSA, RFC 2536 section 2: T, Q, P, G, Y
		t := int(public[0])
		return sized(public, 21+3*(64+8*t), 512+64*t)
	case 12, 17, 23: // GOST (RFC 5933, RFC 9558) and SM2 (RFC 9563)
		return sized(public, 64, 256)
	case 13: // RFC 6605 section 4
		return sized(public, 64, 256)
	case 14:
		return sized(public, 96, 384)
	case 15: // RFC 8080 section 3
		return sized(public, 32, 256)
	case 16:
		return sized(public, 57, 456)
	}
	return 0, nil
}

func sized(public []byte, length, bits int) (int, error) {
	if len(public) != length {
		return 0, fmt.Errorf("a key of %d bytes; this algorithm has %d", len(public), length)
	}
	return bits, nil
}

// rsaKeyBits reads the form of RFC 3110 section 2: the length of the exponent in
// one byte, or in two behind a zero; the exponent; the modulus.
func rsaKeyBits(public []byte) (int, error) {
	cut := errors.New("an RSA key that is cut off")
	length, rest := int(public[0]), public[1:]
	if length == 0 {
		if len(rest) < 2 {
			return 0, cut
		}
		length, rest = int(rest[0])<<8|int(rest[1]), rest[2:]
	}
	if length == 0 || len(rest) <= length {
		return 0, cut
	}
	bits := bitLength(rest[length:])
	if bits == 0 {
		return 0, errors.New("an RSA key whose modulus is zero")
	}
	return bits, nil
}
