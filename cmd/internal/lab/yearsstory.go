package lab

import (
	"time"

	"campanile/collectors/evidence"
)

// episode is something that was otherwise in a town for a while.
type episode struct {
	town     string
	from, to int // days before the last look; from 0: since ever
	every    int // of so many rounds it is seen in one only; 0: in all of them
	edit     func(s stage)
	breaks   []string // rules that fail because of it
	heals    []string // rules that fail today and did not then
}

// stage is one look of the past, and the real looks of today.
type stage struct {
	*evidence.Bundle

	until time.Time
	seen  map[string]*evidence.Bundle // by domain
}

func (e episode) concerns(domain string, days, round int) bool {
	return e.town == domain && days > e.to && (e.from == 0 || days <= e.from) && (e.every == 0 || round%e.every == 1)
}

// mended is a fault that a town had until some days before the last look.
func mended(town string, days int, fault func(stage), breaks ...string) episode {
	return episode{town: town, to: days, edit: fault, breaks: breaks}
}

// spoiled is something that was right in a town until some days before.
func spoiled(town string, days int, right func(stage), heals ...string) episode {
	return episode{town: town, to: days, edit: right, heals: heals}
}

// The rules that the episodes break.
const (
	noDMARC       = "mail-dmarc-missing"
	weakDMARC     = "mail-dmarc-policy-none"
	noRedirect    = "web-http-not-redirected"
	noHSTS        = "web-hsts-missing"
	noDeclaration = "accessibility-declaration-missing"
	noContact     = "web-security-txt-missing"
	noCAA         = "dns-caa-missing"
	oldTLS        = "tls-version-obsolete"
)

// episodes are the two years of the valley. A town has at most one at a time that
// concerns the same question.
func episodes() []episode {
	valley := func(name string) string { return domain(in(name)) }
	exemplary := valley("roccafinta")
	list := []episode{
		// It mended one thing after the other, and others look to it.
		mended(exemplary, 660, withoutDMARC, noDMARC),
		{town: exemplary, from: 660, to: 560, edit: watchingDMARC, breaks: []string{weakDMARC}},
		mended(exemplary, 610, withoutRedirect, noRedirect),
		mended(exemplary, 540, withOldTLS, oldTLS),
		mended(exemplary, 520, withoutDeclaration, noDeclaration),
		mended(exemplary, 480, withoutCAA, noCAA),
		mended(exemplary, 420, withoutHSTS, noHSTS),
		mended(exemplary, 365, withoutContact, noContact),

		mended(valley("valscaduta"), 300, withoutDMARC, noDMARC),
		mended(valley("valscaduta"), 240, withoutDeclaration, noDeclaration),
		mended(valley("serraturavecchia"), 420, withoutDMARC, noDMARC),
		mended(valley("serraturavecchia"), 380, withoutRedirect, noRedirect),
		mended(valley("sigillodicera"), 330, withoutHSTS, noHSTS),
		mended(valley("sigillodicera"), 200, withOldTLS, oldTLS),
		mended(valley("occhidappertutto"), 260, watchingDMARC, weakDMARC),
		mended(valley("occhidappertutto"), 150, withoutDeclaration, noDeclaration),
		mended(valley("lettereperse"), 460, withoutRedirect, noRedirect),
		mended(valley("segnapostopievano"), 180, withoutDMARC, noDMARC),
		mended(valley("firmamenti"), 350, withoutHSTS, noHSTS),
		mended("commune-de-fable.campanile.test", 500, withoutHSTS, noHSTS),
		mended("commune-de-fable.campanile.test", 310, watchingDMARC, weakDMARC),
		mended("sceau-le-bref.campanile.test", 270, withoutRedirect, noRedirect),
		mended("sans-souci-le-haut.campanile.test", 120, withoutRedirect, noRedirect),

		// It moved its mail from one supplier to the other.
		mended(valley("altrocampanile"), 220, mailFrom(valley("gemellodisopra")), "mail-starttls-missing"),

		// It got worse: somebody adds records and takes none away.
		spoiled(valley("castelfandonia"), 430, oneDMARC, "mail-dmarc-multiple"),
		spoiled(valley("castelfandonia"), 250, oneSPF, "mail-spf-multiple"),
		spoiled(valley("pontespezzato"), 130, wholeChain(exemplary), "tls-certificate-chain-incomplete"),

		// It let a certificate run out and noticed after six weeks.
		{town: valley("soffittadelweb"), from: 330, to: 285, edit: ranOut(330), breaks: []string{"tls-certificate-expired"}},

		// It answers every other time, which is no change of anything.
		{town: valley("vocidiscordi"), every: 2, edit: silent},
	}
	for _, twin := range []string{valley("gemellodisopra"), valley("gemellodisotto")} { // their supplier mended both at once
		list = append(list, mended(twin, 400, watchingDMARC, weakDMARC), mended(twin, 400, withoutRedirect, noRedirect))
	}
	return list
}
