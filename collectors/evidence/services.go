package evidence

// Services is what the addresses of the municipality answer beyond web, mail and
// DNS. It is looked at in profile full only, under a mandate.
type Services struct {
	Observation          // whether anybody looked at all
	Mandate     Mandate  `json:"mandate,omitzero"`
	Hosts       []Host   `json:"hosts,omitempty"`
	Engine      Engine   `json:"engine,omitzero"`
	Exposed     []Match  `json:"exposed,omitempty"`   // templates that matched
	Templates   []string `json:"templates,omitempty"` // that were tried, by id
}

// Mandate is the permission under which the services were looked at.
type Mandate struct {
	Body   string `json:"body"`
	By     string `json:"by"`     // the role of who authorised it
	From   string `json:"from"`   // day, 2026-11-22
	Until  string `json:"until"`  // day
	Digest string `json:"digest"` // SHA-256 of the file
}

// Host is one address and what its ports answer.
type Host struct {
	Address string   `json:"address"`
	Names   []string `json:"names,omitempty"` // of the municipality, that lead there
	// Observation is seen where the ports were asked; unknown with problem
	// shared-host where others live at the address too and the mandate does not
	// name it.
	Observation
	Tarpit bool   `json:"tarpit,omitempty"` // every port answers: nothing that it says is believed
	Asked  int    `json:"asked,omitempty"`  // ports
	Ports  []Port `json:"ports,omitempty"`  // those that answer; a port that does not is not listed
	Silent int    `json:"silent,omitempty"` // ports without any answer: a firewall drops what comes, or it was lost
}

// Port is one port that answers.
type Port struct {
	Number    uint16      `json:"number"`
	Transport string      `json:"transport"`          // tcp or udp
	Identity  Observation `json:"identity"`           // seen: a protocol was spoken; absent: what it spoke is none that is known; unknown: it says nothing, or the question was lost
	Service   string      `json:"service,omitempty"`  // of records/services, told by the protocol and never by the number
	Product   string      `json:"product,omitempty"`  // as it calls itself
	Version   string      `json:"version,omitempty"`  // as it states it
	TLS       bool        `json:"tls,omitempty"`      // spoken inside TLS from the first byte
	Greeting  string      `json:"greeting,omitempty"` // first line, printable, at most MaxDetail bytes
	Facts     []Fact      `json:"facts,omitempty"`    // by name: what the protocol states before any login
}

// Fact is something that a protocol states.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Fact gives the value of a fact, or "".
func (p Port) Fact(name string) string {
	for _, f := range p.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// Engine is the program that tries the templates.
type Engine struct {
	Observation        // unknown: it is absent, crashed, hung or spoke garbage
	Version     string `json:"version,omitempty"`
	Sockets     int    `json:"sockets,omitempty"` // connections that it opened
}

// Match is a template that matched.
type Match struct {
	Template string `json:"template"`
	URL      string `json:"url"`
	Address  string `json:"address,omitempty"`
	Extract  string `json:"extract,omitempty"` // what the template takes out, at most MaxDetail bytes; never a secret
}
