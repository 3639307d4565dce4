package spf_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"campanile/collectors/records"
	"campanile/collectors/records/spf"
)

// fails is the data of a record that stands for a question without an answer.
const fails = "FAILS"

// zone is a DNS that knows its records and nothing else, and counts.
type zone struct {
	answers map[string]spf.Answer
	asked   int
}

func (z *zone) Ask(_ context.Context, name string, kind spf.Type) spf.Answer {
	z.asked++
	return z.answers[strings.ToLower(name)+" "+string(kind)]
}

// add takes one record: TXT as it is, or in quotes as zone files have it; MX
// without the preference, in order.
func (z *zone) add(owner, kind, data string) error {
	name, err := records.Text(owner)
	if err != nil {
		return err
	}
	key := strings.ToLower(name) + " " + kind
	answer := z.answers[key]
	switch {
	case data == fails:
		answer.Failed = "timeout"
	case kind == "TXT" && strings.HasPrefix(data, `"`):
		text, err := records.Text(data)
		if err != nil {
			return err
		}
		answer.Texts = append(answer.Texts, text)
	case kind == "TXT":
		answer.Texts = append(answer.Texts, data)
	case kind == "A" || kind == "AAAA":
		address, err := netip.ParseAddr(data)
		if err != nil || address.Is4() != (kind == "A") {
			return fmt.Errorf("%s %s: not an address of that kind", owner, data)
		}
		answer.Addresses = append(answer.Addresses, address)
	case kind == "MX" || kind == "PTR":
		answer.Names = append(answer.Names, data)
	default:
		return fmt.Errorf("%s: a record of no type that SPF asks for", kind)
	}
	z.answers[key] = answer
	return nil
}

func newZone(tb testing.TB, lines ...string) *zone {
	tb.Helper()
	z := &zone{answers: map[string]spf.Answer{}}
	for _, line := range lines {
		parts := strings.SplitN(line, " ", 3)
		if len(parts) != 3 {
			tb.Fatalf("%q is no record", line)
		}
		if err := z.add(parts[0], parts[1], parts[2]); err != nil {
			tb.Fatal(err)
		}
	}
	return z
}
