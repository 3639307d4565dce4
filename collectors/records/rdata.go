package records

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// generic reads the form that every record type has (RFC 3597 section 5): \#,
// the number of bytes, the bytes in hexadecimal digits. ok is false for rdata in
// the form of its own type.
func generic(rdata string) (wire []byte, ok bool, err error) {
	rest, ok := strings.CutPrefix(strings.Trim(rdata, blanks), `\#`)
	if !ok {
		return nil, false, nil
	}
	length, digits := field(rest)
	size, err := number(length, 65535)
	if err != nil {
		return nil, true, fmt.Errorf("length: %w", err)
	}
	wire, err = hexBytes(digits)
	if err == nil && len(wire) != size {
		err = fmt.Errorf("%d bytes, %d announced", len(wire), size)
	}
	return wire, true, err
}

// field takes the first of the fields that blanks divide.
func field(rdata string) (first, rest string) {
	rdata = strings.Trim(rdata, blanks)
	if i := strings.IndexAny(rdata, blanks); i >= 0 {
		return rdata[:i], strings.TrimLeft(rdata[i:], blanks)
	}
	return rdata, ""
}

// number reads decimal digits, up to a highest value.
func number(text string, highest int) (int, error) {
	n, err := strconv.Atoi(text)
	if !isNumber(text) || len(text) > 5 || err != nil || n > highest {
		return 0, fmt.Errorf("%q is not a number up to %d", short(text), highest)
	}
	return n, nil
}

// numbers reads the fields that rdata begins with, each up to its highest value.
func numbers(rdata string, highest ...int) (list []int, rest string, err error) {
	for i, high := range highest {
		var first string
		first, rdata = field(rdata)
		n, err := number(first, high)
		if err != nil {
			return nil, "", fmt.Errorf("field %d: %w", i+1, err)
		}
		list = append(list, n)
	}
	return list, rdata, nil
}

// hexBytes reads hexadecimal digits in which blanks have no meaning.
func hexBytes(text string) ([]byte, error) {
	data, err := hex.DecodeString(without(text, blanks))
	if err != nil {
		return nil, errors.New("not an even number of hexadecimal digits")
	}
	return data, nil
}

// base64Bytes reads base64 in which blanks have no meaning and the padding may
// be left out.
func base64Bytes(text, space string) ([]byte, error) {
	text = without(text, space)
	for range 2 {
		text = strings.TrimSuffix(text, "=")
	}
	data, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, errors.New("not base64")
	}
	return data, nil
}

// without leaves out the characters of a set.
func without(text, set string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(set, r) {
			return -1
		}
		return r
	}, text)
}

// maxShort is how much of a record a message repeats.
const maxShort = 60

// short keeps messages about hostile records readable.
func short(text string) string { return clip(text, maxShort) }

func clip(text string, length int) string {
	if len(text) > length {
		return text[:length] + "..."
	}
	return text
}
