// Package records reads the small languages that municipalities publish: SPF,
// DMARC, MTA-STS and their kin. Collectors use it to know where to look next,
// checks to judge; both read the same record the same way.
//
// It must not touch the network or the clock.
package records

import (
	"errors"
	"strings"
)

// Text joins the character strings of a TXT record in presentation form
// (RFC 1035 section 5.1) without blanks, as RFC 7208 section 3.3 and RFC 9989
// section 4.5 read them. Bytes outside ASCII come back as they were.
func Text(rdata string) (string, error) {
	var text strings.Builder
	inside := false
	for i := 0; i < len(rdata); i++ {
		switch c := rdata[i]; {
		case c == '"':
			inside = !inside
		case c == '\\':
			value, length, err := unescape(rdata[i+1:])
			if err != nil {
				return "", err
			}
			text.WriteByte(value)
			i += length
		case inside || c != ' ' && c != '\t':
			text.WriteByte(c)
		}
	}
	if inside {
		return "", errors.New("a quoted string without its end")
	}
	return text.String(), nil
}

// unescape reads what follows a backslash: three decimal digits, or one
// character that stands for itself.
func unescape(rest string) (value byte, length int, err error) {
	if rest == "" {
		return 0, 0, errors.New("a backslash at the end")
	}
	if !isDigit(rest[0]) {
		return rest[0], 1, nil
	}
	if len(rest) < 3 || !isDigit(rest[1]) || !isDigit(rest[2]) {
		return 0, 0, errors.New("a backslash without three digits")
	}
	n := int(rest[0]-'0')*100 + int(rest[1]-'0')*10 + int(rest[2]-'0')
	if n > 255 {
		return 0, 0, errors.New("a backslash with a number above 255")
	}
	return byte(n), 3, nil
}

// blanks is the WSP of the grammars (RFC 5234 appendix B.1); no other character
// of Unicode counts as one.
const blanks = " \t"

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// Texts joins each of several TXT records and leaves out those that do not
// parse.
func Texts(rdata []string) []string {
	var texts []string
	for _, each := range rdata {
		if text, err := Text(each); err == nil {
			texts = append(texts, text)
		}
	}
	return texts
}
