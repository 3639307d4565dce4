package main

func dmarcItalian() map[string]string {
	return map[string]string{
		"found":         `Il record che vale si trova in {at}: {record}`,
		"found.none":    `Per questo nome non vale nessun record DMARC.`,
		"problem":       `Non è stato possibile interrogare {question} ({problem}): manca una parte della risposta. Riprovi più tardi, o con un altro server DNS (--resolver).`,
		"newer":         `Presso chi riceve la posta secondo la RFC 9989, un messaggio che finge di venire da {name}: {policy}.`,
		"below":         `Presso gli stessi destinatari, per {domain}: {self}; per un nome al di sotto senza un proprio record: {existing}; per un nome al di sotto che non esiste: {missing}.`,
		"older":         `Presso i sistemi più vecchi (RFC 7489, Public Suffix List), un messaggio che finge di venire da {name}: {older}.`,
		"older.sampled": `Presso i sistemi più vecchi (RFC 7489, Public Suffix List), un messaggio che finge di venire da {name}: {older}, ma solo per il {percent} % dei messaggi.`,
		"older.unknown": `Che cosa facciano i sistemi più vecchi (RFC 7489, Public Suffix List) non si può dire: manca una risposta ({older-problem}).`,

		"policy.none":        `passa`,
		"policy.quarantine":  `finisce nella posta indesiderata`,
		"policy.reject":      `viene rifiutato`,
		"policy.not-applied": `non vale alcuna regola, quindi passa`,
		"policy.unknown":     `non si può dire`,

		"advice":                               `Che cosa pubblicare`,
		"advice.nothing":                       `Niente: va bene così.`,
		"advice.none":                          `Nel record in {at}: quando i rapporti mostrano che tutta la posta del Comune supera i controlli, porti p=none a p=quarantine e poi a p=reject.`,
		"advice.several-records":               `Un solo record DMARC per ogni nome: dove sono più di uno, chi riceve li scarta tutti.`,
		"advice.no-record":                     `In _dmarc.{name}, un record TXT: v=DMARC1; p=none; rua=mailto:INDIRIZZO-PER-I-RAPPORTI. Quando i rapporti mostrano che tutta la posta del Comune supera i controlli, porti p=none a p=reject.`,
		"advice.policy-invalid":                `Nel record in {at}: un p valido (none, quarantine o reject); sp e np con una delle stesse parole, oppure tolti.`,
		"advice.not-seen-by-older-readers":     `In _dmarc.{name}, un record proprio: i sistemi più vecchi non vedono quello in {at}. Se nessuno scrive da {name}: v=DMARC1; p=reject. Altrimenti cominci con p=none e rua, e lo rafforzi dopo aver letto i rapporti.`,
		"advice.subdomain-policy-weak":         `Nel record che vale per i nomi sotto {domain}: nessun sp, oppure un sp forte quanto p; altrimenti quei nomi si possono falsificare.`,
		"advice.missing-subdomain-policy-weak": `Nel record che vale per i nomi sotto {domain}: np=reject; da un nome che non esiste non scrive nessuno.`,
		"advice.testing":                       `Nel record in {at}: finita la prova, tolga t=y; finché c'è, chi riceve applica un livello in meno di quello scritto.`,
		"advice.no-reports":                    `Nel record in {at}: rua=mailto:INDIRIZZO-PER-I-RAPPORTI; senza, nessuno viene a sapere chi scrive a nome del Comune.`,
		"advice.historic-tags":                 `Nel record in {at}: tolga pct, rf e ri; i sistemi più nuovi li ignorano.`,
		"advice.psd-missing":                   `Nel record in {at}: psd=n; dice che l'ente comincia qui, qualunque cosa sia pubblicata più in alto.`,
		"advice.subdomains-follow-parent":      `Nel record in {at}: psd=n, se i nomi sotto {domain} sono del Comune; oggi seguono un record più in alto.`,
	}
}
