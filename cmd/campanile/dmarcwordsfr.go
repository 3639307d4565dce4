package main

func dmarcFrench() map[string]string {
	return map[string]string{
		"found":         `L'enregistrement qui s'applique se trouve à {at} : {record}`,
		"found.none":    `Aucun enregistrement DMARC ne s'applique à ce nom.`,
		"problem":       `{question} n'a pas pu être interrogé ({problem}) : une partie de la réponse manque. Réessayez plus tard, ou avec un autre serveur DNS (--resolver).`,
		"newer":         `Chez qui reçoit le courrier selon la RFC 9989, un message qui prétend venir de {name} : {policy}.`,
		"below":         `Chez les mêmes destinataires, pour {domain} : {self} ; pour un nom au-dessous sans enregistrement propre : {existing} ; pour un nom au-dessous qui n'existe pas : {missing}.`,
		"older":         `Chez les systèmes plus anciens (RFC 7489, Public Suffix List), un message qui prétend venir de {name} : {older}.`,
		"older.sampled": `Chez les systèmes plus anciens (RFC 7489, Public Suffix List), un message qui prétend venir de {name} : {older}, mais pour {percent} % des messages seulement.`,
		"older.unknown": `Ce que font les systèmes plus anciens (RFC 7489, Public Suffix List) ne peut pas être dit : une réponse manque ({older-problem}).`,

		"policy.none":        `il passe`,
		"policy.quarantine":  `il est rangé parmi les indésirables`,
		"policy.reject":      `il est refusé`,
		"policy.not-applied": `aucune règle n'est trouvée, il passe`,
		"policy.unknown":     `on ne peut pas le dire`,

		"advice":                               `Ce qu'il faut publier`,
		"advice.nothing":                       `Rien : laissez les choses telles quelles.`,
		"advice.none":                          `Dans l'enregistrement à {at} : quand les rapports montrent que tout le courrier de la commune passe les contrôles, remplacez p=none par p=quarantine, puis par p=reject.`,
		"advice.several-records":               `Un seul enregistrement DMARC par nom : là où il y en a plusieurs, les destinataires les écartent tous.`,
		"advice.no-record":                     `À _dmarc.{name}, un enregistrement TXT : v=DMARC1; p=none; rua=mailto:ADRESSE-POUR-LES-RAPPORTS. Quand les rapports montrent que tout le courrier de la commune passe les contrôles, remplacez p=none par p=reject.`,
		"advice.policy-invalid":                `Dans l'enregistrement à {at} : un p valide (none, quarantine ou reject) ; sp et np avec un de ces mêmes mots, ou retirés.`,
		"advice.not-seen-by-older-readers":     `À _dmarc.{name}, un enregistrement propre : les systèmes plus anciens ne voient pas celui de {at}. Si personne n'écrit depuis {name} : v=DMARC1; p=reject. Sinon, commencez par p=none et rua, et renforcez après lecture des rapports.`,
		"advice.subdomain-policy-weak":         `Dans l'enregistrement que suivent les noms au-dessous de {domain} : pas de sp, ou un sp aussi fort que p ; sinon ces noms peuvent être usurpés.`,
		"advice.missing-subdomain-policy-weak": `Dans l'enregistrement que suivent les noms au-dessous de {domain} : np=reject ; personne n'écrit depuis un nom qui n'existe pas.`,
		"advice.testing":                       `Dans l'enregistrement à {at} : retirez t=y une fois l'essai terminé ; tant qu'il y est, les destinataires appliquent un niveau de moins que ce qui est écrit.`,
		"advice.no-reports":                    `Dans l'enregistrement à {at} : rua=mailto:ADRESSE-POUR-LES-RAPPORTS ; sans cela, personne n'apprend qui écrit au nom de la commune.`,
		"advice.historic-tags":                 `Dans l'enregistrement à {at} : retirez pct, rf et ri ; les systèmes récents les ignorent.`,
		"advice.psd-missing":                   `Dans l'enregistrement à {at} : psd=n ; cela dit que l'organisation commence ici, quoi qu'il soit publié plus haut.`,
		"advice.subdomains-follow-parent":      `Dans l'enregistrement à {at} : psd=n, si les noms au-dessous de {domain} sont à la commune ; aujourd'hui ils suivent un enregistrement placé plus haut.`,
	}
}
