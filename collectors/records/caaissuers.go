package records

import "strings"

// CAAIdentifiers gives the domains by which CAA records name the authority that
// issued a certificate, from its issuer as crypto/x509/pkix writes it; nil when
// the authority is not known here.
func CAAIdentifiers(issuer string) []string {
	name := organisation(issuer)
	for _, a := range authorities {
		if strings.EqualFold(name, a.organisation) {
			return strings.Fields(a.identifiers)
		}
	}
	return nil
}

// organisation takes the first O= value out of a name in the form of RFC 2253.
func organisation(name string) string {
	for _, part := range nameParts(name) {
		if value, ok := strings.CutPrefix(part, "O="); ok {
			return unescaped(value)
		}
	}
	return ""
}

// nameParts divides a name at its commas and plus signs, but for those behind a
// backslash, which it leaves (RFC 2253 section 2.4).
func nameParts(name string) []string {
	var parts []string
	start := 0
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case ',', '+':
			parts = append(parts, name[start:i])
			start = i + 1
		}
	}
	return append(parts, name[start:])
}

// unescaped takes the backslashes away.
func unescaped(value string) string {
	var plain strings.Builder
	for i := 0; i < len(value); i++ {
		if value[i] == '\\' && i+1 < len(value) {
			i++
		}
		plain.WriteByte(value[i])
	}
	return plain.String()
}

// The domains that the two large families honour; who resells their certificates
// under a name of its own shares them.
const (
	sectigo = "sectigo.com comodoca.com usertrust.com trust-provider.com comodo.com entrust.net affirmtrust.com"

	digiCert = "digicert.com www.digicert.com digicert.ne.jp cybertrust.ne.jp thawte.com geotrust.com rapidssl.com symantec.com quovadisglobal.com " +
		"digitalcertvalidation.com volusion.digitalcertvalidation.com stratossl.digitalcertvalidation.com intermediatecertificate.digitalcertvalidation.com " +
		"1and1.digitalcertvalidation.com pkioverheid.nl www.pkioverheid.nl amazon.com amazontrust.com awstrust.com amazonaws.com"

	amazon  = "amazon.com amazontrust.com awstrust.com amazonaws.com aws.amazon.com"
	certum  = "certum.pl certum.eu"
	entrust = "entrust.net entrust.com affirmtrust.com " + sectigo + " ssl.com"
	goDaddy = "godaddy.com starfieldtech.com"
	telesec = "telesec.de pki.dfn.de dfn.de"
	viking  = "trustwave.com securetrust.com vikingcloud.com"
)

// authorities knows the organisations that issue certificates for public sites
// in Europe, as their certificates write them, and the domains that each honours,
// as they say in the Common CA Database and in their practice statements. A domain
// too many makes a check miss a fault, a domain too few makes it accuse: where the
// sources differ, all that any of them names is here.
var authorities = []struct{ organisation, identifiers string }{
	{"Let's Encrypt", "letsencrypt.org"},
	{"Internet Security Research Group", "letsencrypt.org"},
	{"ISRG", "letsencrypt.org"},

	{"Sectigo Limited", sectigo},
	{"Sectigo (Europe) SL", sectigo},
	{"COMODO CA Limited", sectigo},
	{"The USERTRUST Network", sectigo},
	{"ZeroSSL", "zerossl.com " + sectigo},
	{"ZeroSSL GmbH", "zerossl.com " + sectigo},
	{"Gandi", sectigo},
	{"Gandi SAS", sectigo},
	{"GEANT Vereniging", sectigo},
	{"cPanel, Inc.", sectigo},
	{"cPanel, LLC", sectigo},
	{"Corporation Service Company", sectigo},
	{"Network Solutions L.L.C.", sectigo},
	{"EUNETIC GmbH", sectigo},
	{"Trust Provider B.V.", sectigo + " " + digiCert},

	{"DigiCert Inc", digiCert},
	{"DigiCert, Inc.", digiCert},
	{"DigiCert Ireland Limited", digiCert},
	{"GeoTrust Inc.", digiCert},
	{"thawte, Inc.", digiCert},
	{"RapidSSL", digiCert},
	{"GeoTrust", digiCert},
	{"Symantec Corporation", digiCert},
	{"TERENA", digiCert},
	{"Cloudflare, Inc.", digiCert},
	{"Encryption Everywhere CA", digiCert},
	{"QuoVadis Limited", digiCert},
	{"QuoVadis Trustlink B.V.", digiCert},
	{"QuoVadis Trustlink Schweiz AG", digiCert},
	{"QuoVadis Trustlink Deutschland GmbH", digiCert},
	{"Baltimore", digiCert},
	{"Microsoft Corporation", "microsoft.com " + digiCert},

	{"GlobalSign nv-sa", "globalsign.com"},
	{"GlobalSign", "globalsign.com"},
	{"Google Trust Services LLC", "pki.goog google.com"},
	{"Google Trust Services", "pki.goog google.com"},
	{"Amazon", amazon},
	{"Amazon Trust Services", amazon},
	{"Starfield Technologies, Inc.", goDaddy + " " + amazon},
	{"GoDaddy.com, Inc.", goDaddy},
	{"GoDaddy Inc.", goDaddy},
	{"Apple Inc.", "pki.apple.com " + digiCert + " " + sectigo},
	{"Certainly", "certainly.com"},
	{"IdenTrust", "identrust.com"},
	{"IdenTrust, Inc.", "identrust.com"},
	{"SSL Corporation", "ssl.com entrust.net affirmtrust.com"},
	{"SSL Corp", "ssl.com entrust.net affirmtrust.com"},
	{"Entrust, Inc.", entrust},
	{"Entrust Limited", entrust},
	{"Entrust Corporation", entrust},
	{"Entrust", entrust},
	{"AffirmTrust", entrust},
	{"Trustwave Holdings, Inc.", viking},
	{"Viking Cloud, Inc.", viking},
	{"TrustAsia Technologies, Inc.", "trustasia.com " + digiCert + " " + sectigo},

	{"Actalis S.p.A.", "actalis.it"},
	{"Actalis S.p.A./03358520967", "actalis.it"},
	{"DHIMYOTIS", "certigna.fr certigna.com"},
	{"Certigna", "certigna.fr certigna.com"},
	{"Hellenic Academic and Research Institutions CA", "harica.gr"},
	{"Hellenic Academic and Research Institutions Cert. Authority", "harica.gr"},
	{"Greek Universities Network (GUnet)", "harica.gr"},
	{"HARICA", "harica.gr"},
	{"Asseco Data Systems S.A.", certum},
	{"Unizeto Technologies S.A.", certum},
	{"Certum", certum},
	{"home.pl S.A.", certum},
	{"nazwa.pl sp. z o.o.", certum},
	{"D-Trust GmbH", "d-trust.net d-trust.de dtrust.de dtrust.net"},
	{"Deutsche Telekom Security GmbH", telesec},
	{"T-Systems International GmbH", telesec},
	{"Verein zur Foerderung eines Deutschen Forschungsnetzes e. V.", telesec},
	{"Buypass AS-983163327", "buypass.com buypass.no"},
	{"SwissSign AG", "swisssign.com swisssign.net swisssign.ch"},
	{"Telia Finland Oyj", "telia.com telia.fi telia.se"},
	{"Telia Company AB", "telia.com telia.fi telia.se"},
	{"TeliaSonera", "telia.com telia.fi telia.se"},
	{"AC CAMERFIRMA S.A.", "camerfirma.com"},
	{"ACCV", "accv.es"},
	{"FNMT-RCM", "fnmt.es"},
	{"IZENPE S.A.", "izenpe.com izenpe.eus"},
	{"Firmaprofesional S.A.", "firmaprofesional.com"},
	{"Firmaprofesional SA", "firmaprofesional.com"},
	{"CERTSIGN SA", "certsign.ro"},
	{"certSIGN", "certsign.ro"},
	{"Disig a.s.", "disig.sk"},
	{"Microsec Ltd.", "e-szigno.hu"},
	{"NETLOCK Kft.", "netlock.hu netlock.net netlock.eu netlock.com"},
	{"NetLock Kft.", "netlock.hu netlock.net netlock.eu netlock.com"},
	{"WISeKey", "wisekey.com hightrusted.com certifyid.com oiste.org"},
	{"OISTE Foundation", "wisekey.com hightrusted.com certifyid.com oiste.org"},
	{"Laboratorio Campanile", "ca.campanile.test"}, // of the fictional territory; no program trusts it unless told to
}
