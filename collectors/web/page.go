package web

import (
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
)

// readTime bounds the work on one page; a hostile one may be made to be slow.
const readTime = 5 * time.Second

// reading is what a page says, besides what is kept of it.
type reading struct {
	page     *evidence.Page // nil where the answer is not HTML
	refresh  *url.URL       // where it sends its visitor at once
	scripted bool           // it has scripts
	awaits   bool           // it says that it is nothing before its script has run
	part     bool           // it is a part of a page, not a page
	text     string         // what a reader sees, a line for each block; it is not kept
	parts    []*url.URL     // documents that scripts bring as its footer, where that was not read
}

// read takes from a page what checks need. The body itself is not kept.
func read(ctx context.Context, at *url.URL, answer fetch.Answer) reading {
	if !isHTML(answer) {
		return reading{}
	}
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	page, body := pageOfAnswer(answer)
	document, err := html.Parse(stoppable{ctx, body})
	if err != nil {
		return unreadable(page)
	}
	w := newWalker(at, page, document)
	w.walk(document, "", false)
	return w.finish()
}

// isHTML goes by the header, and by the body where there is none.
func isHTML(answer fetch.Answer) bool {
	declared := answer.Header.Get("Content-Type")
	if declared == "" {
		declared = http.DetectContentType(answer.Body)
	}
	kind, _, err := mime.ParseMediaType(declared)
	if err != nil {
		kind, _, _ = strings.Cut(strings.ToLower(declared), ";")
	}
	kind = strings.TrimSpace(kind)
	return kind == "text/html" || kind == "application/xhtml+xml"
}

// stoppable is a reader that ends with its context.
type stoppable struct {
	ctx context.Context //nolint:containedctx // html.Parse knows readers only
	r   io.Reader
}

func (s stoppable) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(b)
}
