package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	text     string         // what a reader sees, a line for each block; it is not kept
}

// read takes from a page what checks need. The body itself is not kept.
func read(ctx context.Context, at *url.URL, answer fetch.Answer) reading {
	if !isHTML(answer) {
		return reading{}
	}
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	sum := sha256.Sum256(answer.Body)
	page := &evidence.Page{SHA256: hex.EncodeToString(sum[:]), Bytes: len(answer.Body), Truncated: answer.Cut}
	coding, name := encodingOf(answer.Body, answer.Header.Get("Content-Type"))
	page.Charset = name
	body := coding.NewDecoder().Reader(bytes.NewReader(answer.Body))
	document, err := html.Parse(stoppable{ctx, body})
	if err != nil {
		// Nested deeper than browsers care to draw, or made to be slow.
		page.Truncated, page.Footer = true, evidence.Unknown
		return reading{page: page}
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
