package tls

import (
	"context"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
)

// offers asks which versions a server accepts, with as few connections as
// answer it: a server takes its newest version up to the one that is offered,
// so one hello for TLS 1.1 that meets an alert settles three versions.
type offers struct {
	Prober
	known  map[uint16]evidence.Observation
	speaks bool // the server has finished a handshake or named a version
}

// Versions gives the answer for every version, oldest first.
func (p Prober) Versions(ctx context.Context, full evidence.Handshake) []evidence.VersionOffer {
	return p.versions(ctx, full, 0x0303, 0x0302, 0x0301, 0x0300)
}

// OldVersions does without a hello for TLS 1.2 alone: the list lacks that
// version where the full handshake does not say whether it is there.
func (p Prober) OldVersions(ctx context.Context, full evidence.Handshake) []evidence.VersionOffer {
	return p.versions(ctx, full, 0x0302, 0x0301, 0x0300)
}

// versions asks for those versions that are not settled when their turn comes.
func (p Prober) versions(ctx context.Context, full evidence.Handshake, turns ...uint16) []evidence.VersionOffer {
	o := offers{Prober: p, known: map[uint16]evidence.Observation{}, speaks: full.State == evidence.Seen}
	o.learn(full)
	// A server that was silent to two handshakes is not asked again.
	if full.Problem == evidence.Timeout {
		o.down(0x0303, full.Observation)
		o.down(0x0302, full.Observation)
	}
	for _, version := range turns {
		if _, ok := o.known[version]; !ok {
			o.ask(ctx, version)
		}
	}
	var list []evidence.VersionOffer
	for _, version := range versions {
		if known, ok := o.known[version.number]; ok {
			list = append(list, evidence.VersionOffer{Version: version.name, Observation: known})
		}
	}
	return list
}

// learn takes what the full handshake proves: it offered TLS 1.0 to 1.3, and
// the server took the newest it has (RFC 8446 section 4.2.1).
func (o *offers) learn(full evidence.Handshake) {
	const newest = 0x0304
	if full.State != evidence.Seen {
		o.known[newest] = full.Observation
		return
	}
	o.settle(newest, versionNumber(full.Version))
}

// settle writes down that the server, offered everything up to asked, took the
// version taken.
func (o *offers) settle(asked, taken uint16) {
	o.known[taken] = evidence.SeenAt(o.Session.Now())
	for version := asked; version > taken; version-- {
		o.known[version] = evidence.AbsentAt(o.Session.Now())
	}
}

// ask sends one hello whose newest version is the given one.
func (o *offers) ask(ctx context.Context, version uint16) {
	first, err := o.send(ctx, hello{version: version, name: o.Name, suites: broadSuites()})
	now := o.Session.Now()
	switch {
	case first.version > version:
		o.down(version, evidence.UnknownAt(now, evidence.Malformed, "the server answers with a version that was not offered"))
	case first.alert != nil && first.version == 0 && o.proves(*first.alert):
		o.down(version, evidence.AbsentAt(now))
	case first.alert != nil:
		o.down(version, evidence.UnknownAt(now, evidence.TLSAlert, first.alert.String()))
	case first.version != 0:
		o.speaks = true
		o.settle(version, first.version)
	default:
		o.down(version, observe.Failure(now, err))
	}
}

// alertProtocolVersion is the alert about versions (RFC 8446 section 6.2).
const alertProtocolVersion = 70

// proves reports whether a fatal alert means that the version is not accepted.
// From a server that speaks TLS with us every one does; one that never did may
// refuse us, or the name, whatever we offer.
func (o *offers) proves(a alert) bool {
	o.speaks = o.speaks || a == alertProtocolVersion
	return o.speaks
}

// down writes down what holds for a version and for the older ones with it. Only
// TLS 1.2 stands alone: a server that refuses it, or is silent, is asked once
// more for TLS 1.1, which then settles the rest.
func (o *offers) down(version uint16, what evidence.Observation) {
	const oldest, tls12 = 0x0300, 0x0303
	o.known[version] = what
	for older := version - 1; version < tls12 && older >= oldest; older-- {
		o.known[older] = what
	}
}
