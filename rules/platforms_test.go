package rules

import (
	"io"
	"strings"
	"testing"
	"testing/fstest"
)

func TestThePlatformsShippedAreRead(t *testing.T) {
	t.Parallel()
	list, err := EmbeddedPlatforms()
	if err != nil {
		t.Fatal(err)
	}
	uses := map[string]int{}
	for _, p := range list {
		uses[p.Use]++
	}
	if uses["site"] < 20 || uses["transparency"] < 5 || uses["services"] < 5 {
		t.Errorf("fewer platforms than the families that are known: %v", uses)
	}
}

// TestABrokenPlatformIsRefused names what is wrong.
func TestABrokenPlatformIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"another-name":        {"id: altro\nname: Altro\nuse: site\ndefinite: {generators: [altro]}", "does not fit the file name"},
		"no-name":             {"id: prodotto\nuse: site\ndefinite: {generators: [prodotto]}", "name: missing"},
		"no-trait":            {"id: prodotto\nname: P\nuse: site", "nothing to recognise it by"},
		"unknown-use":         {"id: prodotto\nname: P\nuse: shop\ndefinite: {generators: [prodotto]}", "use"},
		"portal-without-host": {"id: prodotto\nname: P\nuse: transparency\ndefinite: {generators: [prodotto]}", "definite.hosts: missing"},
		"capitals":            {"id: prodotto\nname: P\nuse: site\ndefinite: {generators: [Prodotto]}", "in lower case"},
		"short-mark":          {"id: prodotto\nname: P\nuse: site\nhabits: {links: [it]}", "four letters"},
		"header-without-name": {"id: prodotto\nname: P\nuse: site\ndefinite: {headers: [prodotto]}", "header line"},
		"host-as-address":     {"id: prodotto\nname: P\nuse: site\ndefinite: {assets: ['https://cdn.prodotto.example/']}", "is not a host name"},
		"company-by-itself":   {"id: prodotto\nname: P\nuse: site\ncompany: {name: Ditta}\ndefinite: {generators: [prodotto]}", "needs marks"},
		"unknown-field":       {"id: prodotto\nname: P\nuse: site\ngenerator: prodotto", "generator"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := loadPlatforms(fstest.MapFS{"platforms/prodotto.yaml": {Data: []byte(c.text)}}, io.Discard)
			var said strings.Builder
			for _, problem := range problems {
				said.WriteString(problem.Error() + "\n")
			}
			if !strings.Contains(said.String(), c.want) {
				t.Errorf("%q is not said in %q", c.want, said.String())
			}
		})
	}
}

// TestTwoPlatformsShareNoDefiniteTrait: it would tell both.
func TestTwoPlatformsShareNoDefiniteTrait(t *testing.T) {
	t.Parallel()
	one := "name: Uno\nuse: site\ndefinite: {generators: [prodotto]}"
	_, problems := loadPlatforms(fstest.MapFS{
		"platforms/uno.yaml": {Data: []byte("id: uno\n" + one)},
		"platforms/due.yaml": {Data: []byte("id: due\n" + one)},
	}, io.Discard)
	if len(problems) != 1 || !strings.Contains(problems[0].Error(), "already") {
		t.Errorf("%v", problems)
	}
}
