package dnssec

import (
	"bytes"
	"slices"

	"github.com/miekg/dns"
)

// below lists the names from the top level down to the goal.
func below(goal string) []string {
	var list []string
	for _, start := range dns.Split(goal) {
		list = append(list, goal[start:])
	}
	slices.Reverse(list)
	return list
}

// parent is the name without its first label; the root is its own parent.
func parent(name string) string {
	if next, end := dns.NextLabel(name, 0); !end {
		return name[next:]
	}
	return "."
}

// tail gives the last labels of a name.
func tail(name string, count int) string {
	starts := dns.Split(name)
	if count <= 0 || len(starts) == 0 {
		return "."
	}
	return name[starts[max(0, len(starts)-count)]:]
}

// wildcard is the name below the encloser that stands for those that do not
// exist (RFC 4592 section 3.3.1).
func wildcard(encloser string) string {
	if encloser == "." {
		return "*."
	}
	return "*." + encloser
}

func has(types []uint16, kind uint16) bool { return slices.Contains(types, kind) }

// between reports whether the name lies in the gap after owner and before next,
// in canonical order (RFC 4034 section 6.1). The last gap of a zone leads back
// to its apex.
func between(owner, name, next string) bool {
	after, before := compareNames(owner, name) < 0, compareNames(name, next) < 0
	if compareNames(owner, next) < 0 {
		return after && before
	}
	return after && dns.IsSubDomain(next, name)
}

// compareNames orders names by their labels from the right, byte by byte.
func compareNames(a, b string) int {
	return slices.CompareFunc(labels(a), labels(b), bytes.Compare)
}

// labels gives the labels of a name as they stand on the wire, the last first.
func labels(name string) [][]byte {
	wire := make([]byte, 255)
	end, err := dns.PackDomainName(name, wire, 0, nil, false)
	if err != nil {
		return nil
	}
	var list [][]byte
	for i := 0; i < end && wire[i] > 0; i += 1 + int(wire[i]) {
		list = append(list, wire[i+1:i+1+int(wire[i])])
	}
	slices.Reverse(list)
	return list
}
