package datagram

import (
	"strings"
)

// askSSDP is a search for all devices (UPnP Device Architecture 1.1 section
// 1.3.2), with one second to answer. HOST is the address of the group even in a
// question to one device: common servers ignore any other.
func askSSDP(uint64) []byte {
	return []byte("M-SEARCH * HTTP/1.1\r\n" +
		"HOST: 239.255.255.250:1900\r\n" +
		"MAN: \"ssdp:discover\"\r\n" +
		"MX: 1\r\n" +
		"ST: ssdp:all\r\n\r\n")
}

// maxHeaders bounds how many lines of one answer are read.
const maxHeaders = 32

// readSSDP recognises an answer to a search (section 1.3.3): what tells it from
// any other HTTP are the fields ST and USN. Names of single devices (UUID) and
// the inner address in LOCATION are not kept.
func readSSDP(_ uint64, answer []byte) (Said, bool) {
	lines := strings.SplitN(string(answer), "\n", maxHeaders+2)
	if !strings.HasPrefix(strings.ToUpper(lines[0]), "HTTP/1.1 200") {
		return Said{}, false
	}
	fields := map[string]string{}
	for _, line := range lines[1:min(len(lines), maxHeaders+1)] {
		name, value, found := strings.Cut(line, ":")
		if found {
			fields[strings.ToUpper(strings.TrimSpace(name))] = value
		}
	}
	if fields["ST"] == "" || fields["USN"] == "" {
		return Said{}, false
	}
	said := Said{Service: UPnP, Greeting: text(fields["SERVER"])}
	said.Product, said.Version = upnpProduct(said.Greeting)
	if device := upnpDevice(fields["ST"]); device != "" {
		said.Facts = []Fact{{"device", device}}
	}
	return said, true
}

// upnpProduct takes the third part of "OS/version UPnP/1.1 product/version".
// Not all write it so; then the whole line is the product.
func upnpProduct(server string) (product, version string) {
	at := strings.Index(server, "UPnP/")
	if at < 0 {
		return server, ""
	}
	_, own, found := strings.Cut(server[at:], " ")
	own = strings.Trim(own, ", ")
	if !found || own == "" {
		return server, ""
	}
	slash := strings.LastIndex(own, "/")
	if slash < 0 {
		return own, ""
	}
	version, _, _ = strings.Cut(own[slash+1:], " ")
	return own[:slash], version
}

// upnpDevice gives the type out of urn:schemas-upnp-org:device:TYPE:version.
func upnpDevice(target string) string {
	_, after, found := strings.Cut(target, ":device:")
	if !found {
		return ""
	}
	kind, _, _ := strings.Cut(after, ":")
	return text(kind)
}
