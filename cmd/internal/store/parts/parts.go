// Package parts takes the line of a bundle apart so that what did not change
// since the last scan is the same bytes again, and puts it together to the
// byte. It is pure: it keeps nothing and judges nothing.
package parts

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Part is a piece of a line that is kept under a name.
type Part struct {
	Name    string
	Content []byte
}

// Head is the part that says where the others belong. Whole is the one part of
// a line that could not be taken apart.
const (
	Head  = "head"
	Whole = "whole"
)

// separate are the fields of a bundle that are parts of their own: what one
// family saw changes without the others.
var separate = []string{"names", "dns", "mail", "endpoints", "sites", "services"}

// Names lists what a part can be called.
func Names() []string { return append([]string{Head, Whole}, separate...) }

// Split takes the line of a bundle apart, the head first. The times of the
// observations, which every scan has anew, are given apart. A line that would
// not come together again as it was stays whole.
func Split(line []byte) ([]Part, []byte) {
	bare, times := takeTimes(line)
	pieces, err := fields(bare)
	if err != nil {
		return []Part{{Whole, line}}, nil
	}
	head := make([]Part, len(pieces))
	split := []Part{{Name: Head}}
	for i, p := range pieces {
		head[i] = p
		if slices.Contains(separate, p.Name) {
			head[i].Content = []byte("null")
			split = append(split, p)
		}
	}
	split[0].Content = object(head)
	if joined, err := Join(split, times); err != nil || !bytes.Equal(joined, line) {
		return []Part{{Whole, line}}, nil
	}
	return split, times
}

// Join puts a line together from its parts, in any order, and its times.
func Join(split []Part, times []byte) ([]byte, error) {
	content := map[string][]byte{}
	for _, p := range split {
		content[p.Name] = p.Content
	}
	if whole, ok := content[Whole]; ok {
		return whole, nil
	}
	head, err := fields(content[Head])
	if err != nil {
		return nil, fmt.Errorf("the head of a bundle: %w", err)
	}
	for i, p := range head {
		if p.Name == Head {
			continue
		}
		if own, ok := content[p.Name]; ok {
			head[i].Content = own
		}
	}
	return giveTimes(object(head), times)
}

// fields lists the fields of a JSON object, with their bytes as they stand.
func fields(text []byte) ([]Part, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, errors.Join(errors.New("not a JSON object"), err)
	}
	var list []Part
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		key, _ := name.(string)
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		list = append(list, Part{key, value})
	}
	_, err := decoder.Token()
	return list, err
}

// object is the inverse of fields, as evidence.Marshal writes it: one line.
func object(list []Part) []byte {
	var out bytes.Buffer
	for i, p := range list {
		out.WriteByte("{,"[min(i, 1)])
		fmt.Fprintf(&out, "%q:", p.Name)
		out.Write(p.Content)
	}
	out.WriteString("}\n")
	return out.Bytes()
}

// before stands before the time of an observation. It cannot stand within a
// JSON string, whose quotation marks have a backslash before them.
var before = []byte(`"at":"`)

// takeTimes empties the times of a line and gives them as differences of
// seconds, each to the one before.
func takeTimes(line []byte) ([]byte, []byte) {
	var bare, times []byte
	var last int64
	for {
		i := bytes.Index(line, before)
		if i < 0 {
			return append(bare, line...), times
		}
		bare, line = append(bare, line[:i+len(before)]...), line[i+len(before):]
		end := bytes.IndexByte(line, '"')
		if end < 0 {
			continue
		}
		if at, err := time.Parse(time.RFC3339, string(line[:end])); err == nil {
			times = binary.AppendVarint(times, at.Unix()-last)
			last, line = at.Unix(), line[end:]
		}
	}
}

// giveTimes is the inverse of takeTimes.
func giveTimes(bare, times []byte) ([]byte, error) {
	empty := append(slices.Clone(before), '"')
	var line []byte
	var last int64
	for {
		i := bytes.Index(bare, empty)
		if i < 0 {
			if len(times) > 0 {
				return nil, errors.New("more times than observations")
			}
			return append(line, bare...), nil
		}
		step, n := binary.Varint(times)
		if n <= 0 {
			return nil, errors.New("fewer times than observations")
		}
		last, times = last+step, times[n:]
		line = append(line, bare[:i+len(before)]...)
		line = time.Unix(last, 0).UTC().AppendFormat(line, time.RFC3339)
		bare = bare[i+len(before):]
	}
}
