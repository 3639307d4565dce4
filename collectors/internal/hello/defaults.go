package hello

// DefaultGroups are the groups that a hello for a version offers. The finite
// fields of RFC 7919 stand only in hellos for TLS 1.3: before, naming one would
// forbid a server its own (section 4), and its own is what we want to see.
func DefaultGroups(version uint16) []uint16 {
	curves := []uint16{
		0x001d, // x25519
		0x0017, // secp256r1
		0x0018, // secp384r1
		0x0019, // secp521r1
		0x001e, // x448
	}
	if version < newest {
		return curves
	}
	return append(curves,
		0x11ec, // X25519MLKEM768
		0x11eb, // SecP256r1MLKEM768
		0x11ed, // SecP384r1MLKEM1024
		0x0100, // ffdhe2048
		0x0101, // ffdhe3072
		0x0102, // ffdhe4096
	)
}

// DefaultSchemes are the signature schemes that a hello offers from TLS 1.2 on,
// weak ones last: what a server would rather not sign with is no reason for it
// to refuse the hello.
func DefaultSchemes() []uint16 {
	return []uint16{
		0x0403, // ecdsa_secp256r1_sha256
		0x0503, // ecdsa_secp384r1_sha384
		0x0603, // ecdsa_secp521r1_sha512
		0x0807, // ed25519
		0x0808, // ed448
		0x0804, // rsa_pss_rsae_sha256
		0x0805, // rsa_pss_rsae_sha384
		0x0806, // rsa_pss_rsae_sha512
		0x0809, // rsa_pss_pss_sha256
		0x080a, // rsa_pss_pss_sha384
		0x080b, // rsa_pss_pss_sha512
		0x0401, // rsa_pkcs1_sha256
		0x0501, // rsa_pkcs1_sha384
		0x0601, // rsa_pkcs1_sha512
		0x0402, // dsa_sha256
		0x0303, // ecdsa_sha224
		0x0301, // rsa_pkcs1_sha224
		0x0203, // ecdsa_sha1
		0x0201, // rsa_pkcs1_sha1
		0x0202, // dsa_sha1
	}
}
