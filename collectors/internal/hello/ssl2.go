package hello

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Messages and sizes of SSL 2.0 (draft-hickman-netscape-ssl-00 section C).
const (
	ssl2Version     = 0x0002
	ssl2Error       = 0
	ssl2ClientHello = 1
	ssl2ServerHello = 4
	ssl2Challenge   = 16

	maxSSL2Suites = 32
)

// ssl2Suites are the suites of the draft with the three that followed it in
// libraries of the time.
var ssl2Suites = []struct {
	number uint32
	name   string
}{
	{0x010080, "SSL_CK_RC4_128_WITH_MD5"},
	{0x020080, "SSL_CK_RC4_128_EXPORT40_WITH_MD5"},
	{0x030080, "SSL_CK_RC2_128_CBC_WITH_MD5"},
	{0x040080, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5"},
	{0x050080, "SSL_CK_IDEA_128_CBC_WITH_MD5"},
	{0x060040, "SSL_CK_DES_64_CBC_WITH_MD5"},
	{0x060140, "SSL_CK_DES_64_CBC_WITH_SHA"},
	{0x0700c0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"},
	{0x0701c0, "SSL_CK_DES_192_EDE3_CBC_WITH_SHA"},
	{0x080080, "SSL_CK_RC4_64_WITH_MD5"},
}

// SSL2Record gives the CLIENT-HELLO of SSL 2.0 with all its suites. It offers
// SSL 2.0 alone: RFC 6176 forbids its use, not the question.
func SSL2Record() []byte {
	challenge := make([]byte, ssl2Challenge)
	_, _ = rand.Read(challenge) // never fails, says its documentation
	var suites []byte
	for _, suite := range ssl2Suites {
		suites = append(suites, byte(suite.number>>16), byte(suite.number>>8), byte(suite.number))
	}
	message := slices.Concat(
		[]byte{ssl2ClientHello}, pair(ssl2Version),
		pair(uint16(len(suites))), pair(0), pair(ssl2Challenge),
		suites, challenge,
	)
	return append(pair(0x8000|uint16(len(message))), message...)
}

// SSL2Answer is the SERVER-HELLO of SSL 2.0. A server may take the version and
// yet list no suite.
type SSL2Answer struct {
	Suites      []string // in the order of the server, unknown ones by number; at most 32
	Certificate []byte
}

// ErrRefused is the ERROR message of SSL 2.0: the server knows the version and
// takes none of its suites.
var ErrRefused = errors.New("refused by an error of SSL 2.0")

// ReadSSL2 reads the answer to SSL2Record. A refusal is an error, too: errors.As
// finds the Alert of a server that knows only TLS, errors.Is finds ErrRefused.
// Every other error leaves the question open.
func ReadSSL2(r io.Reader) (SSL2Answer, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return SSL2Answer{}, err
	}
	if head[0] == RecordAlert && head[1] == 3 {
		return SSL2Answer{}, readRefusal(r, head)
	}
	message, err := readSSL2Record(r, head)
	switch {
	case err != nil:
		return SSL2Answer{}, err
	case len(message) == 3 && message[0] == ssl2Error:
		return SSL2Answer{}, fmt.Errorf("%w: error %d", ErrRefused, binary.BigEndian.Uint16(message[1:]))
	}
	return readSSL2Hello(message)
}

// readRefusal reads the alert with which a server of TLS answers. Whatever its
// level: the server does not go on.
func readRefusal(r io.Reader, head [2]byte) error {
	var rest [3]byte
	if _, err := io.ReadFull(r, rest[:]); err != nil {
		return err
	}
	_, body, err := readRest(r, [5]byte{head[0], head[1], rest[0], rest[1], rest[2]})
	if err != nil {
		return err
	}
	alert, _, err := readAlert(body)
	if err != nil {
		return err
	}
	return alert
}

// readSSL2Record reads a record without padding, which is one before there are
// keys; its length has 15 bits.
func readSSL2Record(r io.Reader, head [2]byte) ([]byte, error) {
	length := binary.BigEndian.Uint16(head[:])
	if length < 0x8000 {
		return nil, fmt.Errorf("%w: it begins with % x", ErrMalformed, head)
	}
	message := make([]byte, length&0x7fff)
	_, err := io.ReadFull(r, message)
	return message, err
}

// readSSL2Hello reads a SERVER-HELLO: type, session hit, certificate type,
// version, three lengths and what they measure.
func readSSL2Hello(message []byte) (SSL2Answer, error) {
	const fixed = 11
	if len(message) < fixed || message[0] != ssl2ServerHello || binary.BigEndian.Uint16(message[3:]) != ssl2Version {
		return SSL2Answer{}, fmt.Errorf("%w: a SERVER-HELLO of %d bytes", ErrMalformed, len(message))
	}
	certificate := int(binary.BigEndian.Uint16(message[5:]))
	suites := int(binary.BigEndian.Uint16(message[7:]))
	connection := int(binary.BigEndian.Uint16(message[9:]))
	if len(message) != fixed+certificate+suites+connection || suites%3 != 0 {
		return SSL2Answer{}, fmt.Errorf("%w: a SERVER-HELLO with wrong lengths", ErrMalformed)
	}
	answer := SSL2Answer{Certificate: message[fixed : fixed+certificate]}
	list := message[fixed+certificate:][:suites]
	for len(list) > 0 && len(answer.Suites) < maxSSL2Suites {
		answer.Suites = append(answer.Suites, ssl2Name(list))
		list = list[3:]
	}
	return answer, nil
}

func ssl2Name(suite []byte) string {
	number := uint32(suite[0])<<16 | uint32(suite[1])<<8 | uint32(suite[2])
	for _, known := range ssl2Suites {
		if known.number == number {
			return known.name
		}
	}
	return fmt.Sprintf("0x%06x", number)
}
