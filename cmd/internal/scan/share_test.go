package scan

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"campanile/collectors/network"
)

// others lets in whom it likes, and notes who asked.
type others struct {
	refuse error
	asked  []string
	left   int
}

func (o *others) Enter(_ context.Context, destination string, p network.Pace) (func(), error) {
	if o.asked = append(o.asked, destination); p != (network.Pace{AtOnce: 1}) {
		return nil, errors.New("another pace")
	}
	return func() { o.left++ }, o.refuse
}

func TestOneMunicipalityOfAllProcessesLooksAtAnAddress(t *testing.T) {
	t.Parallel()
	var o others
	one := netip.MustParseAddr("2001:db8::10")
	round := Scanner{Network: &network.Network{Share: &o}}.Round()
	for range 2 {
		leave, ok := round.turns.enter(t.Context(), one)
		if !ok || len(o.asked) != o.left+1 || o.asked[o.left] != "services 2001:db8::10" {
			t.Fatalf("%v: %+v", ok, o)
		}
		leave()
	}
	o.refuse = context.DeadlineExceeded
	if _, ok := round.turns.enter(t.Context(), one); ok {
		t.Error("others are there")
	}
	o.refuse = nil
	if leave, ok := round.turns.enter(t.Context(), one); !ok {
		t.Error("its own place was not given back")
	} else {
		leave()
	}
}
