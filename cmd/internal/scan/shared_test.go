package scan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/lab"
	"campanile/cmd/internal/scan"
	"campanile/collectors/evidence"
)

// Towns that share a mail exchanger cause one visit in a run, and another one in
// the next run; the evidence of each is whole.
func TestSharedExchangerIsVisitedOnce(t *testing.T) {
	t.Parallel()
	territory, err := lab.Start(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	defer territory.Close()
	scanner := scan.Scanner{
		Network: territory.Network(), Profile: evidence.Standard, Families: []evidence.Family{evidence.MailFamily},
		Tool: evidence.Tool{Name: "campanile", Version: "test"}, Timeout: time.Minute, Concurrency: 1,
	}
	target := territory.Towns()[0].Target()
	for range 2 {
		var bundles []*evidence.Bundle
		err := scanner.Run(t.Context(), []evidence.Target{target, target}, func(_ int, b *evidence.Bundle) error {
			bundles = append(bundles, b)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		first, second := bundles[0], bundles[1]
		server := first.Mail.Exchanges[0].Servers[0]
		if server.TLS.State != evidence.Seen || server.Weak.State == evidence.NotAsked {
			t.Fatalf("server = %+v, want a visit", server)
		}
		if diff := cmp.Diff(first.Mail.Exchanges, second.Mail.Exchanges); diff != "" {
			t.Errorf("exchangers (-first +second):\n%s", diff)
		}
		if one, two := first.Sent.ByAddress[server.Address].Connections, second.Sent.ByAddress[server.Address].Connections; one == 0 || two != 0 {
			t.Errorf("connections: %d for the first, %d for the second; want those of one visit", one, two)
		}
	}
}
