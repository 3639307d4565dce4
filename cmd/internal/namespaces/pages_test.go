package namespaces

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// configureWeb writes the pages and the configuration of nginx.
func (w *world) configureWeb(t *testing.T) {
	t.Helper()
	for _, town := range w.Towns {
		for path, content := range w.files(t, town) {
			write(t, filepath.Join(w.Dir, "pages", town.Domain, path), content)
		}
	}
	write(t, filepath.Join(w.Dir, "visits", "of-towns"), nil) // the folder of the logs
	config := filepath.Join(w.Dir, "nginx.conf")
	write(t, config, w.fill(t, "nginx.conf", w))
	w.nginx = w.server("nginx", w.Issuer.V4+":80", "nginx", "-e", filepath.Join(w.Dir, "nginx-error.log"), "-p", w.Dir, "-c", config)
}

// files are what nginx shows of a town, by path.
func (w *world) files(t *testing.T, town *town) map[string][]byte {
	t.Helper()
	files := map[string][]byte{"index.html": []byte(town.Home)}
	if town.Home == "" {
		files["index.html"] = w.fill(t, "home.html", town)
	}
	if !town.WithoutContact {
		files["security.txt"] = w.fill(t, "security.txt", town)
	}
	for _, name := range town.furtherPages() {
		files[name] = w.fill(t, name, town)
	}
	for path, content := range town.Files {
		files[path] = []byte(content)
	}
	return files
}

// furtherPages are those to which the home page leads and that are visited too.
func (t *town) furtherPages() []string {
	if t.French {
		return []string{"accessibilite.html", "donnees-personnelles.html", "mentions-legales.html"}
	}
	return []string{"privacy.html", "note-legali.html"}
}

// Today is the day of the test, as the declaration of a French town writes it.
func (t *town) Today() string {
	months := strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
	now := time.Now().UTC() // not ahead of France
	return fmt.Sprintf("%d %s %d", now.Day(), months[now.Month()-1], now.Year())
}

// Filed is an address of AgID's form, for what was filed with it today.
func (t *town) Filed() string { return filed(time.Now()) }

// filed is the address that AgID's form gave at a time: a UUID of version 1, which
// counts 100 ns since the Gregorian calendar (RFC 9562 section 5.1).
func filed(at time.Time) string {
	count := uint64(at.Unix()+12_219_292_800) * 10_000_000
	return fmt.Sprintf("https://form.agid.gov.it/view/%08x-%04x-1%03x-9abc-020000000001", uint32(count), uint16(count>>32), count>>48&0xfff)
}

// page is what the part of nginx.conf speaks of that shows a town's pages.
type page struct {
	Dir    string
	Town   *town
	Secure bool
}

// Headers are those of every answer, in the words of nginx.
func (p page) Headers() []string {
	headers := map[string]string{"Referrer-Policy": "strict-origin-when-cross-origin"}
	if !p.Town.WithoutHeaders {
		maps.Copy(headers, map[string]string{
			"Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff",
			"X-Frame-Options":         "DENY",
		})
	}
	if p.Secure {
		headers["Set-Cookie"] = p.Town.Cookie
		if !p.Town.WithoutHeaders {
			headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
		}
	}
	maps.Copy(headers, p.Town.Headers)
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if value := headers[name]; value != "" {
			lines = append(lines, name+" "+nginxString(value)+" always")
		}
	}
	return lines
}
