package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
)

// Bounds of one visit.
const (
	maxHops     = 6
	maxAttempts = 2
	maxBody     = 2 << 20 // bytes of a page, decompressed
	answerTime  = 15 * time.Second
)

// kind is what a visit looks for.
type kind int

const (
	page kind = iota // read as HTML
	text             // kept whole, when it is plain text
)

// visit asks for an address and follows where it leads, once more when nothing
// came for a reason that may pass. Where the first request was made ahead of the
// visit, it was the first attempt: a second one dials anew.
func (v visitor) visit(ctx context.Context, address string, want kind, ahead *early) evidence.Visit {
	for attempt := 1; ; attempt++ {
		t := trip{visitor: v, want: want, ahead: ahead, been: map[string]bool{}, visit: evidence.Visit{URL: address, Attempts: attempt}}
		t.walk(ctx, address)
		ahead = nil
		if attempt == maxAttempts || !mayPass(t.visit.Observation) {
			return t.visit
		}
	}
}

func mayPass(o evidence.Observation) bool {
	switch o.Problem {
	case evidence.Timeout, evidence.Refused, evidence.Reset, evidence.Closed:
		return o.State == evidence.Unknown
	default:
		return false
	}
}

// trip is one attempt of a visit.
type trip struct {
	visitor
	want  kind
	ahead *early // the answer to the first request; nil: none was made
	jar   *cookiejar.Jar
	been  map[string]bool // what was asked for already
	visit evidence.Visit
}

// walk goes from answer to answer until one leads no further.
func (t *trip) walk(ctx context.Context, address string) {
	next, err := url.Parse(address)
	if err != nil {
		t.stop(evidence.Malformed, err.Error())
		return
	}
	// Cookies are carried within the trip as browsers do: some sites turn in a
	// circle without them. Their values end here.
	t.jar, _ = cookiejar.New(nil) // fails never, says its documentation
	for next != nil {
		if len(t.visit.Hops) == maxHops {
			t.stop(evidence.TooMany, fmt.Sprintf("more than %d hops", maxHops))
			return
		}
		answer, err := t.ask(ctx, next)
		if err != nil {
			t.visit.Observation = observe.Failure(t.session.Now(), err)
			return
		}
		t.note(next, answer)
		next = t.follow(ctx, next, answer)
	}
}

func (t *trip) stop(problem evidence.Problem, detail string) {
	t.visit.Observation = evidence.UnknownAt(t.session.Now(), problem, detail)
}

func (t *trip) ask(ctx context.Context, u *url.URL) (fetch.Answer, error) {
	t.been[t.mark(u)] = true
	if ahead := t.ahead; ahead != nil {
		t.ahead = nil
		return ahead.answer, ahead.err
	}
	return fetch.Get(ctx, t.session, request(u, t.agent, t.cookies(u), t.want))
}

// request is what a trip asks at one address.
func request(u *url.URL, agent, cookies string, want kind) fetch.Request {
	header := http.Header{"User-Agent": {agent}, "Accept": {accept(want)}}
	if cookies != "" {
		header.Set("Cookie", cookies)
	}
	return fetch.Request{URL: u, Header: header, Body: bodyOf(want), Time: answerTime}
}

func accept(want kind) string {
	if want == text {
		return "text/plain,*/*;q=0.5"
	}
	return "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
}

func bodyOf(want kind) int {
	if want == text {
		return evidence.MaxPolicy
	}
	return maxBody
}

func (t *trip) cookies(u *url.URL) string {
	var pairs []string
	for _, cookie := range t.jar.Cookies(u) {
		pairs = append(pairs, cookie.Name+"="+cookie.Value)
	}
	return strings.Join(pairs, "; ")
}

// mark tells one request from another: the same page with a new cookie is not a
// circle yet.
func (t *trip) mark(u *url.URL) string { return u.String() + "\n" + t.cookies(u) }

// note writes the answer down.
func (t *trip) note(u *url.URL, answer fetch.Answer) {
	t.visit.Hops = append(t.visit.Hops, evidence.Hop{
		URL:      evidence.Clip(u.String(), evidence.MaxText),
		Address:  answer.Address.String(),
		Status:   answer.Status,
		Location: location(u, answer),
		Headers:  headersOf(answer.Header),
	})
	t.visit.Cookies = append(t.visit.Cookies, cookiesOf(t.session.Now(), u, answer.Header)...)
	t.visit.Cookies = t.visit.Cookies[:min(len(t.visit.Cookies), maxCookies)]
	t.jar.SetCookies(u, (&http.Response{Header: answer.Header}).Cookies())
}

// follow gives the next address, or writes down that the trip is over.
func (t *trip) follow(ctx context.Context, from *url.URL, answer fetch.Answer) *url.URL {
	next, err := target(from, answer)
	switch {
	case err != nil:
		t.stop(evidence.Problem(network.Problem(err)), err.Error())
		return nil
	case next == nil:
		return t.arrive(ctx, from, answer)
	case t.been[t.mark(next)]:
		t.stop(evidence.TooMany, "the redirects run in a circle")
		return nil
	}
	return next
}

// arrive reads the last answer. A page that sends its visitors on by itself
// (meta refresh) is a hop like the others.
func (t *trip) arrive(ctx context.Context, at *url.URL, answer fetch.Answer) *url.URL {
	t.visit.Observation = evidence.SeenAt(t.session.Now())
	if t.want == text {
		if answer.Cut && len(answer.Body) < bodyOf(text) && answer.Status/100 == 2 {
			t.stop(evidence.Closed, "the file breaks off")
		}
		t.visit.Text = plainText(answer.Body)
		// A filter's page comes in place of a file too; a page of scripts is none.
		if t.visit.Barrier = barrier(answer, read(ctx, at, answer)); t.visit.Barrier == scriptOnly {
			t.visit.Barrier = ""
		}
		return nil
	}
	r := read(ctx, at, answer)
	t.visit.Page, t.visit.Barrier, t.visit.Unclaimed = r.page, barrier(answer, r), t.notice(answer.Body)
	stays := r.refresh == nil || t.been[t.mark(r.refresh)] || len(t.visit.Hops) == maxHops
	if stays || t.visit.Barrier != "" && t.visit.Barrier != scriptOnly {
		return nil
	}
	t.visit.Hops[len(t.visit.Hops)-1].Refresh = evidence.Clip(r.refresh.String(), evidence.MaxText)
	t.visit.Page, t.visit.Barrier, t.visit.Unclaimed = nil, "", ""
	return r.refresh
}

// plainText keeps a body that reads as text, whatever its header calls it.
func plainText(body []byte) string {
	if !strings.HasPrefix(http.DetectContentType(body), "text/plain") {
		return ""
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff")) // the mark of some editors is no part of the text
	return evidence.Clip(string(body), evidence.MaxPolicy)
}
