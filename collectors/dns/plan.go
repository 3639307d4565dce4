package dns

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/miekg/dns"
	"golang.org/x/sync/errgroup"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// plan is what is known so far, and what each round leaves to the next one. The
// jobs of a round run side by side; each writes to fields of its own.
type plan struct {
	session *network.Session
	request Request
	madeUp  string

	home       place // the zone of the domain
	above      place // the zone that delegates it
	delegation evidence.Delegation
	glue       []dns.RR       // addresses of servers inside the zone, as the zone above gives them
	servers    []*server      // of the zone, one for each address
	carried    []ask.Question // questions that were put to a server first
	answers    []network.Answer
}

// job asks some questions and brings the answers that belong into the evidence.
type job func(context.Context) []network.Answer

func newPlan(s *network.Session, r Request) *plan {
	sum := sha256.Sum256([]byte(r.Domain))
	// A host name that nobody would make, the same in every scan.
	return &plan{session: s, request: r, madeUp: "campanile-" + hex.EncodeToString(sum[:4]) + "." + r.Domain}
}

// atOnce bounds what one round has under way at a time.
const atOnce = 8

// run does the jobs of one round. The i-th job writes to its own slot, so that
// the order of arrival leaves no trace.
func (p *plan) run(ctx context.Context, jobs []job) {
	parts := make([][]network.Answer, len(jobs))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, do := range jobs {
		group.Go(func() error {
			parts[i] = do(ctx)
			return nil
		})
	}
	_ = group.Wait() // none of them returns an error
	for _, part := range parts {
		p.answers = append(p.answers, part...)
	}
}

// ask is the job of one question to the resolvers.
func (p *plan) ask(name string, kind uint16) job {
	session := p.session
	if name == p.madeUp {
		session = session.InSearchOfNames()
	}
	return func(ctx context.Context) []network.Answer { return []network.Answer{session.Ask(ctx, name, kind)} }
}

// answer finds what was answered before.
func (p *plan) answer(name string, kind uint16) (network.Answer, bool) {
	i := slices.IndexFunc(p.answers, func(a network.Answer) bool {
		return observe.Name(a.Name) == name && a.Type == kind
	})
	if i < 0 {
		return network.Answer{}, false
	}
	return p.answers[i], true
}

// sorted gives each answer once, in the order of their questions; one that was
// answered goes before one that was not.
func (p *plan) sorted() []network.Answer {
	failed := func(a network.Answer) int {
		if a.Err != nil {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(p.answers, func(a, b network.Answer) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(dns.TypeToString[a.Type], dns.TypeToString[b.Type]), failed(a)-failed(b))
	})
	return slices.CompactFunc(p.answers, func(a, b network.Answer) bool { return a.Name == b.Name && a.Type == b.Type })
}

// names is the first round. www goes before the domain itself: where it is an
// alias of it, one answer holds the addresses of both.
func (p *plan) names() []job {
	domain := p.request.Domain
	jobs := []job{
		func(ctx context.Context) []network.Answer { return p.home.find(ctx, p.session, domain) },
		p.ask(domain, dns.TypeMX),
		p.ask(domain, dns.TypeTXT),
	}
	if !p.request.Basics {
		jobs = append(jobs, func(ctx context.Context) []network.Answer { return p.findAbove(ctx, domain) })
	}
	for _, name := range p.request.Names {
		jobs = append(jobs, p.ask(name, dns.TypeA))
	}
	return jobs
}

// places is the second round.
func (p *plan) places() []job {
	jobs := []job{p.ask(p.request.Domain, dns.TypeA)}
	if p.home.missing || p.request.Basics {
		return jobs
	}
	for _, host := range p.home.hosts() {
		jobs = append(jobs, p.ask(host, dns.TypeA), p.ask(host, dns.TypeAAAA))
	}
	return append(jobs, func(ctx context.Context) []network.Answer {
		var asked []network.Answer
		if p.home.apex != "" && p.home.apex != p.request.Domain {
			p.above = place{}
			asked = p.findAbove(ctx, p.home.apex)
		}
		if hosts := p.above.hosts(); len(hosts) > 0 {
			_ = addressOf(ctx, p.session, hosts[0]) // for the next round
		}
		return asked
	})
}

// authorities is the third round: the zone above is asked for the delegation,
// and each server of the zone for something that it probably denies. Its denial
// says three things at once: there is no such record, the server has authority,
// and this is its serial (RFC 2308 section 3).
func (p *plan) authorities() []job {
	switch {
	case p.home.missing:
		return nil
	case p.request.Basics:
		return p.addresses()
	}
	p.servers = p.at(p.home.hosts())
	list := p.likelyDenied()
	jobs := []job{p.refer}
	for i, s := range p.servers {
		question := ask.Question{Name: cmp.Or(p.home.apex, p.request.Domain), Type: dns.TypeSOA}
		if i < len(list) {
			question = list[i]
			p.carried = append(p.carried, question)
		}
		jobs = append(jobs, p.first(s, question))
	}
	for _, question := range list[min(len(list), len(p.servers)):] {
		jobs = append(jobs, p.ask(question.Name, question.Type))
	}
	return jobs
}

// addresses asks the resolver for what is left of the addresses.
func (p *plan) addresses() []job {
	jobs := []job{p.ask(p.request.Domain, dns.TypeAAAA)}
	for _, name := range p.request.Names {
		jobs = append(jobs, p.ask(name, dns.TypeAAAA))
	}
	return jobs
}

// likelyDenied lists the questions that a town's zone has no record for, the
// surest first. A name that is an alias has its target's records, which come
// later.
func (p *plan) likelyDenied() []ask.Question {
	domain := p.request.Domain
	list := []ask.Question{{Name: p.madeUp, Type: dns.TypeA}}
	var last []ask.Question
	for _, name := range p.request.Names {
		if a, ok := p.answer(name, dns.TypeA); ok && len(a.Aliases) == 0 {
			list = append(list, ask.Question{Name: name, Type: dns.TypeCAA})
			last = append(last, ask.Question{Name: name, Type: dns.TypeAAAA})
		}
	}
	list = append(list, ask.Question{Name: domain, Type: dns.TypeCAA}, ask.Question{Name: domain, Type: dns.TypeAAAA})
	return append(list, last...)
}

// gaps is the fourth round.
func (p *plan) gaps() []job {
	if p.home.missing || p.request.Basics {
		return []job{p.trust}
	}
	jobs := []job{p.trust, p.climb}
	for _, question := range p.carried {
		if _, ok := p.answer(question.Name, question.Type); !ok {
			jobs = append(jobs, p.ask(question.Name, question.Type))
		}
	}
	for _, name := range p.request.Names {
		if a, ok := p.answer(name, dns.TypeA); ok && len(a.Aliases) > 0 {
			jobs = append(jobs, p.ask(name, dns.TypeAAAA), p.ask(name, dns.TypeCAA))
		}
	}
	for _, host := range p.strangers() {
		jobs = append(jobs, p.ask(host, dns.TypeA), p.ask(host, dns.TypeAAAA))
	}
	for _, s := range p.servers {
		jobs = append(jobs, p.further(s)...)
	}
	return jobs
}

// secondLooks is the fifth round. A server that only the zone above names is
// asked all at once.
func (p *plan) secondLooks() []job {
	if p.request.Basics {
		return nil
	}
	var jobs []job
	for _, s := range p.differing() {
		jobs = append(jobs, p.again(s))
	}
	// Some servers deny every type in turn in place of the name (RFC 9824 section 3).
	if a, ok := p.answer(p.madeUp, dns.TypeA); ok && len(a.Aliases) == 0 {
		if absent, wholeName := a.Denied(); absent && !wholeName {
			jobs = append(jobs, p.ask(p.madeUp, dns.TypeAAAA))
		}
	}
	for _, s := range p.servers {
		// A failure may be a restart; only one that stays is a server without the zone.
		if s.answered() && s.soa == nil && s.reply.Rcode == dns.RcodeServerFailure {
			jobs = append(jobs, p.anew(s))
		}
	}
	known := len(p.servers)
	p.servers = p.at(append(p.home.hosts(), p.strangers()...))
	for _, s := range p.servers[known:] {
		jobs = append(jobs, p.late(s))
	}
	return jobs
}
