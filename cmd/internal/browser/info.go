package browser

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Properties are what a PDF says about itself.
type Properties struct {
	Title   string
	Subject string
	Author  string // the program that wrote the document
	Date    time.Time
}

var errForm = errors.New("it writes PDF of a form that this program does not know")

// describe puts our properties in the place of the browser's: the information
// dictionary (ISO 32000-1, 14.3.3) names the browser and the time of printing,
// and nothing else in the file changes from one run to the next. What follows
// moves by as many bytes as the dictionary grows, and the table of places
// (7.5.4) tells where to. The reading is strict: a file in any other form is
// refused, as a guess could break it.
func describe(pdf []byte, p Properties) ([]byte, error) {
	t, err := readTable(pdf)
	if err != nil {
		return nil, err
	}
	from := t.places[t.info]
	to := t.end(from)
	object := fmt.Appendf(nil, "%d 0 obj\n<</Title %s\n/Author %s\n/Subject %s\n/Creator %[3]s\n/Producer (%[5]s)\n/CreationDate %[6]s\n/ModDate %[6]s>>\nendobj\n",
		t.info, text(p.Title), text(p.Author), text(p.Subject), producer(pdf[from:to]), date(p.Date))
	grown := len(object) - (to - from)
	out := slices.Concat(pdf[:from], object, pdf[to:t.tail])
	for i, place := range t.places {
		if place > from {
			copy(out[t.entries+grown+i*entrySize:], fmt.Sprintf("%010d", place+grown))
		}
	}
	return fmt.Appendf(out, "startxref\n%d\n%%%%EOF\n", t.at+grown), nil
}

// entrySize is the length of an entry of the table, with its end of line.
const entrySize = 20

// table says where the objects of a file stand.
type table struct {
	at      int   // where it begins itself
	entries int   // where its entries begin
	tail    int   // where the last lines begin, which say where the table is
	places  []int // of the objects by number; 0: there is none
	info    int   // number of the information dictionary
}

var (
	tableHead = regexp.MustCompile(`^xref\n0 (\d{1,7})\n`)
	entryForm = regexp.MustCompile(`^\d{10} \d{5} [nf][ \r]\n$`)
	infoIn    = regexp.MustCompile(`/Info (\d{1,7}) 0 R`)
	lastLines = regexp.MustCompile(`startxref\n(\d{1,10})\n%%EOF\s*$`)
	madeBy    = regexp.MustCompile(`\n/Producer \((Skia/PDF m\d+)\)\n`)
)

func readTable(pdf []byte) (table, error) {
	last := lastLines.FindSubmatchIndex(pdf[max(0, len(pdf)-100):])
	if last == nil {
		return table{}, errForm
	}
	tail := pdf[max(0, len(pdf)-100):]
	t := table{at: number(tail[last[2]:last[3]]), tail: len(pdf) - len(tail) + last[0]}
	if t.at >= t.tail {
		return table{}, errForm
	}
	head := tableHead.FindSubmatch(pdf[t.at:t.tail])
	if head == nil {
		return table{}, errForm
	}
	t.entries, t.places = t.at+len(head[0]), make([]int, number(head[1]))
	after := t.entries + len(t.places)*entrySize
	if after > t.tail {
		return table{}, errForm
	}
	for i := range t.places {
		entry := pdf[t.entries+i*entrySize:][:entrySize]
		if !entryForm.Match(entry) {
			return table{}, errForm
		}
		if entry[17] == 'n' {
			t.places[i] = number(entry[:10])
		}
	}
	info := infoIn.FindSubmatch(pdf[after:t.tail])
	if info == nil || !t.holds(pdf, number(info[1])) {
		return table{}, errForm
	}
	t.info = number(info[1])
	return t, nil
}

// holds reports whether an object stands where the table says it does.
func (t table) holds(pdf []byte, object int) bool {
	if object >= len(t.places) {
		return false
	}
	place := t.places[object]
	return place > 0 && place < t.at && bytes.HasPrefix(pdf[place:], fmt.Appendf(nil, "%d 0 obj\n", object))
}

// end is where the object that begins at a place ends: where the next begins.
func (t table) end(from int) int {
	to := t.at
	for _, place := range t.places {
		if place > from {
			to = min(to, place)
		}
	}
	return to
}

// number reads digits that a pattern has found.
func number(digits []byte) int {
	n, _ := strconv.Atoi(string(digits)) // at most ten digits
	return n
}

// text writes a text string (7.9.2.2), in the form that holds every letter and
// in which no letter means anything else.
func text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, unit := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	return b.String() + ">"
}

// date writes a date (7.9.4).
func date(t time.Time) string { return "(D:" + t.UTC().Format("20060102150405") + "+00'00')" }

// producer keeps the name of what has made the PDF, which helps to find out why
// two differ.
func producer(info []byte) string {
	if found := madeBy.FindSubmatch(info); found != nil {
		return string(found[1])
	}
	return "Chromium"
}
