package dnssec

import (
	"strings"

	"github.com/miekg/dns"

	"campanile/collectors/internal/observe"
)

// maxHashes bounds the names hashed for one denial (CVE-2023-50868), each with
// at most maxIterations rounds. Names with more labels than this do not come up
// in honest zones.
const maxHashes = 40

// hashed is the validated NSEC3 records of one zone with equal parameters (RFC
// 5155 section 3), and the hashes that were worked out for them.
type hashed struct {
	zone       string
	iterations uint16
	salt       string
	records    []*dns.NSEC3
	known      map[string]string
	left       int
}

// newHashed takes the records that we read. Of records with other parameters
// than the first, a validator may think what it likes (RFC 5155 section 8.2).
func newHashed(zone string, records []*dns.NSEC3) *hashed {
	h := &hashed{zone: zone, known: map[string]string{}, left: maxHashes}
	for _, rr := range records {
		if len(h.records) == 0 {
			h.iterations, h.salt = rr.Iterations, rr.Salt
		}
		if rr.Iterations == h.iterations && rr.Salt == h.salt && parent(dns.CanonicalName(rr.Hdr.Name)) == zone {
			h.records = append(h.records, rr)
		}
	}
	return h
}

// readable reports whether the record is of a kind that we know. RFC 5155
// sections 8.1 and 8.2: unknown algorithms and flags say nothing.
func readable(rr *dns.NSEC3) bool { return rr.Hash == dns.SHA1 && rr.Flags <= 1 && rr.HashLength == 20 }

// usable reports whether there is anything to read. Records that hash too often
// say nothing (RFC 9276 section 3.2).
func (h *hashed) usable() bool {
	return h != nil && len(h.records) > 0 && h.iterations <= maxIterations
}

func (h *hashed) exhausted() bool { return h != nil && h.left < 0 }

// hash works out the hash of a name once, while there is work left.
func (h *hashed) hash(name string) string {
	if known, ok := h.known[name]; ok {
		return known
	}
	if h.left--; h.left < 0 {
		return ""
	}
	h.known[name] = dns.HashName(name, dns.SHA1, h.iterations, h.salt)
	return h.known[name]
}

// of gives what the records say of a name: RFC 5155 section 8.3 for the closest
// encloser of one that does not exist.
func (h *hashed) of(name string) statement {
	if !h.usable() || !dns.IsSubDomain(h.zone, name) {
		return statement{}
	}
	nextCloser := name
	for each := name; ; each = parent(each) {
		if rr := h.matching(each); rr != nil {
			return h.below(rr, each, name, nextCloser)
		}
		if each == h.zone || h.exhausted() {
			return statement{}
		}
		nextCloser = each
	}
}

// below reads a record at the name itself or at the closest name above it.
func (h *hashed) below(rr *dns.NSEC3, encloser, name, nextCloser string) statement {
	if encloser == name {
		return statement{verb: exists, types: rr.TypeBitMap, record: describe(rr)}
	}
	// RFC 5155 section 8.3: what stands below a delegation or a DNAME is not
	// this zone's to deny.
	if isCut(rr.TypeBitMap) || has(rr.TypeBitMap, dns.TypeDNAME) {
		return statement{}
	}
	cover, covered := h.covering(nextCloser)
	if !covered {
		return statement{}
	}
	return statement{verb: absent, encloser: encloser, optedOut: cover.Flags == 1, record: describe(cover)}
}

func describe(rr *dns.NSEC3) string {
	kind := "NSEC3"
	if rr.Flags == 1 { // RFC 5155 section 3.1.2.1
		kind = "NSEC3 with opt-out"
	}
	return kind + " at " + observe.Name(rr.Hdr.Name)
}

func ownerHash(rr *dns.NSEC3) string {
	label, _, _ := strings.Cut(rr.Hdr.Name, ".")
	return strings.ToUpper(label)
}

func (h *hashed) matching(name string) *dns.NSEC3 {
	hash := h.hash(name)
	for _, rr := range h.records {
		if hash != "" && ownerHash(rr) == hash {
			return rr
		}
	}
	return nil
}

// covering gives the record in whose gap the hash of the name lies (RFC 5155
// section 1.3). The last record leads back to the first.
func (h *hashed) covering(name string) (*dns.NSEC3, bool) {
	if !h.usable() || !dns.IsSubDomain(h.zone, name) {
		return nil, false
	}
	hash := h.hash(name)
	for _, rr := range h.records {
		owner, next := ownerHash(rr), strings.ToUpper(rr.NextDomain)
		if hash == "" || len(owner) != len(hash) || len(next) != len(hash) {
			continue
		}
		inside := owner < hash && hash < next
		if owner >= next {
			inside = owner < hash || hash < next
		}
		if inside {
			return rr, true
		}
	}
	return nil, false
}
