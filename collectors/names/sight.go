package names

import (
	"net/url"
	"slices"
	"strings"

	"campanile/collectors/evidence"
)

// sight is a home page as far as a product shows in it, all in lower case.
type sight struct {
	host      string
	generator string
	author    string
	headers   []string // "name: value"
	assets    []string // hosts
	paths     []string // addresses of scripts and styles
	links     []string // addresses of links of the same site
	portals   []string // hosts of links elsewhere
	credits   []string // texts and hosts of links of the footer that lead elsewhere
	cookies   []string
	fields    []string
	backslash bool
}

func sightOf(v evidence.Visit, host string) sight {
	p := v.Page
	s := sight{host: host, generator: strings.ToLower(p.Generator), author: strings.ToLower(p.Author), backslash: p.Backslash, assets: slices.Clone(p.Hosts)}
	for _, h := range v.Last().Headers {
		s.headers = append(s.headers, h.Name+": "+strings.ToLower(h.Value))
	}
	for _, script := range p.Scripts {
		s.asset(script.URL)
	}
	for _, address := range slices.Concat(p.Styles, p.Frames) {
		s.asset(address)
	}
	for _, l := range p.Links {
		s.link(l)
	}
	for _, c := range v.Cookies {
		s.cookies = append(s.cookies, strings.ToLower(c.Name))
	}
	for _, f := range p.Forms {
		for _, name := range f.Hidden {
			s.fields = append(s.fields, strings.ToLower(name))
		}
	}
	return s
}

func (s *sight) asset(address string) {
	s.assets = append(s.assets, hostOf(address))
	s.paths = append(s.paths, strings.ToLower(address))
}

func (s *sight) link(l evidence.Link) {
	host := hostOf(l.URL)
	switch host {
	case "":
	case s.host:
		s.links = append(s.links, strings.ToLower(l.URL))
	default:
		s.portals = append(s.portals, host)
		if l.Place == "footer" {
			s.credits = append(s.credits, host, strings.ToLower(l.Text))
		}
	}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
