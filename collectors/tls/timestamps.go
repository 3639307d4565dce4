package tls

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/ocsp"
)

// maxTimestamps bounds how many signed timestamps of one handshake are counted.
const maxTimestamps = 64

// logsOf counts the logs of certificate transparency whose signed timestamps came
// along (RFC 6962 section 3.3): in the certificate, in the handshake, in the
// staple. The signatures are not verified.
func logsOf(leaf *x509.Certificate, shaken [][]byte, response *ocsp.Response) int {
	all := slices.Clone(shaken[:min(len(shaken), maxTimestamps)])
	if leaf != nil {
		all = append(all, timestampsIn(extensionOf(leaf.Extensions, asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}))...)
	}
	if response != nil {
		all = append(all, timestampsIn(extensionOf(response.Extensions, asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 5}))...)
	}
	logs := map[string]bool{}
	for _, timestamp := range all {
		if id, ok := logOf(timestamp); ok {
			logs[id] = true
		}
	}
	return len(logs)
}

// timestampsIn reads a SignedCertificateTimestampList in its OCTET STRING.
func timestampsIn(extension []byte) [][]byte {
	var inner []byte
	if _, err := asn1.Unmarshal(extension, &inner); err != nil {
		return nil
	}
	var list, each cryptobyte.String
	s := cryptobyte.String(inner)
	if !s.ReadUint16LengthPrefixed(&list) {
		return nil
	}
	var found [][]byte
	for len(found) < maxTimestamps && list.ReadUint16LengthPrefixed(&each) {
		found = append(found, each)
	}
	return found
}

// logOf gives the log of a timestamp of version 1 (RFC 6962 section 3.2).
func logOf(timestamp []byte) (string, bool) {
	var version uint8
	var log []byte
	s := cryptobyte.String(timestamp)
	ok := s.ReadUint8(&version) && version == 0 && s.ReadBytes(&log, 32)
	return string(log), ok
}
