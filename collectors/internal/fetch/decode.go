package fetch

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"slices"
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

// codings are those that have a meaning (IANA's registry of content codings).
var codings = []string{
	"aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "identity", "pack200-gzip", "x-compress", "x-gzip", "zstd",
}

// decoder gives nil for a coding that we did not ask for. A word that is none,
// such as the name of a character set, changes nothing: browsers pass over it.
func decoder(coding string, body io.Reader) (io.Reader, error) {
	switch coding = strings.ToLower(strings.TrimSpace(coding)); {
	case coding == "", coding == "identity":
		return body, nil
	case coding == "gzip", coding == "x-gzip":
		return newMembers(body)
	case coding == "br":
		return brotli.NewReader(body), nil
	case strings.Contains(coding, ","), slices.Contains(codings, coding):
		return nil, nil
	}
	return body, nil
}

// members reads gzip, one member after the other (RFC 1952 section 2.2). What
// stands behind a whole one and is no other is not looked at, as browsers do:
// some servers leave zeros or a line break there.
type members struct {
	below *bufio.Reader
	zip   *gzip.Reader
}

func newMembers(body io.Reader) (*members, error) {
	m := &members{below: bufio.NewReader(body)}
	var err error
	if m.zip, err = gzip.NewReader(m.below); err != nil {
		return nil, err
	}
	m.zip.Multistream(false)
	return m, nil
}

func (m *members) Read(b []byte) (int, error) {
	for {
		n, err := m.zip.Read(b)
		if n > 0 && errors.Is(err, io.EOF) {
			return n, nil // the next call says it again
		}
		if n > 0 || !errors.Is(err, io.EOF) {
			return n, err
		}
		if err := m.another(); err != nil {
			return 0, err
		}
	}
}

// another goes on to the next member, if one begins here.
func (m *members) another() error {
	magic, err := m.below.Peek(2)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case string(magic) != "\x1f\x8b":
		return io.EOF
	}
	if err := m.zip.Reset(m.below); err != nil {
		return err
	}
	m.zip.Multistream(false)
	return nil
}
