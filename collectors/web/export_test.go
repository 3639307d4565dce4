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
}

// Open reads a page as if it had come from an address.
func Open(ctx context.Context, at *url.URL, header http.Header, body []byte, cut bool) Opened {
	answer := fetch.Answer{Status: http.StatusOK, Header: header, Body: body, Cut: cut}
	r := read(ctx, at, answer)
	return Opened{r.page, r.text, barrier(answer, r)}
}
