package namespaces

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"campanile/collectors/evidence"
	list "campanile/collectors/records/services"
)

// oddPort is where nobody would look for a web server of a town hall.
const oddPort = "8081"

// shown are the rules that the careless web server breaks, one for each fault.
var shown = []string{
	"exposed-backup-archive", "exposed-database-dump", "exposed-database-panel", "exposed-directory-listing", "exposed-environment-file",
	"exposed-phpinfo", "exposed-security-contact", "exposed-server-status", "exposed-version-control",
}

// serveWeb runs a real nginx that shows what it should not at one address, by
// TLS and at an odd port too, and one that does not at another, beside a real SSH.
func (h *hall) serveWeb(t *testing.T) {
	t.Helper()
	site, neat := filepath.Join(h.Dir, "site"), filepath.Join(h.Dir, "neat")
	adminer, err := os.ReadFile("/usr/share/adminer/adminer.php")
	if err != nil {
		unable(t, "install first: apt-get install -y --no-install-recommends adminer")
	}
	for name, content := range map[string]string{
		".git/HEAD": "ref: refs/heads/main\n", ".git/config": "[core]\n\trepositoryformatversion = 0\n",
		".env": "APP_ENV=production\nDB_PASSWORD=not-a-real-one\n", "backup.zip": "PK\x03\x04" + strings.Repeat("\x00", 200),
		"dump.sql":   "-- MariaDB dump 10.19\nCREATE TABLE `cittadini` (`id` int);\nINSERT INTO `cittadini` VALUES (1);\n",
		"index.html": "<title>Comune di Borgo</title><h1>Comune di Borgo</h1>", "phpinfo.php": "<?php phpinfo();", "adminer.php": string(adminer),
		"uploads/delibera.txt": "prova\n", "backup/delibera.txt": "prova\n", "files/delibera.txt": "prova\n",
	} {
		write(t, filepath.Join(site, name), []byte(content))
	}
	write(t, filepath.Join(neat, "index.html"), []byte("<title>Comune di Borgo</title><p>phpinfo, Adminer, Index of / e .git: parole, non file.</p>"))
	newAuthority(t, h.Dir).issue(t, "site", certificate{Names: []string{borgo}, RSA: true})
	tool(t, h.Dir, "chmod", "-R", "a+rX", h.Dir)
	config := filepath.Join(h.Dir, "nginx.conf")
	write(t, config, []byte(h.nginx(site, neat)))
	php := h.server("php", "127.0.0.1:9000", "php-cgi", "-b", "127.0.0.1:9000")
	web := h.server("nginx", webHost+":80", "nginx", "-e", filepath.Join(h.Dir, "error.log"), "-p", h.Dir, "-c", config)
	for _, s := range []*server{php, h.apache(t), web, h.sshd(t)} {
		s.start(t)
		t.Cleanup(func() { s.stop(t) })
	}
}

func (h *hall) nginx(site, neat string) string {
	certificates := filepath.Join(h.Dir, "certificates", "site")
	careless := `root ` + site + `;
  location /server-status { proxy_pass http://127.0.0.1:8080; }
  location ~ ^/(uploads|backup|files)/ { autoindex on; }
  location ~ \.php$ { include /etc/nginx/fastcgi_params; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name; fastcgi_param REDIRECT_STATUS 200; fastcgi_pass 127.0.0.1:9000; }
`
	server := func(listen, inside string) string {
		return "server {\n listen " + listen + ";\n ssl_certificate " + certificates + ".pem;\n ssl_certificate_key " + certificates + ".key;\n " + inside + "}\n"
	}
	return "user root;\npid " + h.Dir + "/nginx.pid;\ndaemon off;\nworker_processes 1;\nevents {}\nhttp {\ninclude /etc/nginx/mime.types;\naccess_log " + filepath.Join(h.Dir, "access.log") + ";\n" +
		server(webHost+":80", careless) + server(webHost+":443 ssl", careless) + server(webHost+":"+oddPort, careless) +
		server(neatHost+":80", "return 301 http://127.0.0.1:9/;") +
		server(plainHost+":80", "access_log off;\n root "+neat+";") +
		server(neatHost+":443 ssl", "root "+neat+";\n location / { try_files $uri /index.html; }\n") + "}\n"
}

// apache runs the real one, whose status page names its visitors, behind nginx.
func (h *hall) apache(t *testing.T) *server {
	t.Helper()
	config := filepath.Join(h.Dir, "apache.conf")
	const modules = "/usr/lib/apache2/modules/mod_"
	write(t, config, []byte("ServerRoot "+h.Dir+"\nServerName "+borgo+"\nPidFile "+h.Dir+"/apache.pid\nListen 127.0.0.1:8080\nDefaultRuntimeDir "+h.Dir+"\nErrorLog /dev/stderr\n"+
		"LoadModule mpm_event_module "+modules+"mpm_event.so\nLoadModule authz_core_module "+modules+"authz_core.so\nLoadModule status_module "+modules+"status.so\n"+
		"ExtendedStatus On\n<Location /server-status>\n SetHandler server-status\n</Location>\n"))
	return h.server("apache", "127.0.0.1:8080", "apache2", "-DFOREGROUND", "-f", config)
}

// sshd runs the real one, for a port that is open and no fault.
func (h *hall) sshd(t *testing.T) *server {
	t.Helper()
	key := filepath.Join(h.Dir, "ssh_host_key")
	tool(t, h.Dir, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
	config := filepath.Join(h.Dir, "sshd_config")
	write(t, config, []byte("ListenAddress "+neatHost+"\nPort 22\nHostKey "+key+"\nPidFile none\nLogLevel VERBOSE\n"))
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		t.Fatal(err)
	}
	path, err := find("sshd")
	if err != nil {
		t.Fatal(err)
	}
	return h.server("sshd", neatHost+":22", path, "-D", "-e", "-f", config)
}

// testExposed tries the templates on the careless and on the tidy server.
func (h *hall) testExposed(t *testing.T) {
	o := h.scan(t, leading(webHost, neatHost), "--mandate", h.mandateFor(t, nil, webHost, neatHost))
	if o.code != 0 || o.bundle == nil {
		t.Fatalf("exit code %d\n%s", o.code, o.stderr)
	}
	domain := leading(webHost, neatHost)
	var failed []string
	for _, f := range o.scan.Findings {
		if f.Subject == domain && f.Outcome == "fail" && strings.HasPrefix(f.Rule, "exposed-") {
			failed = append(failed, f.Rule)
		}
		if f.Outcome == "inconclusive" && strings.HasPrefix(f.Rule, "exposed-") {
			t.Errorf("%s on %s: %v", f.Rule, f.Subject, f.Facts)
		}
	}
	slices.Sort(failed)
	if !slices.Equal(slices.Compact(failed), shown) {
		t.Errorf("shown: %v\nwant:  %v", failed, shown)
	}
	at := map[string][]string{}
	for _, m := range o.bundle.Services.Exposed {
		at[m.Address] = append(at[m.Address], m.Template+" "+m.URL)
	}
	if len(at[neatHost]) > 0 {
		t.Errorf("the tidy server: %v", at[neatHost])
	}
	for _, place := range []string{"https://" + domain + "/", "http://" + domain + ":" + oddPort + "/"} {
		for _, rule := range shown {
			if !slices.ContainsFunc(at[webHost], func(m string) bool { return strings.HasPrefix(m, rule) && strings.Contains(m, " "+place) }) {
				t.Errorf("%s was not found at %s", rule, place)
			}
		}
	}
	if places := o.went(); slices.Contains(places, "127.0.0.1") {
		t.Error("a redirect to this machine was followed")
	}
	for _, place := range []string{webHost, neatHost} {
		connections, datagrams := begun(o.packets, netip.MustParseAddr(place))
		sent := o.bundle.Sent.ByAddress[place]
		if sent.Connections != len(connections)+len(datagrams) {
			t.Errorf("%s: %d connections and %d datagrams on the wire, %d counted", place, len(connections), len(datagrams), sent.Connections)
		}
		times := slices.Concat(connections, datagrams)
		if got := tooQuick(times); got != "" {
			t.Errorf("%s: %s", place, got)
		}
		t.Logf("%s: most within a second %d, within %v %d", place, densest(times, time.Second), average, densest(times, average))
	}
	log, err := os.ReadFile(filepath.Join(h.Dir, "sshd.log"))
	if err != nil || strings.Contains(string(log), "user") || !strings.Contains(string(log), "Connection") {
		t.Errorf("the log of SSH: %v\n%s", err, log)
	}
	h.testAccessLog(t, o)
	t.Logf("%d matches in %.0f s", len(o.bundle.Services.Exposed), o.took.Seconds())
}

// testAccessLog holds the requests that nginx has seen against those counted, and
// none may do more than read.
func (h *hall) testAccessLog(t *testing.T, o outing) {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(h.Dir, "access.log"))
	if err != nil {
		t.Fatal(err)
	}
	requests := 0
	for line := range strings.Lines(string(log)) {
		if !strings.HasPrefix(line, h.scanner.String()+" ") {
			continue // php and the test's own
		}
		_, request, _ := strings.Cut(line, `"`)
		method, _, _ := strings.Cut(request, " ")
		switch method {
		case "GET", "HEAD", "OPTIONS":
			requests++
		default:
			if !strings.Contains(line, `" 400 `) { // a question of another protocol, which nginx refuses
				t.Errorf("not a request that only reads: %s", line)
			}
		}
	}
	counted := o.bundle.Sent.ByAddress[webHost].Requests + o.bundle.Sent.ByAddress[neatHost].Requests
	t.Logf("requests in the log of nginx: %d; counted as sent: %d", requests, counted)
	if requests == 0 || requests > counted {
		t.Errorf("%d requests in the log, %d counted", requests, counted)
	}
}

// testEngine lets the engine fail in every way; the scan ends, and what was not
// tried is inconclusive.
func (h *hall) testEngine(t *testing.T) {
	ready := `read job; ids=$(printf '%s' "$job" | sed 's/.*"templates":\(\[[^]]*\]\).*/\1/'); printf '{"kind":"ready","protocol":1,"version":"none","templates":%s}\n' "$ids"; `
	for name, tt := range map[string]struct {
		script  string // empty: there is no engine
		problem evidence.Problem
	}{
		"absent":      {"", evidence.EngineAbsent},
		"killed":      {ready + "kill -9 $$", evidence.EngineFailed},
		"ends-early":  {ready + "exit 0", evidence.EngineFailed},
		"garbage":     {"echo nonsense; cat >/dev/null", evidence.EngineFailed},
		"hanging":     {ready + `sh -c 'while :; do sleep 1; done' "$0"; exit`, evidence.EngineFailed}, // the child has its name too, so that it is looked for
		"never-stops": {"while :; do echo '{}'; done", evidence.EngineFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			program := filepath.Join(dir, "campanile")
			tool(t, dir, "cp", h.program, program)
			if tt.script != "" {
				write(t, filepath.Join(dir, "campanile-nuclei"), []byte("#!/bin/sh\nPATH=/usr/bin:/bin\n"+tt.script+"\n"))
				tool(t, dir, "chmod", "755", "campanile-nuclei")
			}
			o := h.scanWith(t, program, nil, leading(plainHost), "--mandate", h.mandateFor(t, nil, plainHost))
			if o.code != 0 || o.bundle == nil {
				t.Fatalf("exit code %d\n%s", o.code, o.stderr)
			}
			for _, f := range o.scan.Findings {
				exposed := strings.HasPrefix(f.Rule, "exposed-") && f.Outcome != "not-applicable"
				if got := strings.TrimSpace(f.Outcome + " " + f.Facts["problem"]); exposed && got != "inconclusive "+string(tt.problem) {
					t.Errorf("%s: %s, want inconclusive %s", f.Rule, got, tt.problem)
				}
			}
			if got := o.desktop(plainHost); got != "pass" {
				t.Errorf("remote desktop: %s, want pass all the same", got)
			}
			if left := running(t, filepath.Join(dir, "campanile-nuclei")); left != "" {
				t.Errorf("the engine still runs: %s", left)
			}
			t.Logf("%.0f s", o.took.Seconds())
		})
	}
}

// running looks for a process by its command line.
func running(t *testing.T, command string) string {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(lines) == 0 {
		t.Fatal("the processes cannot be read: ", err)
	}
	for _, file := range lines {
		// A process that has ended in the meantime has none.
		if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), command) {
			return strings.ReplaceAll(string(text), "\x00", " ")
		}
	}
	return ""
}

// testCost prints what one host costs with the full list and all templates,
// beside nmap on the same ports in the same run. It is a figure and no verdict.
func (h *hall) testCost(t *testing.T) {
	domain := leading(webHost)
	ours := h.scan(t, domain, "--mandate", h.mandateFor(t, nil, webHost))
	if ours.bundle == nil {
		t.Fatal(ours.stderr)
	}
	wire := listenOn(t, h.scanner)
	nmap := exec.CommandContext(t.Context(), "nmap", "-sV", "-Pn", "-n", "-S", h.scanner.String(), "-e", "lo", "-p", portList(), webHost)
	start := time.Now()
	output, err := nmap.CombinedOutput()
	if err != nil {
		t.Fatalf("nmap: %v\n%s", err, output)
	}
	took := time.Since(start)
	theirs := wire.end(t)
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "one host\tseconds\tsockets\tgreatest memory, MB")
	connections, datagrams := begun(ours.packets, netip.MustParseAddr(webHost))
	fmt.Fprintf(w, "campanile, ports and templates\t%.1f\t%d\t%d\n", ours.took.Seconds(), len(connections)+len(datagrams), ours.memory>>20)
	connections, _ = begun(theirs, netip.MustParseAddr(webHost))
	memory := int64(0)
	if usage, ok := nmap.ProcessState.SysUsage().(*syscall.Rusage); ok {
		memory = usage.Maxrss << 10
	}
	fmt.Fprintf(w, "nmap -sV, the same ports\t%.1f\t%d\t%d\n", took.Seconds(), len(connections), memory>>20)
	_ = w.Flush()
	t.Logf("\n%s%.1f times the time of nmap, at five connections a second, with %d templates at %d places",
		table.String(), ours.took.Seconds()/took.Seconds(), len(ours.bundle.Services.Templates), len(ours.bundle.Services.Tried))
	if len(connections) == 0 {
		t.Errorf("nmap was not seen on the wire:\n%s", output)
	}
}

// portList is the curated list as nmap reads it.
func portList() string {
	var words []string
	for _, port := range list.Ports("tcp") {
		words = append(words, strconv.Itoa(int(port)))
	}
	return strings.Join(words, ",")
}
