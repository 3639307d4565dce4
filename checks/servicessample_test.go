package checks_test

import (
	"slices"

	"campanile/collectors/evidence"
	"campanile/collectors/records/datagram"
)

// servicesTown has everything open at one address, nothing at another, and two of
// which little is known.
func servicesTown() *evidence.Bundle {
	open := evidence.Host{Address: "192.0.2.10", Names: []string{"www.comune.example"}, Observation: seen(), Ports: everything(), Datagrams: datagrams(seen())}
	return servicesOf(
		open,
		evidence.Host{Address: "2001:db8::10", Observation: seen(), Ports: []evidence.Port{speaking(40080, "tcp", "http")}, Datagrams: datagrams(absent())},
		evidence.Host{Address: "192.0.2.11", Observation: seen(), Ports: []evidence.Port{
			{Number: 3389, Transport: "tcp", Identity: silent},
			{Number: 9100, Transport: "tcp", Identity: evidence.Observation{State: evidence.Unknown, Problem: evidence.NotToBeAsked}},
			{Number: 502, Transport: "tcp", Identity: absent()},
		}, Datagrams: datagrams(silent)},
		evidence.Host{Address: "192.0.2.12", Observation: silent},
	)
}

// servicesOf is a town of which only the services were looked at.
func servicesOf(hosts ...evidence.Host) *evidence.Bundle {
	b := defaultBundle()
	b.Profile, b.Families = evidence.Full, []evidence.Family{evidence.ServicesFamily}
	b.Services = evidence.Services{Observation: seen(), Hosts: hosts}
	return b
}

// everything is one service of each class, and each that answers over UDP.
func everything() []evidence.Port {
	var ports []evidence.Port
	for i, service := range []string{
		"rdp", "smb", "telnet", "ftp", "vnc", "mongodb", "redis", "elasticsearch", "docker", "ldap", "nfs", "rsync", "ipp", "nas_qnap",
		"rtsp", "router_web", "hypervisor", "bmc_web", "plant_web", "sip_tcp", "x11", "webmin", "amqp", "ssh",
	} {
		ports = append(ports, speaking(uint16(40000+i), "tcp", service))
	}
	for _, d := range datagrams(seen()) {
		ports = append(ports, speaking(d.Number, "udp", d.Service))
	}
	return ports
}

// speaking is a port that says all by which the checks tell good from bad, and it
// says the bad.
func speaking(number uint16, transport, service string) evidence.Port {
	return evidence.Port{Number: number, Transport: transport, Identity: seen(), Service: service, Facts: []evidence.Fact{
		{Name: "factor", Value: "4.2"},
		{Name: "methods", Value: "publickey,password"},
		{Name: "recursion", Value: "yes"},
		{Name: "tls", Value: "none"},
	}}
}

// datagrams are all questions over UDP, with one answer.
func datagrams(o evidence.Observation) []evidence.Datagram {
	var list []evidence.Datagram
	for _, p := range datagram.Protocols() {
		list = append(list, evidence.Datagram{Service: p.Service, Number: p.Port, Observation: o})
	}
	return slices.Clip(list)
}
