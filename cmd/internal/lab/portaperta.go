package lab

// portaperta forwarded every port that somebody ever asked for, and closed none
// again; the box in front of its site gives its memory away.
func portaperta() town {
	origin := in("portaperta")
	s := goodSite("@", "www")
	s.tls = &identity{rsa: long(), relic: gatewayOf2012()}
	return town{
		Town: Town{
			Domain: domain(origin), Name: "Comune di Portaperta", Country: "it", Code: "c_x024",
			Own: []string{"198.51.100.216", "2001:db8:216::80", "192.0.2.64/30"},
			Personality: map[string]string{
				"it": "Le pagine sono in ordine, ma l'apparecchio che le consegna perde la memoria, e sulla linea del municipio è rimasto aperto tutto quello che qualcuno ha chiesto una volta.",
				"fr": "Les pages sont en ordre, mais l'appareil qui les distribue laisse fuir sa mémoire, et sur la ligne de la mairie est resté ouvert tout ce que quelqu'un a demandé un jour.",
				"en": "The pages are in order, but the box that delivers them gives its memory away, and on the line of the town hall everything stayed open that somebody once asked for.",
			},
			Planted: []string{
				"dns-caa-missing", "dnssec-missing", "mail-mta-sts-missing",
				"tls-version-modern-missing", "tls-extended-master-secret-missing", "tls-heartbleed",
				"service-remote-desktop-exposed", "service-file-sharing-exposed", "service-telnet-exposed", "service-ftp-plain-exposed",
				"service-vnc-exposed", "service-database-exposed", "service-cache-exposed", "service-search-engine-exposed",
				"service-container-api-exposed", "service-directory-exposed", "service-snmp-exposed", "service-nfs-exposed",
				"service-rsync-exposed", "service-printer-exposed", "service-nas-exposed", "service-camera-exposed",
				"service-router-admin-exposed", "service-hypervisor-exposed", "service-management-controller-exposed",
				"service-industrial-exposed", "service-voip-exposed", "service-webmin-panel-exposed", "service-message-broker-exposed",
				"service-ssh-password", "service-amplifier",
			},
			Unknown: []string{"service-x11-exposed"},
		},
		place: place{
			zone: zone{origin: origin, servers: []string{"ns1.nuvolette.test.", "ns2.nuvolette.test."}, records: `
@      IN A    198.51.100.216
@      IN AAAA 2001:db8:216::80
www    IN A    198.51.100.216
www    IN AAAA 2001:db8:216::80
@      IN MX   10 mx.nuvolette.test.
@      IN TXT  "v=spf1 include:_spf.nuvolette.test -all"
_dmarc IN TXT  "v=DMARC1; p=reject; rua=mailto:dmarc@comune.portaperta.campanile.test"
default._domainkey IN CNAME _dkim.nuvolette.test.
ufficio   IN A 192.0.2.64
magazzino IN A 192.0.2.65
centrale  IN A 192.0.2.66
cantina   IN A 192.0.2.67
`},
			sites:     []site{s},
			oddities:  openDoors(),
			datagrams: []asked{{"centrale", 161, agent}, {"centrale", 1900, gateway}},
		},
	}
}

// openDoors are the ports of the line. No host has many, so that a look at it is
// soon over.
func openDoors() []oddity {
	return []oddity{
		{host: "ufficio", port: 22, speak: secureShell(true)},
		{host: "ufficio", port: 445, speak: windowsShares().speak},
		{host: "ufficio", port: 3306, speak: mariaDB().speak},
		{host: "ufficio", port: 3389, speak: remoteDesktop().speak},
		{host: "ufficio", port: 5900, speak: screen().speak},
		{host: "ufficio", port: 6000, speak: stall}, // an X11 server waits until it is spoken to

		{host: "magazzino", port: 21, speak: plainFTP().speak},
		{host: "magazzino", port: 23, speak: terminal().speak},
		{host: "magazzino", port: 111, speak: portmapper},
		{host: "magazzino", port: 554, speak: camera().speak},
		{host: "magazzino", port: 631, speak: panel("CUPS/1.4 IPP/1.1", "Home - CUPS 1.4.4").speak},
		{host: "magazzino", port: 873, speak: synchronised().speak},
		{host: "magazzino", port: 5000, speak: panel("nginx", "Synology DiskStation - Archivio").speak},

		{host: "centrale", port: 81, speak: panel("IPC@CHIP", "Solar-Log").speak},
		{host: "centrale", port: 902, speak: machines().speak},
		{host: "centrale", port: 5060, speak: exchangeOfCalls().speak},
		{host: "centrale", port: 8080, speak: panel("mikrotik", "RouterOS router configuration page").speak},
		{host: "centrale", port: 10000, speak: panel("MiniServ/1.580", "Login to Webmin").speak},
		{host: "centrale", port: 17988, speak: panel("HPE-iLO-Server/1.30", "iLO 4").speak},

		{host: "cantina", port: 389, speak: directory().speak},
		{host: "cantina", port: 2375, speak: containers().speak},
		{host: "cantina", port: 5432, speak: postgreSQL().speak},
		{host: "cantina", port: 5672, speak: broker().speak},
		{host: "cantina", port: 6379, speak: redis().speak},
		{host: "cantina", port: 9200, speak: searchEngine().speak},
	}
}
