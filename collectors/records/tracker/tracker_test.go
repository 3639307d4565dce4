package tracker_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"campanile/collectors/records/tracker"
)

func TestHostsAreRecognised(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"doubleclick.net":              "Google Ads",
		"securepubads.doubleclick.net": "Google Ads",
		"CONNECT.FACEBOOK.NET.":        "Facebook",
		"www.facebook.com":             "Facebook",
		"script.hotjar.com":            "Hotjar",
		"www.clarity.ms":               "Microsoft Clarity",
		"mc.yandex.ru":                 "Yandex Metrica",
		"s4.shinystat.com":             "ShinyStat",
		"www.googletagmanager.com":     "Google Tag Manager",
		// Of a maker's hosts only those that follow people.
		"yandex.ru":                      "",
		"bing.com":                       "",
		"maps.google.com":                "",
		"notdoubleclick.net":             "",
		"doubleclick.net.comune.example": "",
		// Statistics that need no consent, and Google Analytics, which has a question of its own.
		"ingestion.webanalytics.italia.it": "",
		"matomo.comune.example":            "",
		"cdn.matomo.cloud":                 "",
		"www.google-analytics.com":         "",
		"":                                 "",
	} {
		got, ok := tracker.Of(host)
		if got.Name != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", host, got.Name, want)
		}
	}
}

func TestConsentToolsAreRecognised(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://cdn.iubenda.com/cs/iubenda_cs.js":                             "iubenda",
		"https://consent.cookiebot.com/uc.js":                                  "Cookiebot",
		"https://www.comune.example/static/tarteaucitron/tarteaucitron.js":     "tarteaucitron",
		"https://www.comune.example/modules/contrib/eu_cookie_compliance/x.js": "EU Cookie Compliance",
		"https://www.comune.example/js/site.js":                                "",
		"https://www.comune.example/?next=/klaro":                              "",
		"https://iubenda.com.comune.example/x.js":                              "",
		"::": "",
	} {
		if got, ok := tracker.ConsentTool(address); got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func TestGoogleIsToldApart(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://www.google-analytics.com/analytics.js":              true,
		"https://ssl.google-analytics.com/ga.js":                     true,
		"https://region1.analytics.google.com/g/collect":             true,
		"https://www.googletagmanager.com/gtag/js?id=G-AB12CD34EF":   true,
		"https://www.googletagmanager.com/gtag/js?id=ua-12345-1":     true,
		"https://www.googletagmanager.com/gtag/js?id=AW-12345":       false,
		"https://www.googletagmanager.com/gtm.js?id=GTM-AB12":        false,
		"https://www.googletagmanager.com.example/gtag/js?id=G-AB12": false,
		"https://matomo.comune.example/piwik.js":                     false,
		"::":                                                         false,
	} {
		if got := tracker.GoogleAnalytics(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	for host, want := range map[string]bool{
		"fonts.googleapis.com": true, "FONTS.gstatic.com": true, "ajax.googleapis.com": false, "maps.gstatic.com": false, "xfonts.googleapis.com": false,
	} {
		if got := tracker.GoogleFonts(host); got != want {
			t.Errorf("%s: %v", host, got)
		}
	}
}

// TestTheListsAreSound holds every line to its form: a list that grows by hand
// gathers mistakes.
func TestTheListsAreSound(t *testing.T) {
	t.Parallel()
	hosts, consent := tracker.Lists()
	if len(hosts) < 60 {
		t.Errorf("%d hosts; a list of fewer than 60 is no list", len(hosts))
	}
	categories := map[string]bool{}
	for _, c := range []tracker.Category{tracker.Advertising, tracker.Analytics, tracker.Marketing, tracker.SessionReplay, tracker.Social, tracker.TagManager} {
		categories[string(c)] = true
	}
	for _, list := range [][][]string{hosts, consent} {
		seen := map[string]bool{}
		for _, row := range list {
			last := len(row) - 1
			if _, err := time.Parse(time.DateOnly, row[last]); err != nil {
				t.Errorf("%s: %v", row[0], err)
			}
			if u, err := url.Parse(row[last-1]); err != nil || u.Scheme != "https" || u.Host == "" {
				t.Errorf("%s: source %q", row[0], row[last-1])
			}
			if last == 5 && (!categories[row[2]] || row[3] != "" && row[3] != "site") {
				t.Errorf("%s: category %q, %q", row[0], row[2], row[3])
			}
			if row[0] == "" || row[1] == "" || seen[row[0]] || strings.TrimSpace(row[0]) != row[0] {
				t.Errorf("%q: empty, or there twice", row[0])
			}
			seen[row[0]] = true
		}
	}
	for _, row := range hosts {
		if row[0] != strings.ToLower(row[0]) || !strings.Contains(row[0], ".") {
			t.Errorf("%q is no host in lower case", row[0])
		}
	}
}
