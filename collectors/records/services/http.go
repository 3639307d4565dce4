package services

import (
	"bytes"
	"encoding/json"
	"strings"
)

// page is what an answer of a web server holds of interest.
type page struct {
	status  string
	headers []header
	title   string
	body    string
}

type header struct{ name, value string } // the name in lower case

// value gives the first header with a name, or "".
func (p page) value(name string) string {
	for _, h := range p.headers {
		if h.name == name {
			return h.value
		}
	}
	return ""
}

// readPage reads an answer of HTTP/1 (RFC 9112), as much of it as came.
func readPage(said []byte) (page, bool) {
	const statusLine = len("HTTP/1.1 200")
	if !bytes.HasPrefix(said, []byte("HTTP/1.")) || len(said) < statusLine || said[statusLine-4] != ' ' {
		return page{}, false
	}
	p := page{status: string(said[statusLine-3 : statusLine])}
	if strings.Trim(p.status, "0123456789") != "" {
		return page{}, false
	}
	head, body, _ := bytes.Cut(said, []byte("\r\n\r\n"))
	const mostHeaders = 100
	for _, line := range lines(head, mostHeaders)[1:] {
		if name, value, ok := strings.Cut(line, ":"); ok {
			p.headers = append(p.headers, header{strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)})
		}
	}
	p.body = string(body)
	if chunked(p) {
		p.body = string(unchunk(body))
	}
	p.title = title(p.body)
	return p, true
}

// title gives the text of the first title element.
func title(body string) string {
	lower := strings.ToLower(body)
	if len(lower) != len(body) { // a character that changes its length
		lower = body
	}
	at := strings.Index(lower, "<title")
	if at < 0 {
		return ""
	}
	open := strings.IndexByte(lower[at:], '>')
	if open < 0 {
		return ""
	}
	text := body[at+open+1:]
	end := strings.Index(strings.ToLower(text), "</title")
	if end < 0 || end > len(text) {
		return ""
	}
	return plain(strings.Join(strings.Fields(text[:end]), " "), maxName)
}

// recogniseHTTP tells what speaks HTTP: a product that says so in a header, its
// title or its own first words; else a web server.
func recogniseHTTP(said []byte) (Identity, bool) {
	p, ok := readPage(said)
	if !ok {
		return Identity{}, false
	}
	for _, recognise := range []func(page) (Identity, bool){
		recogniseSearch, recogniseCouch, recogniseDocker, recogniseKubernetes, recogniseEtcd, recogniseMongoOverHTTP, recogniseMark,
	} {
		if identity, ok := recognise(p); ok {
			return identity.with("status", p.status), true
		}
	}
	product, version, _ := strings.Cut(firstWord(p.value("server")), "/")
	return named("http", product, version).with("status", p.status).with("title", p.title), true
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// stated reads the top of a JSON object.
func (p page) stated() map[string]any {
	var object map[string]any
	if err := json.Unmarshal([]byte(strings.TrimSpace(p.body)), &object); err != nil {
		return nil
	}
	return object
}

// text gives a string inside objects, or "".
func text(object map[string]any, path ...string) string {
	for _, name := range path[:len(path)-1] {
		object, _ = object[name].(map[string]any)
	}
	value, _ := object[path[len(path)-1]].(string)
	return value
}

func recogniseSearch(p page) (Identity, bool) {
	object := p.stated()
	tagline := text(object, "tagline")
	version := text(object, "version", "number")
	switch {
	case tagline == "You Know, for Search":
		return named("elasticsearch", "Elasticsearch", version).with("login", "none"), true
	case strings.HasPrefix(tagline, "The OpenSearch Project"):
		return named("elasticsearch", "OpenSearch", version).with("login", "none"), true
	case p.value("x-elastic-product") == "Elasticsearch":
		return named("elasticsearch", "Elasticsearch", "").with("login", loginBy(p)), true
	case p.status == "401" && strings.Contains(p.value("www-authenticate"), `realm="OpenSearch Security"`):
		return named("elasticsearch", "OpenSearch", "").with("login", "required"), true
	}
	return Identity{}, false
}

// loginBy says that a login is asked for, where the status does.
func loginBy(p page) string {
	if p.status == "401" || p.status == "403" {
		return "required"
	}
	return ""
}

func recogniseCouch(p page) (Identity, bool) {
	object := p.stated()
	if text(object, "couchdb") != "Welcome" {
		return Identity{}, false
	}
	return named("couchdb", "CouchDB", text(object, "version")), true
}

// recogniseDocker knows the headers of every answer, and the one to GET /version.
func recogniseDocker(p page) (Identity, bool) {
	object := p.stated()
	product, version, _ := strings.Cut(firstWord(p.value("server")), "/")
	switch {
	case text(object, "ApiVersion") != "" && text(object, "MinAPIVersion") != "":
		return named("docker", "Docker", text(object, "Version")).with("login", "none"), true
	case product == "Docker" && p.value("api-version") != "":
		return named("docker", "Docker", version).with("login", loginBy(p)), true
	}
	return Identity{}, false
}

// recogniseKubernetes knows the status object with which an API server refuses,
// and the answer to GET /version.
func recogniseKubernetes(p page) (Identity, bool) {
	object := p.stated()
	switch {
	case text(object, "gitVersion") != "" && text(object, "gitTreeState") != "" && text(object, "platform") != "":
		return named("kubernetes", "Kubernetes", text(object, "gitVersion")), true
	case text(object, "kind") == "Status" && text(object, "apiVersion") == "v1" && object["code"] != nil:
		return named("kubernetes", "Kubernetes", "").with("login", loginBy(p)), true
	case p.value("x-kubernetes-pf-flowschema-uid") != "":
		return named("kubernetes", "Kubernetes", ""), true
	}
	return Identity{}, false
}

func recogniseEtcd(p page) (Identity, bool) {
	object := p.stated()
	switch {
	case text(object, "etcdserver") != "" && text(object, "etcdcluster") != "":
		return named("etcd", "etcd", text(object, "etcdserver")), true
	case strings.HasPrefix(p.title, "Consul by HashiCorp"):
		return named("etcd", "Consul", ""), true
	}
	return Identity{}, false
}

// recogniseMongoOverHTTP knows the answer of a MongoDB server to a browser.
func recogniseMongoOverHTTP(p page) (Identity, bool) {
	if !strings.HasPrefix(p.body, "It looks like you are trying to access MongoDB over HTTP on the native driver port.") {
		return Identity{}, false
	}
	return named("mongodb", "MongoDB", ""), true
}
