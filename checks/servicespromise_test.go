package checks_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/collectors/evidence"
	"campanile/collectors/records/services"
)

// onServices gives the outcome of each rule on a service at one address.
func onServices(b *evidence.Bundle) map[string]checks.Finding {
	outcomes := map[string]checks.Finding{}
	for _, f := range checks.Judge(b) {
		if strings.HasPrefix(f.Rule, "service-") {
			outcomes[f.Rule] = f
		}
	}
	return outcomes
}

// ruleOn is the rule that speaks of a class, or "".
func ruleOn(class string) string {
	switch class {
	case "":
		return ""
	case "ssh":
		return "service-ssh-password"
	}
	return "service-" + class + "-exposed"
}

// atOneAddress is a town at whose address nobody is behind any UDP port, but for
// these ports.
func atOneAddress(ports ...evidence.Port) *evidence.Bundle {
	return servicesOf(evidence.Host{Address: "192.0.2.10", Observation: seen(), Ports: ports, Datagrams: datagrams(absent())})
}

// An open port that does not tell what it is leaves open what usually lives there.
func TestTheNumberOfAPortIsNeverAFailure(t *testing.T) {
	t.Parallel()
	for _, service := range services.List() {
		for _, number := range service.Ports {
			for _, problem := range evidence.Problems {
				why := evidence.Observation{State: evidence.Unknown, Problem: problem}
				found := onServices(atOneAddress(evidence.Port{Number: number, Transport: service.Transport, Identity: why}))
				for rule, f := range found {
					if f.Outcome == checks.Fail {
						t.Errorf("%s %d, %s: %s fails", service.Transport, number, problem, rule)
					}
				}
				if rule := ruleOn(service.Class); rule != "" && (found[rule].Outcome != checks.Inconclusive || found[rule].Facts["problem"] != string(problem)) {
					t.Errorf("%s %d, %s: %s is %+v", service.Transport, number, problem, rule, found[rule])
				}
			}
		}
	}
}

// What tells what it is fails the rule of its class wherever it answers, and no
// other.
func TestAServiceFailsItsOwnClassAtAnyPort(t *testing.T) {
	t.Parallel()
	reflects := []string{"snmp", "upnp", "memcached", "cldap", "dns", "mdns", "ntp"}
	for _, service := range services.List() {
		want := map[string]checks.Outcome{}
		for rule := range onServices(atOneAddress()) {
			want[rule] = checks.Pass
		}
		if rule := ruleOn(service.Class); rule != "" {
			want[rule] = checks.Fail
		}
		if service.Transport == "udp" && slices.Contains(reflects, service.ID) {
			want["service-amplifier"] = checks.Fail
		}
		got := map[string]checks.Outcome{}
		for rule, f := range onServices(atOneAddress(speaking(40123, service.Transport, service.ID))) {
			got[rule] = f.Outcome
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", service.ID, diff)
		}
	}
}

// Every class of the list has its check, and no check speaks of a class that the
// list does not have.
func TestEveryClassOfServicesHasItsCheck(t *testing.T) {
	t.Parallel()
	classes := map[string]bool{"service-amplifier": true}
	for _, service := range services.List() {
		if rule := ruleOn(service.Class); rule != "" {
			classes[rule] = true
		}
	}
	want := slices.Sorted(maps.Keys(classes))
	got := slices.Sorted(maps.Keys(onServices(atOneAddress())))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// An address that was not looked at to its end is no verdict, whatever the reason,
// and neither is one that lets in everybody everywhere.
func TestAnAddressThatWasNotLookedAtIsNoVerdict(t *testing.T) {
	t.Parallel()
	for _, problem := range evidence.Problems {
		for _, state := range []evidence.State{evidence.NotAsked, evidence.Unknown} {
			host := evidence.Host{Address: "192.0.2.10", Observation: evidence.Observation{State: state, Problem: problem}, Datagrams: datagrams(absent())}
			for rule, f := range onServices(servicesOf(host)) {
				if f.Outcome != checks.Inconclusive || f.Facts["problem"] != string(problem) {
					t.Errorf("%q %s: %s is %+v", state, problem, rule, f)
				}
			}
		}
	}
	b := servicesTown()
	b.Services.Hosts[0].Tarpit = true
	b.Services.Hosts = b.Services.Hosts[:1]
	for rule, f := range onServices(b) {
		if f.Outcome != checks.Inconclusive || f.Facts["problem"] != string(evidence.Tarpit) {
			t.Errorf("a trap: %s is %+v", rule, f)
		}
	}
}

// A collector that learns less of a port writes less than an observation: no
// service, no facts, no line on a datagram.
func TestLessSaidByAPortIsNoNewVerdict(t *testing.T) {
	t.Parallel()
	for name, b := range samples(t) {
		before := verdicts(b)
		for _, l := range lossesOf(b) {
			restore := l.lose()
			valid(t, name, b)
			for _, complaint := range added(before, b) {
				t.Errorf("%s: without %s: %s", name, l.what, complaint)
			}
			restore()
		}
	}
}

// loss is something that a collector may not have learned.
type loss struct {
	what string
	lose func() (restore func())
}

func lossesOf(b *evidence.Bundle) []loss {
	var list []loss
	for i := range b.Services.Hosts {
		h := &b.Services.Hosts[i]
		for j := range h.Ports {
			list = append(list, lossesOfPort(h.Address, &h.Ports[j])...)
		}
		for _, d := range h.Datagrams {
			same := func(other evidence.Datagram) bool { return other.Service == d.Service }
			list = append(list, loss{fmt.Sprintf("the datagrams for %s at %s", d.Service, h.Address), func() func() {
				return changed(&h.Datagrams, slices.DeleteFunc(slices.Clone(h.Datagrams), same))
			}})
		}
		list = append(list, loss{"an end of the look at " + h.Address, func() func() {
			return changed(&h.Observation, evidence.Observation{State: evidence.Unknown, Problem: evidence.RateLimited})
		}})
	}
	return list
}

// lossesOfPort leaves out each fact and, where a service of its class usually
// lives, all that the port said.
func lossesOfPort(address string, p *evidence.Port) []loss {
	at := fmt.Sprintf("%s %s %d", address, p.Transport, p.Number)
	var list []loss
	for i, f := range p.Facts {
		list = append(list, loss{f.Name + " of " + at, func() func() {
			return changed(&p.Facts, slices.Delete(slices.Clone(p.Facts), i, i+1))
		}})
	}
	usual := func(s services.Service) bool { return s.Class == services.Class(p.Service) }
	if slices.ContainsFunc(services.At(p.Transport, p.Number), usual) {
		list = append(list, loss{"a word of " + at, func() func() {
			return changed(p, evidence.Port{Number: p.Number, Transport: p.Transport, Identity: silent})
		}})
	}
	return list
}

// changed puts something else in a place, and gives the way back.
func changed[T any](place *T, to T) (restore func()) {
	before := *place
	*place = to
	return func() { *place = before }
}
