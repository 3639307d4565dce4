package web

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// maxPrescan bounds how far a page is searched for its character set.
const maxPrescan = 256 << 10

// encodingOf tells a page's character set as browsers do: a byte order mark, the
// header, a <meta> near the beginning, and then, which the library leaves out, an
// XML declaration and a <meta> further down, at which browsers begin anew (HTML
// standard, sections 13.2.3.2 and 13.2.3.5). What says nothing at all is UTF-8 if
// all of it is.
func encodingOf(body []byte, contentType string) (coding encoding.Encoding, name string) {
	coding, name, certain := charset.DetermineEncoding(body, contentType)
	if certain {
		return coding, name
	}
	for _, label := range []string{xmlEncoding(body), lateMeta(body)} {
		if found, canonical := charset.Lookup(label); found != nil {
			if strings.HasPrefix(canonical, "utf-16") {
				return unicode.UTF8, "utf-8" // what could be read so far was ASCII
			}
			return found, canonical
		}
	}
	if isUTF8(body) {
		return unicode.UTF8, "utf-8"
	}
	return coding, name
}

// meant gives the text of a page whose declared character set is not the one of
// its bytes, or of some of them: a template in one and a footer in another. A
// browser shows signs in place of the accents, but the words stay what they are,
// and «Mentions légales» leads to the legal notice.
func meant(body []byte, declared encoding.Encoding, name string) io.Reader {
	switch {
	case name == "utf-8" && !utf8.Valid(body):
		return strings.NewReader(mixed(body))
	case (name == "windows-1252" || name == "iso-8859-15") && isUTF8(body):
		return bytes.NewReader(body)
	}
	return declared.NewDecoder().Reader(bytes.NewReader(body))
}

// mixed reads UTF-8, and in windows-1252 what is none.
func mixed(body []byte) string {
	var text strings.Builder
	text.Grow(len(body) + len(body)/8)
	for len(body) > 0 {
		r, size := utf8.DecodeRune(body)
		switch {
		case r != utf8.RuneError || size != 1:
			text.Write(body[:size])
		case utf8.FullRune(body):
			text.WriteRune(charmap.Windows1252.DecodeByte(body[0]))
		default: // the last character is cut
		}
		body = body[size:]
	}
	return text.String()
}

// isUTF8 wants a character beyond ASCII, and all of them right; the last one may
// be cut.
func isUTF8(body []byte) bool {
	for range utf8.UTFMax - 1 {
		if last, size := utf8.DecodeLastRune(body); last != utf8.RuneError || size != 1 {
			break
		}
		body = body[:len(body)-1]
	}
	return utf8.Valid(body) && bytes.ContainsFunc(body, func(r rune) bool { return r >= utf8.RuneSelf })
}

// xmlEncoding reads <?xml version="1.0" encoding="iso-8859-1"?> at the beginning.
func xmlEncoding(body []byte) string {
	if !bytes.HasPrefix(body, []byte("<?xml")) {
		return ""
	}
	end := bytes.IndexByte(body[:min(len(body), 1024)], '>')
	if end < 0 {
		return ""
	}
	_, rest, _ := strings.Cut(string(body[:end]), "encoding")
	rest = strings.TrimLeft(rest, " \t\r\n=")
	if rest == "" || rest[0] != '"' && rest[0] != '\'' {
		return ""
	}
	label, _, _ := strings.Cut(rest[1:], rest[:1])
	return label
}

// lateMeta looks for the character set beyond the first kilobyte.
func lateMeta(body []byte) string {
	z := html.NewTokenizer(bytes.NewReader(body[:min(len(body), maxPrescan)]))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			if label := metaCharset(z.Token()); label != "" {
				return label
			}
		case html.TextToken, html.EndTagToken, html.CommentToken, html.DoctypeToken:
		}
	}
}

func metaCharset(t html.Token) string {
	if t.DataAtom != atom.Meta {
		return ""
	}
	declares, label := false, ""
	for _, a := range t.Attr {
		switch a.Key {
		case "charset":
			return a.Val
		case "http-equiv":
			declares = strings.EqualFold(a.Val, "content-type")
		case "content":
			if _, after, found := strings.Cut(strings.ToLower(a.Val), "charset="); found {
				label = strings.Trim(strings.TrimSpace(after), `"'`)
			}
		}
	}
	if !declares {
		return ""
	}
	return label
}
