package software

import "strings"

// products are what headers and generators name, by their first word in lower
// case. It never changes.
var products = map[string]Statement{
	"apache":         {Product: "apache", Name: "Apache HTTP Server", Kind: Server},
	"microsoft-iis":  {Product: "iis", Name: "Microsoft IIS", Kind: Server},
	"nginx":          {Product: "nginx", Name: "nginx", Kind: Server},
	"openresty":      {Product: "openresty", Name: "OpenResty", Kind: Server},
	"openssl":        {Product: "openssl", Name: "OpenSSL", Kind: Server},
	"tomcat":         {Product: "tomcat", Name: "Apache Tomcat", Kind: Server},
	"lighttpd":       {Product: "lighttpd", Name: "lighttpd", Kind: Server},
	"litespeed":      {Product: "litespeed", Name: "LiteSpeed", Kind: Server},
	"zope":           {Product: "zope", Name: "Zope", Kind: Server},
	"php":            {Product: "php", Name: "PHP", Kind: Language},
	"python":         {Product: "python", Name: "Python", Kind: Language},
	"perl":           {Product: "perl", Name: "Perl", Kind: Language},
	"asp.net":        {Product: "asp.net", Name: "ASP.NET", Kind: Language},
	"wordpress":      {Product: "wordpress", Name: "WordPress", Kind: CMS},
	"drupal":         {Product: "drupal", Name: "Drupal", Kind: CMS},
	"joomla":         {Product: "joomla", Name: "Joomla!", Kind: CMS},
	"typo3":          {Product: "typo3", Name: "TYPO3", Kind: CMS},
	"plone":          {Product: "plone", Name: "Plone", Kind: CMS},
	"umbraco":        {Product: "umbraco", Name: "Umbraco", Kind: CMS},
	"spip":           {Product: "spip", Name: "SPIP", Kind: CMS},
	"dotnetnuke":     {Product: "dnn", Name: "DNN", Kind: CMS},
	"liferay":        {Product: "liferay", Name: "Liferay", Kind: CMS},
	"liferay portal": {Product: "liferay", Name: "Liferay", Kind: CMS},
}

// specifications are numbers that every release of a product states alike, and
// names of what is agreed on: no version of software. It never changes.
var specifications = []string{"apache-coyote", "microsoft-httpapi", "servlet", "jsp", "jsf", "http", "mod_fcgid", "proxy_html"}

// bounds of what is read of one header or generator.
const (
	maxValue = 1000 // bytes
	maxSaid  = 16   // products
)

// FromHeader reads a header of an answer by its name in lower case.
func FromHeader(name, value string) []Statement {
	value = clip(value)
	switch name {
	case "server", "x-powered-by", "x-powered-cms":
		return tokens(value)
	case "x-aspnet-version":
		return one("asp.net", value)
	case "x-umbraco-version":
		return one("umbraco", value)
	case "x-generator", "x-cms", "composed-by", "liferay-portal":
		return FromGenerator(value)
	}
	return nil
}

// FromGenerator reads what a page names as its generator.
func FromGenerator(content string) []Statement {
	words := strings.Fields(strings.NewReplacer("!", " ", ",", " ", ";", " ", "(", " ", ")", " ").Replace(clip(content)))
	for i, word := range words {
		version, rest, ok := cutVersion(word)
		if !ok || i == 0 || !atEnd(rest) {
			continue
		}
		said := named(strings.Join(words[:i], " "))
		if said.Kind == "" {
			said.Kind = CMS // what makes pages
		}
		said.Version, said.Mended = version, rest != ""
		return []Statement{said}
	}
	return nil
}

// named finds the product that a phrase begins with; what is not known keeps its
// own words.
func named(phrase string) Statement {
	small := strings.ToLower(phrase)
	first, _, _ := strings.Cut(small, " ")
	if known, ok := products[first]; ok {
		return known
	}
	return Statement{Product: small, Name: phrase}
}

// tokens reads products with their versions (RFC 9110 section 10.2.4), comments
// passed over. Zope writes its own inside brackets, with a blank for the stroke.
func tokens(value string) []Statement {
	var said []Statement
	depth := 0
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\t' }) {
		open := depth
		depth = max(0, depth+strings.Count(word, "(")-strings.Count(word, ")"))
		name, number, ok := strings.Cut(word, "/")
		if open > 0 || !ok || strings.HasPrefix(name, "(") {
			continue
		}
		version, rest, ok := cutVersion(number)
		if !ok || !atEnd(rest) || isSpecification(name) || len(said) == maxSaid {
			continue
		}
		s := named(name)
		if s.Kind == "" {
			s.Kind = Server
		}
		s.Version, s.Mended = version, rest != ""
		said = append(said, s)
	}
	return said
}

func isSpecification(name string) bool {
	for _, known := range specifications {
		if strings.EqualFold(name, known) {
			return true
		}
	}
	return name == ""
}

// one reads a header that holds nothing but the version of a product.
func one(product, value string) []Statement {
	version, rest, ok := cutVersion(strings.TrimSpace(value))
	if !ok || !atEnd(rest) {
		return nil
	}
	s := products[product]
	s.Version, s.Mended = version, rest != ""
	return []Statement{s}
}

// atEnd: what stands behind a version is nothing, or a mark of who built it; a
// word that goes on is another thing (3D, 2nd).
func atEnd(rest string) bool {
	return rest == "" || strings.ContainsRune("-+~_", rune(rest[0])) || strings.HasPrefix(rest, ".v")
}

func clip(text string) string { return text[:min(len(text), maxValue)] }
