package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
	"campanile/collectors/internal/observe"
	"campanile/collectors/network"
	"campanile/collectors/records/declaration"
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
	part             // read as a piece of a page
)

// visit asks for an address and follows where it leads, once more when nothing
// came for a reason that may pass.
func (v visitor) visit(ctx context.Context, address string, want kind) (evidence.Visit, reading) {
	return v.try(ctx, trip{want: want, visit: evidence.Visit{URL: address}})
}

// visitPart is the same for a document that a script brings into a page.
func (v visitor) visitPart(ctx context.Context, address string, into *url.URL) (evidence.Visit, reading) {
	return v.try(ctx, trip{want: part, into: into, visit: evidence.Visit{URL: address}})
}

func (v visitor) try(ctx context.Context, plan trip) (evidence.Visit, reading) {
	var last trip
	for attempt := 1; attempt <= maxAttempts; attempt++ {
		t := plan
		t.visitor, t.been, t.visit.Attempts = v, map[string]bool{}, attempt
		t.walk(ctx, t.visit.URL)
		if attempt > 1 && t.visit.State == evidence.NotAsked {
			break // what the first attempt met is what is known
		}
		last = t
		if !mayPass(t.visit.Observation) {
			break
		}
	}
	return last.visit, last.reading
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
	want    kind
	into    *url.URL // of a part, the page that it belongs to
	jar     *cookiejar.Jar
	been    map[string]bool // what was asked for already
	visit   evidence.Visit
	reading reading // of the last answer
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
		t.been[t.mark(next)] = true
		answer, err := t.get(ctx, next, t.cookies(next), t.want)
		if err != nil {
			t.fail(err)
			return
		}
		t.note(next, answer)
		next = t.follow(ctx, next, answer)
	}
}

func (t *trip) stop(problem evidence.Problem, detail string) {
	t.visit.Observation = evidence.UnknownAt(t.session.Now(), problem, detail)
}

// fail writes down that no answer came. Where our own bound was reached before
// anything was asked for, the question was not put.
func (t *trip) fail(err error) {
	if errors.Is(err, errSpent) && len(t.visit.Hops) == 0 {
		t.visit.Observation, t.visit.Attempts = evidence.Skipped(evidence.BudgetSpent, network.Reason(err)), 0
		return
	}
	t.visit.Observation = observe.Failure(t.session.Now(), err)
}

// request is what a trip asks at one address.
func request(u *url.URL, agent, cookies string, want kind) fetch.Request {
	header := http.Header{"User-Agent": {agent}, "Accept": {accept(want)}}
	if cookies != "" {
		header.Set("Cookie", cookies)
	}
	// The same bound for all: an answer may serve another visit too.
	return fetch.Request{URL: u, Header: header, Body: maxBody, Time: answerTime}
}

func accept(want kind) string {
	switch want {
	case text:
		return "text/plain,*/*;q=0.5"
	case part:
		return "text/html,text/javascript;q=0.9,*/*;q=0.5"
	case page:
	}
	return "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"
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
	case next == nil, isFiled(next):
		return t.arrive(ctx, from, answer)
	case t.been[t.mark(next)]:
		t.stop(evidence.TooMany, "the redirects run in a circle")
		return nil
	}
	return next
}

// isFiled tells an address of AgID's form. It needs a browser and is no site of
// the town: what stands in the address is all that is read.
func isFiled(u *url.URL) bool {
	host := url.URL{Scheme: "https", Host: u.Host, Path: "/"} // the rest may be too long to be read
	return declaration.ReadAddress(host.String()).Form != ""
}

// arrive reads the last answer. A page that sends its visitors on by itself
// (meta refresh) is a hop like the others.
func (t *trip) arrive(ctx context.Context, at *url.URL, answer fetch.Answer) *url.URL {
	t.visit.Observation = evidence.SeenAt(t.session.Now())
	switch t.want {
	case text:
		t.file(ctx, at, answer)
		return nil
	case part:
		t.reading = readPart(ctx, t.into, answer)
	case page:
		t.reading = read(ctx, at, answer)
	}
	r := t.reading
	t.visit.Page, t.visit.Barrier, t.visit.Unclaimed = r.page, barrier(answer, r), t.notice(answer.Body)
	stays := r.refresh == nil || t.want == part || isFiled(r.refresh) || t.been[t.mark(r.refresh)]
	if stays || t.visit.Barrier != "" && t.visit.Barrier != scriptOnly {
		return nil
	}
	t.visit.Hops[len(t.visit.Hops)-1].Refresh = evidence.Clip(r.refresh.String(), evidence.MaxText)
	t.visit.Page, t.visit.Barrier, t.visit.Unclaimed, t.reading = nil, "", "", reading{}
	return r.refresh
}

// file takes a text file.
func (t *trip) file(ctx context.Context, at *url.URL, answer fetch.Answer) {
	if answer.Cut && len(answer.Body) < maxBody && answer.Status/100 == 2 {
		t.stop(evidence.Closed, "the file breaks off")
	}
	t.reading.text, t.visit.Text = unmarked(answer.Body), plainText(answer.Body)
	// A filter's page comes in place of a file too; a page of scripts is none.
	if t.visit.Barrier = barrier(answer, read(ctx, at, answer)); t.visit.Barrier == scriptOnly {
		t.visit.Barrier = ""
	}
}

// unmarked reads a text that some editors save in UTF-16 with its mark, and leaves
// any other as it is.
func unmarked(body []byte) string {
	text, _, err := transform.Bytes(unicode.BOMOverride(encoding.Nop.NewDecoder()), body)
	if err != nil {
		return string(body)
	}
	return string(text)
}

// plainText keeps a body that reads as text, whatever its header calls it.
func plainText(body []byte) string {
	if !strings.HasPrefix(http.DetectContentType(body), "text/plain") {
		return ""
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff")) // the mark of some editors is no part of the text
	return evidence.Clip(string(body), evidence.MaxPolicy)
}
