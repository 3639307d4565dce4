package web

import (
	"context"
	"net/http"
	"net/url"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/fetch"
)

// Opened is a page as this package reads it.
type Opened struct {
	Page    *evidence.Page
	Text    string
	Barrier string
	Parts   []string
}

// Open reads a page as if it had come from an address.
func Open(ctx context.Context, at *url.URL, header http.Header, body []byte, cut bool) Opened {
	answer := fetch.Answer{Status: http.StatusOK, Header: header, Body: body, Cut: cut}
	return opened(answer, read(ctx, at, answer))
}

// OpenPart reads a document as a script brings it into the page at an address.
func OpenPart(ctx context.Context, at *url.URL, header http.Header, body []byte) Opened {
	answer := fetch.Answer{Status: http.StatusOK, Header: header, Body: body}
	return opened(answer, readPart(ctx, at, answer))
}

func opened(answer fetch.Answer, r reading) Opened {
	o := Opened{r.page, r.text, barrier(answer, r), nil}
	for _, part := range r.parts {
		o.Parts = append(o.Parts, part.String())
	}
	return o
}
