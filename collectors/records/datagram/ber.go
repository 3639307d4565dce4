package datagram

import "encoding/binary"

// Tags of the Basic Encoding Rules (X.690) that SNMP and LDAP use.
const (
	berBoolean    = 0x01
	berInteger    = 0x02
	berOctets     = 0x04
	berEnumerated = 0x0A
	berSequence   = 0x30
)

// element is one value with its tag.
type element struct {
	tag  byte
	body []byte
}

// cut takes the first element off. Lengths may be longer than they need be, as
// RFC 4511 section 5.1 allows and Active Directory does; the indefinite form is
// not allowed.
func cut(b []byte) (e element, rest []byte, ok bool) {
	if len(b) < 2 || b[0]&0x1F == 0x1F {
		return element{}, nil, false
	}
	size, at := int(b[1]), 2
	if size >= 0x80 {
		count := size - 0x80
		if count < 1 || count > 4 || len(b) < at+count {
			return element{}, nil, false
		}
		var wide [8]byte
		copy(wide[8-count:], b[at:at+count])
		size, at = int(binary.BigEndian.Uint64(wide[:])), at+count
	}
	if size > len(b)-at {
		return element{}, nil, false
	}
	return element{b[0], b[at : at+size]}, b[at+size:], true
}

// elements takes the first elements off, which must have these tags.
func elements(b []byte, tags ...byte) ([]element, bool) {
	list := make([]element, 0, len(tags))
	for _, tag := range tags {
		e, rest, ok := cut(b)
		if !ok || e.tag != tag {
			return nil, false
		}
		list, b = append(list, e), rest
	}
	return list, true
}

// maxElements bounds how many elements of one list are looked at.
const maxElements = 64

// each gives the elements one after the other, as far as they can be read.
func each(b []byte) func(yield func(element) bool) {
	return func(yield func(element) bool) {
		for range maxElements {
			e, rest, ok := cut(b)
			if !ok || !yield(e) {
				return
			}
			b = rest
		}
	}
}

// number reads an integer that is not negative and fits 32 bits.
func (e element) number() (uint32, bool) {
	if len(e.body) == 0 || len(e.body) > 5 || e.body[0]&0x80 != 0 {
		return 0, false
	}
	var sum uint64
	for _, octet := range e.body {
		sum = sum<<8 | uint64(octet)
	}
	return uint32(sum), sum <= 0xFFFFFFFF
}

// wrap makes one element of at most 255 bytes out of its parts.
func wrap(tag byte, parts ...[]byte) []byte {
	var body []byte
	for _, part := range parts {
		body = append(body, part...)
	}
	if len(body) < 0x80 {
		return append([]byte{tag, byte(len(body))}, body...)
	}
	return append([]byte{tag, 0x81, byte(len(body))}, body...)
}

// integer writes a number in four bytes; its first bit must not be set.
func integer(n uint32) []byte {
	return wrap(berInteger, binary.BigEndian.AppendUint32(nil, n))
}
