package tls

import (
	_ "github.com/zmap/zcrypto/x509"
	_ "github.com/zmap/zlint/v3"
	_ "golang.org/x/crypto/ocsp"
)
