package inventory_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
	"campanile/collectors/evidence"
	"campanile/collectors/records"
)

var suppliers = []records.Supplier{
	{ID: "buche", Name: "Buche per Tutti", Consumer: []string{"buche.example"}},
	{ID: "certa", Name: "Posta Certa", PEC: []string{"certa.example"}},
}

func TestOfficialMailboxesAndFormerDomainsAreRead(t *testing.T) {
	t.Parallel()
	path := list(t, "domain,mail,pec,former_domains\n"+
		"comune.uno.example,Protocollo@Comune.Uno.Example; comune.uno@buche.example,comune.uno@certa.example,www.vecchio.example https://città.example/\n"+
		"comune.due.example,comune@pec.due.example comune@certa.example,comune@pec.due.example,\n"+
		"comune.tre.example,,protocollo@posta.tre.example,\n")
	got, notes, err := inventory.Source{Arguments: []string{"@" + path}, Suppliers: suppliers}.Targets()
	if err != nil || len(notes) != 0 {
		t.Fatal(err, notes)
	}
	want := []evidence.Target{
		{
			Domain: "comune.uno.example", Country: "it", Former: []string{"vecchio.example", "xn--citt-3na.example"},
			Mailboxes: []evidence.Mailbox{
				{Address: "Protocollo@comune.uno.example"},
				{Address: "comune.uno@buche.example", Provider: "Buche per Tutti"},
				{Address: "comune.uno@certa.example", PEC: true},
			},
		},
		{Domain: "comune.due.example", Country: "it", Mailboxes: []evidence.Mailbox{
			{Address: "comune@pec.due.example", PEC: true}, {Address: "comune@certa.example", PEC: true},
		}},
		{Domain: "comune.tre.example", Country: "it", Mailboxes: []evidence.Mailbox{{Address: "protocollo@posta.tre.example", PEC: true}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestBadMailboxIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	for cells, want := range map[string]string{
		"protocollo,,":                            `:2: "protocollo" is not an e-mail address; write it like`,
		"a@b@comune.example,,":                    `:2: "a@b@comune.example" is not an e-mail address`,
		"@comune.example,,":                       `:2: "@comune.example" is not an e-mail address`,
		"protocollo@,,":                           `:2: "protocollo@" is not an e-mail address: no domain given`,
		",comune@pec,":                            `:2: "comune@pec" is not an e-mail address: "pec" has no dot`,
		",comune@https://pec.example,":            `:2: "comune@https://pec.example" is not an e-mail address`,
		"com\x1bune@due.example,,":                `:2: "com\x1bune@due.example" is not an e-mail address`,
		",,vecchio dominio":                       `:2: former domain: "vecchio" has no dot`,
		",,https://www.comune.uno.example/":       ":2: former domain comune.uno.example is the domain itself",
		strings.Repeat("a@b.example ", 21) + ",,": ":2: 21 entries in one cell",
	} {
		path := list(t, "domain,mail,pec,former_domains\ncomune.uno.example,"+cells+"\n")
		targets, _, err := inventory.Source{Arguments: []string{"@" + path}}.Targets()
		if err == nil || exit.Code(err) != exit.Usage || !strings.HasPrefix(err.Error(), path+want) || targets != nil {
			t.Errorf("%q: got %v, %v; want %s", cells, targets, err, want)
		}
	}
}
