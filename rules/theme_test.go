package rules

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// themed is a folder with the four themes, one of which is as given.
func themed(cybersecurity string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, id := range ThemeIDs {
		fsys["themes/"+id+".yaml"] = &fstest.MapFile{Data: []byte(theme(id, ""))}
	}
	fsys["themes/cybersecurity.yaml"] = &fstest.MapFile{Data: []byte(cybersecurity)}
	return fsys
}

func theme(id, more string) string {
	words := "{it: x, fr: x, en: x}\n"
	return "id: " + id + "\nname: " + words + "intro: " + words + "limits: " + words + "questions: {it: [x], fr: [x], en: [x]}\n" + more
}

func twoRules() *Set {
	return &Set{Rules: []*Rule{{ID: "mail-one", Family: "mail"}, {ID: "web-two", Family: "web"}}}
}

func TestARuleNamedByAThemeLeavesThatOfItsFamily(t *testing.T) {
	t.Parallel()
	fsys := themed(theme("cybersecurity", "families: [mail, web]\n"))
	fsys["themes/open-data.yaml"].Data = []byte(theme("open-data", "rules: [web-two]\n"))
	set := twoRules()
	themes, err := LoadThemes(fsys, set)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range themes {
		for _, r := range set.Rules {
			if themes[i].Of(themes, r) {
				got = append(got, themes[i].ID+" "+r.ID)
			}
		}
	}
	if diff := cmp.Diff([]string{"cybersecurity mail-one", "open-data web-two"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEveryMistakeInAThemeIsNamedWithFileAndField(t *testing.T) {
	t.Parallel()
	const all = "families: [mail, web]\n"
	good := theme("cybersecurity", all)
	for name, c := range map[string]struct{ text, want string }{
		"unknown-field":            {good + "weight: 1\n", "themes/cybersecurity.yaml: line"},
		"another-id-than-the-file": {theme("open-data", all), `themes/cybersecurity.yaml: id: "open-data" does not fit the file name`},
		"unknown-family":           {theme("cybersecurity", "families: [post]\n"), `families: "post" is none of dns`},
		"unknown-rule":             {theme("cybersecurity", all+"rules: [web-three]\n"), `rules: there is no rule "web-three"`},
		"rule-twice":               {theme("cybersecurity", all+"rules: [web-two, web-two]\n"), "rules: web-two stands there twice"},
		"rule-without-a-theme":     {theme("cybersecurity", "families: [mail]\n"), "themes: no theme has the rule web-two"},
		"language-missing":         {strings.Replace(good, "fr: x, ", "", 1), "name.fr: missing"},
		"question-missing":         {strings.Replace(good, ", en: [x]", "", 1), "questions.en: missing"},
		"question-more":            {strings.Replace(good, "en: [x]", "en: [x, y]", 1), "questions.en: 2; give as many in each language"},
		"question-empty":           {strings.Replace(good, "en: [x]", `en: [" "]`, 1), "questions.en: an empty one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := LoadThemes(themed(c.text), twoRules()); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	fsys := themed(good)
	delete(fsys, "themes/open-data.yaml")
	if _, err := LoadThemes(fsys, twoRules()); err == nil || !strings.Contains(err.Error(), "themes/open-data.yaml: missing") {
		t.Errorf("a theme is missing: %v", err)
	}
	fsys = themed(good)
	fsys["themes/open-data.yaml"].Data = []byte(theme("open-data", "families: [web]\n"))
	if _, err := LoadThemes(fsys, twoRules()); err == nil || !strings.Contains(err.Error(), "cybersecurity and open-data have the rule web-two") {
		t.Errorf("a rule in two themes: %v", err)
	}
}
