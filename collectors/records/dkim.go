package records

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// DKIMKey is the public key of a selector (RFC 6376 section 3.6.1).
type DKIMKey struct {
	Type     string   // k: "rsa", "ed25519", or another as written; receivers pass over those
	Bits     int      // size of the key; 0 when it is revoked or of another type
	Bare     bool     // an RSA key without the frame that says what it is: read by many, not by all
	Revoked  bool     // p is empty
	Testing  bool     // t=y: receivers should not treat the mail otherwise than unsigned mail
	Hashes   []string // h: the hash algorithms allowed; nil: all
	Services []string // s: "*", "email"; nil: all
	Flags    []string // t: as written
}

// foldingSpace may stand round the parts of a DKIM record (FWS, RFC 6376
// section 2.8).
const foldingSpace = " \t\r\n"

// DKIMRecords picks out of the TXT records at a selector those that are meant as
// a key: they begin with the version, or have no version and a tag p.
func DKIMRecords(rdata []string) []string {
	var list []string
	for _, text := range Texts(rdata) {
		if isDKIM(text) {
			list = append(list, text)
		}
	}
	return list
}

// isDKIM takes a version that is badly written too, so that it can be said that
// the record is there and does not work.
func isDKIM(text string) bool {
	const version = "DKIM1"
	for i, part := range strings.Split(text, ";") {
		name, value, ok := strings.Cut(part, "=")
		name, value = strings.Trim(name, foldingSpace), strings.Trim(value, foldingSpace)
		switch {
		case !ok:
		case i == 0 && strings.EqualFold(name, "v") && len(value) >= len(version) && strings.EqualFold(value[:len(version)], version):
			return true
		case i == 0 && name == "v":
			return false
		case name == "p":
			return true
		}
	}
	return false
}

// ParseDKIM reads a key record. An error means that receivers cannot use it.
func ParseDKIM(text string) (DKIMKey, error) {
	tags, err := dkimTags(text)
	if err != nil {
		return DKIMKey{}, err
	}
	// RFC 6376 section 3.6.1: v, if it is there, is the first, and is DKIM1.
	if i := slices.IndexFunc(tags, func(t dkimTag) bool { return t.name == "v" }); i > 0 {
		return DKIMKey{}, errors.New("v is not the first tag")
	} else if i == 0 && tags[0].value != "DKIM1" {
		return DKIMKey{}, fmt.Errorf("v is %q, not DKIM1", short(tags[0].value))
	}
	key, public, there := DKIMKey{Type: "rsa"}, "", false
	for _, tag := range tags {
		switch tag.name {
		case "k":
			key.Type = tag.value
		case "h":
			key.Hashes = words(tag.value)
		case "s":
			key.Services = words(tag.value)
		case "t":
			key.Flags = words(tag.value)
		case "p":
			public, there = tag.value, true
		}
	}
	if !there {
		return key, errors.New("no tag p")
	}
	key.Testing = slices.Contains(key.Flags, "y")
	return key, key.measure(public)
}

// measure reads the tag p.
func (k *DKIMKey) measure(public string) error {
	if public == "" {
		k.Revoked = true
		return nil
	}
	data, err := base64Bytes(public, foldingSpace)
	if err != nil {
		return fmt.Errorf("p: %w", err)
	}
	switch k.Type {
	case "rsa":
		k.Bits, k.Bare, err = rsaBits(data)
		return err
	case "ed25519":
		// RFC 8463 section 4.2: the 32 bytes of the key, without a frame.
		if len(data) != 32 {
			return fmt.Errorf("p: an Ed25519 key has 32 bytes, this has %d", len(data))
		}
		k.Bits = 256
	}
	return nil
}

// dkimTag is one "name=value" of a record.
type dkimTag struct{ name, value string }

// dkimTags reads a tag list (RFC 6376 section 3.2): names are case sensitive, a
// name stands there once, and a semicolon at the end is allowed.
func dkimTags(text string) ([]dkimTag, error) {
	var tags []dkimTag
	seen := map[string]bool{}
	parts := strings.Split(text, ";")
	if last := len(parts) - 1; last > 0 && strings.Trim(parts[last], foldingSpace) == "" {
		parts = parts[:last]
	}
	for i, part := range parts {
		name, value, ok := strings.Cut(part, "=")
		name, value = strings.Trim(name, foldingSpace), strings.Trim(value, foldingSpace)
		switch {
		case !ok || !isTagName(name):
			return nil, fmt.Errorf("part %d, %q, is not a tag with its value", i+1, short(part))
		case strings.ContainsFunc(value, notInTagValue):
			return nil, fmt.Errorf("tag %s: a character that may not stand there", short(name))
		case seen[name]:
			return nil, fmt.Errorf("tag %s is there twice", short(name))
		}
		seen[name] = true
		tags = append(tags, dkimTag{name, value})
	}
	return tags, nil
}

// isTagName reads the tag-name of RFC 6376 section 3.2.
func isTagName(name string) bool {
	for i := range len(name) {
		if c := name[i]; !isLetter(c) && (i == 0 || !isDigit(c) && c != '_') {
			return false
		}
	}
	return name != ""
}

// notInTagValue refuses control characters. Those outside ASCII are no part of
// RFC 6376, but readers that know RFC 8616 let them stand in notes.
func notInTagValue(r rune) bool {
	return r < ' ' && !strings.ContainsRune(foldingSpace, r) || r == 0x7f || r == utf8.RuneError
}

// words divides a list with colons.
func words(value string) []string {
	var list []string
	for word := range strings.SplitSeq(value, ":") {
		if word = strings.Trim(word, foldingSpace); word != "" {
			list = append(list, word)
		}
	}
	return list
}
