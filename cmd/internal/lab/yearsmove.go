package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"campanile/collectors/evidence"
)

// move brings a look to another time: all times inside it go along, certificates are
// those of the time, and what a page or a file says of its year does too.
func move(b *evidence.Bundle, at time.Time) {
	at = at.UTC().Truncate(time.Second)
	m := mover{from: b.Taken, to: at}
	m.walk(reflect.ValueOf(b).Elem())
	b.Taken = at
	for i := range b.DNS.Servers {
		m.serial(&b.DNS.Servers[i])
	}
}

type mover struct{ from, to time.Time }

// walk moves every time below a value. Handshakes have a life of their own.
func (m mover) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			m.walk(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			m.walk(v.Index(i))
		}
	case reflect.Struct:
		m.record(v)
	default: // neither a time nor anything that holds one
	}
}

func (m mover) record(v reflect.Value) {
	switch held := v.Addr().Interface().(type) {
	case *time.Time:
		if !held.IsZero() {
			*held = held.Add(m.to.Sub(m.from))
		}
		return
	case *evidence.Certificate:
		return
	case *evidence.Handshake:
		m.renew(held)
	case *evidence.Statement:
		for _, stated := range []*evidence.Stated{&held.Prepared, &held.Reviewed} {
			stated.Value = m.yearly(stated.Value)
		}
	case *evidence.Link:
		held.Text = m.thisYear(held.Text)
	case *evidence.Visit:
		held.Text = m.expires(held.Text)
	}
	for _, field := range v.Fields() {
		m.walk(field)
	}
}

// renew puts the certificate in place that the server had at the time: whoever is
// about to let this one run out was late with those before it, too.
func (m mover) renew(h *evidence.Handshake) {
	if len(h.Certificates) == 0 {
		return
	}
	for i := range h.Certificates[1:] {
		// The authorities of the lab are young; those of the valley have been there.
		h.Certificates[i+1].NotBefore = h.Certificates[i+1].NotBefore.AddDate(-3, 0, 0)
	}
	leaf := &h.Certificates[0]
	life, used := leaf.NotAfter.Sub(leaf.NotBefore), m.from.Sub(leaf.NotBefore)
	every := life * 2 / 3
	if used > every {
		every = max(life-48*time.Hour, used+96*time.Hour)
	}
	generation, before, after := 0, leaf.NotBefore, leaf.NotAfter
	for before.After(m.to) && every > 0 {
		generation++
		before, after = before.Add(-every), after.Add(-every)
	}
	if h.Trust.Until.Equal(leaf.NotAfter) {
		h.Trust.Until = after.Add(m.from.Sub(m.to)) // the walk takes it along
	}
	if generation > 0 {
		leaf.NotBefore, leaf.NotAfter, leaf.DER = before, after, nil
		sum := sha256.Sum256([]byte(leaf.SHA256 + strconv.Itoa(generation)))
		leaf.SHA256, leaf.Serial = hex.EncodeToString(sum[:]), hex.EncodeToString(sum[:16])
	}
	if day, err := time.Parse(time.DateOnly, h.Revoked.On); err == nil && day.After(m.to) {
		h.Revoked.State, h.Revoked.On, h.Revoked.Reason = evidence.Absent, "", ""
	}
}

// yearly is the day on which a declaration was reviewed last: each year on the same
// one. What is older than the look stays.
func (m mover) yearly(value string) string {
	day, err := time.Parse(time.DateOnly, value)
	if err != nil {
		return value
	}
	for day.After(m.to) {
		day = day.AddDate(-1, 0, 0)
	}
	return day.Format(time.DateOnly)
}

// thisYear puts the year of the look where the real page has its own.
func (m mover) thisYear(text string) string {
	return strings.ReplaceAll(text, strconv.Itoa(m.from.Year()), strconv.Itoa(m.to.Year()))
}

var expiresLine = regexp.MustCompile(`(?m)^(Expires: )(\S+)`)

// expires moves the last day of a security.txt.
func (m mover) expires(text string) string {
	return expiresLine.ReplaceAllStringFunc(text, func(line string) string {
		stamp, err := time.Parse(time.RFC3339, strings.TrimPrefix(line, "Expires: "))
		if err != nil {
			return line
		}
		return "Expires: " + stamp.Add(m.to.Sub(m.from)).Format(time.RFC3339)
	})
}

// serial gives a zone the number of the day, as its SOA record has it.
func (m mover) serial(s *evidence.NameServer) {
	number := func(at time.Time) int64 {
		year, month, day := at.UTC().Date()
		return int64((year*100+int(month))*100+day) * 100
	}
	shift := number(m.to) - number(m.from)
	for _, serial := range []*int64{&s.Serial, &s.Again} {
		if *serial == 0 {
			continue
		}
		s.Proof = strings.ReplaceAll(s.Proof, strconv.FormatInt(*serial, 10), strconv.FormatInt(*serial+shift, 10))
		*serial += shift
	}
}
