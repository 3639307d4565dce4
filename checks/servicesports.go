package checks

import (
	"slices"
	"strconv"
	"strings"

	"campanile/collectors/evidence"
	"campanile/collectors/records/datagram"
	"campanile/collectors/records/services"
)

// exposedClass fails an address at which a service of a class answers, told by
// its protocol and never by the number of its port.
func exposedClass(class string) func(*evidence.Bundle) []Finding {
	return serviceRule{port: ofClass(class)}.judge
}

// snmpExposed rests on UDP alone.
func snmpExposed(b *evidence.Bundle) []Finding {
	return serviceRule{port: ofClass("snmp"), datagrams: []string{datagram.SNMP}}.judge(b)
}

// ftpPlainExposed fails an address with FTP that cannot be used with TLS.
func ftpPlainExposed(b *evidence.Bundle) []Finding {
	return serviceRule{port: ftpWithoutTLS}.judge(b)
}

// sshPassword fails an address with SSH that lets in whoever has a password.
func sshPassword(b *evidence.Bundle) []Finding {
	return serviceRule{port: sshByPassword, facts: func(facts Facts, ports []evidence.Port) {
		facts["methods"] = perPort(ports, func(p evidence.Port) string { return strings.Join(sshMethods(p), " ") })
	}}.judge(b)
}

// amplifier fails an address that answers anybody over UDP, whose sender can be
// forged.
func amplifier(b *evidence.Bundle) []Finding {
	return serviceRule{
		port: amplifies,
		datagrams: []string{
			datagram.SNMP, datagram.UPnP, datagram.Memcached, datagram.CLDAP, datagram.DNS, datagram.MDNS, datagram.NTP,
		},
		facts: func(facts Facts, ports []evidence.Port) {
			facts["factor"] = perPort(ports, func(p evidence.Port) string { return p.Fact("factor") })
		},
	}.judge(b)
}

// ofClass says whether a port speaks a protocol of a class. One that says nothing
// leaves that open where a service of the class usually lives.
func ofClass(class string) func(evidence.Port) evidence.Observation {
	return func(p evidence.Port) evidence.Observation {
		itself := services.Class(p.Service) == class
		usual := slices.ContainsFunc(services.At(p.Transport, p.Number), func(s services.Service) bool { return s.Class == class })
		switch {
		case p.Identity.State == evidence.Seen && itself:
			return defect()
		case !p.Identity.Known() && (itself || usual):
			return p.Identity
		}
		return sound()
	}
}

// withheld is the observation of what a server tells only to who logs in, or
// only where the mandate lets us ask.
func withheld() evidence.Observation {
	return evidence.Observation{State: evidence.Unknown, Problem: evidence.NotToBeAsked}
}

// ftpWithoutTLS reads what the server said to FEAT and AUTH TLS (RFC 4217 section
// 4), neither of which logs in.
func ftpWithoutTLS(p evidence.Port) evidence.Observation {
	if o := ofClass("ftp-plain")(p); o.State != evidence.Absent {
		return o
	}
	switch tls := p.Fact("tls"); {
	case p.TLS, tls == "offered", tls == "required":
		return sound()
	case tls == "none":
		return defect()
	}
	return withheld() // some servers say it after the login only
}

// sshByPassword reads the methods that may continue (RFC 4252 section 5.1).
func sshByPassword(p evidence.Port) evidence.Observation {
	if o := ofClass("ssh")(p); o.State != evidence.Absent {
		return o
	}
	methods := sshMethods(p)
	switch {
	case len(methods) == 0:
		return withheld()
	case slices.ContainsFunc(methods, byPassword):
		return defect()
	}
	return sound()
}

// byPassword reports a method in which somebody types what he knows. RFC 4256
// carries passwords as a rule. RFC 4252 section 5.2: a server lists none where it
// lets in without anything, which is worse.
func byPassword(method string) bool {
	return slices.Contains([]string{"password", "keyboard-interactive", "none"}, method)
}

// sshMethods reads a name-list of RFC 4251 section 5.
func sshMethods(p evidence.Port) []string {
	return strings.FieldsFunc(p.Fact("methods"), func(r rune) bool { return r == ',' || r == ' ' })
}

// amplifies says whether what answers over UDP can be turned against others. A
// resolver and a clock may have to answer everybody: they fail only where they
// resolve for strangers (RFC 5358) or answer with more than they were sent.
func amplifies(p evidence.Port) evidence.Observation {
	switch {
	case p.Transport != "udp":
		return sound()
	case p.Identity.State == evidence.Absent:
		// Something answers anybody, in a protocol that is not known.
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed}
	case p.Identity.State != evidence.Seen:
		return p.Identity
	}
	switch p.Service {
	case datagram.SNMP, datagram.UPnP, datagram.Memcached, datagram.CLDAP, datagram.MDNS:
		return defect()
	case datagram.DNS:
		return resolves(p)
	case datagram.NTP:
		return multiplies(p)
	}
	return sound()
}

// resolves leaves open what an answer leaves open that is no answer: a failure of
// the server, or data that it calls its own.
func resolves(p evidence.Port) evidence.Observation {
	switch p.Fact("recursion") {
	case "yes":
		return defect()
	case "no":
		return sound()
	}
	return evidence.Observation{State: evidence.Unknown, Problem: evidence.ServerBusy}
}

// multiplies reports a clock whose answer to our small question is longer by
// half, as no plain answer is: RFC 5905 section 7.3 has one length for both.
func multiplies(p evidence.Port) evidence.Observation {
	const much = 1.5
	factor, err := strconv.ParseFloat(p.Fact("factor"), 64)
	switch {
	case err != nil:
		return evidence.Observation{State: evidence.Unknown, Problem: evidence.Malformed}
	case factor > much:
		return defect()
	}
	return sound()
}
