package hello

import (
	"net/netip"
	"slices"
)

// Types of extensions, as IANA numbers them.
const (
	extensionName          = 0
	extensionGroups        = 10
	extensionPoints        = 11
	extensionSchemes       = 13
	extensionHeartbeat     = 15
	extensionALPN          = 16
	extensionPadding       = 21
	extensionMasterSecret  = 23
	extensionTicket        = 35
	extensionVersions      = 43
	extensionKeyShare      = 51
	extensionRenegotiation = 0xff01
)

// extensions lists them so that the last one is never empty, which a line of old
// servers does not read; before is the length of the hello without them.
func (h Hello) extensions(before int) []byte {
	var list []byte
	if _, err := netip.ParseAddr(h.Name); err != nil && h.Name != "" {
		list = append(list, extension(extensionName, vector(2, []byte{0}, vector(2, []byte(h.Name))))...) // RFC 6066 section 3
	}
	if len(h.Protocols) > 0 {
		list = append(list, h.protocols()...)
	}
	if h.Version < newest {
		list = append(list, h.older()...)
	} else {
		list = append(list, extension(extensionVersions, vector(1, pair(newest)))...) // RFC 8446 section 4.2.1
		list = append(list, extension(extensionKeyShare, vector(2))...)               // empty, RFC 8446 section 4.2.8
	}
	if groups := h.groups(); len(groups) > 0 {
		list = append(list, extension(extensionGroups, vector(2, pairs(groups)))...) // RFC 8422 section 5.1.1
	}
	if schemes := h.schemes(); len(schemes) > 0 {
		list = append(list, extension(extensionSchemes, vector(2, pairs(schemes)))...) // RFC 5246 section 7.4.1.4.1
	}
	return append(list, padding(4+before+2+len(list))...)
}

// older are the extensions that TLS 1.3 made needless.
func (h Hello) older() []byte {
	list := slices.Concat(
		extension(extensionMasterSecret),                       // RFC 7627 section 5.1
		extension(extensionTicket),                             // RFC 5077 section 3.2
		extension(extensionRenegotiation, vector(1, h.Verify)), // RFC 5746 section 3.2
		extension(extensionPoints, vector(1, []byte{0, 1, 2})), // RFC 8422 section 5.1.2: what comes is not computed with
	)
	if h.Heartbeat {
		list = append(list, extension(extensionHeartbeat, []byte{1})...) // RFC 6520 section 2: we take requests, too
	}
	return list
}

func (h Hello) protocols() []byte {
	var list []byte
	for _, protocol := range h.Protocols {
		list = append(list, vector(1, []byte(protocol))...)
	}
	return extension(extensionALPN, vector(2, list))
}

func (h Hello) groups() []uint16 {
	if h.Groups == nil {
		return DefaultGroups(h.Version)
	}
	return h.Groups
}

func (h Hello) schemes() []uint16 {
	switch {
	case h.Version < tls12:
		return nil
	case h.Schemes == nil:
		return DefaultSchemes()
	}
	return h.Schemes
}

// padding is the extension of RFC 7685 for the lengths at which old load
// balancers hang: 256 to 511 bytes (its section 4), and those that are 10 or 14
// more than a multiple of 256, counted with or without the header of the message.
func padding(length int) []byte {
	const header = 4
	if length >= 256 && length <= 511 {
		return extension(extensionPadding, make([]byte, max(1, 512-length-header)))
	}
	if over := length % 256; over >= 10 && over <= 18 {
		return extension(extensionPadding, make([]byte, 5)) // 19 to 27 over
	}
	return nil
}

func extension(kind uint16, body ...[]byte) []byte {
	return append(pair(kind), vector(2, body...)...)
}
