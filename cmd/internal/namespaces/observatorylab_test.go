package namespaces

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// observatoryLab is one nginx with a host for each set of headers.
type observatoryLab struct {
	*world
	sets []headerSet
}

// raiseObservatory starts the lab. Every set has an address of its own on
// loopback, with ports 80 and 443: the Observatory asks no others.
func raiseObservatory(t *testing.T, program string) *observatoryLab {
	t.Helper()
	l := &observatoryLab{world: &world{Dir: t.TempDir(), program: program}, sets: readSets(t)}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Fatal("making the mounts private: ", err)
	}
	tool(t, l.Dir, "ip", "link", "set", "lo", "up")
	var names []string
	hosts := "127.0.0.1 localhost\n"
	for i, s := range l.sets {
		names = append(names, s.host())
		hosts += fmt.Sprintf("%s %s\n", setAddress(i), s.host())
	}
	a := newAuthority(t, l.Dir)
	a.issue(t, "all", certificate{Names: names})
	a.issue(t, "self-signed", certificate{Names: names, SelfSigned: true})
	l.layHosts(t, hosts)
	config := filepath.Join(l.Dir, "nginx.conf")
	write(t, config, []byte(l.nginxConfig()))
	l.nginx = l.server("nginx", net.JoinHostPort(setAddress(0), "443"), "nginx", "-e", filepath.Join(l.Dir, "error.log"), "-p", l.Dir, "-c", config)
	for _, s := range []*server{l.nginx, l.configureNames(t)} {
		s.start(t)
		t.Cleanup(func() { s.stop(t) })
	}
	return l
}

func setAddress(i int) string { return fmt.Sprintf("127.1.%d.%d", i/200, 1+i%200) }

// layHosts lays a file over /etc/hosts that only this mount namespace sees.
func (l *observatoryLab) layHosts(t *testing.T, text string) {
	t.Helper()
	file := filepath.Join(l.Dir, "hosts")
	write(t, file, []byte(text))
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount(file, "/etc/hosts", "", syscall.MS_BIND, ""); err != nil {
		t.Fatal("mounting over /etc/hosts: ", err)
	}
}

func (l *observatoryLab) nginxConfig() string {
	var config strings.Builder
	fmt.Fprintf(&config, `user root; daemon off; worker_processes 1; pid "%[1]s/nginx.pid"; error_log "%[1]s/error.log";
events { worker_connections 1024; }
http {
  access_log off; server_tokens off; default_type "text/html; charset=utf-8"; server_names_hash_bucket_size 128;
  client_body_temp_path "%[1]s/tmp"; proxy_temp_path "%[1]s/tmp"; fastcgi_temp_path "%[1]s/tmp"; uwsgi_temp_path "%[1]s/tmp"; scgi_temp_path "%[1]s/tmp";
`, l.Dir)
	for i, s := range l.sets {
		config.WriteString(s.onHTTP(setAddress(i)))
		if s.https != "none" {
			config.WriteString(s.onHTTPS(setAddress(i), l.Dir, l.sets[0].host()))
		}
	}
	return config.String() + "}\n"
}

// onHTTP is what port 80 does.
func (s headerSet) onHTTP(at string) string {
	does := map[string]string{
		"https":  "return 301 https://$host/;",
		"plain":  "return 200 " + s.html() + ";",
		"other":  "return 301 https://nothing.osservatorio.example/;",
		"detour": "location / { return 301 http://$host/qui; } location = /qui { return 301 https://$host/; }",
		"stays":  "location / { return 302 http://$host/qui; } location = /qui { return 200 " + s.html() + "; }",
	}[s.http]
	if does == "" {
		return "" // nobody listens
	}
	if s.https == "none" {
		does = addHeaders(s.headers) + does
	}
	return fmt.Sprintf("  server { listen %s:80; %s }\n", at, does)
}

// onHTTPS is what port 443 does.
func (s headerSet) onHTTPS(at, dir, other string) string {
	name := "all"
	if s.https == "self-signed" {
		name = s.https
	}
	page := fmt.Sprintf("location / { %s return 200 %s; }", addHeaders(s.headers), s.html())
	switch s.https {
	case "moves":
		page = fmt.Sprintf("location / { %s return 302 /casa; } location = /casa { %s return 200 %s; }", addHeaders(s.headers), addHeaders(s.second), s.html())
	case "leaves":
		page = fmt.Sprintf("location / { %s return 302 https://%s/; }", addHeaders(s.headers), other)
	}
	return fmt.Sprintf("  server { listen %s:443 ssl; ssl_certificate \"%[2]s/certificates/%[3]s.pem\"; ssl_certificate_key \"%[2]s/certificates/%[3]s.key\"; %[4]s }\n",
		at, dir, name, page)
}

func addHeaders(list [][2]string) string {
	text := ""
	for _, each := range list {
		text += fmt.Sprintf("add_header %s %s always; ", each[0], nginxString(each[1]))
	}
	return text
}

// html is the page that the host shows.
func (s headerSet) html() string {
	return nginxString(`<!DOCTYPE html><html lang="it"><head><title>Comune di Osservatorio</title>` + s.page + `</head><body><p>` + enoughText + `</p></body></html>`)
}

// enoughText makes a page of which nobody thinks that a script has to fill it.
const enoughText = "Gli uffici sono aperti dal lunedì al venerdì mattina. Le sedute del consiglio si annunciano in questa pagina, con l'ordine del giorno e le deliberazioni."

func nginxString(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
