package tls

import (
	"context"
	"net/netip"
	"time"

	"campanile/collectors/evidence"
)

// Memory keeps for one run what servers and authorities said: hundreds of names
// stand on one server, which then bears the questions once. The zero value is
// empty and ready. It is safe for several goroutines and must not be copied after
// first use.
type Memory struct {
	answers cache[asked, answered]
	issuers issuers
	lists   lists
}

// asked is what the answers of a server depend on, as far as one ordinary
// handshake shows: servers may answer each name in another way.
type asked struct {
	at                    netip.AddrPort
	depth                 string
	active                bool
	key                   string // of the certificate
	bits                  int
	version, suite, group string
	alpn                  string
}

// answered is what a server said to the questions.
type answered struct {
	name    string // at whose visit
	offers  []evidence.VersionOffer
	accepts evidence.Accepts
	second  question // about a certificate for the other kind of key, for each name again
}

// Bounds of the memory.
const (
	keepAnswers = time.Hour
	maxAnswers  = 1 << 12
)

// ask gives the answers of the server, by asking where nobody has. Answers that
// were lost on the way, or not asked for the sake of one target, are nobody
// else's.
func (m *Memory) ask(ctx context.Context, now func() time.Time, key asked, ask func() (answered, bool)) answered {
	found, err := m.answers.get(ctx, now, key, maxAnswers, func() (answered, time.Time) {
		said, whole := ask()
		if !whole || ctx.Err() != nil {
			return said, time.Time{}
		}
		return said, now().Add(keepAnswers)
	})
	if err != nil { // the context ended while another asked
		found, _ = ask()
	}
	return found
}
