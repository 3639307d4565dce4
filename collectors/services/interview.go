package services

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/network"
	"campanile/collectors/records/services"
)

// patience is how many questions of a port may stay without any answer.
const patience = 4

// interview asks one port, each question on a connection of its own, until an
// answer tells what it is.
type interview struct {
	visit    *visit
	port     uint16
	tls      bool   // it is spoken from the first byte
	name     string // that the server wants to hear in TLS, or ""
	identity services.Identity
	known    bool
	words    []byte // the first that it said, known or not
	half     bool   // an answer broke off that might have told what it is
	trouble  error  // why the last question stayed without answer
	silences int
}

// hold puts the questions one after the other. An answer that another question
// would understand better calls for that one.
func (a *interview) hold(ctx context.Context) {
	plan := services.Plan(a.port, a.visit.place(a.port))
	var doorman services.Identity // who asks for TLS, and stands before what is meant
	for len(plan) > 0 && a.silences < patience && !a.known && !a.tls {
		question := plan[0]
		plan = plan[1:]
		if question.ID == services.TLS {
			if a.inside(ctx); !a.tls && doorman.ID != "" {
				a.identity, a.known = doorman, true
			}
			continue
		}
		said, err := a.ask(ctx, question, a.enter)
		if a.over(err) {
			return
		}
		a.read(question, said)
		hint := services.Hint(said)
		if a.known && hint == services.TLS && slices.ContainsFunc(plan, isTLS) {
			doorman, a.known = a.identity, false
		}
		if plan = preferred(plan, hint); question.ID == "http" && a.silences > 0 {
			// What speaks TLS takes a plain line for a fault and ends it at once.
			plan = slices.DeleteFunc(plan, isTLS)
		}
	}
	a.further(ctx, a.way())
}

func isTLS(q services.Question) bool { return q.ID == services.TLS }

// over notes an error, and reports that no further question makes sense.
func (a *interview) over(err error) bool {
	if err == nil {
		return false
	}
	a.trouble = err
	if door, ok := errors.AsType[*doorError](err); ok {
		return vain(door.err)
	}
	if evidence.Problem(network.Problem(err)) == evidence.Timeout {
		a.silences++
	}
	return evidence.Problem(network.Problem(err)) == evidence.Interrupted
}

// read keeps what was said, and what the question makes of it.
func (a *interview) read(question services.Question, said []byte) {
	if len(said) == 0 {
		return
	}
	if len(said) == 1 && bytes.Equal(said, a.words) {
		return // who says one byte to everybody has not understood the question
	}
	if len(a.words) == 0 {
		a.words = said
	}
	if bytes.HasPrefix(said, question.Bytes) {
		return // an echo says nothing of its own
	}
	if a.identity, a.known = question.Read(said); !a.known {
		a.identity, a.known = services.Recognise(said)
	}
	switch {
	case a.known && a.identity.ID == "http":
		a.half = services.Half(said)
	case a.known:
		a.half = false
	default:
		a.half = a.half || question.Broken(said)
	}
}

// further asks a server that told what it is, but not enough.
func (a *interview) further(ctx context.Context, enter way) {
	if !a.known {
		return
	}
	for _, question := range services.Further(a.identity, a.visit.place(a.port)) {
		said, err := a.ask(ctx, question, enter)
		if err != nil {
			return
		}
		if identity, ok := question.Read(said); ok && identity.ID != "http" {
			a.identity = identity
		}
	}
}

// preferred puts the question with an identifier first.
func preferred(plan []services.Question, id string) []services.Question {
	i := slices.IndexFunc(plan, func(q services.Question) bool { return q.ID == id })
	if i < 0 {
		return plan
	}
	first := plan[i]
	return append([]services.Question{first}, slices.Delete(slices.Clone(plan), i, i+1)...)
}

// way opens a connection on which a question can be put.
type way func(ctx context.Context) (net.Conn, error)

// doorError is an error before the question could be put.
type doorError struct{ err error }

func (e *doorError) Error() string { return e.err.Error() }
func (e *doorError) Unwrap() error { return e.err }

func (a *interview) way() way {
	if a.tls {
		return a.enterTLS
	}
	return a.enter
}

func (a *interview) enter(ctx context.Context) (net.Conn, error) {
	conn, err := a.visit.dial(ctx, a.port)
	if err != nil {
		return nil, &doorError{err}
	}
	return conn, nil
}

// ask puts one question and hears the answer.
func (a *interview) ask(ctx context.Context, question services.Question, enter way) ([]byte, error) {
	conn, err := enter(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if question.IsWeb() {
		a.visit.session.CountRequest(a.visit.address)
	}
	if err := say(ctx, conn, question.Bytes); err != nil {
		return nil, err
	}
	return hear(ctx, conn, a.visit.request.Answer, question.Enough)
}

// inside finds out whether TLS is spoken from the first byte, and by what.
func (a *interview) inside(ctx context.Context) {
	conn, err := a.enterTLS(ctx)
	if spokeTLS(err) && len(a.visit.names) > 0 {
		// RFC 6066 section 3: some servers refuse who names no host. The device was
		// asked first, a site that it shows may answer for it.
		a.name = a.visit.names[0]
		conn, err = a.enterTLS(ctx)
	}
	if spokeTLS(err) {
		a.tls, a.trouble = true, &network.Error{Problem: string(evidence.TLSAlert), Err: err}
		return
	}
	if a.over(err) {
		a.silences = patience
	}
	if err != nil {
		return
	}
	a.tls = true
	h := a.visit.listen(ctx, conn, a.port)
	_ = conn.Close()
	a.identity, a.known, a.words, a.trouble = h.identity, h.known, h.said, h.silence
	if len(h.said) > 0 {
		return
	}
	for _, question := range services.PlanInside(a.port, a.visit.place(a.port)) {
		said, err := a.ask(ctx, question, a.enterTLS)
		if a.over(err) || a.silences >= patience {
			return
		}
		if a.read(question, said); a.known {
			return
		}
	}
}

// enterTLS opens a connection and does the handshake. Old versions and any
// certificate will do: what is behind a bad one is still there.
func (a *interview) enterTLS(ctx context.Context) (net.Conn, error) {
	conn, err := a.enter(ctx)
	if err != nil {
		return nil, err
	}
	client := tls.Client(conn, &tls.Config{
		ServerName:         a.name,
		InsecureSkipVerify: true,             // certificates are judged elsewhere
		MinVersion:         tls.VersionTLS10, // so are versions
		CipherSuites:       everySuite(),
	})
	const within = 6 * time.Second
	release := limit(ctx, within, conn.SetDeadline)
	err = client.HandshakeContext(context.WithoutCancel(ctx)) // the deadline carries the end of ctx
	release()
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return client, nil
}

func everySuite() []uint16 {
	var list []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		list = append(list, suite.ID)
	}
	return list
}

// spokeTLS reports that the server answered in TLS, if only to refuse us.
func spokeTLS(err error) bool {
	refusal, ok := errors.AsType[*net.OpError](err)
	return ok && refusal.Op == "remote error" // as crypto/tls calls an alert
}
