package duties

// readers never changes. Its order is that of the kinds.
var readers = []reader{
	{
		kind: Privacy, mark: "privacy-policy-link", trap: othersPrivacy,
		labels: []string{
			"protezione dei dati", "protezione dati", "dati personali", "trattamento dei dati", "trattamento dati", "tutela dei dati", "riservatezza", "gdpr", "rgpd",
			"donnees personnelles", "donnees a caractere personnel", "protection des donnees", "traitement des donnees", "vie privee", "confidentialite",
			"data protection", "personal data", "proteccion de datos", "datos personales",
		},
		stems: []string{"privacy", "datenschutz", "privacidad"},
		weak:  []string{"informatique et libertes", "dsgvo", "dpo", "rpd"},
		addresses: []string{
			"privacy", "informativa privacy", "privacypolicy", "privacy policy", "informativaprivacy", "gdpr", "rgpd", "protezione dati", "protezione dei dati", "dati personali",
			"donnees personnelles", "politique de confidentialite", "confidentialite", "protection des donnees", "datenschutz", "datenschutzerklaerung", "datenschutzerklarung",
			"privacidad", "politica de privacidad", "data protection",
		},
	},
	{
		kind: Cookies, trap: func(k link) bool { return button(k) || k.under(others...) },
		labels:    []string{"traceurs"},
		stems:     []string{"cookie"},
		addresses: []string{"cookie", "cookies", "cookiepolicy", "cookie policy", "informativacookie", "gestion des cookies"},
	},
	{
		kind: Legal, mark: "legal-notes", trap: ofPaper,
		labels: []string{
			"note legali", "avviso legale", "avvertenze legali", "informazioni legali", "mentions legales", "mention legale", "informations legales", "infos legales", "mentions obligatoires", "notice legale",
			"legal notice", "legal notes", "legal information", "impressum", "anbieterkennzeichnung", "aviso legal", "informacion legal", "nota legal",
		},
		weak: []string{"editeur du site", "legal", "disclaimer", "colophon", "imprint"},
		addresses: []string{
			"note legali", "notelegali", "mentions legales", "mentionslegales", "mention legale", "informations legales", "legal notice", "legal notes", "impressum", "aviso legal",
			"avisolegal", "legal",
		},
	},
	{
		kind: Transparency, trap: ofWaste,
		labels: []string{
			"amministrazione trasparente", "amministrazionetrasparente", "amm trasparente", "amm ne trasparente", "amm zione trasparente", "administration transparente",
		},
		weak: []string{"trasparenza"},
		addresses: []string{
			"amministrazione trasparente", "amministrazionetrasparente", "trasparenza",
		},
		hosts: []string{
			"portaleamministrazionetrasparente.it", "trasparenza-valutazione-merito.it", "etrasparenza.it", "portaletrasparenza.net",
		},
		portals: []string{"trasparenza", "amministrazionetrasparente"},
	},
	{
		kind: OpenData,
		labels: []string{
			"open data", "opendata", "dati aperti", "catalogo dati", "catalogo dei dati", "catalogo di dati", "donnees ouvertes", "offene daten", "datos abiertos",
		},
		weak:      []string{"donnees publiques", "banche dati"},
		addresses: []string{"open data", "opendata", "dati aperti", "datiaperti", "donnees ouvertes", "datos abiertos", "offene daten"},
		hosts:     []string{"dati.gov.it", "data.gouv.fr", "data.europa.eu", "datos.gob.es", "govdata.de"},
		names:     []string{"opendata", "dati", "datiaperti"},
	},
	{
		kind: Forms, trap: ofOneForm,
		labels: []string{
			"modulistica", "moduli", "demarches", "formulaires", "formulare", "vordrucke", "formularios", "impresos", "forms", "application forms",
		},
		weak:      []string{"documents a telecharger", "documenti da scaricare", "formulari"},
		addresses: []string{"modulistica", "moduli", "demarches", "demarches administratives", "formulaires", "formulare", "formularios", "impresos", "forms"},
	},
	{
		kind: OnlineServices, mark: "personal-area-login", trap: ofDesk,
		labels: []string{
			"servizi online", "servizi on line", "servizi in linea", "servizi digitali", "servizi telematici", "sportello telematico", "sportello digitale", "sportello online",
			"sportello on line", "sportello unico digitale", "sportello del cittadino", "stanza del cittadino", "area personale", "area riservata al cittadino", "pratiche online",
			"pratiche on line", "istanze online", "istanze on line", "moduli online", "modulistica online", "modulistica on line", "moduli on line", "accedi con spid",
			"entra con spid", "accedi con cie", "entra con cie", "accesso spid", "accesso con spid", "login spid", "spid cie", "spid e cie", "spid o cie",
			"services en ligne", "service en ligne", "demarches en ligne", "demarche en ligne", "teleservices", "teleservice", "teleprocedures", "portail famille", "espace famille",
			"portail citoyen", "portail citoyens", "espace citoyen", "espace citoyens", "portail usagers", "espace usager", "guichet numerique", "guichet unique", "franceconnect",
			"france connect", "mon compte citoyen", "saisine par voie electronique", "dematerialisation des autorisations", "service public fr",
			"online services", "eservices", "e services", "online forms", "online dienste", "onlinedienste", "online dienstleistungen", "serviceportal", "burgerportal", "online antrage",
			"sede electronica", "tramites en linea", "tramites online", "oficina virtual",
		},
		weak: []string{"spid", "sportello virtuale", "mon espace"},
		addresses: []string{
			"servizi online", "servizionline", "servizi on line", "sportello telematico", "sportellotelematico", "area personale", "areapersonale", "demarches en ligne",
			"services en ligne", "portail famille", "espace famille", "gnau", "online services", "onlinedienste", "sede electronica",
		},
		hosts: []string{
			"stanzadelcittadino.it", "sportellounicodigitale.it", "cloud.urbi.it", "impresainungiorno.gov.it", "service-public.fr", "service-public.gouv.fr",
			"demarches-simplifiees.fr", "demarche.numerique.gouv.fr", "franceconnect.gouv.fr",
		},
		names: []string{"servizionline", "servizidigitali", "sportellotelematico", "sportellodigitale", "eservices", "teleservices"},
	},
	{
		kind: Licence, trap: ofTrade,
		labels: []string{
			"licenza dei contenuti", "licenza dei dati", "licenza d uso", "licenza aperta", "creative commons", "cc by", "licence ouverte", "licence des contenus",
			"reutilisation des donnees", "content licence", "content license", "riutilizzo dei contenuti", "lizenz der inhalte",
		},
		weak:      []string{"licenza", "licence", "license", "lizenz", "licencia"},
		addresses: []string{"licenza dei contenuti", "licenza", "licence ouverte"},
		hosts:     []string{"creativecommons.org"},
	},
	{
		kind: FAQ, mark: "faq",
		labels: []string{
			"faq", "faqs", "f a q", "domande frequenti", "domande e risposte", "foire aux questions", "questions frequentes", "haufige fragen", "preguntas frecuentes",
			"frequently asked questions",
		},
		addresses: []string{"faq", "faqs", "domande frequenti", "domandefrequenti", "foire aux questions", "questions frequentes"},
	},
	{
		kind: Contact,
		labels: []string{
			"contatti", "contattaci", "contatta il comune", "contact", "contacts", "contactez nous", "nous contacter", "nous ecrire", "contact us", "kontakt", "contacto", "contactar",
		},
		addresses: []string{"contatti", "contattaci", "contact", "contacts", "contact us", "nous contacter", "kontakt", "contacto"},
	},
}
