package network

import (
	"net/netip"
	"sync"
)

// outward remembers whether name servers can be asked from this vantage point
// at all: many networks drop port 53 to everybody but their own resolver.
type outward struct {
	mu     sync.Mutex
	heard  bool // a server has answered
	silent map[netip.Addr]bool
}

// manySilent is how many servers have to be silent, and none have answered,
// before the silence is taken for ours.
const manySilent = 4

func (o *outward) note(server netip.Addr, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err == nil:
		o.heard, o.silent = true, nil
	case !o.heard && len(o.silent) < manySilent && Problem(err) == "timeout":
		if o.silent == nil {
			o.silent = map[netip.Addr]bool{}
		}
		o.silent[server] = true
	}
}

// closed reports that patience is wasted: each server is still asked once.
func (o *outward) closed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.heard && len(o.silent) >= manySilent
}
