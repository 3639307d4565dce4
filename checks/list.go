package checks

import "campanile/collectors/evidence"

// All is every check, in the order of the catalogue. A new check is one line.
var All = []Check{
	{"dns-nameserver-single", evidence.DNSFamily, []string{"nameservers", "count"}, nameserverSingle},
	{"dns-caa-missing", evidence.DNSFamily, nil, caaMissing},
	{"dnssec-missing", evidence.DNSFamily, []string{"zone", "proof"}, dnssecMissing},

	{"mail-spf-missing", evidence.MailFamily, nil, exceptPEC(spfMissing)},
	{"mail-spf-multiple", evidence.MailFamily, []string{"count", "records"}, exceptPEC(spfMultiple)},
	{"mail-spf-too-many-lookups", evidence.MailFamily, []string{"lookups", "offender"}, exceptPEC(spfTooManyLookups)},
	{"mail-spf-permissive", evidence.MailFamily, []string{"record", "reason"}, exceptPEC(spfPermissive)},
	{"mail-dmarc-missing", evidence.MailFamily, nil, exceptPEC(dmarcMissing)},
	{"mail-dmarc-policy-none", evidence.MailFamily, []string{"policy", "found_at", "record"}, exceptPEC(dmarcPolicyNone)},
	{"mail-dmarc-reports-missing", evidence.MailFamily, []string{"found_at", "record"}, exceptPEC(dmarcReportsMissing)},
	{"mail-starttls-missing", evidence.MailFamily, []string{"host", "address"}, starttlsMissing},
	{"mail-mta-sts-missing", evidence.MailFamily, []string{"mx"}, mtaSTSMissing},

	{"tls-missing", evidence.TLSFamily, []string{"host"}, tlsMissing},
	{"tls-certificate-expired", evidence.TLSFamily, []string{"host", "expired_on", "issuer"}, certificateExpired},
	{"tls-certificate-expiring", evidence.TLSFamily, []string{"host", "expires_on", "days"}, certificateExpiring},
	{"tls-certificate-wrong-host", evidence.TLSFamily, []string{"host", "names"}, certificateWrongHost},
	{"tls-certificate-untrusted", evidence.TLSFamily, []string{"host", "issuer", "reason"}, certificateUntrusted},
	{"tls-certificate-chain-incomplete", evidence.TLSFamily, []string{"host", "issuer"}, certificateChainIncomplete},
	{"tls-version-obsolete", evidence.TLSFamily, []string{"host", "versions", "oldest"}, tlsVersionObsolete},
	{"tls-version-modern-missing", evidence.TLSFamily, []string{"host", "version"}, tlsVersionModernMissing},

	{"web-unreachable", evidence.WebFamily, []string{"host", "reason"}, webUnreachable},
	{"web-http-not-redirected", evidence.WebFamily, []string{"host", "url"}, httpNotRedirected},
	{"web-hsts-missing", evidence.WebFamily, []string{"host"}, hstsMissing},
	{"web-csp-missing", evidence.WebFamily, []string{"host"}, cspMissing},
	{"web-framing-allowed", evidence.WebFamily, []string{"host"}, framingAllowed},
	{"web-nosniff-missing", evidence.WebFamily, []string{"host"}, nosniffMissing},
	{"web-cookie-insecure", evidence.WebFamily, []string{"host", "cookies"}, cookieInsecure},
	{"web-security-txt-missing", evidence.WebFamily, []string{"host"}, securityTxtMissing},
	{"accessibility-declaration-missing", evidence.WebFamily, []string{"host", "url"}, declarationMissing},
	{"privacy-notice-missing", evidence.WebFamily, []string{"host", "url"}, privacyMissing},
	{"transparency-missing", evidence.WebFamily, []string{"host", "url"}, transparencyMissing},
}
