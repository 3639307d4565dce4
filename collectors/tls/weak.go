package tls

import (
	"context"
	"slices"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/observe"
)

// weakSuite is a cipher suite that no server should accept.
type weakSuite struct {
	number uint16
	name   string // IANA
	class  string // null, anonymous, export, des, rc4, 3des or static-key
}

// staticKey is the class of suites that are safe but for one thing: who gets
// hold of the server's key reads all that was ever sent (RFC 9325 section 4.1).
const staticKey = "static-key"

// weakSuites lists them, the worst first: a server that goes by the client's
// order then shows its worst. They are fewer than the 64 after which some
// servers stop reading. RFC 9325 section 4.1 rules out null, export, RC4 and
// anything below 112 bits, and advises against the rest.
var weakSuites = []weakSuite{
	{0x0001, "TLS_RSA_WITH_NULL_MD5", "null"},
	{0x0002, "TLS_RSA_WITH_NULL_SHA", "null"},
	{0x003b, "TLS_RSA_WITH_NULL_SHA256", "null"},
	{0xc006, "TLS_ECDHE_ECDSA_WITH_NULL_SHA", "null"},
	{0xc010, "TLS_ECDHE_RSA_WITH_NULL_SHA", "null"},
	{0xc015, "TLS_ECDH_anon_WITH_NULL_SHA", "null"},
	{0x0018, "TLS_DH_anon_WITH_RC4_128_MD5", "anonymous"},
	{0x001a, "TLS_DH_anon_WITH_DES_CBC_SHA", "anonymous"},
	{0x001b, "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA", "anonymous"},
	{0x0034, "TLS_DH_anon_WITH_AES_128_CBC_SHA", "anonymous"},
	{0x003a, "TLS_DH_anon_WITH_AES_256_CBC_SHA", "anonymous"},
	{0x006c, "TLS_DH_anon_WITH_AES_128_CBC_SHA256", "anonymous"},
	{0x006d, "TLS_DH_anon_WITH_AES_256_CBC_SHA256", "anonymous"},
	{0x00a6, "TLS_DH_anon_WITH_AES_128_GCM_SHA256", "anonymous"},
	{0x00a7, "TLS_DH_anon_WITH_AES_256_GCM_SHA384", "anonymous"},
	{0xc016, "TLS_ECDH_anon_WITH_RC4_128_SHA", "anonymous"},
	{0xc017, "TLS_ECDH_anon_WITH_3DES_EDE_CBC_SHA", "anonymous"},
	{0xc018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA", "anonymous"},
	{0xc019, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA", "anonymous"},
	{0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5", "export"},
	{0x0006, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5", "export"},
	{0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", "export"},
	{0x0014, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", "export"},
	{0x0017, "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5", "export"},
	{0x0019, "TLS_DH_anon_EXPORT_WITH_DES40_CBC_SHA", "export"},
	{0x0009, "TLS_RSA_WITH_DES_CBC_SHA", "des"},
	{0x0015, "TLS_DHE_RSA_WITH_DES_CBC_SHA", "des"},
	{0x0004, "TLS_RSA_WITH_RC4_128_MD5", "rc4"},
	{0x0005, "TLS_RSA_WITH_RC4_128_SHA", "rc4"},
	{0xc002, "TLS_ECDH_ECDSA_WITH_RC4_128_SHA", "rc4"},
	{0xc007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", "rc4"},
	{0xc00c, "TLS_ECDH_RSA_WITH_RC4_128_SHA", "rc4"},
	{0xc011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "rc4"},
	{0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "3des"},
	{0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", "3des"},
	{0xc003, "TLS_ECDH_ECDSA_WITH_3DES_EDE_CBC_SHA", "3des"},
	{0xc008, "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA", "3des"},
	{0xc00d, "TLS_ECDH_RSA_WITH_3DES_EDE_CBC_SHA", "3des"},
	{0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "3des"},
	{0x0007, "TLS_RSA_WITH_IDEA_CBC_SHA", staticKey},
	{0x0096, "TLS_RSA_WITH_SEED_CBC_SHA", staticKey},
	{0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA", staticKey},
	{0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA", staticKey},
	{0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256", staticKey},
	{0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256", staticKey},
	{0x0041, "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA", staticKey},
	{0x0084, "TLS_RSA_WITH_CAMELLIA_256_CBC_SHA", staticKey},
	{0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256", staticKey},
	{0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384", staticKey},
	{0xc09c, "TLS_RSA_WITH_AES_128_CCM", staticKey},
	{0xc09d, "TLS_RSA_WITH_AES_256_CCM", staticKey},
	{0xc004, "TLS_ECDH_ECDSA_WITH_AES_128_CBC_SHA", staticKey},
	{0xc005, "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA", staticKey},
	{0xc00e, "TLS_ECDH_RSA_WITH_AES_128_CBC_SHA", staticKey},
	{0xc00f, "TLS_ECDH_RSA_WITH_AES_256_CBC_SHA", staticKey},
	{0xc02d, "TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256", staticKey},
	{0xc02e, "TLS_ECDH_ECDSA_WITH_AES_256_GCM_SHA384", staticKey},
	{0xc031, "TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256", staticKey},
	{0xc032, "TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384", staticKey},
	{0x0031, "TLS_DH_RSA_WITH_AES_128_CBC_SHA", staticKey},
	{0x0037, "TLS_DH_RSA_WITH_AES_256_CBC_SHA", staticKey},
}

// WeakSuites says whether the server accepts one of the weak suites up to TLS
// 1.2, given what the full handshake showed. One that takes a static key is
// asked once more for what is worse than that.
func (p Prober) WeakSuites(ctx context.Context, full evidence.Handshake) evidence.SuiteOffer {
	weak := slices.DeleteFunc(slices.Clone(weakSuites), func(s weakSuite) bool {
		return p.Unverified && s.class == "anonymous" && strings.Contains(s.name, "_AES_")
	})
	offer := p.offerOnly(ctx, full, weak)
	if offer.Class != staticKey {
		return offer
	}
	isStatic := func(s weakSuite) bool { return s.class == staticKey }
	worse := p.offerOnly(ctx, full, slices.DeleteFunc(weak, isStatic))
	if worse.State == evidence.Seen {
		return worse
	}
	return offer
}

// offerOnly sends a hello with these suites alone. As with versions, an alert is
// a no when the server speaks TLS with us at all.
func (p Prober) offerOnly(ctx context.Context, full evidence.Handshake, list []weakSuite) evidence.SuiteOffer {
	offered := hello{version: 0x0303, name: p.Name}
	for _, suite := range list {
		offered.suites = append(offered.suites, suite.number)
	}
	first, err := p.send(ctx, offered)
	now := p.Session.Now()
	taken := slices.IndexFunc(list, func(s weakSuite) bool { return s.number == first.suite })
	switch {
	case first.version != 0 && taken < 0:
		return evidence.SuiteOffer{Observation: evidence.UnknownAt(now, evidence.Malformed, "the server answers with a suite that was not offered")}
	case first.alert != nil && first.version == 0 && (full.State == evidence.Seen || *first.alert == alertProtocolVersion):
		return evidence.SuiteOffer{Observation: evidence.AbsentAt(now)}
	case first.alert != nil:
		return evidence.SuiteOffer{Observation: evidence.UnknownAt(now, evidence.TLSAlert, first.alert.String())}
	case first.version != 0:
		return evidence.SuiteOffer{Observation: evidence.SeenAt(now), Suite: list[taken].name, Class: list[taken].class}
	}
	return evidence.SuiteOffer{Observation: observe.Failure(now, err)}
}
