package records

import (
	"slices"
	"strings"
)

// Registered gives the part of a host name that its owner had to register: two
// labels, or three below the second levels that registries keep for everybody. Of
// those it knows what the countries judged here have; whoever shares another one
// counts as one owner, and nobody is blamed for it.
func Registered(host string) string {
	labels := strings.Split(host, ".")
	count := len(labels)
	if count < 3 || !isSharedLevel(labels[count-2], labels[count-1]) {
		return strings.Join(labels[max(0, count-2):], ".")
	}
	return strings.Join(labels[count-3:], ".")
}

// isSharedLevel recognises a second level under which people register names.
func isSharedLevel(second, top string) bool {
	switch top {
	case "it":
		return IsProvince(second) || second == "gov" || second == "edu"
	case "fr":
		return slices.Contains([]string{"asso", "com", "gouv", "nom", "prd", "tm"}, second)
	}
	return len(top) == 2 && slices.Contains([]string{"ac", "co", "com", "edu", "gob", "gov", "gv", "net", "nom", "or", "org"}, second)
}

// IsProvince recognises the second level of geographic names under .it: the
// initials or the full name of a province, or the name of a region.
func IsProvince(label string) bool {
	return slices.Contains(strings.Fields(provinces), strings.ReplaceAll(label, "-", ""))
}

// provinces are the geographic second levels that the registry of .it reserves,
// without hyphens: provinces past and present, then the regions.
const provinces = `ag al an ao ap aq ar at av ba bg bi bl bn bo br bs bt bz ca cb ce ch ci cl cn co cr cs ct cz en fc fe fg fi fm fr ge go gr
im is kr lc le li lo lt lu mb mc me mi mn mo ms mt na no nu og or ot pa pc pd pe pg pi pn po pr pt pu pv pz ra rc re rg ri rm rn ro
sa si so sp sr ss su sv ta te tn to tp tr ts tv ud va vb vc ve vi vr vs vt vv
agrigento alessandria ancona aosta arezzo ascolipiceno asti avellino bari barlettaandriatrani belluno benevento bergamo biella bologna
bolzano bozen brescia brindisi cagliari caltanissetta campobasso carboniaiglesias caserta catania catanzaro chieti como cosenza cremona
crotone cuneo enna fermo ferrara firenze foggia forlicesena frosinone genova gorizia grosseto imperia isernia laquila laspezia latina
lecce lecco livorno lodi lucca macerata mantova massacarrara matera mediocampidano messina milano modena monzabrianza napoli novara nuoro
ogliastra olbiatempio oristano padova palermo parma pavia perugia pesarourbino pescara piacenza pisa pistoia pordenone potenza prato
ragusa ravenna reggiocalabria reggioemilia rieti rimini roma rovigo salerno sassari savona siena siracusa sondrio sudsardegna taranto
teramo terni torino trapani trento treviso trieste udine varese venezia verbania vercelli verona vibovalentia vicenza viterbo
abruzzo basilicata calabria campania emiliaromagna friuliveneziagiulia lazio liguria lombardia marche molise piemonte puglia sardegna
sicilia toscana trentinoaltoadige umbria valledaosta veneto abr bas cal cam emr fvg laz lig lom mar mol pmn pug sar sic taa tos umb vao vda ven`
