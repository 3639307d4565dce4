package records

import (
	"encoding/asn1"
	"errors"
)

// TLSA pins a certificate or a key (RFC 6698 section 2.1).
type TLSA struct {
	Usage    uint8 // 2: an authority, 3: the server's own; 0 and 1 want a public authority as well
	Selector uint8 // 0: the whole certificate, 1: its key
	Matching uint8 // 0: as it is, 1: its SHA-256, 2: its SHA-512
	Data     []byte
}

// ParseTLSA reads a record in presentation form. What it holds need not be of
// use: see Usable.
func ParseTLSA(rdata string) (TLSA, error) {
	wire, ok, err := generic(rdata)
	switch {
	case err != nil:
		return TLSA{}, err
	case ok && len(wire) < 3:
		return TLSA{}, errors.New("shorter than its three numbers")
	case !ok:
		list, digits, err := numbers(rdata, 255, 255, 255)
		if err != nil {
			return TLSA{}, err
		}
		if wire, err = hexBytes(digits); err != nil {
			return TLSA{}, err
		}
		wire = append([]byte{byte(list[0]), byte(list[1]), byte(list[2])}, wire...)
	}
	if len(wire) == 3 {
		return TLSA{}, errors.New("no data behind the three numbers")
	}
	return TLSA{wire[0], wire[1], wire[2], wire[3:]}, nil
}

// Usable reports whether a mail server that delivers makes use of the record:
// usages 2 and 3 alone (RFC 7672 section 3.1.3), selectors and matching types that
// are known (RFC 6698 section 4.1), and data of the length that these have.
func (t TLSA) Usable() bool {
	if t.Usage != 2 && t.Usage != 3 || t.Selector > 1 {
		return false
	}
	switch t.Matching {
	case 0:
		var whole asn1.RawValue
		rest, err := asn1.Unmarshal(t.Data, &whole)
		return err == nil && len(rest) == 0 && whole.Tag == asn1.TagSequence && whole.IsCompound
	case 1:
		return len(t.Data) == 32
	case 2:
		return len(t.Data) == 64
	}
	return false
}
