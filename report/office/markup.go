package office

import (
	"bytes"
	"encoding/xml"
)

// element is a piece of XML: an element, or only text where it has no name.
// Building pages of it, and not of strings, leaves no place for a text that is
// not escaped.
type element struct {
	name       string
	attributes []string // name, value, name, value
	inside     []element
	text       string
}

// tag gives an element with its attributes: name, value, name, value.
func tag(name string, attributes ...string) element {
	return element{name: name, attributes: attributes}
}

// words gives a text.
func words(text string) element { return element{text: clean(text)} }

// with gives the element with more in it. Pieces that hold nothing are left out.
func (e element) with(inside ...element) element {
	kept := make([]element, 0, len(e.inside)+len(inside))
	kept = append(kept, e.inside...)
	for _, each := range inside {
		if each.name != "" || each.text != "" {
			kept = append(kept, each)
		}
	}
	e.inside = kept
	return e
}

// add puts more into an element that is in nobody else's hands yet. Where much
// comes one by one, with would copy all of it each time.
func (e *element) add(inside ...element) {
	for _, each := range inside {
		if each.name != "" || each.text != "" {
			e.inside = append(e.inside, each)
		}
	}
}

// orNone gives the element, or nothing where nothing is in it.
func (e element) orNone() element {
	if len(e.inside) == 0 {
		return element{}
	}
	return e
}

// page gives the element as a file of XML.
func (e element) page() []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e.write(&b)
	return b.Bytes()
}

func (e element) write(b *bytes.Buffer) {
	if e.name == "" {
		escape(b, e.text)
		return
	}
	b.WriteString("<" + e.name)
	for i := 0; i+1 < len(e.attributes); i += 2 {
		b.WriteString(" " + e.attributes[i] + `="`)
		escape(b, clean(e.attributes[i+1]))
		b.WriteByte('"')
	}
	if len(e.inside) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	for _, each := range e.inside {
		each.write(b)
	}
	b.WriteString("</" + e.name + ">")
}

// escape writes to a buffer, which never fails.
func escape(b *bytes.Buffer, text string) {
	if err := xml.EscapeText(b, []byte(text)); err != nil {
		panic(err)
	}
}
