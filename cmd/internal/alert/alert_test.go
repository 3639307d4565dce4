package alert_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"campanile/cmd/internal/alert"
	"campanile/cmd/internal/store"
	"campanile/collectors/evidence"
	"campanile/report/history"
	"campanile/report/notice"
	"campanile/report/score"
	"campanile/rules"
)

// territory is a store with two towns, and a clock that a test sets.
type territory struct {
	*alert.Alerts
	bodies []int64
	mutex  sync.Mutex
	now    time.Time
}

// noon is in no quiet hours.
var noon = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

// newTerritory opens a store beside a file of alerts.
func newTerritory(t *testing.T, file string) *territory {
	t.Helper()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), filepath.Join(dir, "territory.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	bodies, err := s.Put(t.Context(), []store.Body{
		{Target: evidence.Target{Domain: "comune.borgo.example", Name: "Comune di Borgo\r\nBcc: everybody@evil.example", Country: "it"}},
		{Target: evidence.Target{Domain: "mairie.sanssouci.example", Name: "Sans-Souci", Country: "fr"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	set, err := score.Rules()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "hook.secret"), []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "alerts.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := alert.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	w := &territory{bodies: bodies, now: noon}
	w.Alerts = &alert.Alerts{Store: s, File: f, Rules: set, Sender: "GAL Valli di Esempio", Now: w.clock}
	return w
}

func (w *territory) clock() time.Time {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.now
}

// wait lets time pass.
func (w *territory) wait(d time.Duration) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.now = w.now.Add(d)
}

// critical is news of one town: its mail can be forged since a look.
func (w *territory) critical(n int, rule, subject string) history.News {
	looked := w.clock().Add(-time.Hour)
	return history.News{
		Town: strconv.FormatInt(w.bodies[n], 10), Name: "a name of old", Taken: looked, Told: looked.AddDate(0, 0, -7),
		Changes: []history.Change{{Rule: rule, Subject: subject, Kind: history.Appeared, To: rules.Critical, Since: looked.AddDate(0, 0, -1), Confirmed: looked}},
	}
}

// run passes over the territory.
func (w *territory) run(t *testing.T, id string, news ...history.News) error {
	t.Helper()
	return w.Run(t.Context(), history.Run{ID: id, At: w.clock()}, news)
}

func mailFile(o *postOffice, ca, more string) string {
	return fmt.Sprintf("mail: {server: \"127.0.0.1:%d\", from: campanile@gal.example}\nca-file: %s\n%s", o.port(), ca, more)
}

const toOffice = "to: [{mail: office@gal.example, language: it}]\n"

func TestAMessageIsPlainMailThatNobodyCanBend(t *testing.T) {
	t.Parallel()
	certificate, ca := authority(t)
	office := openPostOffice(t, certificate)
	w := newTerritory(t, mailFile(office, ca, toOffice))
	if err := w.run(t, "1", w.critical(0, "mail-dmarc-missing", "comune.borgo.example"), w.critical(1, "tls-heartbleed", "www.sanssouci.example\nX: y")); err != nil {
		t.Fatal(err)
	}
	letters := office.letters()
	if len(letters) != 1 {
		t.Fatalf("%d messages", len(letters))
	}
	m, err := mail.ReadMessage(strings.NewReader(letters[0]))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "To": "<office@gal.example>", "From": "<campanile@gal.example>", "Content-Type": "text/plain; charset=UTF-8", "Bcc": "", "X": "",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if id := m.Header.Get("Message-Id"); !strings.HasSuffix(id, "@gal.example>") || strings.Contains(id, "office") {
		t.Errorf("Message-ID %q", id)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "Campanile: 2 nuovi rilievi critici" {
		t.Errorf("%q, %v", subject, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Comune di Borgo  Bcc: everybody@evil.example: ", "campanile scan comune.borgo.example --only mail", "GAL Valli di Esempio", "www.sanssouci.example X: y"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("%q is not in\n%s", want, body)
		}
	}
	if strings.Contains(string(body), "<") {
		t.Errorf("markup in a plain message:\n%s", body)
	}
}

func TestOneTownInTheSubjectBringsNoHeader(t *testing.T) {
	t.Parallel()
	certificate, ca := authority(t)
	office := openPostOffice(t, certificate)
	w := newTerritory(t, mailFile(office, ca, toOffice))
	if err := w.run(t, "1", w.critical(0, "mail-dmarc-missing", "comune.borgo.example")); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(office.letters()[0]))
	if err != nil || m.Header.Get("Bcc") != "" || !strings.Contains(m.Header.Get("Subject"), "Borgo") {
		t.Errorf("%v, %v", m.Header, err)
	}
}

func TestOneMessageARunAndNeverTwice(t *testing.T) {
	t.Parallel()
	certificate, ca := authority(t)
	office := openPostOffice(t, certificate)
	w := newTerritory(t, mailFile(office, ca, toOffice))
	news := w.critical(0, "mail-dmarc-missing", "comune.borgo.example")
	for range 3 {
		if err := w.run(t, "1", news); err != nil {
			t.Fatal(err)
		}
		w.wait(time.Hour)
		if err := w.Due(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(office.letters()); n != 1 {
		t.Errorf("%d messages", n)
	}
	told, err := w.Store.Told(t.Context(), w.bodies[0])
	if err != nil || !told.Equal(news.Taken) {
		t.Errorf("told up to %s, %v", told, err)
	}
	if err := w.run(t, "2"); err != nil {
		t.Fatal(err)
	}
	if n := len(office.letters()); n != 1 {
		t.Errorf("nothing is new, and there are %d messages", n)
	}
}

func TestSeveralAtOnceSendOneMessage(t *testing.T) {
	t.Parallel()
	certificate, ca := authority(t)
	office := openPostOffice(t, certificate)
	w := newTerritory(t, mailFile(office, ca, "zone: UTC\nto: [{mail: office@gal.example, quiet: \"11:00-13:00\"}]\n"))
	if err := w.run(t, "1", w.critical(0, "mail-dmarc-missing", "x.example")); err != nil || len(office.letters()) != 0 {
		t.Fatalf("%v, %v", office.letters(), err)
	}
	w.wait(time.Hour)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := w.Due(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(office.letters()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestAServerThatFailsIsTriedLaterAndLater(t *testing.T) {
	t.Parallel()
	certificate, ca := authority(t)
	office := openPostOffice(t, certificate)
	office.set(func(o *postOffice) { o.refuse = "451 come back later" })
	w := newTerritory(t, mailFile(office, ca, toOffice))
	if err := w.run(t, "1", w.critical(0, "mail-dmarc-missing", "x.example")); err == nil || !strings.Contains(err.Error(), "come back later") {
		t.Fatalf("a message that was not taken: %v", err)
	}
	visits := func() int {
		office.mutex.Lock()
		defer office.mutex.Unlock()
		return office.visits
	}
	for range 6 * 24 { // a day, every ten minutes
		w.wait(10 * time.Minute)
		_ = w.Due(t.Context()) // it fails each time that it tries
	}
	if n := visits(); n < 7 || n > 10 {
		t.Errorf("%d tries in a day", n)
	}
	kept, err := w.Store.Messages(t.Context(), true, 0)
	if err != nil || len(kept) != 1 || kept[0].Tries != visits() || !strings.Contains(kept[0].Failed, "451") {
		t.Fatalf("%+v, %v", kept, err)
	}
	office.set(func(o *postOffice) { o.refuse = "" })
	for range 3 {
		w.wait(12 * time.Hour)
		if err := w.Due(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(office.letters()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestAServerThatIsDownIsAskedOnce(t *testing.T) {
	t.Parallel()
	certificate, ca := authority(t)
	office := openPostOffice(t, certificate)
	office.set(func(o *postOffice) { o.noTLS = true })
	w := newTerritory(t, mailFile(office, ca, "to: [{mail: a@gal.example}, {mail: b@gal.example}, {mail: c@gal.example}]\n"))
	err := w.run(t, "1", w.critical(0, "mail-dmarc-missing", "x.example"))
	if err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("without STARTTLS nothing is sent: %v", err)
	}
	if office.visits != 1 || len(office.letters()) != 0 {
		t.Errorf("%d visits, %d messages", office.visits, len(office.letters()))
	}
}

func TestAWrongCertificateGetsNothing(t *testing.T) {
	t.Parallel()
	certificate, _ := authority(t)
	_, other := authority(t)
	office := openPostOffice(t, certificate)
	w := newTerritory(t, mailFile(office, other, toOffice))
	if err := w.run(t, "1", w.critical(0, "mail-dmarc-missing", "x.example")); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a stranger's certificate: %v", err)
	}
	if len(office.letters()) != 0 {
		t.Error("the message went to a stranger")
	}
}

func TestThePasswordGoesOutAfterTLS(t *testing.T) {
	t.Parallel()
	certificate, ca := authority(t)
	office := openPostOffice(t, certificate)
	office.set(func(o *postOffice) { o.asks = true })
	file := strings.Replace(mailFile(office, ca, toOffice), "example}", "example, user: campanile, password-file: hook.secret}", 1)
	w := newTerritory(t, file)
	if err := w.run(t, "1", w.critical(0, "mail-dmarc-missing", "x.example")); err != nil {
		t.Fatal(err)
	}
	want := base64.StdEncoding.EncodeToString([]byte("\x00campanile\x00s3cret"))
	if office.password != want || len(office.letters()) != 1 {
		t.Errorf("%q, want %q", office.password, want)
	}
}

func TestQuietHoursAcrossMidnight(t *testing.T) {
	t.Parallel()
	certificate, ca := authority(t)
	office := openPostOffice(t, certificate)
	w := newTerritory(t, mailFile(office, ca, "zone: Europe/Rome\nto: [{mail: office@gal.example, quiet: \"22:00-07:00\"}]\n"))
	w.wait(9*time.Hour + 30*time.Minute) // 22:30 in Rome
	if err := w.run(t, "1", w.critical(0, "mail-dmarc-missing", "x.example")); err != nil {
		t.Fatal(err)
	}
	w.wait(5 * time.Hour) // 3:30
	if err := w.run(t, "2", w.critical(1, "tls-heartbleed", "y.example")); err != nil {
		t.Fatal(err)
	}
	w.wait(3*time.Hour + 29*time.Minute) // 6:59
	if err := w.Due(t.Context()); err != nil || len(office.letters()) != 0 {
		t.Fatalf("in the night: %v, %v", office.letters(), err)
	}
	w.wait(time.Minute)
	for range 2 {
		if err := w.Due(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	letters := office.letters()
	if len(letters) != 1 || !strings.Contains(letters[0], "x.example") || !strings.Contains(letters[0], "y.example") {
		t.Errorf("what the night held goes out as one message: %v", letters)
	}
	if waiting, err := w.Store.Messages(t.Context(), true, 0); err != nil || len(waiting) != 0 {
		t.Errorf("%+v, %v", waiting, err)
	}
}

// hook is a webhook that keeps what it got.
type hook struct {
	*httptest.Server
	mutex  sync.Mutex
	status int
	got    []*http.Request
	bodies [][]byte
}

func openHook(t *testing.T) (*hook, string) {
	t.Helper()
	h := &hook{status: http.StatusNoContent}
	h.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h.mutex.Lock()
		defer h.mutex.Unlock()
		h.got, h.bodies = append(h.got, r), append(h.bodies, body)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(h.status)
		if h.status == http.StatusOK {
			_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
		}
	}))
	certificate, ca := authority(t)
	h.Config.ErrorLog = nil
	h.TLS = tlsOf(certificate)
	h.StartTLS()
	t.Cleanup(h.Close)
	return h, ca
}

func TestAWebhookGetsASignedDocument(t *testing.T) {
	t.Parallel()
	h, ca := openHook(t)
	w := newTerritory(t, fmt.Sprintf("ca-file: %s\nto: [{webhook: \"%s/campanile?key=abc\", secret-file: hook.secret, language: fr, towns: [mairie.sanssouci.example]}]\n", ca, h.URL))
	if err := w.run(t, "1", w.critical(0, "mail-dmarc-missing", "x.example"), w.critical(1, "tls-heartbleed", "y.example")); err != nil {
		t.Fatal(err)
	}
	if len(h.got) != 1 || h.got[0].URL.String() != "/campanile?key=abc" || h.got[0].Method != http.MethodPost {
		t.Fatalf("%v", h.got)
	}
	if got, want := h.got[0].Header.Get(alert.SignatureHeader), alert.Sign([]byte("s3cret"), h.bodies[0]); got != want || !strings.HasPrefix(got, "sha256=") {
		t.Errorf("signature %q, want %q", got, want)
	}
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(string(notice.Schema())))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("notice.json", schema); err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(h.bodies[0])))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.MustCompile("notice.json").Validate(document); err != nil {
		t.Error(err)
	}
	if text := string(h.bodies[0]); strings.Contains(text, "x.example") || !strings.Contains(text, "y.example") || !strings.Contains(text, `"language": "fr"`) {
		t.Errorf("of one town it wants to hear:\n%s", text)
	}
}

func TestAWebhookThatFailsIsToldAgainWithTheSameName(t *testing.T) {
	t.Parallel()
	h, ca := openHook(t)
	w := newTerritory(t, fmt.Sprintf("ca-file: %s\nto: [{webhook: \"%s/secret-path\"}]\n", ca, h.URL))
	for _, status := range []int{http.StatusInternalServerError, http.StatusFound, http.StatusOK} {
		h.status = status
		err := w.run(t, "1", w.critical(0, "mail-dmarc-missing", "x.example"))
		if (err == nil) != (status == http.StatusOK) || err != nil && strings.Contains(err.Error(), "secret-path") {
			t.Errorf("%d: %v", status, err)
		}
		w.wait(12 * time.Hour)
	}
	if len(h.got) != 3 {
		t.Fatalf("%d requests: a redirect is not followed, and what was taken is not sent again", len(h.got))
	}
	first, last := h.got[0].Header.Get(alert.IDHeader), h.got[2].Header.Get(alert.IDHeader)
	if first == "" || first != last {
		t.Errorf("%q, then %q", first, last)
	}
	kept, err := w.Store.Messages(t.Context(), false, 0)
	if err != nil || len(kept) != 1 || strings.Contains(kept[0].Recipient+kept[0].Failed+string(kept[0].Content), "secret-path") {
		t.Errorf("%+v, %v", kept, err)
	}
}

func TestADryRunSendsAndKeepsNothing(t *testing.T) {
	t.Parallel()
	certificate, ca := authority(t)
	office := openPostOffice(t, certificate)
	w := newTerritory(t, mailFile(office, ca, "to: [{mail: office@gal.example, language: en, quiet: \"10:00-14:00\"}]\n"))
	var out strings.Builder
	news := []history.News{w.critical(0, "mail-dmarc-missing", "x.example\x1b[31m")}
	if err := w.DryRun(t.Context(), &out, history.Run{ID: "1", At: w.clock()}, news); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"To: office@gal.example\n", "When: 2026-11-23 14:00 UTC\n", "Subject: Campanile, Comune di Borgo", `x.example\x1b[31m`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	kept, err := w.Store.Messages(t.Context(), false, 0)
	told, err2 := w.Store.Told(t.Context(), w.bodies[0])
	if errors.Join(err, err2) != nil || len(kept) != 0 || !told.IsZero() || office.visits != 0 || strings.ContainsRune(out.String(), 0x1b) {
		t.Errorf("%+v, %v, %v, %v", kept, told, err, err2)
	}
	out.Reset()
	if err := w.DryRun(t.Context(), &out, history.Run{ID: "1", At: w.clock()}, nil); err != nil || !strings.HasPrefix(out.String(), "nothing to tell") {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestATownThatIsNotThereIsAMistake(t *testing.T) {
	t.Parallel()
	w := newTerritory(t, "to:\n  - {webhook: \"https://localhost/\", towns: [comune.altrove.example]}\n")
	want := "alerts.yaml:2: comune.altrove.example is not in the territory; import it, or take it out of towns"
	if err := w.Check(t.Context()); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v", err)
	}
}

func TestWhoIsNoLongerThereIsToldNothing(t *testing.T) {
	t.Parallel()
	certificate, ca := authority(t)
	office := openPostOffice(t, certificate)
	w := newTerritory(t, mailFile(office, ca, "to: [{mail: office@gal.example, quiet: \"10:00-14:00\"}]\n"))
	if err := w.run(t, "1", w.critical(0, "mail-dmarc-missing", "x.example")); err != nil {
		t.Fatal(err)
	}
	w.File.To = nil
	w.wait(6 * time.Hour)
	for range 2 {
		if err := w.Due(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := w.Store.Messages(t.Context(), true, 0)
	if err != nil || len(kept) != 1 || kept[0].Tries != 1 || kept[0].Failed == "" || len(office.letters()) != 0 {
		t.Errorf("%+v, %v", kept, err)
	}
}
