package namespaces

// Settings of nginx that plant a fault, and the suites of one that does.
const (
	shortField          = "ssl_dhparam certificates/dh1024.pem"
	signsSHA1           = "ssl_conf_command SignatureAlgorithms RSA+SHA1:RSA-PSS+SHA256"
	withoutMasterSecret = "ssl_conf_command Options -ExtendedMasterSecret"
	cipherBlocks        = "ECDHE-ECDSA-AES128-SHA256"
)

// handshakeTowns have faults that show in the handshake of TLS.
func handshakeTowns() []*town {
	return []*town{
		{
			Domain:      "comune.domani.example",
			Certificate: certificate{Age: -5 * day},
			Ciphers:     cipherBlocks + ":ECDHE-ECDSA-AES128-GCM-SHA256",
			Fails:       []string{"tls-certificate-not-yet-valid", "tls-cipher-order"},
			Facts: []string{
				"tls-cipher-order preferred=TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
				"tls-cipher-order good=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
			},
		},
		{
			Domain:      "comune.corto.example",
			Certificate: certificate{Short: true},
			Ciphers:     "ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
			Settings:    []string{shortField},
			Fails:       []string{"tls-certificate-key-weak", "tls-key-exchange-weak"},
			Facts: []string{
				"tls-certificate-key-weak kind=rsa-short",
				"tls-key-exchange-weak kind=dh-short", "tls-key-exchange-weak bits=1024",
			},
		},
		{
			Domain:      "comune.impronta.example",
			Certificate: certificate{RSA: true, SHA1: true},
			Ciphers:     "ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
			Settings:    []string{signsSHA1},
			Fails:       []string{"tls-certificate-signature-weak", "tls-signature-hash-weak"},
			Facts: []string{
				"tls-certificate-signature-weak signature=ECDSA-SHA1",
				"tls-signature-hash-weak scheme=rsa_pkcs1_sha1",
			},
			// The program verifies no signature with SHA-1, and so it does not know who
			// issued the certificate, nor whether either address shows a good one.
			Unknown: []string{
				"tls-certificate-untrusted", "tls-certificate-chain-incomplete", "tls-certificate-revoked",
				"tls-name-inconsistent", "dns-caa-invalid",
			},
		},
		{
			Domain:      "comune.revocato.example",
			Certificate: certificate{Revoked: true},
			Settings:    []string{withoutMasterSecret},
			Fails:       []string{"tls-certificate-revoked", "tls-extended-master-secret-missing"},
			Facts:       []string{"tls-certificate-revoked source=crl"},
		},
		{
			Domain:       "comune.storto.example",
			Certificate:  certificate{Signs: true},
			SixProtocols: "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
			Ciphers:      "HIGH:!aNULL:@SECLEVEL=0",
			Fails:        []string{"tls-certificate-malformed", "tls-version-obsolete", "tls-name-inconsistent"},
			Facts: []string{
				"tls-certificate-malformed lints=e_ext_key_usage_cert_sign_without_ca, e_key_usage_and_extended_key_usage_inconsistent",
				"tls-name-inconsistent kind=addresses", "tls-name-inconsistent what=strength", "tls-name-inconsistent difference=TLS 1.0",
			},
		},
		{
			Domain: "comune.rinegoziato.example",
			GnuTLS: true,
			// The page is the server's own and not the town's.
			Flags: []string{"--only", "dns,mail,tls"},
			Fails: []string{"tls-renegotiation-insecure"},
		},
	}
}
