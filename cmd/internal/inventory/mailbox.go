package inventory

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

// maxInCell bounds the addresses or domains of one cell.
const maxInCell = 20

// complete reads the cells with mailboxes and former domains.
func (t *entry) complete(domain string, suppliers []records.Supplier) error {
	for _, column := range []struct {
		text string
		pec  bool
	}{{t.mail, false}, {t.pec, true}} {
		list, err := several(column.text)
		if err != nil {
			return err
		}
		for _, text := range list {
			box, err := mailbox(text, suppliers)
			if err != nil {
				return err
			}
			box.PEC = box.PEC || column.pec
			t.takeMailbox(box)
		}
	}
	former, err := several(t.former)
	if err != nil {
		return err
	}
	for _, text := range former {
		name, err := Domain(text)
		switch {
		case err != nil:
			return fmt.Errorf("former domain: %w", err)
		case name == domain:
			return fmt.Errorf("former domain %s is the domain itself; leave it out", name)
		case !slices.Contains(t.Former, name):
			t.Former = append(t.Former, name)
		}
	}
	return nil
}

// takeMailbox keeps an address once; one that stands in both columns is
// certified.
func (t *entry) takeMailbox(box evidence.Mailbox) {
	for i := range t.Mailboxes {
		if t.Mailboxes[i].Address == box.Address {
			t.Mailboxes[i].PEC = t.Mailboxes[i].PEC || box.PEC
			return
		}
	}
	t.Mailboxes = append(t.Mailboxes, box)
}

// several takes a cell apart.
func several(cell string) ([]string, error) {
	list := strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == ',' || unicode.IsSpace(r) })
	if len(list) > maxInCell {
		return nil, fmt.Errorf("%d entries in one cell; keep the official ones, %d at most", len(list), maxInCell)
	}
	return list, nil
}

// mailbox reads an e-mail address (RFC 5321 section 4.1.2, without quoted
// parts), its domain in ASCII form.
func mailbox(text string, suppliers []records.Supplier) (evidence.Mailbox, error) {
	local, host, ok := strings.Cut(text, "@")
	wrong := local == "" || len(local) > 64 || strings.ContainsAny(local, `"<>()[]\:`) || strings.ContainsFunc(local, unicode.IsControl)
	if !ok || wrong || strings.ContainsAny(host, "@/:") {
		return evidence.Mailbox{}, fmt.Errorf("%q is not an e-mail address; write it like protocollo@comune.example", text)
	}
	host, err := Domain(host)
	if err != nil {
		return evidence.Mailbox{}, fmt.Errorf("%q is not an e-mail address: %w", text, err)
	}
	box := evidence.Mailbox{Address: local + "@" + host}
	for _, s := range suppliers {
		if slices.Contains(s.Consumer, host) {
			box.Provider = s.Name
		}
		box.PEC = box.PEC || slices.Contains(s.PEC, host)
	}
	first, _, _ := strings.Cut(host, ".")
	box.PEC = box.PEC || slices.Contains([]string{"pec", "cert", "postacert"}, first)
	return box, nil
}
