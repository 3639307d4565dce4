package alert_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/alert"
	"campanile/cmd/internal/exit"
	"campanile/report/history"
	"campanile/rules"
)

// TestEachMistakeIsTold reads files that are wrong in one way each; what is said
// of them stands in their first lines.
func TestEachMistakeIsTold(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/invalid-*.yaml")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for line := range strings.Lines(string(data)) {
			if said, ok := strings.CutPrefix(line, "#! "); ok {
				want = append(want, "testdata/"+strings.TrimSpace(said))
			}
		}
		_, err = alert.Read(path)
		if diff := cmp.Diff(strings.Join(want, "\n"), fmt.Sprint(err)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
		if exit.Code(err) != exit.Usage {
			t.Errorf("%s: exit code %d", path, exit.Code(err))
		}
	}
}

func TestWhatAFileSays(t *testing.T) {
	t.Parallel()
	f, err := alert.Read("testdata/valid.yaml")
	if err != nil {
		t.Fatal(err)
	}
	wantMail := &alert.Server{Host: "smtp.gal.example", Port: 587, From: "campanile@gal.example", User: "campanile", Password: "s3cret", TLS: alert.StartTLS}
	if diff := cmp.Diff(wantMail, f.Mail); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(f.To) != 3 || f.Zone.String() != "Europe/Rome" || f.Contact != "avvisi@gal.example" {
		t.Fatalf("%+v", f)
	}
	clerk, hook, town := f.To[0], f.To[1], f.To[2]
	if diff := cmp.Diff([]history.Topic{history.Critical, history.CertEnding, history.Fixed}, clerk.Topics); diff != "" || clerk.Language != rules.Italian {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if clerk.Quiet.From != 22*60 || clerk.Quiet.To != 7*60 || clerk.Quiet.Zone != f.Zone {
		t.Errorf("quiet hours %+v", clerk.Quiet)
	}
	if diff := cmp.Diff([]string{"comune.borgo.example", "comune.xn--citt-3na.example"}, hook.Towns); diff != "" || string(hook.Secret) != "s3cret" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if strings.Contains(hook.ID, "/campanile") || !strings.Contains(hook.ID, "hooks.gal.example") {
		t.Errorf("the path of a webhook may be a secret, and its name is %q", hook.ID)
	}
	if town.Mail != "mairie@xn--citt-3na.example" || town.Language != rules.English || len(town.Topics) > 0 {
		t.Errorf("%+v", town)
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := alert.Parse("x", data, func(string, int64) ([]byte, error) { return []byte("secret"), nil })
		if err != nil {
			var usage *exit.Error
			if !errors.As(err, &usage) || strings.ContainsRune(err.Error(), 0x1b) {
				t.Errorf("%q", err)
			}
			return
		}
		if len(file.To) == 0 || file.Zone == nil {
			t.Errorf("%+v", file)
		}
		for _, r := range file.To {
			if r.ID == "" || (r.Mail == "") == (r.Webhook == nil) || strings.ContainsAny(r.Mail, "\r\n ") {
				t.Errorf("%+v", r)
			}
			if r.Mail != "" && (file.Mail == nil || file.Mail.Host == "" || file.Mail.From == "") {
				t.Errorf("nobody to send mail to %s: %+v", r.Mail, file.Mail)
			}
			if r.Webhook != nil && r.Webhook.Scheme != "https" && r.Webhook.Hostname() != "localhost" && !strings.HasPrefix(r.Webhook.Hostname(), "127.") && r.Webhook.Hostname() != "::1" {
				t.Errorf("%s", r.Webhook)
			}
		}
	})
}
