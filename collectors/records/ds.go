package records

import (
	"errors"
	"fmt"
	"math/bits"
)

// DS is what a parent zone says of a key of its child (RFC 4034 section 5).
type DS struct {
	KeyTag     uint16
	Algorithm  uint8
	DigestType uint8
}

// ParseDS reads a record in presentation form.
func ParseDS(rdata string) (DS, error) {
	wire, ok, err := generic(rdata)
	switch {
	case err != nil:
		return DS{}, err
	case ok && len(wire) < 4:
		return DS{}, errors.New("shorter than its three numbers")
	case !ok:
		list, digits, err := numbers(rdata, 65535, 255, 255)
		if err != nil {
			return DS{}, err
		}
		if wire, err = hexBytes(digits); err != nil {
			return DS{}, err
		}
		wire = append([]byte{byte(list[0] >> 8), byte(list[0]), byte(list[1]), byte(list[2])}, wire...)
	}
	ds := DS{KeyTag: uint16(wire[0])<<8 | uint16(wire[1]), Algorithm: wire[2], DigestType: wire[3]}
	switch digest, want := len(wire)-4, digestLength(ds.DigestType); {
	case digest == 0:
		return ds, errors.New("no digest")
	case want != 0 && digest != want:
		return ds, fmt.Errorf("a digest of %d bytes; digest type %d has %d", digest, ds.DigestType, want)
	}
	return ds, nil
}

// digestLength gives the bytes of a digest type of IANA's list; 0: not known here.
func digestLength(kind uint8) int {
	switch kind {
	case 1: // SHA-1, RFC 3658
		return 20
	case 2, 3, 5, 6: // SHA-256 (RFC 4509), GOST (RFC 5933, RFC 9558), SM3 (RFC 9563)
		return 32
	case 4: // SHA-384, RFC 6605
		return 48
	}
	return 0
}

// bitLength counts the bits of a number in network order, without the zeros that
// lead it.
func bitLength(number []byte) int {
	for i, b := range number {
		if b != 0 {
			return bits.Len8(b) + 8*(len(number)-i-1)
		}
	}
	return 0
}
