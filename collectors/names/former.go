package names

import (
	"context"

	"github.com/miekg/dns"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/ask"
	"campanile/collectors/network"
)

// maxFormer bounds the older domains of one municipality.
const maxFormer = 20

// Former asks where older domains lead now, and who serves their zones.
func Former(ctx context.Context, s *network.Session, domains []string) []evidence.Lookup {
	domains = domains[:min(len(domains), maxFormer)]
	list := ask.Addresses(domains...)
	return ask.All(ctx, s, append(list, questions(domains, dns.TypeNS)...))
}
