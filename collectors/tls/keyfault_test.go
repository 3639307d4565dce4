package tls

import (
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"testing"
)

func prime(t *testing.T, bits int) *big.Int {
	t.Helper()
	p, err := rand.Prime(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// infineon makes a prime as the chips of CVE-2017-15361 did: k*M + 65537^a mod M.
func infineon(t *testing.T, m *big.Int, bits int) *big.Int {
	t.Helper()
	room := new(big.Int).Lsh(big.NewInt(1), uint(bits-m.BitLen()))
	for range 1 << 16 {
		k, err := rand.Int(rand.Reader, room)
		if err != nil {
			t.Fatal(err)
		}
		a, err := rand.Int(rand.Reader, m)
		if err != nil {
			t.Fatal(err)
		}
		p := new(big.Int).Exp(big.NewInt(infineonBase), a, m)
		if p.Add(p, k.Mul(k, m)); p.ProbablyPrime(10) {
			return p
		}
	}
	t.Fatal("no prime found")
	return nil
}

func TestKeysThatAreWeakWhateverTheirLength(t *testing.T) {
	t.Parallel()
	times := func(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }
	sound := times(prime(t, 512), prime(t, 512))
	m := big.NewInt(1)
	for p := int64(2); p <= 167; p++ {
		if big.NewInt(p).ProbablyPrime(0) {
			m.Mul(m, big.NewInt(p))
		}
	}
	near := prime(t, 512)
	next := new(big.Int).Add(near, big.NewInt(2))
	for !next.ProbablyPrime(10) {
		next.Add(next, big.NewInt(2))
	}
	for name, each := range map[string]struct {
		key  any
		want string
	}{
		"sound":               {&rsa.PublicKey{N: sound, E: 65537}, ""},
		"exponent-3":          {&rsa.PublicKey{N: sound, E: 3}, ""},
		"exponent-1":          {&rsa.PublicKey{N: sound, E: 1}, "exponent"},
		"exponent-even":       {&rsa.PublicKey{N: sound, E: 65538}, "exponent"},
		"even":                {&rsa.PublicKey{N: times(sound, big.NewInt(2)), E: 65537}, "even"},
		"divided-by-3":        {&rsa.PublicKey{N: times(sound, big.NewInt(3)), E: 65537}, "small-factor"},
		"divided-by-751":      {&rsa.PublicKey{N: times(sound, big.NewInt(751)), E: 65537}, "small-factor"},
		"of-neighbours":       {&rsa.PublicKey{N: times(near, next), E: 65537}, "fermat"},
		"of-one-prime":        {&rsa.PublicKey{N: times(near, near), E: 65537}, "fermat"},
		"of-the-chip":         {&rsa.PublicKey{N: times(infineon(t, m, 256), infineon(t, m, 256)), E: 65537}, "roca"},
		"zero":                {&rsa.PublicKey{N: new(big.Int), E: 65537}, ""},
		"too-long-to-look-at": {&rsa.PublicKey{N: new(big.Int).Lsh(sound, 1<<19), E: 65537}, ""},
		"no-rsa":              {oddCurve{"secp192r1", 192}, ""},
		"nothing":             {nil, ""},
	} {
		if got := faultOf(each.key); got != each.want {
			t.Errorf("%s: %q, want %q", name, got, each.want)
		}
	}
}

func BenchmarkFaultOfAKeyOf4096Bits(b *testing.B) {
	p, _ := rand.Prime(rand.Reader, 2048)
	q, _ := rand.Prime(rand.Reader, 2048)
	key := &rsa.PublicKey{N: new(big.Int).Mul(p, q), E: 65537}
	for b.Loop() {
		faultOf(key)
	}
}
