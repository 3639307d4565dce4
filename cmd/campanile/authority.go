package main

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mandate"
	"campanile/cmd/internal/scan"
	"campanile/collectors/evidence"
	"campanile/collectors/network"
)

// authority are the flags that say who allows what, who wants to be left alone,
// and how a scan is stopped.
type authority struct {
	mandate   string
	templates string
	addresses []string
	optOut    string
	stopFile  string
}

func (a *authority) flags(f *pflag.FlagSet) {
	f.StringVar(&a.mandate, "mandate", "", "mandate `FILE`, needed by --profile full; \"campanile mandate new\" makes one")
	f.StringSliceVar(&a.addresses, "addresses", nil, "`ADDR,...` whose services are looked at in --profile full; default: those of the mandate and those to which the municipality's names lead")
	f.StringVar(&a.templates, "templates", "", "`DIR` with nuclei templates of your own, tried in --profile full beside ours; what may do more than look is refused and listed")
	f.StringVar(&a.optOut, "opt-out", "", "`FILE` of names and networks that asked to be left alone, one a line; a new line counts at once, also in the middle of a scan")
	f.StringVar(&a.stopFile, "stop-file", mandate.DefaultStopFile, "`FILE` that stops the scan when it appears, whatever is in it")
}

// permitted holds the flags against the profile, before any file is read.
func (a *authority) permitted(profile evidence.Profile, only []string) error {
	services := slices.Contains(only, string(evidence.ServicesFamily))
	switch {
	case profile == evidence.Full && a.mandate == "":
		return exit.Usagef("--profile full needs a mandate: a file that says who authorised the look, at which domains and addresses, until when; make one with \"campanile mandate new\" and give it with --mandate, or use --profile standard. Nothing was sent")
	case profile == evidence.Full:
		return nil
	case services:
		return exit.Usagef("--only services is for --profile full, with a mandate; \"campanile mandate new\" makes one. Nothing was sent")
	case a.mandate != "":
		return exit.Usagef("--mandate is for --profile full; add that, or leave the mandate out")
	case a.templates != "":
		return exit.Usagef("--templates is for --profile full, with a mandate; \"campanile mandate new\" makes one")
	case len(a.addresses) > 0:
		return exit.Usagef("--addresses is for --profile full, with a mandate; \"campanile mandate new\" makes one")
	}
	return nil
}

// leave takes those who asked to be left alone out of the targets. Nobody is
// asked for where that leaves nobody.
func (p *program) leave(targets []evidence.Target, list *mandate.OptOut) ([]evidence.Target, error) {
	kept := slices.DeleteFunc(slices.Clone(targets), func(t evidence.Target) bool {
		out := list.Name(t.Domain)
		if out {
			p.say("%s is left out: it asked to be left alone (--opt-out)", t.Domain)
		}
		return out
	})
	if len(kept) == 0 {
		return nil, exit.Usagef("nobody is left to scan: every target asked to be left alone (--opt-out). Nothing was sent")
	}
	return kept, nil
}

// grant is what the mandate of a scan allows.
type grant struct {
	mandate   *mandate.Mandate
	addresses []netip.Addr
}

// granted reads the mandate and holds the targets and addresses against it,
// before anything is sent. Profiles below full need none.
func (p *program) granted(s *settings, targets []evidence.Target) (grant, error) {
	if s.profile != string(evidence.Full) {
		return grant{}, nil
	}
	m, err := mandate.Read(s.mandate)
	if err != nil {
		return grant{}, err
	}
	addresses, err := s.placesNamed()
	if err != nil {
		return grant{}, err
	}
	names := make([]string, len(targets))
	for i, t := range targets {
		names[i] = t.Domain
	}
	places := make([]mandate.Place, len(addresses))
	for i, address := range addresses {
		places[i] = mandate.Place{Address: address}
	}
	if err := mandate.Refused(m.Check(p.now(), names, places)); err != nil {
		return grant{}, err
	}
	listed := addresses
	if len(addresses) == 0 {
		p.sayWide(m)
		listed = scan.Listed(m)
	}
	if len(listed) > scan.MostPlaces {
		p.say("%d addresses are more than the %d that are looked at in one scan; the rest is told as not looked at: name them with --addresses in further ones", len(listed), scan.MostPlaces)
	}
	p.say("under the mandate of %s, until %s; at most %d connections a second to an address, so it takes some minutes", m.Body, m.Until.Format(time.DateOnly), s.rate)
	if s.contact == "" {
		s.contact = m.Contact // as the letter promises
	}
	return grant{m, addresses}, nil
}

// placesNamed reads --addresses.
func (s *settings) placesNamed() ([]netip.Addr, error) {
	var list []netip.Addr
	for _, text := range s.addresses {
		address, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil || address.Zone() != "" {
			return nil, exit.Usagef("--addresses %s: not an address; write addresses with commas, such as 192.0.2.10,2001:db8::10", text)
		}
		if why, reserved := network.Reserved(address); reserved && !s.allowReserved {
			return nil, exit.Usagef("--addresses %s: no public host can have it (%s); leave it out, or add --allow-reserved to look inside an intranet. Nothing was sent", text, why)
		}
		list = append(list, address.Unmap())
	}
	return list, nil
}

// sayWide names the networks that are too wide to be looked at as a whole.
func (p *program) sayWide(m *mandate.Mandate) {
	listed := scan.Listed(m)
	for _, wide := range m.Addresses {
		if !slices.ContainsFunc(listed, wide.Contains) {
			p.say("%s is wide: of it, only addresses to which names lead are looked at; name others with --addresses", wide)
		}
	}
}

// until ends the scan with the mandate.
func (g grant) until(ctx context.Context, now time.Time) (context.Context, context.CancelFunc) {
	if g.mandate == nil {
		return context.WithCancel(ctx)
	}
	over := &exit.Error{Code: exit.Interrupted, Err: fmt.Errorf("%w: the mandate %s is over; ask for a new letter with \"campanile mandate new\"", mandate.ErrStopped, g.mandate.File)}
	return context.WithTimeoutCause(ctx, g.mandate.End(now.Location()).Sub(now), over)
}
