package history_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/checks"
	"campanile/report/history"
	"campanile/report/score"
	"campanile/rules"
)

const (
	expiringRule = "tls-certificate-expiring"
	group        = "office@gal.valbassa.example"
	clerk        = "clerk@comune.valbassa.example"
)

func newsOf(id string, looks []history.Look, toldBy int) history.News {
	return history.NewsOf(id, "Comune di "+id, looks, week(toldBy))
}

// short writes messages in short: recipient, then the alerts.
func short(messages []history.Message) []string {
	var list []string
	for _, m := range messages {
		text := m.Recipient + ":"
		for _, a := range m.Alerts {
			text += " " + strings.TrimSpace(a.Town+" "+string(a.Topic)+" "+a.Ends)
			if a.Again {
				text += " again"
			}
		}
		list = append(list, text)
	}
	return list
}

var run = history.Run{ID: "run-7", At: week(9)}

func TestWhatIsWorthAnAlert(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct {
		signs string
		told  int // the week of the newest look that was told
		want  string
	}{
		"newly critical":                          {"ppcc", 2, " Borgo critical"},
		"told already":                            {"ppccc", 3, ""},
		"seen once":                               {"pppc", 2, ""},
		"newly high is no alarm":                  {"ppff", 2, ""},
		"from high to critical":                   {"ffcc", 2, " Borgo critical"},
		"critical again":                          {"ccppcc", 4, " Borgo critical again"},
		"mended":                                  {"ffpp", 2, " Borgo fixed"},
		"information that is no longer there":     {"iipp", 2, ""},
		"no longer seen is not mended":            {"ff++", 2, ""},
		"critical from the first look on":         {"cc", 0, ""},
		"a town that answers every other time":    {strings.Repeat("c?", 10), 0, ""},
		"a town that changes every time":          {strings.Repeat("pc", 10), 0, ""},
		"a timeout":                               {"cc??", 1, ""},
		"two runs at once: both are told, in one": {"ppccpp", 2, " Borgo fixed"},
	} {
		want := []string(nil)
		if c.want != "" {
			want = []string{group + ":" + c.want}
		}
		got := short(history.Alerts(run, []history.News{newsOf("Borgo", weekly(t, old, c.signs), c.told)}, []history.Recipient{{ID: group, All: true}}, nil))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (%s) (-want +got):\n%s", situation, c.signs, diff)
		}
	}
}

func TestAChangeOfTheRulesIsNoRegression(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct{ before, after, want string }{
		"critical by the new rules":            {"ppppp  ", "    ccc", " Borgo newly-judged"},
		"high by the new rules":                {"ppppp  ", "    fff", ""},
		"it cannot be told which of the two":   {"ppppp  ", "     cc", " Borgo newly-judged"},
		"critical no longer, by the new rules": {"ccccc  ", "    ppp", ""},
		"critical, and the rules say the same": {"ppppp  ", "    pcc", " Borgo critical"},
	} {
		looks := slices.Concat(weekly(t, old, c.before), weekly(t, fresh, c.after))
		want := []string(nil)
		if c.want != "" {
			want = []string{group + ":" + c.want}
		}
		got := short(history.Alerts(run, []history.News{newsOf("Borgo", looks, 3)}, []history.Recipient{{ID: group, All: true}}, nil))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", situation, diff)
		}
	}
}

func TestThePastOfATownThatWasNeverToldOfIsNoAlarm(t *testing.T) {
	t.Parallel()
	to := []history.Recipient{{ID: group, All: true}}
	for signs, want := range map[string][]string{"ppccc": nil, "ppcc": {group + ": Borgo critical"}} {
		news := history.NewsOf("Borgo", "Comune di Borgo", weekly(t, old, signs), time.Time{})
		if diff := cmp.Diff(want, short(history.Alerts(run, []history.News{news}, to, nil))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", signs, diff)
		}
	}
}

func TestEachIsToldOfItsOwnTownsInOneMessage(t *testing.T) {
	t.Parallel()
	worse, better := weekly(t, old, "ppcc"), weekly(t, old, "ffpp")
	news := []history.News{newsOf("Zeta", worse, 2), newsOf("Alpe", better, 2), newsOf("Borgo", worse, 2)}
	to := []history.Recipient{
		{ID: group, All: true},
		{ID: clerk, Towns: []string{"Borgo"}},
		{ID: "quiet@comune.lago.example", Towns: []string{"Lago"}},
		{ID: "fixed@gal.example", All: true, Topics: []history.Topic{history.Fixed}},
		{ID: clerk, Towns: []string{"Borgo", "Alpe"}}, // written twice in the settings
		{ID: "nobody@gal.example"},
	}
	want := []string{
		group + ": Borgo critical Zeta critical Alpe fixed",
		clerk + ": Borgo critical Alpe fixed",
		"fixed@gal.example: Alpe fixed",
	}
	if diff := cmp.Diff(want, short(history.Alerts(run, news, to, nil))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTwoEntriesOfOneRecipientWaitForTheLaterHour(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.May, 4, 23, 0, 0, 0, time.UTC)
	news := []history.News{newsOf("Borgo", weekly(t, old, "ppcc"), 2)}
	for _, hours := range [][2]history.Clock{{6 * 60, 8 * 60}, {8 * 60, 6 * 60}} {
		got := history.Alerts(history.Run{ID: "1", At: at}, news, []history.Recipient{
			{ID: clerk, All: true, Quiet: history.Quiet{From: 22 * 60, To: hours[0]}},
			{ID: clerk, All: true, Quiet: history.Quiet{From: 22 * 60, To: hours[1]}},
		}, nil)
		if want := at.Add(9 * time.Hour); len(got) != 1 || len(got[0].Alerts) != 1 || !got[0].Due.Equal(want) {
			t.Errorf("%v: %+v, want one message with one alert, due at %s", hours, got, want)
		}
	}
}

func TestAnAlertSaysWhatWasSeenWhen(t *testing.T) {
	t.Parallel()
	got := history.Alerts(run, []history.News{newsOf("Borgo", weekly(t, old, "ffcc"), 2)}, []history.Recipient{{ID: group, All: true}}, nil)
	want := []history.Message{{Recipient: group, Run: "run-7", Due: week(9), Alerts: []history.Alert{{
		Topic: history.Critical, Town: "Borgo", Name: "Comune di Borgo", Rule: rule, Subject: town,
		From: rules.High, To: rules.Critical, Since: week(2), Confirmed: week(3),
	}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// certificates gives looks at a certificate: a letter is a day on which it ends, a
// point a certificate with time left, ? a timeout.
func certificates(t *testing.T, signs string) []history.Look {
	t.Helper()
	var looks []history.Look
	for i, sign := range signs {
		v := history.Verdict{Rule: expiringRule, Family: "tls", Subject: town, Outcome: checks.Fail, Severity: rules.Medium}
		switch sign {
		case '.':
			v.Outcome = checks.Pass
		case '?':
			v.Outcome = checks.Inconclusive
		default:
			v.Ends = "2026-05-0" + string(sign-'a'+'1')
		}
		looks = append(looks, history.Look{Taken: week(i), Resolver: resolver, Rules: old, Verdicts: []history.Verdict{v}})
	}
	return looks
}

func TestACertificateAboutToExpireIsToldOnceForItsDay(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct{ signs, want string }{
		"time left":                             {"....", ""},
		"one look":                              {"...a", ""},
		"two looks":                             {"..aa", "2026-05-01@3"},
		"from the first look on":                {"aaaa", "2026-05-01@1"},
		"timeouts between":                      {".a?a", "2026-05-01@3"},
		"a timeout confirms nothing":            {"..a?", ""},
		"renewed, and near the end once more":   {"aa..bb", "2026-05-01@1 2026-05-02@5"},
		"the same certificate comes back":       {"aa..aa", "2026-05-01@1"},
		"two certificates in turn, one renewed": {"a.a.a.a.", ""},
		"two certificates in turn":              {"abababab", ""},
	} {
		var list []string
		for _, e := range history.Expiring(certificates(t, c.signs)) {
			list = append(list, e.Ends+"@"+string(rune('0'+weekOf(e.Confirmed))))
		}
		if got := strings.Join(list, " "); got != c.want {
			t.Errorf("%s (%s): %q, want %q", situation, c.signs, got, c.want)
		}
	}
}

func TestCertificatesAreToldInTheOrderOfTheirEnd(t *testing.T) {
	t.Parallel()
	news := []history.News{newsOf("Alpe", certificates(t, "..bb"), 2), newsOf("Borgo", certificates(t, "..aa"), 2)}
	got := short(history.Alerts(run, news, []history.Recipient{{ID: group, All: true}}, nil))
	want := []string{group + ": Borgo expiring 2026-05-01 Alpe expiring 2026-05-02"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTheRuleOfCertificatesNamesTheirEnd holds the one rule that this package knows by
// name against the catalogue.
func TestTheRuleOfCertificatesNamesTheirEnd(t *testing.T) {
	t.Parallel()
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := set.Rule(expiringRule); !ok {
		t.Errorf("no rule %s", expiringRule)
	}
	i := slices.IndexFunc(checks.All, func(c checks.Check) bool { return c.ID == expiringRule })
	if i < 0 || !slices.Contains(checks.All[i].Facts, "expires_on") {
		t.Errorf("%s does not say on which day a certificate ends", expiringRule)
	}
}

func TestWhatIsHeldBackJoinsTheNextMessage(t *testing.T) {
	t.Parallel()
	quiet := history.Quiet{From: 22 * 60, To: 7 * 60}
	night, morning := time.Date(2026, time.May, 4, 23, 0, 0, 0, time.UTC), time.Date(2026, time.May, 5, 7, 0, 0, 0, time.UTC)
	to := []history.Recipient{{ID: group, All: true, Quiet: quiet}, {ID: clerk, Towns: []string{"Borgo"}, Quiet: quiet}}
	first := history.Alerts(history.Run{ID: "1", At: night}, []history.News{
		newsOf("Alpe", weekly(t, old, "ppcc"), 2), newsOf("Borgo", weekly(t, old, "ppcc"), 2),
	}, to, nil)
	for _, m := range first {
		if !m.Due.Equal(morning) {
			t.Errorf("%s is due at %s, want %s", m.Recipient, m.Due, morning)
		}
	}
	again := []history.News{newsOf("Alpe", weekly(t, old, "ppccpp"), 3)}
	second := history.Alerts(history.Run{ID: "2", At: morning.Add(time.Hour)}, again, to[:1], first)
	if diff := cmp.Diff([]string{group + ": Borgo critical Alpe fixed"}, short(second)); diff != "" {
		t.Errorf("what is newer counts, and who is no longer a recipient is told nothing (-want +got):\n%s", diff)
	}
	if due := second[0].Due; !due.Equal(morning.Add(time.Hour)) {
		t.Errorf("due at %s, want at once", due)
	}
	elsewhere := []history.Recipient{{ID: clerk, Towns: []string{"Lago"}}}
	if got := history.Alerts(history.Run{ID: "2", At: morning}, nil, elsewhere, first); len(got) > 0 {
		t.Errorf("%v was told to somebody who no longer sees the town", short(got))
	}
}

// The rules change after everything that was seen was told: what counts as critical
// since is told once, although its evidence is old.
func TestNewRulesAreToldAlsoOfOldEvidence(t *testing.T) {
	t.Parallel()
	seen := time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC)
	news := history.News{Town: "1", Name: "Borgo", Taken: seen, Told: seen, Changes: []history.Change{{
		Rule: "x", Subject: "a.example", Kind: history.RulesChanged, From: rules.Medium, To: rules.Critical,
		Since: seen, Confirmed: seen, Judged: seen.Add(48 * time.Hour),
	}}}
	told := func() int {
		messages := history.Alerts(history.Run{ID: "r", At: seen.Add(72 * time.Hour)}, []history.News{news}, []history.Recipient{{ID: "to", All: true}}, nil)
		n := 0
		for _, m := range messages {
			for _, a := range m.Alerts {
				if a.Topic != history.NewlyJudged {
					t.Errorf("told as %s", a.Topic)
				}
				n++
			}
		}
		return n
	}
	if n := told(); n != 1 {
		t.Errorf("%d alerts, want the one of the new rules", n)
	}
	news.Told = news.Until()
	if n := told(); n != 0 {
		t.Errorf("told again: %d", n)
	}
	news.Told = time.Time{}
	news.Taken = seen.Add(24 * time.Hour)
	if n := told(); n != 0 {
		t.Errorf("%d alerts on the past of a town that was never told of", n)
	}
}
