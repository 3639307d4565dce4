package tls

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"

	"golang.org/x/crypto/ocsp"
)

// timestamp is one of a log, by a letter; its signature is never looked at.
func timestamp(log byte) []byte {
	return append(append([]byte{0}, bytes.Repeat([]byte{log}, 32)...), make([]byte, 14)...)
}

func timestamps(t *testing.T, id asn1.ObjectIdentifier, each ...[]byte) pkix.Extension {
	t.Helper()
	var list []byte
	for _, one := range each {
		list = append(append(list, byte(len(one)>>8), byte(len(one))), one...)
	}
	value, err := asn1.Marshal(append([]byte{byte(len(list) >> 8), byte(len(list))}, list...))
	if err != nil {
		t.Fatal(err)
	}
	return pkix.Extension{Id: id, Value: value}
}

func TestLogsAreCountedOnce(t *testing.T) {
	t.Parallel()
	inCertificate, inStaple := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 5}
	with := func(each ...[]byte) *x509.Certificate {
		return &x509.Certificate{Extensions: []pkix.Extension{timestamps(t, inCertificate, each...)}}
	}
	many := make([][]byte, 200)
	for i := range many {
		many[i] = timestamp(byte(i))
	}
	for name, each := range map[string]struct {
		leaf   *x509.Certificate
		shaken [][]byte
		staple *ocsp.Response
		want   int
	}{
		"none":                     {new(x509.Certificate), nil, nil, 0},
		"unreadable-certificate":   {nil, nil, nil, 0},
		"two-in-the-certificate":   {with(timestamp('a'), timestamp('b')), nil, nil, 2},
		"one-log-twice":            {with(timestamp('a'), timestamp('a')), nil, nil, 1},
		"everywhere":               {with(timestamp('a')), [][]byte{timestamp('b')}, &ocsp.Response{Extensions: []pkix.Extension{timestamps(t, inStaple, timestamp('c'))}}, 3},
		"the-same-everywhere":      {with(timestamp('a')), [][]byte{timestamp('a')}, nil, 1},
		"of-an-unknown-version":    {nil, [][]byte{append([]byte{1}, timestamp('a')[1:]...)}, nil, 0},
		"too-short":                {nil, [][]byte{{0, 1, 2}}, nil, 0},
		"broken-list":              {&x509.Certificate{Extensions: []pkix.Extension{{Id: inCertificate, Value: []byte{4, 2, 0xff, 0xff}}}}, nil, nil, 0},
		"no-more-than-are-counted": {nil, many, nil, maxTimestamps},
	} {
		if got := logsOf(each.leaf, each.shaken, each.staple); got != each.want {
			t.Errorf("%s: %d, want %d", name, got, each.want)
		}
	}
}
