package main

import (
	"os"
	"testing"

	"campanile/cmd/internal/alert"
)

// The file that the help shows is one that works as it stands.
func TestTheAlertsOfTheHelpAreAFile(t *testing.T) {
	t.Parallel()
	f, err := alert.Parse("alerts.yaml", []byte(alertsExample), func(name string, _ int64) ([]byte, error) { return nil, os.ErrNotExist })
	if err != nil {
		t.Fatal(err)
	}
	if len(f.To) != 2 || f.Mail == nil || len(f.To[1].Towns) != 1 {
		t.Errorf("%+v", f)
	}
}
