package tls

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"slices"
	"strings"
)

// session has the keys of a finished TLS 1.2 handshake with AES-GCM, for the one
// record that crypto/tls would not write.
type session struct {
	client, server direction
}

// direction is one side's half (RFC 5288 section 3).
type direction struct {
	gcm      cipher.AEAD
	salt     []byte
	sequence uint64
}

var errKeyLog = errors.New("crypto/tls gave no master secret")

// newSession derives the keys (RFC 5246 section 6.3) from what crypto/tls wrote
// to its key log, a line of CLIENT_RANDOM, random and master secret.
func newSession(suite uint16, log string, serverRandom []byte) (*session, error) {
	fields := strings.Fields(log)
	if len(fields) != 3 {
		return nil, errKeyLog
	}
	clientRandom, err := hex.DecodeString(fields[1])
	if err != nil {
		return nil, errKeyLog
	}
	master, err := hex.DecodeString(fields[2])
	if err != nil {
		return nil, errKeyLog
	}
	const salt = 4
	sum, key := strength(suite)
	block := expand(sum, master, "key expansion", slices.Concat(serverRandom, clientRandom), 2*(key+salt))
	ours, err := newDirection(block[:key], block[2*key:][:salt])
	if err != nil {
		return nil, err
	}
	theirs, err := newDirection(block[key:][:key], block[2*key+salt:])
	return &session{ours, theirs}, err
}

// strength gives hash and length of the keys of a suite.
func strength(suite uint16) (sum func() hash.Hash, key int) {
	switch suite {
	case tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_RSA_WITH_AES_256_GCM_SHA384:
		return sha512.New384, 32
	}
	return sha256.New, 16
}

// newDirection begins after the Finished, which was record 0.
func newDirection(key, salt []byte) (direction, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return direction{}, err
	}
	gcm, err := cipher.NewGCM(block)
	return direction{gcm: gcm, salt: salt, sequence: 1}, err
}

// expand is the pseudo-random function of RFC 5246 section 5.
func expand(sum func() hash.Hash, secret []byte, label string, seed []byte, length int) []byte {
	seed = append([]byte(label), seed...)
	a, list := seed, []byte(nil)
	for len(list) < length {
		a = keyed(sum, secret, a)
		list = append(list, keyed(sum, secret, a, seed)...)
	}
	return list[:length]
}

func keyed(sum func() hash.Hash, secret []byte, parts ...[]byte) []byte {
	mac := hmac.New(sum, secret)
	for _, part := range parts {
		_, _ = mac.Write(part) // never fails, says its documentation
	}
	return mac.Sum(nil)
}

// seal gives a record with a body that only the other side reads (RFC 5246
// section 6.2.3.3). The explicit part of its nonce is the sequence number, which
// never comes twice.
func (d *direction) seal(kind byte, body []byte) []byte {
	explicit := binary.BigEndian.AppendUint64(nil, d.sequence)
	sealed := d.gcm.Seal(nil, slices.Concat(d.salt, explicit), body, d.bound(kind, len(body)))
	d.sequence++
	record := binary.BigEndian.AppendUint16([]byte{kind, 3, 3}, uint16(len(explicit)+len(sealed)))
	return slices.Concat(record, explicit, sealed)
}

var errSealed = errors.New("a record that the keys do not open")

// open gives the body of a record.
func (d *direction) open(kind byte, sealed []byte) ([]byte, error) {
	const explicit = 8
	if len(sealed) < explicit+d.gcm.Overhead() {
		return nil, errSealed
	}
	length := len(sealed) - explicit - d.gcm.Overhead()
	body, err := d.gcm.Open(nil, slices.Concat(d.salt, sealed[:explicit]), sealed[explicit:], d.bound(kind, length))
	if err != nil {
		return nil, errSealed
	}
	d.sequence++
	return body, nil
}

// bound is what a record is sealed together with.
func (d *direction) bound(kind byte, length int) []byte {
	list := binary.BigEndian.AppendUint64(nil, d.sequence)
	return binary.BigEndian.AppendUint16(append(list, kind, 3, 3), uint16(length))
}
