package lab

// occhidappertutto lets half the world look over the shoulders of its visitors.
func occhidappertutto() town {
	origin := in("occhidappertutto")
	s := goodSite("@", "www")
	s.page = "occhi.html"
	delete(s.pages, "/note-legali")
	s.inner["/privacy-del-comune"] = "Privacy"
	delete(s.headers, "Content-Security-Policy")
	s.cookies = []string{"_ga=GA1.1.0; Path=/; Max-Age=63072000; Secure; SameSite=Lax", "_fbp=fb.1.0; Path=/; Max-Age=7776000; Secure; SameSite=Lax"}
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Occhidappertutto", Country: "it", Code: "c_x020",
			Personality: map[string]string{
				"it": "Il sito è curato, ma chi lo apre viene visto anche da una decina di aziende; i moduli si stampano e si riportano a mano.",
				"fr": "Le site est soigné, mais une dizaine d'entreprises voient aussi qui l'ouvre ; les formulaires s'impriment et se rapportent à la main.",
				"en": "The site is well kept, but whoever opens it is seen by a dozen companies too; forms are printed and brought back by hand.",
			},
			Planted: []string{
				"dns-caa-missing", "dnssec-missing", "mail-mta-sts-missing",
				"web-csp-missing", "web-cookie-before-consent", "web-mixed-content",
				"web-form-insecure", "web-third-party-trackers", "web-google-analytics",
				"web-google-fonts", "cookie-notice-missing", "web-open-data-missing",
				"web-forms-paper-only", "web-faq-missing", "web-licence-missing",
			},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    198.51.100.210
@      IN AAAA 2001:db8:210::80
www    IN A    198.51.100.210
www    IN AAAA 2001:db8:210::80
@      IN MX   10 mx.nuvolette.test.
@      IN TXT  "v=spf1 include:_spf.nuvolette.test -all"
_dmarc IN TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@comune.occhidappertutto.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
`},
			sites: []site{s},
		},
	}
}
