package records

import (
	"encoding/asn1"
	"errors"
	"math/big"
)

// rsaPublicKey is the RSAPublicKey of RFC 8017 appendix A.1.1.
type rsaPublicKey struct{ Modulus, Exponent *big.Int }

// subjectPublicKeyInfo is the frame of a public key (RFC 5280 section 4.1.2.7).
type subjectPublicKeyInfo struct {
	Algorithm struct {
		OID        asn1.ObjectIdentifier
		Parameters asn1.RawValue `asn1:"optional"`
	}
	Key asn1.BitString
}

// rsaEncryption names RSA keys (RFC 8017 appendix A.1).
const rsaEncryption = "1.2.840.113549.1.1.1"

// rsaBits gives the size of an RSA key in DER. RFC 6376 section 3.6.1 speaks of
// a bare RSAPublicKey, its erratum 3017 of a SubjectPublicKeyInfo, as all write.
func rsaBits(der []byte) (bits int, bare bool, err error) {
	var info subjectPublicKeyInfo
	if rest, err := asn1.Unmarshal(der, &info); err == nil && len(rest) == 0 {
		if info.Algorithm.OID.String() != rsaEncryption {
			return 0, false, errors.New("p: the key inside is not an RSA key")
		}
		bits, err := modulusBits(info.Key.Bytes)
		return bits, false, err
	}
	bits, err = modulusBits(der)
	return bits, err == nil, err
}

func modulusBits(der []byte) (int, error) {
	var key rsaPublicKey
	rest, err := asn1.Unmarshal(der, &key)
	if err != nil || len(rest) > 0 || key.Modulus.Sign() <= 0 || key.Exponent.Sign() <= 0 {
		return 0, errors.New("p: not an RSA public key in DER; it may be cut off")
	}
	return key.Modulus.BitLen(), nil
}
