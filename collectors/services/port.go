package services

import (
	"context"
	"net"
	"net/netip"
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
	"campanile/collectors/records/services"
)

// heard is what a server said, and what that shows.
type heard struct {
	said     []byte
	silence  error // why nothing was said
	identity services.Identity
	known    bool
}

// listen hears whether a server speaks first, and goes on with the few lines by
// which it states more about itself, where anything may be sent to its port.
func (v *visit) listen(ctx context.Context, conn net.Conn, port uint16) heard {
	until := func(said []byte) bool { // what greets, waits for us then
		identity, known := services.Recognise(said)
		return known && identity.ID != "telnet" && len(services.Steps(identity.ID)) > 0
	}
	said, err := hear(ctx, conn, v.request.Listen, until)
	h := heard{said: said, silence: err}
	h.identity, h.known = services.Recognise(said)
	switch {
	case services.Untouched(port):
	case h.known:
		v.converse(ctx, conn, &h)
	case services.MayBeFTP(said):
		v.doubt(ctx, conn, &h)
	}
	return h
}

// doubt asks a server whose greeting could be that of two protocols.
func (v *visit) doubt(ctx context.Context, conn net.Conn, h *heard) {
	step := services.Steps("ftp")[0]
	if say(ctx, conn, step.Say) != nil {
		return
	}
	answer, err := hear(ctx, conn, v.request.Answer, func(said []byte) bool { return step.Enough(joined(h.said, said)) })
	if err == nil {
		h.identity, h.known = services.ReadFeatures(joined(h.said, answer))
	}
}

// converse says the steps of a protocol one after the other, and takes its leave.
func (v *visit) converse(ctx context.Context, conn net.Conn, h *heard) {
	all := h.said
	for _, step := range services.Steps(h.identity.ID) {
		if step.Skip(h.identity) {
			continue
		}
		if step.Enough(all) { // it came with the greeting
			h.identity = step.Hear(h.identity, all)
			continue
		}
		if say(ctx, conn, step.Say) != nil {
			return
		}
		answer, err := hear(ctx, conn, v.request.Answer, func(said []byte) bool { return step.Enough(joined(all, said)) })
		if err != nil {
			return
		}
		all = joined(all, answer)
		h.identity = step.Hear(h.identity, all)
	}
	if farewell := services.Farewell(h.identity.ID); farewell != nil {
		_ = say(ctx, conn, farewell) // who does not hear it misses nothing
	}
}

func joined(a, b []byte) []byte { return append(append([]byte(nil), a...), b...) }

// identify gives the evidence of an open port: what greeted is known already,
// what waits is asked.
func (v *visit) identify(ctx context.Context, k knock) evidence.Port {
	p := evidence.Port{Number: k.port, Transport: "tcp", Greeting: services.Greeting(k.said)}
	a := &interview{visit: v, port: k.port, identity: k.identity, known: k.known, words: k.said, trouble: k.silence}
	switch {
	case k.known:
		a.identity = v.logins(ctx, k.port, a.identity)
	case len(k.said) == 0 && !services.Untouched(k.port):
		a.hold(ctx)
	}
	p.TLS = a.tls
	if p.Greeting == "" {
		p.Greeting = services.Greeting(a.words)
	}
	if a.known {
		take(&p, a.identity)
	}
	switch {
	case a.half:
		p.Identity = evidence.UnknownAt(v.session.Now(), evidence.Malformed, "its answer broke off before it had told what it is")
	case a.known:
		p.Identity = evidence.SeenAt(v.session.Now())
	case len(a.words) > 0:
		p.Identity = evidence.AbsentAt(v.session.Now())
	case services.Untouched(k.port) && ctx.Err() == nil:
		p.Identity = evidence.UnknownAt(v.session.Now(), evidence.NotToBeAsked, "the port is open and says nothing; what usually lives there must not be asked")
	default:
		p.Identity = v.failure(ctx, a.trouble)
	}
	return p
}

// take writes an identity into the evidence.
func take(p *evidence.Port, identity services.Identity) {
	p.Service, p.Product, p.Version = identity.ID, identity.Product, identity.Version
	for _, f := range identity.Facts {
		p.Facts = append(p.Facts, evidence.Fact{Name: f.Name, Value: f.Value})
	}
}

// place is what a question must name: the address and not a name, since the
// question is about the device that has it.
func (v *visit) place(port uint16) services.Place {
	return services.Place{Host: netip.AddrPortFrom(v.address, port).String(), Agent: v.request.Agent}
}

// vain reports an error after which the next question has no better chance.
func vain(err error) bool {
	return slices.Contains([]evidence.Problem{
		evidence.Refused, evidence.Timeout, evidence.NoRoute, evidence.Interrupted, evidence.BudgetSpent, evidence.NotPermitted,
	}, evidence.Problem(network.Problem(err)))
}
