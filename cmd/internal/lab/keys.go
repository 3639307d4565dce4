package lab

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"fmt"
	"io"
)

// seed is the same for the same purpose in every start. The keys made of it are
// no secret: anybody can make them again, so nothing real may ever trust them.
func seed(purpose string) []byte {
	sum := sha256.Sum256([]byte("campanile lab, not a secret: " + purpose))
	return sum[:]
}

func p256(purpose string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), seed(purpose))
	if err != nil {
		return nil, fmt.Errorf("making the key of %s: %w", purpose, err)
	}
	return key, nil
}

func edwards(purpose string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(seed(purpose))
}

// steady signs without randomness (RFC 6979), whatever source its caller
// offers, so that two starts give equal bytes.
type steady struct{ key crypto.Signer }

var _ crypto.Signer = steady{}

func (s steady) Public() crypto.PublicKey { return s.key.Public() }

func (s steady) Sign(_ io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error) {
	return s.key.Sign(nil, digest, options)
}
