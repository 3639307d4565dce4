package hello

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"

	"campanile/collectors/records"
)

// takeExchange reads a ServerKeyExchange, whose form hangs on the suite. One that
// cannot be read is an error: whoever reads on would take "not read" for "none".
func (a *answer) takeExchange(body []byte) error {
	a.Exchange = true
	suite, _ := records.SuiteByNumber(a.Suite)
	var rest []byte
	var whole bool
	switch {
	case strings.HasPrefix(suite.Name, "TLS_ECDH"):
		rest, whole = a.takeCurve(body)
	case strings.HasPrefix(suite.Name, "TLS_DH"):
		rest, whole = a.takeField(body)
	case strings.HasPrefix(suite.Name, "TLS_RSA"): // export: modulus and exponent, RFC 2246 section 7.4.3
		_, rest, whole = vectors(body, 2, 2)
	default: // a suite that nobody offered, in a form that nobody knows
		return fmt.Errorf("%w: ServerKeyExchange of suite %04x", ErrMalformed, a.Suite)
	}
	if !whole || !a.takeScheme(rest) {
		return fmt.Errorf("%w: a ServerKeyExchange of %d bytes", ErrMalformed, len(body))
	}
	return nil
}

// takeField reads prime, generator and public value (RFC 5246 section 7.4.3).
func (a *answer) takeField(body []byte) (rest []byte, whole bool) {
	list, rest, whole := vectors(body, 2, 3)
	if !whole {
		return nil, false
	}
	a.Prime, a.Generator = bytes.TrimLeft(list[0], "\x00"), bytes.TrimLeft(list[1], "\x00")
	return rest, len(a.Prime) > 0
}

// Kinds of curves, and of the polynomials of binary ones (RFC 4492 section 5.4).
const (
	curvePrime  = 1
	curveBinary = 2
	curveNamed  = 3

	trinomial   = 1
	pentanomial = 2
)

// takeCurve reads the curve and passes over the public point.
func (a *answer) takeCurve(body []byte) (rest []byte, whole bool) {
	if len(body) < 4 {
		return nil, false
	}
	switch body[0] {
	case curveNamed:
		a.Group = binary.BigEndian.Uint16(body[1:])
		_, rest, whole = vectors(body[3:], 1, 1)
	case curvePrime: // prime, two coefficients, base, order, cofactor; the point
		var list [][]byte
		list, rest, whole = vectors(body[1:], 1, 7)
		if whole {
			a.Explicit, a.Bits = true, width(list[0])
		}
	case curveBinary:
		a.Explicit, a.Bits = true, int(binary.BigEndian.Uint16(body[1:]))
		const after = 6 // two coefficients, base, order, cofactor; the point
		switch body[3] {
		case trinomial:
			_, rest, whole = vectors(body[4:], 1, 1+after)
		case pentanomial:
			_, rest, whole = vectors(body[4:], 1, 3+after)
		}
	}
	return rest, whole
}

// takeScheme reads the scheme before the signature, which TLS 1.2 brought (RFC
// 5246 section 4.7). An anonymous exchange has no signature.
func (a *answer) takeScheme(rest []byte) bool {
	if a.Version < tls12 || len(rest) == 0 {
		return true
	}
	if len(rest) < 2 {
		return false
	}
	_, after, whole := cut(rest[2:], 2)
	if whole && len(after) == 0 {
		a.Scheme = binary.BigEndian.Uint16(rest)
		return true
	}
	return false
}

// vectors takes so many vectors off the front, with lengths of size bytes.
func vectors(data []byte, size, count int) (list [][]byte, rest []byte, whole bool) {
	for range count {
		var body []byte
		if body, data, whole = cut(data, size); !whole {
			return nil, nil, false
		}
		list = append(list, body)
	}
	return list, data, true
}

// width is the number of bits of a number, big-endian.
func width(number []byte) int {
	number = bytes.TrimLeft(number, "\x00")
	if len(number) == 0 {
		return 0
	}
	return 8*(len(number)-1) + bits.Len8(number[0])
}
