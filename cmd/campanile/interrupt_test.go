package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"campanile/cmd/internal/exit"
)

// silence runs a resolver on loopback that answers nothing, and calls asked at
// the first question.
func silence(t *testing.T, asked func()) (address string) {
	t.Helper()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if _, _, err := packets.ReadFrom(make([]byte, 512)); err == nil {
			asked()
		}
	}()
	t.Cleanup(func() {
		packets.Close()
		<-ended
	})
	return packets.LocalAddr().String()
}

func TestInterruptedScanLeavesTheEarlierReport(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	written := filepath.Join(folder, "report.json")
	if err := os.WriteFile(written, []byte("earlier"), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := os.Create(filepath.Join(folder, "said.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := &program{stdin: os.Stdin, stdout: said, stderr: said, now: func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }}
	err = p.execute(ctx, []string{
		"scan", "comune.example", "--resolver", silence(t, cancel),
		"--evidence", filepath.Join(folder, "evidence.jsonl"), "--format", "json", "--out", written,
	})
	if code := exit.Code(err); code != exit.Interrupted {
		t.Errorf("exit code %d (%v), want %d", code, err, exit.Interrupted)
	}
	if got, err := os.ReadFile(written); err != nil || string(got) != "earlier" {
		t.Errorf("the report reads %q, %v; want the earlier one", got, err)
	}
}
