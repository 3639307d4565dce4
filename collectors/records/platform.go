package records

// Platform is how a product for the sites of municipalities is recognised. All
// texts are in lower case.
type Platform struct {
	ID        string   // one word, lower case
	Name      string   // as people know it
	Countries []string // it, fr ... where it is found; empty: anywhere
	Use       string   // site, transparency or services
	Company   Company
	Definite  Traits // what only this product has
	Habits    Traits // what it usually has, but what may survive a change of product
}

// Company is the maker of a platform. It is named only where a page does so
// itself: by the generator, the author, a credit or the maker's own hosts.
type Company struct {
	Name  string
	Marks []string // words of a generator, author or credit, and hosts, that name it
}

// Traits are what a page of a product shows. Host patterns are those of
// Supplier; the other texts are looked for inside what the page says.
type Traits struct {
	Generators []string // in the generator meta element
	Authors    []string // in the author meta element
	Headers    []string // header lines, "server: prodotto": the value begins so
	Assets     []string // patterns of hosts of scripts, styles, frames and images
	Hosts      []string // patterns of hosts on which it serves whole sites, or portals that home pages link to
	Paths      []string // in the addresses of scripts and styles
	Links      []string // in the addresses of links
	Cookies    []string // names of cookies begin so
	Fields     []string // in the names of hidden form fields
	Backslash  bool     // addresses of scripts and styles are written with backslashes
}
