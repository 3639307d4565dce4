package lab

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
)

// pair is the two primes of an RSA key, in hexadecimal. They stand here because
// anybody may know them: nothing real may ever trust a key of the lab.
type pair struct{ p, q string }

// short makes a key of 1024 bits, which is too short.
func short() pair {
	return pair{
		"d1763458b070c4d4e593eb2617368c0071a0894faa5c77872b515c2187fd5aa84e1979d03dcc2c115f2de0ccdef06c2c29226e3254d7a0036a0fe15722b45c5b",
		"f9e666f877b1e2eb4fc2c6ec9c8ebef70f8e68b8dd7dcc010c9aa1351f98a79c2fb463ad29b4e541fad2ab764d0d71adc59bdc916a53ad06098afc76456056ab",
	}
}

// long makes a key of 2048 bits.
func long() pair {
	return pair{
		"e154a9ea380b3f9b6690d05debbdf079c848356da1d098913169691b9bf945d569bcdb313c5720de6c35e138b008300f4af30ebd7a94aebba0e119247870049d" +
			"cfdbfe87f1d8b46da6e39ce005b10c8054bae2ae9a57387efe854cb866939d7be830e464de38f7079536e0c4e12edb9a76ed933046ef51a0cf481e71b168b02d",
		"fc7310f2640dfa0f0d931cdf0fa68e7b36179dc3a0464e7db6ddb1fe678ad83d8ee13215c0691c151f4bf4e6c620c54dc2c7e84b8d3c99c9ac04de949ca8f49b" +
			"7f82ce09d159d191a369e0bdd951e970c8ae5ec4bd9809f85e0e71497cfb63a0a0c4efdb0a53d5d74c3e68ffd90b28e1d1d92744e3f639dc3a1813b099977017",
	}
}

// rsaKey makes the private key of two primes (RFC 8017 section 3.2).
func rsaKey(of pair) (*rsa.PrivateKey, error) {
	p, okP := new(big.Int).SetString(of.p, 16)
	q, okQ := new(big.Int).SetString(of.q, 16)
	if !okP || !okQ {
		return nil, errors.New("making an RSA key: a prime is no number")
	}
	const exponent = 65537
	one := big.NewInt(1)
	totient := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: exponent},
		D:         new(big.Int).ModInverse(big.NewInt(exponent), totient),
		Primes:    []*big.Int{p, q},
	}
	key.Precompute()
	if err := key.Validate(); err != nil {
		return nil, fmt.Errorf("making an RSA key: %w", err)
	}
	return key, nil
}
