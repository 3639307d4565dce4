package records_test

import (
	"fmt"
	"math/big"
	"testing"

	"campanile/collectors/records"
)

// TestPrimesWithAFormulaHaveTheirNames computes them: 2^n - 2^(n-64) - 1 + 2^64
// (floor(2^(n-130) c) + x), where c is e for RFC 7919 (appendix A) and pi for
// RFC 2409 and RFC 3526.
func TestPrimesWithAFormulaHaveTheirNames(t *testing.T) {
	t.Parallel()
	for _, p := range []struct {
		name string
		bits int
		c    func(bits int) *big.Int
		x    int64
	}{
		{"ffdhe", 2048, euler, 560316},
		{"ffdhe", 3072, euler, 2625351},
		{"ffdhe", 4096, euler, 5736041},
		{"ffdhe", 6144, euler, 15705020},
		{"ffdhe", 8192, euler, 10965728},
		{"modp", 768, pi, 149686},
		{"modp", 1024, pi, 129093},
		{"modp", 1536, pi, 741804},
		{"modp", 2048, pi, 124476},
		{"modp", 3072, pi, 1690314},
		{"modp", 4096, pi, 240904},
		{"modp", 6144, pi, 929484},
		{"modp", 8192, pi, 4743158},
	} {
		prime := p.c(p.bits - 130)
		prime.Add(prime, big.NewInt(p.x)).Lsh(prime, 64)
		prime.Add(prime, power(p.bits)).Sub(prime, power(p.bits-64)).Sub(prime, big.NewInt(1))
		want := fmt.Sprint(p.name, p.bits)
		if got := records.Prime(prime.Bytes()); got != want {
			t.Errorf("%s is %q", want, got)
		}
		if got := records.Prime(append([]byte{0, 0}, prime.Bytes()...)); got != want {
			t.Errorf("%s with leading zeros is %q", want, got)
		}
	}
}

const guard = 64 // bits that rounding may spoil

func power(n int) *big.Int { return new(big.Int).Lsh(big.NewInt(1), uint(n)) }

// euler gives floor(2^bits e) by the series of 1/n!.
func euler(bits int) *big.Int {
	sum, term := new(big.Int), power(bits+guard)
	for n := int64(1); term.Sign() > 0; n++ {
		sum.Add(sum, term)
		term.Quo(term, big.NewInt(n))
	}
	return sum.Rsh(sum, guard)
}

// pi gives floor(2^bits pi) by Machin's formula.
func pi(bits int) *big.Int {
	arctan := func(of int64) *big.Int {
		sum, square := new(big.Int), big.NewInt(of*of)
		power := new(big.Int).Quo(power(bits+guard), big.NewInt(of))
		for n := int64(1); power.Sign() > 0; n += 2 {
			term := new(big.Int).Quo(power, big.NewInt(n))
			if n%4 == 3 {
				term.Neg(term)
			}
			sum.Add(sum, term)
			power.Quo(power, square)
		}
		return sum
	}
	quarter := arctan(5)
	quarter.Mul(quarter, big.NewInt(4)).Sub(quarter, arctan(239))
	return quarter.Rsh(quarter.Mul(quarter, big.NewInt(4)), guard)
}
