package tls

import "campanile/collectors/records"

// staticKey is the class of suites that are safe but for one thing: who gets
// hold of the server's key reads all that was ever sent (RFC 9325 section 4.1).
const staticKey = "static-key"

// weakSuites are the suites that no server should accept, as far as one hello can
// hold those that servers have, the worst first: a server that goes by the
// client's order then shows its worst. They are fewer than the 64 after which
// some servers stop reading. RFC 9325 section 4.1 rules out null, export, RC4 and
// anything below 112 bits, and advises against the rest.
func weakSuites() []records.Suite {
	var list []records.Suite
	for _, number := range []uint16{
		0x0001, // TLS_RSA_WITH_NULL_MD5
		0x0002, // TLS_RSA_WITH_NULL_SHA
		0x003b, // TLS_RSA_WITH_NULL_SHA256
		0xc006, // TLS_ECDHE_ECDSA_WITH_NULL_SHA
		0xc010, // TLS_ECDHE_RSA_WITH_NULL_SHA
		0xc015, // TLS_ECDH_anon_WITH_NULL_SHA
		0x0018, // TLS_DH_anon_WITH_RC4_128_MD5
		0x001a, // TLS_DH_anon_WITH_DES_CBC_SHA
		0x001b, // TLS_DH_anon_WITH_3DES_EDE_CBC_SHA
		0x0034, // TLS_DH_anon_WITH_AES_128_CBC_SHA
		0x003a, // TLS_DH_anon_WITH_AES_256_CBC_SHA
		0x006c, // TLS_DH_anon_WITH_AES_128_CBC_SHA256
		0x006d, // TLS_DH_anon_WITH_AES_256_CBC_SHA256
		0x00a6, // TLS_DH_anon_WITH_AES_128_GCM_SHA256
		0x00a7, // TLS_DH_anon_WITH_AES_256_GCM_SHA384
		0xc016, // TLS_ECDH_anon_WITH_RC4_128_SHA
		0xc017, // TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA
		0xc018, // TLS_ECDH_anon_WITH_AES_128_CBC_SHA
		0xc019, // TLS_ECDH_anon_WITH_AES_256_CBC_SHA
		0x0017, // TLS_DH_anon_EXPORT_WITH_RC4_40_MD5
		0x0019, // TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA
		0x0003, // TLS_RSA_EXPORT_WITH_RC4_40_MD5
		0x0006, // TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5
		0x0008, // TLS_RSA_EXPORT_WITH_DES40_CBC_SHA
		0x0014, // TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA
		0x0009, // TLS_RSA_WITH_DES_CBC_SHA
		0x0015, // TLS_DHE_RSA_WITH_DES_CBC_SHA
		0x0004, // TLS_RSA_WITH_RC4_128_MD5
		0x0005, // TLS_RSA_WITH_RC4_128_SHA
		0xc002, // TLS_ECDH_ECDSA_WITH_RC4_128_SHA
		0xc007, // TLS_ECDHE_ECDSA_WITH_RC4_128_SHA
		0xc00c, // TLS_ECDH_RSA_WITH_RC4_128_SHA
		0xc011, // TLS_ECDHE_RSA_WITH_RC4_128_SHA
		0x000a, // TLS_RSA_WITH_3DES_EDE_CBC_SHA
		0x0016, // TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA
		0xc003, // TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA
		0xc008, // TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA
		0xc00d, // TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA
		0xc012, // TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA
		0x0007, // TLS_RSA_WITH_IDEA_CBC_SHA
		0x0096, // TLS_RSA_WITH_SEED_CBC_SHA
		0x002f, // TLS_RSA_WITH_AES_128_CBC_SHA
		0x0035, // TLS_RSA_WITH_AES_256_CBC_SHA
		0x003c, // TLS_RSA_WITH_AES_128_CBC_SHA256
		0x003d, // TLS_RSA_WITH_AES_256_CBC_SHA256
		0x0041, // TLS_RSA_WITH_CAMELLIA_128_CBC_SHA
		0x0084, // TLS_RSA_WITH_CAMELLIA_256_CBC_SHA
		0x009c, // TLS_RSA_WITH_AES_128_GCM_SHA256
		0x009d, // TLS_RSA_WITH_AES_256_GCM_SHA384
		0xc09c, // TLS_RSA_WITH_AES_128_CCM
		0xc09d, // TLS_RSA_WITH_AES_256_CCM
		0xc004, // TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA
		0xc005, // TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA
		0xc00e, // TLS_ECDH_RSA_WITH_AES_128_CBC_SHA
		0xc00f, // TLS_ECDH_RSA_WITH_AES_256_CBC_SHA
		0xc02d, // TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256
		0xc02e, // TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384
		0xc031, // TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256
		0xc032, // TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384
		0x0031, // TLS_DH_RSA_WITH_AES_128_CBC_SHA
		0x0037, // TLS_DH_RSA_WITH_AES_256_CBC_SHA
	} {
		if suite, ok := records.SuiteByNumber(number); ok {
			list = append(list, suite)
		}
	}
	return list
}
