// Package headers reads the HTTP headers that protect the visitors of a site, as
// browsers do, and judges them on the scale of the HTTP Observatory: the same
// codes and the same points, so that anybody can compare. Where the Observatory
// reads a header otherwise than the standard, the standard counts; the
// differences are listed beside the test that holds both together. It is pure:
// text comes in, and it neither asks the network nor knows the time.
package headers

import "strings"

// Values gives the lines of a header in the order received. The name is in
// lower case.
type Values func(name string) []string

// of gives the lines, also where no answer was seen.
func (v Values) of(name string) []string {
	if v == nil {
		return nil
	}
	return v(name)
}

// blanks are the optional whitespace around header values (RFC 9110 section 5.6.3).
const blanks = " \t"

// maxField is how much of one header line is read, in bytes. Servers do not take
// so much themselves; what stands behind it counts as not written.
const maxField = 64 << 10

// bounded gives the part of a line that is read.
func bounded(line string) string { return line[:min(len(line), maxField)] }

// elements splits lines into the members of a list, as browsers do before they
// look at any of them (Fetch standard section 2.2, get, decode, and split).
func elements(lines []string) []string {
	var list []string
	for _, line := range lines {
		for part := range strings.SplitSeq(bounded(line), ",") {
			list = append(list, strings.Trim(part, blanks))
		}
	}
	return list
}

// short makes a piece of a header fit for a message.
func short(text string) string {
	const most = 60
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}
