package tls

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/internal/hello"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
	"campanile/collectors/records"
)

// Numbers of versions (RFC 6101, RFC 5246, RFC 8446).
const (
	ssl30 = 0x0300
	tls10 = 0x0301
	tls11 = 0x0302
	tls12 = 0x0303
	tls13 = 0x0304
)

// Sizes of a hello: some servers stop reading after the 64th suite, and hang up
// on more than that.
const (
	maxOffered = 64
	minOffered = 8
)

// maxLosses is how many connections in a row may be lost before a server is left
// alone.
const maxLosses = 2

// surveyTime bounds the answers of one server together, as it may make every one
// of dozens wait for the whole of handshakeTime. Who waits for a turn waits for
// others, which does not count.
const surveyTime = 2 * time.Minute

// survey is everything that is asked of one server and what it said. Two lanes of
// questions may use it at the same time.
type survey struct {
	Prober
	full  evidence.Handshake
	whole bool // full depth: every suite and group

	mu     sync.Mutex
	hellos int
	spent  time.Duration                    // in waiting for answers
	losses map[uint16]int                   // connections lost in a row, by the lane of their version
	offer  int                              // suites in one hello
	speaks bool                             // the server has finished a handshake or named a version
	stop   *evidence.Observation            // why nothing more is asked
	halted map[uint16]*evidence.Observation // likewise, in one lane

	versions map[uint16]evidence.Observation
	suites   map[uint16]uint16               // taken, with the newest version
	refused  map[uint16]bool                 // suites refused at the newest version up to TLS 1.2
	open     map[uint16]evidence.Observation // suites whose answer broke off
	groups   map[uint16]bool                 // taken
	steps    []step
	heard    heard
}

// heard is what answers say besides versions, suites and groups.
type heard struct {
	first   reply    // to the hello that offers what any server takes, the sound suites first
	good    reply    // to a hello of sound suites only
	sha1    reply    // to a hello that takes no signature but with SHA-1
	fields  []field  // of finite-field Diffie-Hellman
	schemes []uint16 // of signatures in TLS 1.2
	second  *hello.Answer
	// explicit says that a short curve came by its parameters.
	explicit bool
	// The rest says how a search ended: absent, the server refuses all that is
	// left; unknown, it was lost.
	curves, oldest, suites13, groups13, postQuantum evidence.Observation

	ssl2   evidence.Observation
	server evidence.State // whose order counts
}

// field is what one ServerKeyExchange says of its finite field.
type field struct {
	suite            uint16
	prime, generator []byte
}

// step is one hello of the elimination: what was offered, and what was taken.
type step struct {
	offered []uint16
	taken   uint16
	version uint16
}

func newSurvey(p Prober, full evidence.Handshake, whole bool) *survey {
	s := &survey{
		Prober: p, full: full, whole: whole,
		offer: maxOffered, speaks: full.State == evidence.Seen,
		versions: map[uint16]evidence.Observation{},
		suites:   map[uint16]uint16{}, refused: map[uint16]bool{}, open: map[uint16]evidence.Observation{},
		groups: map[uint16]bool{},
		losses: map[uint16]int{}, halted: map[uint16]*evidence.Observation{},
	}
	s.learnFull()
	return s
}

// learnFull takes what the ordinary handshake proves: it offered TLS 1.0 to 1.3,
// and the server took the newest it has (RFC 8446 section 4.2.1).
func (s *survey) learnFull() {
	if s.full.State != evidence.Seen {
		s.versions[tls13] = s.full.Observation
		// A server that was silent to two handshakes is not asked again, and one
		// that sends us away neither.
		if s.full.Problem == evidence.Timeout || final(s.full.Problem) {
			s.stop = &s.full.Observation
		}
		return
	}
	version := versionNumber(s.full.Version)
	if version == 0 {
		return
	}
	s.settle(tls13, version)
	if suite, ok := records.SuiteByName(s.full.Suite); ok {
		s.suites[suite.Number] = version
	}
	if group, ok := records.GroupByName(s.full.Group); ok {
		s.groups[group.Number] = true
	}
}

// reply is an answer and what it proves: seen, the server goes on with the hello;
// absent, it refuses it and all that the hello offers.
type reply struct {
	hello.Answer
	evidence.Observation
	lost bool // an accident, not an answer
}

// ask sends one hello on a connection of its own, unless the server is to be left
// alone.
func (s *survey) ask(ctx context.Context, h hello.Hello) reply {
	lane := s.laneOf(h.Version)
	if why := s.stopped(lane); why != nil {
		return reply{Observation: *why}
	}
	h.Name = s.Name
	answer, err := s.exchange(ctx, h)
	if answer.Version == 0 && answer.Alert != nil && *answer.Alert == hello.AlertInternalError {
		answer, err = s.exchange(ctx, h)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.judge(h, answer, err)
	s.count(lane, r)
	return r
}

// laneOf names the lane in which a version is asked for: the newest up to TLS 1.2
// has one, all others share the other, under zero. Each counts its own losses, as
// what one loses must not hang on when the other is answered: an IIS that resets
// over TLS 1.1 would be another server in every scan. With a server that never
// spoke there is one count for all: nothing is asked beside something else.
func (s *survey) laneOf(version uint16) uint16 {
	newest := s.newest()
	s.mu.Lock()
	defer s.mu.Unlock()
	if version == newest || version == tls12 || !s.speaks {
		return tls12
	}
	return 0
}

// stopped says why nothing more is asked in a lane.
func (s *survey) stopped(lane uint16) *evidence.Observation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.stop, s.halted[lane])
}

// broken says why something was not asked, in whatever lane.
func (s *survey) broken() *evidence.Observation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cmp.Or(s.stop, s.halted[tls12], s.halted[0])
}

func (s *survey) exchange(ctx context.Context, h hello.Hello) (hello.Answer, error) {
	var answer hello.Answer
	err := s.converse(ctx, h.Record(), func(r io.Reader) error {
		var err error
		answer, err = hello.Read(r)
		return err
	})
	return answer, err
}

// converse says one thing on a connection of its own and hears the answer.
func (s *survey) converse(ctx context.Context, say []byte, hear func(io.Reader) error) error {
	conn, err := s.Open(ctx)
	s.mu.Lock()
	if err == nil || !final(evidence.Problem(network.Problem(err))) {
		s.hellos++
	}
	s.mu.Unlock()
	if err != nil {
		return err
	}
	defer conn.Close()
	defer s.clock(s.Session.Now())
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	defer network.Bind(ctx, conn)()
	if _, err := conn.Write(say); err != nil {
		return fetch.Reason(ctx, err)
	}
	return fetch.Reason(ctx, hear(conn))
}

// clock adds up the time since a conversation began, and stops where there was
// enough of it.
func (s *survey) clock(began time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Session.Now()
	s.spent += now.Sub(began)
	if s.spent > surveyTime && s.stop == nil {
		why := evidence.UnknownAt(now, evidence.Timeout, "the server took "+s.spent.Round(time.Second).String()+" over the questions so far")
		s.stop = &why
	}
}

// judge says what an answer proves; the caller holds the lock.
func (s *survey) judge(h hello.Hello, a hello.Answer, err error) reply {
	now := s.Session.Now()
	r := reply{Answer: a}
	switch {
	case a.Version != 0 && !offered(h, a):
		r.Observation = evidence.UnknownAt(now, evidence.Malformed, fmt.Sprintf("the server answers with suite %04x of version %04x, which was not offered", a.Suite, a.Version))
		r.lost = true
	case a.Version != 0 && a.Alert != nil:
		// The server took the hello and then found no signature for it: that says
		// nothing about what was offered.
		s.speaks = true
		r.Observation = evidence.UnknownAt(now, evidence.TLSAlert, a.Alert.String()+" after ServerHello")
	case a.Version != 0:
		s.speaks = true
		r.Observation = evidence.SeenAt(now)
	case a.Alert != nil && s.proves(*a.Alert):
		r.Observation = evidence.AbsentAt(now)
	case a.Alert != nil:
		r.Observation = evidence.UnknownAt(now, evidence.TLSAlert, a.Alert.String())
	default:
		r.Observation = observe.Failure(now, err)
		r.lost = true
	}
	return r
}

// offered reports whether the hello allows the answer.
func offered(h hello.Hello, a hello.Answer) bool {
	if h.Version == tls13 {
		return a.Version == tls13 && slices.Contains(h.Suites, a.Suite)
	}
	return a.Version <= h.Version && slices.Contains(h.Suites, a.Suite)
}

// alertProtocolVersion is the alert about versions (RFC 8446 section 6.2).
const alertProtocolVersion = 70

// proves reports whether a fatal alert means that what was offered is not
// accepted: it must say so (RFC 8446 section 6.2), and not that the hello could not
// be read, or lacks something. A server that never spoke TLS with us may refuse us,
// or the name, whatever we offer. An internal error may be an accident; ask hears
// it twice.
func (s *survey) proves(a hello.Alert) bool {
	s.speaks = s.speaks || a == alertProtocolVersion
	switch a {
	case alertProtocolVersion, hello.AlertHandshakeFailure, hello.AlertInsufficientSecurity, hello.AlertInternalError:
		return s.speaks
	}
	return false
}

// count decides whether to go on; the caller holds the lock. A reset, an end or
// silence is an accident, twice in a row it is a server that wants to be left
// alone, at least in this lane; what sends us away by a word, or ends the scan, ends
// the questions at once.
func (s *survey) count(lane uint16, r reply) {
	switch {
	case !r.lost:
		s.losses[lane] = 0
		return
	case s.stop != nil:
		return
	case final(r.Problem):
		s.stop = &r.Observation
		return
	}
	if s.losses[lane]++; s.losses[lane] < maxLosses {
		return
	}
	s.halted[lane] = &r.Observation
	if r.Problem == evidence.Timeout { // each question more costs the whole of it
		s.stop = &r.Observation
	}
}

// forgive begins to count anew.
func (s *survey) forgive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.losses)
	clear(s.halted)
}

// final tells what a second try cannot mend.
func final(problem evidence.Problem) bool {
	switch problem {
	case evidence.RateLimited, evidence.ServerBusy, evidence.BudgetSpent, evidence.NotPermitted, evidence.Interrupted:
		return true
	default:
		return false
	}
}

// insist asks once more where a hello is lost, with half of the suites, and then
// with the other half: a server may choke on the length.
func (s *survey) insist(ctx context.Context, h hello.Hello) reply {
	r := s.ask(ctx, h)
	if !r.lost || r.Problem == evidence.Malformed || s.stopped(s.laneOf(h.Version)) != nil {
		return r
	}
	all := h.Suites
	half := (len(all) + 1) / 2
	if len(all) <= minOffered {
		half = len(all)
	}
	h.Suites = all[:half]
	r = s.ask(ctx, h)
	settled := r.State != evidence.Absent || half == len(all) || r.Alert != nil && *r.Alert == alertProtocolVersion
	if settled {
		return r
	}
	h.Suites = all[half:]
	return s.ask(ctx, h)
}
