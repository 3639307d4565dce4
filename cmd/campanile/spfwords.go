package main

import (
	"strconv"
	"strings"

	"campanile/collectors/records/spf"
	"campanile/rules"
)

// spfInWords tells an outcome in a few plain sentences.
func spfInWords(o spf.Outcome, q spf.Query, language rules.Language) string {
	say, ok := spfSentences[language]
	if !ok {
		say = spfSentences[rules.English]
	}
	text := say[o.Result] + "\n  " + say[reasonWords] + "\n"
	if o.Lookups > 0 {
		text += "  " + say[costWords] + "\n"
	}
	return strings.NewReplacer(
		"{ip}", q.IP.Unmap().String(), "{domain}", o.Domain, "{reason}", o.Reason,
		"{lookups}", strconv.Itoa(o.Lookups), "{most}", strconv.Itoa(spf.MaxLookups),
		"{void}", strconv.Itoa(o.VoidLookups), "{most-void}", strconv.Itoa(spf.MaxVoidLookups),
	).Replace(text)
}

// What stands below the result, whatever it is.
const (
	reasonWords spf.Result = "reason"
	costWords   spf.Result = "costs"
)

// spfSentences are the words for each result; the reason itself is technical
// and in English, for the supplier.
var spfSentences = map[rules.Language]map[spf.Result]string{
	rules.English: {
		spf.Pass:      "Yes: {ip} may send mail as {domain}.",
		spf.Fail:      "No: {ip} may not send mail as {domain}. Receivers may refuse it.",
		spf.SoftFail:  "Probably not: {domain} does not name {ip} among its servers. Receivers mostly take such mail, but with suspicion; if the server is yours, have it added to the SPF record.",
		spf.Neutral:   "{domain} does not say whether {ip} may send. For receivers that is as if there were no rule, so anybody can send as {domain}.",
		spf.None:      "Nobody knows: {domain} publishes no SPF record, so any server can send as {domain}.",
		spf.PermError: "The SPF record of {domain} cannot be evaluated, so it protects nobody and may harm your own mail. Have it mended.",
		spf.TempError: "Not known: the DNS gave no usable answer, which says nothing about {ip} or {domain}. Try again later, or with another --resolver.",
		reasonWords:   "Technical reason: {reason}.",
		costWords:     "Look-ups: {lookups} of {most}, void look-ups: {void} of {most-void}.",
	},
	rules.Italian: {
		spf.Pass:      "Sì: {ip} può inviare posta a nome di {domain}.",
		spf.Fail:      "No: {ip} non può inviare posta a nome di {domain}. Chi la riceve può rifiutarla.",
		spf.SoftFail:  "Probabilmente no: {domain} non elenca {ip} tra i suoi server. Di solito questa posta arriva, ma con sospetto; se il server è vostro, fatelo aggiungere al record SPF.",
		spf.Neutral:   "{domain} non dice se {ip} può inviare. Per chi riceve è come se non ci fosse alcuna regola, quindi chiunque può inviare a nome di {domain}.",
		spf.None:      "Nessuno lo sa: {domain} non pubblica un record SPF, quindi qualsiasi server può inviare a nome di {domain}.",
		spf.PermError: "Il record SPF di {domain} non si può valutare: non protegge nessuno e può danneggiare la vostra stessa posta. Fatelo correggere.",
		spf.TempError: "Non si sa: il DNS non ha dato una risposta utile, e questo non dice nulla su {ip} né su {domain}. Riprovate più tardi, o con un altro --resolver.",
		reasonWords:   "Motivo tecnico (in inglese, per il fornitore): {reason}.",
		costWords:     "Interrogazioni: {lookups} su {most}, a vuoto: {void} su {most-void}.",
	},
	rules.French: {
		spf.Pass:      "Oui : {ip} peut envoyer du courrier au nom de {domain}.",
		spf.Fail:      "Non : {ip} ne peut pas envoyer de courrier au nom de {domain}. Les destinataires peuvent le refuser.",
		spf.SoftFail:  "Probablement pas : {domain} ne cite pas {ip} parmi ses serveurs. Ce courrier arrive le plus souvent, mais il est suspect ; si le serveur est le vôtre, faites-le ajouter à l'enregistrement SPF.",
		spf.Neutral:   "{domain} ne dit pas si {ip} peut envoyer. Pour les destinataires, c'est comme s'il n'y avait aucune règle : n'importe qui peut envoyer au nom de {domain}.",
		spf.None:      "Personne ne le sait : {domain} ne publie pas d'enregistrement SPF, donc n'importe quel serveur peut envoyer au nom de {domain}.",
		spf.PermError: "L'enregistrement SPF de {domain} ne peut pas être évalué : il ne protège personne et peut nuire à votre propre courrier. Faites-le corriger.",
		spf.TempError: "On ne sait pas : le DNS n'a pas donné de réponse utilisable, ce qui ne dit rien de {ip} ni de {domain}. Réessayez plus tard, ou avec un autre --resolver.",
		reasonWords:   "Raison technique (en anglais, pour le prestataire) : {reason}.",
		costWords:     "Questions au DNS : {lookups} sur {most}, sans réponse : {void} sur {most-void}.",
	},
}
