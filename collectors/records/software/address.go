package software

import (
	"net/url"
	"slices"
	"strings"
)

// library is recognised by the names of its folders and files.
type library struct {
	names []string
	Statement
	below string // only versions that begin so are of this product
}

// libraries are those that pages load; it never changes. What only begins like
// them (jquery-ui, bootstrap-italia) is another product.
var libraries = []library{
	{[]string{"jquery"}, Statement{Product: "jquery", Name: "jQuery", Kind: Library}, ""},
	{[]string{"bootstrap", "twitter-bootstrap"}, Statement{Product: "bootstrap", Name: "Bootstrap", Kind: Library}, ""},
	{[]string{"angular", "angularjs", "angular.js"}, Statement{Product: "angularjs", Name: "AngularJS", Kind: Library}, "1."},
	{[]string{"vue"}, Statement{Product: "vue", Name: "Vue", Kind: Library}, ""},
}

// maxAddress bounds the addresses that are read, in bytes.
const maxAddress = 2000

// FromAddress reads the version of a library, or of WordPress, in the address of a
// script or style. A number that only keeps caches apart says nothing.
func FromAddress(address string) (Statement, bool) {
	if len(address) > maxAddress {
		return Statement{}, false
	}
	u, err := url.Parse(address)
	if err != nil {
		return Statement{}, false
	}
	if said, ok := ofWordPress(u); ok {
		return said, true
	}
	parts := strings.Split(strings.Trim(strings.ToLower(u.Path), "/"), "/")
	// The file says more than the folder, and the inner folder more than the outer.
	for i := range slices.Backward(parts) {
		for _, lib := range libraries {
			if said, ok := lib.in(parts, i); ok {
				return said, true
			}
		}
	}
	return Statement{}, false
}

// in reads jquery-1.12.4.min.js, jquery@3.5.1 and jquery/3.5.1.
func (l library) in(parts []string, i int) (Statement, bool) {
	for _, name := range l.names {
		rest, ok := strings.CutPrefix(parts[i], name)
		switch {
		case !ok:
		case rest == "" && i+1 < len(parts):
			if said, ok := l.with(parts[i+1], true); ok {
				return said, true
			}
		case rest != "":
			if said, ok := l.with(strings.TrimLeft(rest[:1], "-.@_")+rest[1:], i < len(parts)-1); ok {
				return said, true
			}
		}
	}
	return Statement{}, false
}

// with reads the version of the library from what stands behind its name.
func (l library) with(text string, folder bool) (Statement, bool) {
	version, rest, ok := cutVersion(text)
	if !ok || !plausible(version) || !strings.HasPrefix(version, l.below) {
		return Statement{}, false
	}
	mended := false
	if folder {
		if rest = strings.TrimSuffix(rest, "-dist"); rest != "" {
			return Statement{}, false
		}
	} else if mended, ok = ofFile(rest); !ok {
		return Statement{}, false
	}
	said := l.Statement
	said.Version, said.Mended = version, mended
	return said, true
}

// ofFile judges what stands behind the version in the name of a file: the usual
// words, and how somebody marked a build of his own.
func ofFile(rest string) (mended, ok bool) {
	words := strings.FieldsFunc(rest, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	if len(words) == 0 || words[len(words)-1] != "js" && words[len(words)-1] != "css" {
		return false, false
	}
	usual := []string{"min", "slim", "bundle", "full", "pack", "umd", "esm", "prod", "global", "rtl", "js", "css", "custom"}
	for _, word := range words {
		mended = mended || !slices.Contains(usual, word)
	}
	return mended, true
}

// plausible: two or three short numbers; a year or a day is none.
func plausible(version string) bool {
	parts := strings.Split(version, ".")
	return len(parts) >= 2 && len(parts) <= 3 && !slices.ContainsFunc(parts, func(p string) bool { return len(p) > 2 })
}

// ofWordPress reads the number that WordPress puts behind its own files.
func ofWordPress(u *url.URL) (Statement, bool) {
	_, file, ok := strings.Cut(u.Path, "/wp-includes/")
	if !ok {
		return Statement{}, false
	}
	version, rest, ok := cutVersion(u.Query().Get("ver"))
	if !ok || !plausible(version) {
		return Statement{}, false
	}
	said := products["wordpress"]
	switch file {
	case "css/dist/block-library/style.min.css", "css/dist/block-library/style.css", "js/wp-emoji-release.min.js", "js/wp-embed.min.js":
	case "js/jquery/jquery.min.js", "js/jquery/jquery.js":
		said = libraries[0].Statement
	default:
		return Statement{}, false
	}
	said.Version, said.Mended = version, rest != ""
	return said, true
}
