package engine

import (
	"bytes"
	"encoding/json"
)

// Lines is the order as it is sent.
func (o Order) Lines(folder string) ([]byte, error) { return o.lines(folder) }

// Rewrite reads an answer and writes it again; a field that is not known is an
// error.
func Rewrite(line []byte) ([]byte, error) {
	var a answer
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&a); err != nil {
		return nil, err
	}
	return json.Marshal(a)
}

// Hear reads answers to an order.
func Hear(o Order, text []byte) Result {
	r := newReading(o.withDefaults())
	_ = listen(bytes.NewReader(text), r.line)
	return r.result
}
