package scan_test

import (
	"testing"
	"time"

	"campanile/cmd/internal/lab"
	"campanile/cmd/internal/scan"
	"campanile/collectors/evidence"
)

// How much TLS servers are asked is for the user to say, and for the profile to
// limit; the evidence keeps it.
func TestDepthOfTheQuestionsToServers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		profile    evidence.Profile
		depth      string
		site, mail string
	}{
		"by-default":             {evidence.Standard, "", evidence.GradeDepth, ""},
		"what-lowers-a-grade":    {evidence.Standard, evidence.GradeDepth, evidence.GradeDepth, ""},
		"everything":             {evidence.Standard, evidence.FullDepth, evidence.FullDepth, evidence.FullDepth},
		"passive-asks-nothing":   {evidence.Passive, "", "", ""},
		"passive-whatever-asked": {evidence.Passive, evidence.FullDepth, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := look(t, evidence.Target{Domain: inside, Country: "it"}, func(s *scan.Scanner) {
				s.Profile, s.Depth = c.profile, c.depth
				s.Families = []evidence.Family{evidence.MailFamily, evidence.TLSFamily}
			})
			handshakes := 0
			for _, e := range b.Endpoints {
				if e.TLS.State == evidence.Seen {
					handshakes++
				}
				if e.Accepts.Depth != c.site || (len(e.Offers) == 0) != (c.site == "") {
					t.Errorf("%s at %s: depth %q, %d versions; want depth %q", e.Name, e.Address, e.Accepts.Depth, len(e.Offers), c.site)
				}
			}
			servers := 0
			for _, x := range b.Mail.Exchanges {
				for _, m := range x.Servers {
					servers++
					if m.Accepts.Depth != c.mail || (len(m.Offers) == 0) != (c.site == "") {
						t.Errorf("%s at %s: depth %q, %d versions; want depth %q", x.Host, m.Address, m.Accepts.Depth, len(m.Offers), c.mail)
					}
				}
			}
			if handshakes == 0 || servers == 0 {
				t.Errorf("%d handshakes and %d mail servers: the test shows nothing", handshakes, servers)
			}
		})
	}
}

// One enumeration serves all names of a server, in all towns of a run, but for the
// one hello with which each other name shows that it is treated alike; the next run
// asks again.
func TestSharedServerIsAskedOnce(t *testing.T) {
	t.Parallel()
	territory, err := lab.Start(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	defer territory.Close()
	scanner := scan.Scanner{
		Network: territory.Network(), Profile: evidence.Standard, Families: []evidence.Family{evidence.TLSFamily, evidence.WebFamily},
		Tool: evidence.Tool{Name: "campanile", Version: "test"}, Timeout: time.Minute, Concurrency: 1,
	}
	target := evidence.Target{Domain: inside, Country: "it"}
	for range 2 {
		var asked, others []int
		err := scanner.Run(t.Context(), []evidence.Target{target, target}, func(_ int, b *evidence.Bundle) error {
			hellos, named := 0, 0
			for _, e := range b.Endpoints {
				if e.TLS.State != evidence.Seen || len(e.Offers) == 0 {
					t.Errorf("%s at %s: %+v", e.Name, e.Address, e.TLS.Observation)
				}
				hellos += e.Accepts.Hellos
				if e.Accepts.Shared != "" && e.Accepts.Shared != e.Name {
					named++
				}
			}
			asked, others = append(asked, hellos), append(others, named)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(asked) != 2 || asked[0] <= others[0] || asked[1] != others[1] {
			t.Errorf("hellos for the two towns: %v, with %v names besides the first, want those of one visit", asked, others)
		}
	}
}
