package datagram

import (
	"bytes"
	"strconv"
	"strings"
)

// Tags of LDAP (RFC 4511).
const (
	ldapSearch     = 0x63
	ldapEntry      = 0x64
	ldapDone       = 0x65
	ldapPresent    = 0x87 // filter: the attribute is there
	ldapSet        = 0x31
	ldapOneEntry   = 1 // size limit
	ldapFewSeconds = 2 // time limit
)

// The attributes of the root that are asked for (RFC 4512 section 5.1, RFC 3045).
// Without a list a domain controller sends its whole root, forty times the
// question and with its inner names; these few are short.
const (
	ldapCapabilities  = "supportedCapabilities"
	ldapVendor        = "vendorName"
	ldapVendorVersion = "vendorVersion"
)

// Capabilities by which Microsoft's servers are known (MS-ADTS section
// 3.1.1.3.4.3).
const (
	activeDirectory      = "1.2.840.113556.1.4.800"
	lightweightDirectory = "1.2.840.113556.1.4.1851"
)

// askCLDAP reads the root of the directory, which any client reads before it
// logs in: base search, anonymous, "(objectClass=*)".
func askCLDAP(token uint64) []byte {
	return wrap(berSequence,
		integer(messageID(token)),
		wrap(ldapSearch,
			wrap(berOctets),
			[]byte{berEnumerated, 1, 0}, // scope: the base object
			[]byte{berEnumerated, 1, 0}, // aliases: never followed
			[]byte{berInteger, 1, ldapOneEntry},
			[]byte{berInteger, 1, ldapFewSeconds},
			[]byte{berBoolean, 1, 0}, // values too
			wrap(ldapPresent, []byte("objectClass")),
			wrap(berSequence,
				wrap(berOctets, []byte(ldapCapabilities)),
				wrap(berOctets, []byte(ldapVendor)),
				wrap(berOctets, []byte(ldapVendorVersion)))))
}

// readCLDAP recognises an entry, or the end of the search where the server gives
// none, with our number.
func readCLDAP(token uint64, answer []byte) (Said, bool) {
	outer, ok := elements(answer, berSequence)
	if !ok {
		return Said{}, false
	}
	operation, ok := ldapOperation(token, outer[0].body)
	if !ok {
		return Said{}, false
	}
	said := Said{Service: CLDAP}
	switch operation.tag {
	case ldapEntry:
		// RFC 4511 section 4.5.2: the name of the entry, then its attributes.
		entry, ok := elements(operation.body, berOctets, berSequence)
		if !ok {
			return Said{}, false
		}
		said.Product, said.Version = directory(entry[1].body)
		return said, true
	case ldapDone:
		// Section 4.1.9: the result code comes first.
		result, ok := elements(operation.body, berEnumerated)
		code, fits := number(result, ok)
		if !fits {
			return Said{}, false
		}
		said.Facts = []Fact{{"result", strconv.FormatUint(uint64(code), 10)}}
		return said, true
	}
	return Said{}, false
}

// ldapOperation gives what stands behind the number of the message.
func ldapOperation(token uint64, message []byte) (element, bool) {
	id, rest, ok := cut(message)
	if !ok || id.tag != berInteger {
		return element{}, false
	}
	if n, fits := id.number(); !fits || n != messageID(token) {
		return element{}, false
	}
	operation, _, ok := cut(rest)
	return operation, ok
}

// directory reads who made the directory out of its attributes.
func directory(attributes []byte) (product, version string) {
	microsoft := ""
	for attribute := range each(attributes) {
		parts, ok := elements(attribute.body, berOctets, ldapSet)
		if !ok || attribute.tag != berSequence {
			continue
		}
		for value := range each(parts[1].body) {
			// RFC 4512 section 2.5: the names of attributes ignore case.
			switch name := string(parts[0].body); {
			case strings.EqualFold(name, ldapVendor):
				product = text(string(value.body))
			case strings.EqualFold(name, ldapVendorVersion):
				version = text(string(value.body))
			case strings.EqualFold(name, ldapCapabilities) && bytes.Equal(value.body, []byte(activeDirectory)):
				microsoft = "Active Directory"
			case strings.EqualFold(name, ldapCapabilities) && bytes.Equal(value.body, []byte(lightweightDirectory)):
				microsoft = "Active Directory Lightweight Directory Services"
			}
		}
	}
	if product == "" {
		product = microsoft
	}
	return product, version
}
