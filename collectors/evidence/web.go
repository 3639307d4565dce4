package evidence

// Site is what one host name answers on http and https.
type Site struct {
	Host        string      `json:"host"`
	Addresses   Observation `json:"addresses"` // whether the name has an address at all
	HTTP        Visit       `json:"http,omitzero"`
	HTTPS       Visit       `json:"https,omitzero"`
	SecurityTxt Visit       `json:"security_txt,omitzero"` // RFC 9116, on https
	// What follows is asked at one of the town's home pages only, the one that its
	// names lead to; elsewhere it is not asked, without a problem.
	Robots Visit    `json:"robots,omitzero"`  // RFC 9309, where the home page stands
	Parts  []Visit  `json:"parts,omitempty"`  // documents that scripts bring into the home page, such as its footer: read, never executed
	Linked []Linked `json:"linked,omitempty"` // pages behind links of the home page, those of duties
}

// Followed reports whether the links of this site's home page were to be
// followed, whatever came of it.
func (s Site) Followed() bool { return s.Robots.State != NotAsked || s.Robots.Problem != "" }

// Page gives the page behind the link of a duty, the last one where a page led
// on to another; nil where no link was followed.
func (s Site) Page(d Duty) *Linked {
	for i := len(s.Linked) - 1; i >= 0; i-- {
		if s.Linked[i].Duty == d {
			return &s.Linked[i]
		}
	}
	return nil
}

// Duty is what the law, or good practice, wants a home page to lead to.
type Duty string

// The duties whose links are followed.
const (
	DeclarationDuty Duty = "declaration" // accessibility declaration
	PrivacyDuty     Duty = "privacy"     // privacy notice
	LegalDuty       Duty = "legal"       // legal notice
	FormsDuty       Duty = "forms"       // forms that citizens fill in
)

// Linked is a page behind a link of the home page, or behind one of a page that
// it led to. Where it was not asked for (robots.txt, budget), the visit says why.
type Linked struct {
	Duty Duty   `json:"duty"`
	From string `json:"from,omitempty"` // the page that holds the link; empty: the home page
	Visit
	Statement *Statement `json:"statement,omitempty"` // read as an accessibility declaration, where the page is HTML
}

// Statement is what a page says as an accessibility declaration (annex of
// Decision (EU) 2018/1523). Its text is not kept.
type Statement struct {
	State       State   `json:"state"`              // whether the page holds a declaration
	Language    string  `json:"language,omitempty"` // it, fr, en, de, es
	Model       string  `json:"model,omitempty"`    // agid, rgaa, eu, own
	Status      Stated  `json:"status,omitzero"`    // full, partial, none, not-full, contradictory
	Prepared    Stated  `json:"prepared,omitzero"`  // day (2024-09-13) or month (2024-09) when it was made
	Reviewed    Stated  `json:"reviewed,omitzero"`  // the same of its last review or update
	Rate        Stated  `json:"rate,omitzero"`      // per cent of the criteria that are met, as a decimal number (France)
	Feedback    State   `json:"feedback,omitempty"` // a way to tell of what cannot be used
	Enforcement State   `json:"enforcement,omitempty"`
	Contact     Contact `json:"contact,omitzero"`
}

// Stated is something that a text says.
type Stated struct {
	State State  `json:"state"`
	Value string `json:"value,omitempty"` // where State is Seen
}

// Contact tells which ways of writing or calling a declaration gives; the
// addresses themselves are not kept.
type Contact struct {
	Mailbox   State `json:"mailbox,omitempty"`
	Telephone State `json:"telephone,omitempty"`
	Form      State `json:"form,omitempty"`
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
	Cut   bool   `json:"cut,omitempty"` // the line is longer: the value is its beginning
}

// Cookie is a Set-Cookie line (RFC 6265) without its value.
type Cookie struct {
	URL      string `json:"url"` // the hop that set it
	Name     string `json:"name"`
	Domain   string `json:"domain,omitempty"`
	Path     string `json:"path,omitempty"`
	Secure   bool   `json:"secure,omitempty"`
	HTTPOnly bool   `json:"http_only,omitempty"`
	SameSite string `json:"same_site,omitempty"`      // as written
	Bare     bool   `json:"same_site_bare,omitempty"` // SameSite stands there without a word
	Session  bool   `json:"session,omitempty"`        // neither Max-Age nor Expires
	Removed  bool   `json:"removed,omitempty"`        // the server takes it back: it expired before the visit
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
	Author    string   `json:"author,omitempty"`    // content of the author meta element
	Words     int      `json:"words,omitempty"`     // of visible text: a page without any is a script's work
	Footer    State    `json:"footer,omitempty"`    // seen: a footer with links was read; unknown: it comes by script
	Policies  []string `json:"policies,omitempty"`  // contents of CSP meta elements
	Referrers []string `json:"referrers,omitempty"` // contents of referrer meta elements
	Links     []Link   `json:"links,omitempty"`
	Scripts   []Script `json:"scripts,omitempty"` // those with an address
	Inline    int      `json:"inline,omitempty"`  // scripts that stand in the page itself
	Styles    []string `json:"styles,omitempty"`  // absolute addresses
	Frames    []string `json:"frames,omitempty"`
	Hosts     []string `json:"hosts,omitempty"`     // further hosts that a browser asks: of images, media, hints to connect
	Named     []string `json:"named,omitempty"`     // hosts that scripts and styles inside the page name
	Backslash bool     `json:"backslash,omitempty"` // an address of a script or style is written with a backslash
	Forms     []Form   `json:"forms,omitempty"`
	Topics    []string `json:"topics,omitempty"`   // what the visible text speaks of, by the words of records/duties
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

// Script is a script that a page loads.
type Script struct {
	URL       string `json:"url"`                 // absolute
	Raw       string `json:"raw,omitempty"`       // src as written, where it is not the same
	Integrity string `json:"integrity,omitempty"` // Subresource Integrity section 3.5
}

// Form is where a form sends what people type.
type Form struct {
	Action   string   `json:"action"`
	Method   string   `json:"method,omitempty"`
	Password bool     `json:"password,omitempty"` // it asks for one
	Hidden   []string `json:"hidden,omitempty"`   // names of hidden fields: some tell the platform
}
