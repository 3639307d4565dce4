package hello

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func diff(t *testing.T, want, got Answer) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// retryRandom stands in RFC 8446 section 4.1.3.
const retryRandom = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"

func retry(t *testing.T, extensions ...[]byte) []byte {
	t.Helper()
	random, err := hex.DecodeString(retryRandom)
	if err != nil {
		t.Fatal(err)
	}
	return message(MessageServerHello, pair(tls12), random, vector(1, make([]byte, 32)), pair(0x1301), []byte{0}, vector(2, extensions...))
}

func TestAnswerOfTLS13(t *testing.T) {
	t.Parallel()
	chosen := extension(extensionVersions, pair(newest))
	for name, each := range map[string]struct {
		said []byte
		want Answer
		err  error
	}{
		"retry": {
			retry(t, chosen, extension(extensionKeyShare, pair(0x11ec))),
			Answer{Version: newest, Suite: 0x1301, Retry: true, Group: 0x11ec, Done: true},
			nil,
		},
		"retry-with-the-group-first": {
			retry(t, extension(extensionKeyShare, pair(0x17)), chosen),
			Answer{Version: newest, Suite: 0x1301, Retry: true, Group: 0x17, Done: true},
			nil,
		},
		"retry-for-a-cookie-only": {
			retry(t, chosen, extension(44, vector(2, []byte("cookie")))),
			Answer{Version: newest, Suite: 0x1301, Retry: true, Done: true},
			nil,
		},
		"no-retry-although-no-key-was-sent": {
			serverHello(tls12, 0x1302, chosen, extension(extensionKeyShare, pair(0x1d), vector(2, make([]byte, 32)))),
			Answer{Version: newest, Suite: 0x1302, Group: 0x1d, Done: true},
			nil,
		},
		"retry-of-an-older-version": {retry(t), Answer{}, ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// What follows is encrypted: it must not be waited for, nor read.
			got, err := Read(bytes.NewReader(slices.Concat(record(RecordHandshake, each.said), []byte{20, 3, 3, 0, 1, 1, 23, 3, 3})))
			if !errors.Is(err, each.err) {
				t.Fatalf("error %v, want %v", err, each.err)
			}
			diff(t, each.want, got)
		})
	}
}
