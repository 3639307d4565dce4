package namespaces

// siteTowns have faults of their sites: of redirects and headers, of what a page
// brings from elsewhere, and of what a public body owes its visitors.
func siteTowns() []*town {
	return []*town{
		{
			Domain:     "comune.declassato.example",
			ServesHTTP: true,
			Start:      "if ($scheme = https) { return 302 http://$host/; } try_files /index.html =404",
			Fails:      []string{"web-https-downgraded", "web-http-not-redirected"},
		},
		{
			Domain:     "comune.trasferito.example",
			WithoutWWW: true,
			Start:      "return 302 https://" + exemplary + "/",
			Fails:      []string{"web-redirect-other-domain", "web-name-missing"},
			Facts:      []string{"web-redirect-other-domain final=" + exemplary, "web-name-missing reason=no-address"},
		},
		{
			Domain: "comune.allentato.example",
			Headers: map[string]string{
				"Strict-Transport-Security": "max-age=86400",
				"Content-Security-Policy":   "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
				"Referrer-Policy":           "unsafe-url",
				"X-Powered-By":              "PHP/5.6.40",
			},
			Main: `<script src="http://comune.allentato.example/meteo.js"></script>
<form action="http://comune.allentato.example/notizie" method="post"><label>Posta <input name="posta" type="email"></label><button>Invia</button></form>`,
			Fails: []string{
				"web-hsts-short", "web-csp-unsafe", "web-referrer-unsafe", "web-mixed-content", "web-form-insecure",
				"web-software-outdated", "web-version-disclosed",
			},
			Facts: []string{
				"web-hsts-short days=1", "web-referrer-unsafe policy=unsafe-url", "web-software-outdated kind=language",
			},
		},
		{
			Domain: "comune.spiato.example",
			Head: `<link rel="stylesheet" href="https://fonts.googleapis.com/css2?family=Titillium+Web">
<script async src="https://www.googletagmanager.com/gtag/js?id=G-0000000000"></script>
<script async src="https://connect.facebook.net/it_IT/sdk.js"></script>`,
			Cookie: "_ga=GA1.1.1.1; Path=/; Max-Age=63072000; Secure; HttpOnly; SameSite=Lax",
			Lacks:  []string{"cookies"},
			Files:  map[string]string{"security.txt": "Contact: mailto:sicurezza@comune.spiato.example\n"},
			Fails: []string{
				"web-third-party-trackers", "web-google-analytics", "web-google-fonts", "web-cookie-before-consent",
				"cookie-notice-missing", "web-security-txt-invalid",
			},
			Facts: []string{"web-cookie-before-consent kind=tracking", "web-security-txt-invalid reason=no-expires"},
		},
		{
			Domain:      "comune.segnaposto.example",
			Declaration: "https://form.agid.gov.it/view/xyz",
			Lacks:       []string{"objectives", "data", "faq", "services", "licence"},
			Main: `<h2>Modulistica</h2>
<ul><li><a href="/moduli/mensa.pdf">Modulo per la mensa scolastica</a></li>
<li><a href="/moduli/scuolabus.pdf">Modulo per lo scuolabus</a></li>
<li><a href="/moduli/suolo.doc">Domanda di occupazione del suolo pubblico</a></li></ul>`,
			Files: map[string]string{"security.txt": "Contact: mailto:sicurezza@comune.segnaposto.example\nExpires: 2025-01-01T00:00:00Z\n"},
			Fails: []string{
				"accessibility-declaration-placeholder", "accessibility-objectives-missing",
				"web-open-data-missing", "web-faq-missing", "web-licence-missing", "web-forms-paper-only", "web-security-txt-expired",
			},
			Facts: []string{"web-licence-missing reason=no-licence", "web-forms-paper-only count=3"},
		},
		{
			Domain:      "comune.scambiato.example",
			Code:        "c_x000",
			Declaration: "https://form.agid.gov.it/c_x999/comune_di_vicinato/dichiarazione",
			Fails:       []string{"accessibility-declaration-other-body"},
			Facts:       []string{"accessibility-declaration-other-body code=c_x999"},
			// The new address tells no day, and what stands behind it needs a browser.
			Unknown: []string{"accessibility-declaration-outdated"},
		},
		{
			Domain:      "comune.artigiano.example",
			Declaration: "/dichiarazione",
			Files:       map[string]string{"dichiarazione.html": homemade},
			Fails: []string{
				"accessibility-declaration-not-official", "accessibility-declaration-outdated",
				"accessibility-declaration-contradictory", "accessibility-feedback-missing",
			},
			Facts: []string{"accessibility-declaration-outdated stated_on=2019-10-04"},
		},
		{
			Domain: "commune.discrete.example",
			French: true,
			Lacks:  []string{"mention", "legal"},
			Fails:  []string{"accessibility-mention-missing", "legal-notice-missing"},
		},
	}
}

// homemade is a declaration that no form wrote: it says two things, is old, and
// nobody can answer to it.
const homemade = `<!doctype html>
<html lang="it">
<head><meta charset="utf-8"><title>Accessibilità</title></head>
<body>
<main>
<h1>Dichiarazione di accessibilità</h1>
<p>Il Comune di Esempio ha controllato le proprie pagine.</p>
<h2>Stato di conformità</h2>
<p>Questo sito web è parzialmente conforme ai requisiti di legge.</p>
<p>Questo sito web è pienamente conforme ai requisiti di legge.</p>
<h2>Contenuti non accessibili</h2>
<p>Le fotografie della festa non hanno un testo che le descriva.</p>
<p>La presente dichiarazione è stata redatta il 4 ottobre 2019.</p>
</main>
</body>
</html>
`
