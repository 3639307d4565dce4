package evidence

// Site is what one host name answers on http and https.
type Site struct {
	Host        string      `json:"host"`
	Addresses   Observation `json:"addresses"` // whether the name has an address at all
	HTTP        Visit       `json:"http,omitzero"`
	HTTPS       Visit       `json:"https,omitzero"`
	SecurityTxt Visit       `json:"security_txt,omitzero"` // RFC 9116, on https
}

// Visit is one page asked for, with the redirects that were followed. Seen
// means that an HTTP answer came, whatever its status.
type Visit struct {
	URL string `json:"url,omitempty"`
	Observation
	Attempts int      `json:"attempts,omitempty"`
	Hops     []Hop    `json:"hops,omitempty"`    // every answer in order, the last one included
	Barrier  string   `json:"barrier,omitempty"` // firewall, captcha, rate-limit, script-only: the page is not the site's own
	Cookies  []Cookie `json:"cookies,omitempty"` // set by any hop; values are never kept
	// Unclaimed is the hosting service that says so where nobody has claimed the
	// name there: an alias to it is free for anybody.
	Unclaimed string `json:"unclaimed,omitempty"`
	Page      *Page  `json:"page,omitempty"` // of the last hop, when it is HTML
	Text      string `json:"text,omitempty"` // of the last hop, for small text files that checks read whole
}

// Last gives the final answer, or the zero Hop when there was none.
func (v Visit) Last() Hop {
	if len(v.Hops) == 0 {
		return Hop{}
	}
	return v.Hops[len(v.Hops)-1]
}

// Hop is one HTTP answer.
type Hop struct {
	URL      string   `json:"url"`
	Address  string   `json:"address,omitempty"`
	Status   int      `json:"status"`
	Location string   `json:"location,omitempty"` // resolved, absolute
	Refresh  string   `json:"refresh,omitempty"`  // where the page itself sent its visitor at once (meta refresh)
	Headers  []Header `json:"headers,omitempty"`  // sorted by name; Set-Cookie is in Visit.Cookies
}

// Values gives the values of a header, in the order received. The name is in
// lower case.
func (h Hop) Values(name string) []string {
	var values []string
	for _, each := range h.Headers {
		if each.Name == name {
			values = append(values, each.Value)
		}
	}
	return values
}

// Header is one header line.
type Header struct {
	Name  string `json:"name"` // lower case
	Value string `json:"value"`
}

// Cookie is a Set-Cookie line (RFC 6265) without its value.
type Cookie struct {
	URL      string `json:"url"` // the hop that set it
	Name     string `json:"name"`
	Domain   string `json:"domain,omitempty"`
	Path     string `json:"path,omitempty"`
	Secure   bool   `json:"secure,omitempty"`
	HTTPOnly bool   `json:"http_only,omitempty"`
	SameSite string `json:"same_site,omitempty"`
	Session  bool   `json:"session,omitempty"` // neither Max-Age nor Expires
}

// Page is what checks need of an HTML page; the body itself is not kept, it
// may hold personal data.
type Page struct {
	SHA256    string   `json:"sha256"`
	Bytes     int      `json:"bytes"`
	Truncated bool     `json:"truncated,omitempty"`
	Charset   string   `json:"charset,omitempty"`
	Language  string   `json:"language,omitempty"`
	Title     string   `json:"title,omitempty"`
	Generator string   `json:"generator,omitempty"`
	Words     int      `json:"words,omitempty"`    // of visible text: a page without any is a script's work
	Footer    State    `json:"footer,omitempty"`   // seen: a footer with links was read; unknown: it comes by script
	Policy    string   `json:"policy,omitempty"`   // content of a CSP meta element
	Referrer  string   `json:"referrer,omitempty"` // content of a referrer meta element
	Links     []Link   `json:"links,omitempty"`
	Scripts   []string `json:"scripts,omitempty"` // absolute addresses
	Styles    []string `json:"styles,omitempty"`
	Frames    []string `json:"frames,omitempty"`
	Forms     []Form   `json:"forms,omitempty"`
	Mentions  []string `json:"mentions,omitempty"` // text around words such as accessibilité, at most MaxMention bytes each
}

// Link is one anchor.
type Link struct {
	URL   string `json:"url"`             // absolute
	Raw   string `json:"raw,omitempty"`   // the href as written, when it is not an address ("#", "javascript:")
	Text  string `json:"text,omitempty"`  // visible and hidden text, blanks folded
	Place string `json:"place,omitempty"` // header, nav, main, footer
	Mark  string `json:"mark,omitempty"`  // data-element of the Italian municipal model
}

// Form is where a form sends what people type.
type Form struct {
	Action string `json:"action"`
	Method string `json:"method,omitempty"`
}
