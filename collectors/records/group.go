package records

import "slices"

// Group is a group for the exchange of keys, from IANA's registry of supported
// groups (RFC 8422 section 5.1.1, RFC 7919 section 2).
type Group struct {
	Number uint16
	Name   string // IANA
	Kind   string // ec, ffdhe, hybrid (a curve and ML-KEM together), kem (ML-KEM alone)
	// Bits is the size of the curve's field, in a hybrid group of its curve, or
	// of the prime; 0 where there is neither.
	Bits int
	// PostQuantum says that ML-KEM (FIPS 203) is in it; the drafts with Kyber,
	// which no client offers any more, do not count.
	PostQuantum bool
}

// Kinds of groups.
const (
	kindCurve  = "ec"
	kindFinite = "ffdhe"
	kindHybrid = "hybrid"
	kindKEM    = "kem"
)

var groups = []Group{
	{1, "sect163k1", kindCurve, 163, false},
	{2, "sect163r1", kindCurve, 163, false},
	{3, "sect163r2", kindCurve, 163, false},
	{4, "sect193r1", kindCurve, 193, false},
	{5, "sect193r2", kindCurve, 193, false},
	{6, "sect233k1", kindCurve, 233, false},
	{7, "sect233r1", kindCurve, 233, false},
	{8, "sect239k1", kindCurve, 239, false},
	{9, "sect283k1", kindCurve, 283, false},
	{10, "sect283r1", kindCurve, 283, false},
	{11, "sect409k1", kindCurve, 409, false},
	{12, "sect409r1", kindCurve, 409, false},
	{13, "sect571k1", kindCurve, 571, false},
	{14, "sect571r1", kindCurve, 571, false},
	{15, "secp160k1", kindCurve, 160, false},
	{16, "secp160r1", kindCurve, 160, false},
	{17, "secp160r2", kindCurve, 160, false},
	{18, "secp192k1", kindCurve, 192, false},
	{19, "secp192r1", kindCurve, 192, false},
	{20, "secp224k1", kindCurve, 224, false},
	{21, "secp224r1", kindCurve, 224, false},
	{22, "secp256k1", kindCurve, 256, false},
	{23, "secp256r1", kindCurve, 256, false},
	{24, "secp384r1", kindCurve, 384, false},
	{25, "secp521r1", kindCurve, 521, false},
	{26, "brainpoolP256r1", kindCurve, 256, false},
	{27, "brainpoolP384r1", kindCurve, 384, false},
	{28, "brainpoolP512r1", kindCurve, 512, false},
	{29, "x25519", kindCurve, 255, false},
	{30, "x448", kindCurve, 448, false},
	{31, "brainpoolP256r1tls13", kindCurve, 256, false},
	{32, "brainpoolP384r1tls13", kindCurve, 384, false},
	{33, "brainpoolP512r1tls13", kindCurve, 512, false},
	{41, "curveSM2", kindCurve, 256, false},
	{256, "ffdhe2048", kindFinite, 2048, false},
	{257, "ffdhe3072", kindFinite, 3072, false},
	{258, "ffdhe4096", kindFinite, 4096, false},
	{259, "ffdhe6144", kindFinite, 6144, false},
	{260, "ffdhe8192", kindFinite, 8192, false},
	{512, "MLKEM512", kindKEM, 0, true},
	{513, "MLKEM768", kindKEM, 0, true},
	{514, "MLKEM1024", kindKEM, 0, true},
	{4587, "SecP256r1MLKEM768", kindHybrid, 256, true},
	{4588, "X25519MLKEM768", kindHybrid, 255, true},
	{4589, "SecP384r1MLKEM1024", kindHybrid, 384, true},
	{4590, "curveSM2MLKEM768", kindHybrid, 256, true},
	{25497, "X25519Kyber768Draft00", kindHybrid, 255, false},
	{25498, "SecP256r1Kyber768Draft00", kindHybrid, 256, false},
}

// Groups gives every group, by number: without the curves of GOST and the
// curves that a server makes up itself (0xff01, 0xff02).
func Groups() []Group { return slices.Clone(groups) }

// GroupByNumber gives the group with the number of IANA.
func GroupByNumber(number uint16) (Group, bool) {
	return groupBy(func(g Group) bool { return g.Number == number })
}

// GroupByName gives the group with the name of IANA.
func GroupByName(name string) (Group, bool) {
	return groupBy(func(g Group) bool { return g.Name == name })
}

func groupBy(wanted func(Group) bool) (Group, bool) {
	i := slices.IndexFunc(groups, wanted)
	if i < 0 {
		return Group{}, false
	}
	return groups[i], true
}
