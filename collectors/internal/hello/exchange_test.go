package hello

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestServerKeyExchange(t *testing.T) {
	t.Parallel()
	const ecdhe, dhe, dhAnon, ecdhAnon, export, unknown = 0xc02f, 0x009e, 0x0034, 0xc018, 0x0003, 0xfefe
	point := vector(1, []byte{4, 1, 2})
	signature := vector(2, []byte("signature"))
	pss := slices.Concat(pair(0x0804), signature)
	field := slices.Concat(vector(2, []byte{0, 0xc5, 7}), vector(2, []byte{0, 2}), vector(2, []byte{9}))
	seven := slices.Concat(vector(1, []byte{0, 0x1f, 0xff}), vector(1, []byte{1}), vector(1, []byte{2}), vector(1, []byte{3}), vector(1, []byte{4}), vector(1, []byte{5}), point)
	six := slices.Concat(vector(1, []byte{1}), vector(1, []byte{2}), vector(1, []byte{3}), vector(1, []byte{4}), vector(1, []byte{5}), point)
	one := vector(1, []byte{7})
	for name, each := range map[string]struct {
		version, suite uint16
		body           [][]byte
		want           Answer
		malformed      bool
	}{
		"named-curve":               {tls12, ecdhe, [][]byte{{3, 0, 0x17}, point, pss}, Answer{Group: 0x17, Scheme: 0x0804}, false},
		"named-curve-in-tls-1.1":    {0x0302, 0xc013, [][]byte{{3, 0, 0x1d}, point, signature}, Answer{Group: 0x1d}, false},
		"anonymous-curve":           {tls12, ecdhAnon, [][]byte{{3, 0, 0x17}, point}, Answer{Group: 0x17}, false},
		"explicit-prime":            {tls12, ecdhe, [][]byte{{1}, seven, pss}, Answer{Explicit: true, Bits: 13, Scheme: 0x0804}, false},
		"explicit-trinomial":        {tls12, ecdhe, [][]byte{{2, 0, 163, 1}, one, six, pss}, Answer{Explicit: true, Bits: 163, Scheme: 0x0804}, false},
		"explicit-pentanomial":      {tls12, ecdhe, [][]byte{{2, 1, 27, 2}, one, one, one, six, pss}, Answer{Explicit: true, Bits: 283, Scheme: 0x0804}, false},
		"finite-field":              {tls12, dhe, [][]byte{field, pss}, Answer{Prime: []byte{0xc5, 7}, Generator: []byte{2}, Scheme: 0x0804}, false},
		"finite-field-in-tls-1.0":   {0x0301, 0x0033, [][]byte{field, signature}, Answer{Prime: []byte{0xc5, 7}, Generator: []byte{2}}, false},
		"anonymous-finite-field":    {tls12, dhAnon, [][]byte{field}, Answer{Prime: []byte{0xc5, 7}, Generator: []byte{2}}, false},
		"export":                    {0x0301, export, [][]byte{vector(2, []byte("modulus")), vector(2, []byte{3}), signature}, Answer{}, false},
		"export-in-tls-1.2":         {tls12, export, [][]byte{vector(2, []byte("modulus")), vector(2, []byte{3}), pair(0x0401), signature}, Answer{Scheme: 0x0401}, false},
		"curve-of-an-unknown-kind":  {tls12, ecdhe, [][]byte{{4, 0, 0x17}, point, pss}, Answer{}, true},
		"polynomial-nobody-knows":   {tls12, ecdhe, [][]byte{{2, 0, 163, 3}, one, six, pss}, Answer{}, true},
		"point-cut":                 {tls12, ecdhe, [][]byte{{3, 0, 0x17, 9, 4}}, Answer{}, true},
		"curve-of-two-bytes":        {tls12, ecdhe, [][]byte{{3, 0}}, Answer{}, true},
		"explicit-curve-cut":        {tls12, ecdhe, [][]byte{{1}, seven[:8]}, Answer{}, true},
		"empty-prime":               {tls12, dhe, [][]byte{vector(2), vector(2, []byte{2}), vector(2, []byte{9}), pss}, Answer{}, true},
		"prime-of-zeros":            {tls12, dhe, [][]byte{vector(2, []byte{0, 0}), vector(2, []byte{2}), vector(2, []byte{9}), pss}, Answer{}, true},
		"public-value-missing":      {tls12, dhe, [][]byte{vector(2, []byte{5}), vector(2, []byte{2})}, Answer{}, true},
		"signature-cut":             {tls12, ecdhe, [][]byte{{3, 0, 0x17}, point, pss[:6]}, Answer{}, true},
		"scheme-cut":                {tls12, ecdhe, [][]byte{{3, 0, 0x17}, point, {8}}, Answer{}, true},
		"more-behind-the-signature": {tls12, ecdhe, [][]byte{{3, 0, 0x17}, point, pss, {0}}, Answer{}, true},
		"suite-that-nobody-knows":   {tls12, unknown, [][]byte{{3, 0, 0x17}, point, pss}, Answer{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Read(bytes.NewReader(record(RecordHandshake, serverHello(each.version, each.suite), message(messageServerExchange, each.body...), helloDone)))
			if errors.Is(err, ErrMalformed) != each.malformed || err != nil && !each.malformed {
				t.Fatalf("error %v", err)
			}
			if !got.Exchange || got.Done == each.malformed {
				t.Errorf("got %+v", got)
			}
			if each.malformed {
				return
			}
			each.want.Version, each.want.Suite, each.want.Exchange, each.want.Done = each.version, each.suite, true, true
			if diff := cmp.Diff(each.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestSecondServerKeyExchangeIsMalformed(t *testing.T) {
	t.Parallel()
	exchange := message(messageServerExchange, []byte{3, 0, 0x17}, vector(1, []byte{4}), pair(0x0804), vector(2))
	got, err := Read(bytes.NewReader(record(RecordHandshake, serverHello(tls12, 0xc02f), exchange, exchange, helloDone)))
	if !errors.Is(err, ErrMalformed) || got.Group != 0x17 || got.Done {
		t.Errorf("got %+v, %v", got, err)
	}
}
