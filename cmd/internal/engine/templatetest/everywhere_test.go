package templatetest_test

import (
	"fmt"
	"html"
	"net/http"
)

// words are what the proofs are about; a page that only mentions them proves
// nothing.
const words = `ref: refs/heads/main [core] bare = false SQLite format 3 APP_KEY= DB_PASSWORD= define('DB_PASSWORD', 'x') class JConfig { $password = '' }
connectionString= -- MySQL dump CREATE TABLE INSERT INTO PK Index of / [To Parent Directory] PHP Version 8.2 phpinfo() PHP Credits
Apache Server Status Server Version DEBUG = True Symfony Profiler Routing Error Rails.root: ELMAH Telescope "_links" "href" "/actuator/env"
PHP Warning production.ERROR: install_select_language_form jform[site_name] "id":1, "slug":"redazione" XML-RPC server accepts POST requests only.
Joomla <version>3.10</version> Drupal 7.98 WordPress Version 4.6 Stable tag: 1.0 Tested up to: 4.7 Bud1 "host": "a" "password": "b"
redazione:$apr1$abcdefgh$notARealHash "content-hash" "dependencies" "swagger": "2.0" Welcome to nginx! It works! hacked by viagra casino online
phpMyAdmin pma_username Adminer auth[driver] phpPgAdmin pma_navigation cPanel Login Plesk Obsidian Login to Webmin session_login.cgi
Proxmox Virtual Environment ID_EESX_Welcome esxUiApp Veeam Backup NAKIVO Acronis Cyber Protect loginform form-login com_login rcmloginuser
Zimbra Administration /owa/auth.owa conf/tomcat-users.xml Oracle WebLogic Server Administration Console HAL Management Console
GLPI Zabbix SIA Nagios Core PRTG Network Monitor UniFi Network Omada Controller protocollo informatico gestione documentale`

const home = `<!DOCTYPE html>
<html lang="it"><head><title>Comune di Valchiara</title></head>
<body><header><a href="/it/">Comune di Valchiara</a></header>
<main><h1>Benvenuti</h1><p>Orari degli uffici, albo pretorio, servizi.</p></main></body></html>
`

// everywhere lists the servers that no template may take for a fault: the one
// with nothing first, then those that only look as if they had it.
func everywhere() []situation {
	return []situation{
		{name: "nothing at any address", other: nil},
		{name: "answers 200 to everything", other: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = fmt.Fprintf(w, "<!DOCTYPE html>\n<html><head><title>Pagina non trovata</title></head><body><h1>404</h1><p>%s</p>\n<p>%s</p></body></html>\n",
				html.EscapeString(r.URL.Path), html.EscapeString(words))
		}},
		{name: "login page that mentions everything", other: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = fmt.Fprintf(w, "<!DOCTYPE html>\n<html><head><title>Area riservata</title></head><body><form method=\"post\" action=\"/entra\"><p>%s</p>"+
				"<input type=\"text\" name=\"utente\"><input type=\"password\" name=\"chiave\"></form></body></html>\n", html.EscapeString(words))
		}},
		{name: "leads everyone home", other: func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/it/":
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				_, _ = w.Write([]byte(home))
			case "/":
				http.Redirect(w, r, "/it/", http.StatusFound)
			default:
				http.Redirect(w, r, "/", http.StatusFound)
			}
		}},
		{name: "asks for a password first", other: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Basic realm="Area riservata"`)
			http.Error(w, words, http.StatusUnauthorized)
		}},
		{name: "refuses", other: func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, words, http.StatusForbidden)
		}},
		{name: "breaks down", other: func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "it broke", http.StatusInternalServerError)
		}},
	}
}
