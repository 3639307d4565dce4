package fetch

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/andybalholm/brotli"
)

// decode reads at most want bytes of the body, after undoing its coding (RFC
// 9110 section 8.4.1): a small answer may unfold to gigabytes. What came before
// an error is kept.
func decode(response *http.Response, want int) (body []byte, cut bool) {
	reader, err := decoder(response.Header.Get("Content-Encoding"), response.Body)
	if err != nil || reader == nil {
		return nil, !errors.Is(err, io.EOF) // an empty body needs no frame
	}
	var kept bytes.Buffer
	_, err = kept.ReadFrom(io.LimitReader(reader, int64(want)+1))
	if kept.Len() > want {
		kept.Truncate(want)
		return kept.Bytes(), true
	}
	return kept.Bytes(), err != nil
}

// decoder gives nil for a coding that we did not ask for.
func decoder(coding string, body io.Reader) (io.Reader, error) {
	switch strings.ToLower(strings.TrimSpace(coding)) {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		return gzip.NewReader(body)
	case "br":
		return brotli.NewReader(body), nil
	}
	return nil, nil
}
