package tls

// broadSuites are the suites that one hello offers: at least one that any server
// of the last twenty years takes, and fewer than the 64 after which some
// servers stop reading. Numbers and names are IANA's.
func broadSuites() []uint16 {
	return []uint16{
		0xc02b, // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
		0xc02c, // TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
		0xc02f, // TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
		0xc030, // TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
		0xcca9, // TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
		0xcca8, // TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
		0x009e, // TLS_DHE_RSA_WITH_AES_128_GCM_SHA256
		0x009f, // TLS_DHE_RSA_WITH_AES_256_GCM_SHA384
		0xccaa, // TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256
		0xc023, // TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256
		0xc024, // TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384
		0xc027, // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256
		0xc028, // TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384
		0xc009, // TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA
		0xc00a, // TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA
		0xc013, // TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
		0xc014, // TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA
		0x0067, // TLS_DHE_RSA_WITH_AES_128_CBC_SHA256
		0x006b, // TLS_DHE_RSA_WITH_AES_256_CBC_SHA256
		0x0033, // TLS_DHE_RSA_WITH_AES_128_CBC_SHA
		0x0039, // TLS_DHE_RSA_WITH_AES_256_CBC_SHA
		0x009c, // TLS_RSA_WITH_AES_128_GCM_SHA256
		0x009d, // TLS_RSA_WITH_AES_256_GCM_SHA384
		0x003c, // TLS_RSA_WITH_AES_128_CBC_SHA256
		0x003d, // TLS_RSA_WITH_AES_256_CBC_SHA256
		0x002f, // TLS_RSA_WITH_AES_128_CBC_SHA
		0x0035, // TLS_RSA_WITH_AES_256_CBC_SHA
		0x0041, // TLS_RSA_WITH_CAMELLIA_128_CBC_SHA
		0x0084, // TLS_RSA_WITH_CAMELLIA_256_CBC_SHA
		0x0045, // TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA
		0x0088, // TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA
		0xc008, // TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA
		0xc012, // TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA
		0x0016, // TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA
		0x000a, // TLS_RSA_WITH_3DES_EDE_CBC_SHA
		0xc007, // TLS_ECDHE_ECDSA_WITH_RC4_128_SHA
		0xc011, // TLS_ECDHE_RSA_WITH_RC4_128_SHA
		0x0005, // TLS_RSA_WITH_RC4_128_SHA
		0x0004, // TLS_RSA_WITH_RC4_128_MD5
	}
}

// helloGroups are the groups that a hello offers.
var helloGroups = []uint16{
	0x001d, // x25519
	0x0017, // secp256r1
	0x0018, // secp384r1
	0x0019, // secp521r1
	0x0100, // ffdhe2048
	0x0101, // ffdhe3072
}

// helloSchemes are the signature schemes that a hello for TLS 1.2 offers, weak
// ones included: what a server would rather not sign with is no reason for it
// to refuse the version.
var helloSchemes = []uint16{
	0x0403, // ecdsa_secp256r1_sha256
	0x0503, // ecdsa_secp384r1_sha384
	0x0603, // ecdsa_secp521r1_sha512
	0x0807, // ed25519
	0x0804, // rsa_pss_rsae_sha256
	0x0805, // rsa_pss_rsae_sha384
	0x0806, // rsa_pss_rsae_sha512
	0x0401, // rsa_pkcs1_sha256
	0x0501, // rsa_pkcs1_sha384
	0x0601, // rsa_pkcs1_sha512
	0x0203, // ecdsa_sha1
	0x0201, // rsa_pkcs1_sha1
}
