package evidence

// Services is what the addresses of the municipality answer beyond web, mail and
// DNS. It is looked at in profile full only, under a mandate.
type Services struct {
	Observation         // whether anybody looked at all
	Mandate     Mandate `json:"mandate,omitzero"`
	Hosts       []Host  `json:"hosts,omitempty"`
	Engine      Engine  `json:"engine,omitzero"`
	// Templates are those that the engine loaded, by id: "exposed-phpinfo", and
	// "exposed-phpinfo_2" for a further one of the same rule.
	Templates []string  `json:"templates,omitempty"`
	Tried     []Tried   `json:"tried,omitempty"`   // places where they were tried
	Untried   []Untried `json:"untried,omitempty"` // single ones that did not come to their end
	Exposed   []Match   `json:"exposed,omitempty"` // those that matched
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
	Silent int    `json:"silent,omitempty"` // TCP ports without any answer, asked twice: a firewall drops what comes
	// Filtered are those of the silent TCP ports that carriers often block on the way
	// out: the silence may be that of our own line, and says nothing of the host.
	Filtered []uint16 `json:"filtered,omitempty"`
	// Datagrams are the questions over UDP. Silence says nothing there, so each has
	// its own observation: absent where the host says that nobody is at the port.
	Datagrams []Datagram `json:"datagrams,omitempty"`
}

// Datagram is one question over UDP.
type Datagram struct {
	Service string `json:"service"` // of records/datagram, that was asked for
	Number  uint16 `json:"number"`  // of the port
	Observation
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
	Observation        // unknown: it is absent (engine-absent), crashed, hung or spoke garbage (engine-failed)
	Version     string `json:"version,omitempty"`
	Sockets     int    `json:"sockets,omitempty"` // connections that it opened
}

// Tried is a place where the templates were tried.
type Tried struct {
	URL     string `json:"url"` // scheme, host and port: "https://www.comune.example"
	Address string `json:"address"`
	// Observation is seen where the engine came to its end; unknown with problem
	// engine-absent, engine-failed, shared-host and the like where it did not.
	Observation
}

// Untried is one template at one place that was not tried to its end, such as
// after a timeout: what it looks for may be there.
type Untried struct {
	Template string `json:"template"`
	URL      string `json:"url"` // of the place
	Address  string `json:"address"`
	Observation
}

// Match is a template that matched.
type Match struct {
	Template string `json:"template"`
	URL      string `json:"url"` // where, with the path
	Address  string `json:"address,omitempty"`
	Extract  string `json:"extract,omitempty"` // what the template takes out, at most MaxDetail bytes; never a secret
}
