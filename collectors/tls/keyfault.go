package tls

import (
	"crypto/rsa"
	"errors"
	"math/big"
)

// Bounds of the search for weak keys: a certificate of 64 KiB may hold a number
// that takes minutes.
const (
	maxKeyBits   = 16384
	fermatRounds = 100
	// smallFactor is the bound below which NIST SP 800-89 section 5.3.3 looks for
	// factors.
	smallFactor = 752
	leastSound  = 3 // the smallest exponent that the CA/Browser Forum allows (Baseline Requirements 6.1.6)
	// infineonBase is the number whose powers the chips of CVE-2017-15361 took.
	infineonBase = 65537
)

// maxKey bounds a key that anything is verified with, in bytes: one signature takes
// seconds with a number that fills a certificate, and nothing ends it.
const maxKey = 4 << 10

var errHeavy = errors.New("a key longer than any that is in use")

// heavy reports whether a certificate has such a key, or hides it.
func heavy(der []byte) bool {
	p, ok := takeApart(der)
	return len(der) > maxKey && (!ok || len(p.key) > maxKey)
}

// faultOf names what makes a key weak whatever its length, none where nothing is
// found.
func faultOf(key any) string {
	k, ok := key.(*rsa.PublicKey)
	switch {
	case !ok || k.N.Sign() <= 0 || k.N.BitLen() > maxKeyBits:
		return ""
	case k.N.Bit(0) == 0:
		return "even"
	case hasSmallFactor(k.N):
		return "small-factor"
	case roca(k.N):
		return "roca"
	case tooNear(k.N):
		return "fermat"
	case k.E < leastSound || k.E%2 == 0:
		return "exponent"
	}
	return ""
}

func hasSmallFactor(n *big.Int) bool {
	remainder := new(big.Int)
	for d := int64(3); d < smallFactor; d += 2 {
		if remainder.Mod(n, big.NewInt(d)).Sign() == 0 {
			return true
		}
	}
	return false
}

// roca recognises the keys of a chip whose primes are k*M + 65537^a mod M, with
// M the product of the first primes (CVE-2017-15361): modulo each of those the
// key is a power of 65537. One sound key in 2^27 looks the same.
func roca(n *big.Int) bool {
	remainder := new(big.Int)
	for p := int64(3); p <= 167; p += 2 {
		if !big.NewInt(p).ProbablyPrime(0) {
			continue
		}
		if !powerOf(infineonBase%p, remainder.Mod(n, big.NewInt(p)).Int64(), p) {
			return false
		}
	}
	return true
}

// powerOf reports whether wanted is a power of base modulo p.
func powerOf(base, wanted, p int64) bool {
	power := int64(1)
	for range p {
		if power == wanted {
			return true
		}
		power = power * base % p
	}
	return false
}

// tooNear finds two primes that are so near each other that Fermat's method
// factors the key at once (CVE-2022-26320): n = a² - b² with a just above its
// root.
func tooNear(n *big.Int) bool {
	a := new(big.Int).Sqrt(n)
	square, root := new(big.Int), new(big.Int)
	for range fermatRounds {
		if square.Mul(a, a).Sub(square, n); square.Sign() >= 0 {
			root.Sqrt(square)
			if root.Mul(root, root).Cmp(square) == 0 {
				return true
			}
		}
		a.Add(a, big.NewInt(1))
	}
	return false
}
