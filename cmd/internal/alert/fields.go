package alert

import (
	"errors"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/net/idna"

	"campanile/cmd/internal/inventory"
	"campanile/cmd/internal/mistake"
	"campanile/report/history"
	"campanile/rules"
)

// server reads who takes the mail.
func (r *reader) server(node *yaml.Node) {
	if node.Kind != yaml.MappingNode {
		r.wrong(node, "mail: write the server here, such as {server: smtp.example:587, from: campanile@example}")
		return
	}
	found := r.pairs(node, "mail has", "server", "from", "user", "password-file", "tls")
	s := &Server{TLS: StartTLS}
	r.file.Mail = s
	if tls, ok := r.text(found["tls"], "tls"); ok {
		s.TLS = Protection(tls)
		if !slices.Contains([]Protection{StartTLS, Implicit, Unprotected}, s.TLS) {
			r.wrong(found["tls"], "tls: %s is none; write starttls, implicit or, to this machine only, none", mistake.Quoted(tls))
		}
	}
	if at, ok := r.text(found["server"], "server"); ok {
		r.at(found["server"], s, at)
	} else if found["server"] == nil {
		r.wrong(node, "server is missing; write the host of the mail server and its port, such as smtp.example:587")
	}
	if from, ok := r.text(found["from"], "from"); ok {
		s.From, _ = r.mailbox(found["from"], "from", from)
	} else if found["from"] == nil {
		r.wrong(node, "from is missing; write the address that the messages come from")
	}
	r.login(node, found, s)
}

// at reads where the mail server is.
func (r *reader) at(node *yaml.Node, s *Server, text string) {
	host, port, err := net.SplitHostPort(text)
	if err != nil && !strings.Contains(text, ":") {
		host, port, err = text, map[Protection]string{StartTLS: "587", Implicit: "465", Unprotected: "25"}[s.TLS], nil
	}
	number, wrong := strconv.Atoi(port)
	ascii, badHost := hostName(host)
	if err != nil || wrong != nil || number < 1 || number > 65535 || badHost != nil {
		r.wrong(node, "server: %s is no host with a port, such as smtp.example:587", mistake.Quoted(text))
		return
	}
	s.Host, s.Port = ascii, number
	if s.TLS == Unprotected && !thisMachine(ascii) {
		r.wrong(node, "tls: none would send the messages in the open; write starttls or implicit, or a server on this machine (localhost)")
	}
}

// login reads who signs in at the mail server.
func (r *reader) login(node *yaml.Node, found map[string]*yaml.Node, s *Server) {
	user, named := r.text(found["user"], "user")
	name, kept := r.text(found["password-file"], "password-file")
	switch {
	case named != kept:
		r.wrong(node, "user and password-file belong together; write both, or neither where the server asks for no password")
	case !named:
	case s.TLS == Unprotected:
		r.wrong(node, "tls: none sends no password; write starttls or implicit, or leave user and password-file out")
	default:
		s.User, s.Password = user, string(r.secret(found["password-file"], "password-file", name))
	}
}

// recipient reads who is told.
func (r *reader) recipient(node *yaml.Node) {
	found := r.pairs(node, "a recipient has", "mail", "webhook", "secret-file", "language", "topics", "towns", "quiet")
	if node.Kind != yaml.MappingNode {
		return
	}
	to := Recipient{Line: node.Line, Language: rules.English}
	address, isMail := r.text(found["mail"], "mail")
	hook, isHook := r.text(found["webhook"], "webhook")
	switch {
	case isMail == isHook && found["mail"] == nil && found["webhook"] == nil, isMail && isHook:
		r.wrong(node, "a recipient has either mail or webhook; write one of them")
	case isMail:
		to.Mail, isMail = r.mailbox(found["mail"], "mail", address)
		if isMail && r.file.Mail == nil {
			r.wrong(found["mail"], "mail: no server is named; write mail with server and from at the top of the file")
		}
	case isHook:
		to.Webhook = r.hook(found["webhook"], hook)
	}
	if name, ok := r.text(found["secret-file"], "secret-file"); ok {
		if to.Secret = r.secret(found["secret-file"], "secret-file", name); !isHook {
			r.wrong(found["secret-file"], "secret-file: it signs what goes to a webhook; leave it out for mail")
		}
	}
	r.wishes(&to, found)
	if to.Mail != "" || to.Webhook != nil {
		to.ID = to.name()
		if r.Once(mistake.Place{Row: node.Line, Line: node.Line}, "the recipient "+to.shown(), to.ID) {
			r.file.To = append(r.file.To, to)
		}
	}
}

// wishes reads in which language a recipient is told, of what and when.
func (r *reader) wishes(to *Recipient, found map[string]*yaml.Node) {
	if language, ok := r.text(found["language"], "language"); ok {
		to.Language = rules.Language(language)
		if !slices.Contains(rules.Languages, to.Language) {
			r.wrong(found["language"], "language: %s is none; write it, fr or en", mistake.Quoted(language))
		}
	}
	for _, node := range r.list(found["topics"], "topics", len(history.Topics)) {
		topic, ok := r.text(node, "topics")
		switch {
		case !ok:
		case !slices.Contains(history.Topics, history.Topic(topic)):
			r.wrong(node, "topics: %s is none; write critical, expiring, fixed or newly-judged", mistake.Quoted(topic))
		default:
			to.Topics = append(to.Topics, history.Topic(topic))
		}
	}
	for _, node := range r.list(found["towns"], "towns", maxTowns) {
		if text, ok := r.text(node, "towns"); ok {
			domain, err := inventory.Domain(text)
			if err != nil {
				r.wrong(node, "towns: %s is no domain of a municipality; write it as the territory has it, such as comune.example", mistake.Quoted(text))
				continue
			}
			to.Towns = append(to.Towns, domain)
		}
	}
	if hours, ok := r.text(found["quiet"], "quiet"); ok {
		quiet, err := history.ParseQuiet(hours, r.file.Zone)
		if err != nil {
			r.wrong(found["quiet"], "%s", err)
		}
		to.Quiet = quiet
	}
}

// list gives the entries of a list that is there.
func (r *reader) list(node *yaml.Node, name string, most int) []*yaml.Node {
	switch {
	case node == nil:
		return nil
	case node.Kind != yaml.SequenceNode || len(node.Content) == 0:
		r.wrong(node, "%s is a list; write it as [one, another], or leave it out for all", name)
		return nil
	case len(node.Content) > most:
		r.wrong(node, "%s: more than %d; leave it out for all", name, most)
		return nil
	}
	return node.Content
}

// mailbox reads an address of mail. It has no name beside it: that would be one
// more place for somebody's words in a header.
func (r *reader) mailbox(node *yaml.Node, key, text string) (string, bool) {
	local, domain, _ := strings.Cut(text, "@")
	ascii, badHost := hostName(domain)
	address, err := mail.ParseAddress(local + "@" + ascii)
	if err != nil || badHost != nil || address.Name != "" || address.Address != local+"@"+ascii || !plainASCII(address.Address) {
		r.wrong(node, "%s: %s is no address of mail; write it alone, such as office@gal.example", key, mistake.Quoted(text))
		return "", false
	}
	return address.Address, true
}

// hook reads the address of a webhook. Without TLS only this machine is told
// anything.
func (r *reader) hook(node *yaml.Node, text string) *url.URL {
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.Hostname() == "" || !slices.Contains([]string{"http", "https"}, address.Scheme) || address.Fragment != "" {
		r.wrong(node, "webhook: write a whole address, such as https://hooks.example/campanile")
		return nil
	}
	if address.User != nil {
		r.wrong(node, "webhook: leave user and password out of the address; a secret-file signs what is sent")
		return nil
	}
	if address.Scheme == "http" && !thisMachine(address.Hostname()) {
		r.wrong(node, "webhook: http would send the messages in the open; write https, or an address on this machine (localhost)")
		return nil
	}
	return address
}

// hostName gives a host as the wire has it.
func hostName(text string) (string, error) {
	if ip, err := netip.ParseAddr(text); err == nil {
		return ip.String(), nil
	}
	if text == "" {
		return "", errors.New("no host")
	}
	return idna.Lookup.ToASCII(text)
}

// thisMachine reports whether a host is this machine.
func thisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || host == "localhost"
}

func plainASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}
