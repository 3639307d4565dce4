package services

import (
	"bytes"
	"slices"
	"strings"
)

// Tags of LDAP messages (RFC 4511 section 4).
const (
	berInteger  = 0x02
	berText     = 0x04
	berEnum     = 0x0a
	berSequence = 0x30
	ldapSearch  = 0x63
	ldapEntry   = 0x64
	ldapDone    = 0x65
	ldapNotice  = 0x78 // an extended response: the notice of disconnection
)

// rootDSE asks the server for its own entry (RFC 4512 section 5.1): base scope, two
// attributes, no bind before. It is what every client reads first.
func rootDSE() []byte {
	attributes := tlv(berSequence, tlv(berText, []byte("supportedLDAPVersion")), tlv(berText, []byte("namingContexts")))
	search := tlv(ldapSearch,
		tlv(berText), tlv(berEnum, []byte{0}), tlv(berEnum, []byte{0}), // no name, base, no aliases
		tlv(berInteger, []byte{1}), tlv(berInteger, []byte{5}), tlv(0x01, []byte{0}), // one entry, five seconds, with values
		tlv(0x87, []byte("objectClass")), attributes)
	return tlv(berSequence, tlv(berInteger, []byte{1}), search)
}

// tlv is one element of BER whose content is shorter than 128 bytes.
func tlv(tag byte, parts ...[]byte) []byte {
	content := slices.Concat(parts...)
	return append([]byte{tag, byte(len(content))}, content...)
}

// element takes one element of BER off the front.
func element(data []byte) (tag byte, content, rest []byte, ok bool) {
	if len(data) < 2 {
		return 0, nil, nil, false
	}
	tag, size, at := data[0], int(data[1]), 2
	if size&0x80 != 0 { // the long form: so many bytes of length
		count := size & 0x7f
		if count == 0 || count > 4 || len(data) < 2+count {
			return 0, nil, nil, false
		}
		size, at = 0, 2+count
		for _, b := range data[2:at] {
			size = size<<8 | int(b)
		}
	}
	if size > len(data)-at {
		return 0, nil, nil, false
	}
	return tag, data[at : at+size], data[at+size:], true
}

// ldapMessage gives the operation of one LDAP message.
func ldapMessage(said []byte) (tag byte, operation, rest []byte, ok bool) {
	outer, content, rest, ok := element(said)
	if !ok || outer != berSequence {
		return 0, nil, nil, false
	}
	number, id, content, ok := element(content)
	if !ok || number != berInteger || len(id) != 1 || id[0] > 1 {
		return 0, nil, nil, false
	}
	tag, operation, _, ok = element(content)
	return tag, operation, rest, ok
}

// wholeLDAP waits for the end of the search, or for a notice.
func wholeLDAP(said []byte) bool {
	const most = 4
	for range most {
		tag, _, rest, ok := ldapMessage(said)
		if !ok {
			return false
		}
		if tag != ldapEntry {
			return true
		}
		said = rest
	}
	return true
}

func readLDAP(said []byte) (Identity, bool) {
	tag, operation, _, ok := ldapMessage(said)
	if !ok {
		return Identity{}, false
	}
	switch tag {
	case ldapDone, ldapNotice:
		// RFC 4511 section 4.1.9: a result code comes first.
		code, _, _, whole := element(operation)
		return named("ldap", "", ""), whole && code == berEnum
	case ldapEntry:
		return ldapRoot(operation)
	}
	return Identity{}, false
}

// ldapRoot reads the entry: its empty name, then attributes with their values.
func ldapRoot(entry []byte) (Identity, bool) {
	tag, name, rest, ok := element(entry)
	if !ok || tag != berText || len(name) != 0 {
		return Identity{}, false
	}
	identity := named("ldap", "", "")
	_, attributes, _, _ := element(rest)
	const most = 8
	for range most {
		_, attribute, next, ok := element(attributes)
		if !ok {
			break
		}
		attributes = next
		_, kind, values, ok := element(attribute)
		if !ok || !bytes.EqualFold(kind, []byte("namingContexts")) {
			continue
		}
		contexts := ldapValues(values)
		identity = identity.with("contexts", strings.Join(contexts, " | "))
		// Only Active Directory has its schema below its configuration.
		if slices.ContainsFunc(contexts, func(c string) bool { return strings.HasPrefix(strings.ToLower(c), "cn=schema,cn=configuration,") }) {
			identity.Product = "Active Directory"
		}
	}
	return identity, true
}

func ldapValues(set []byte) []string {
	const most = 16
	_, values, _, _ := element(set)
	var list []string
	for range most {
		_, value, next, ok := element(values)
		if !ok {
			break
		}
		list, values = append(list, plain(string(value), maxName)), next
	}
	return list
}
