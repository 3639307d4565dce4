package mandate_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mandate"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// wait lets the fake clock of a bubble run on for a second.
func wait() { <-time.After(time.Second) }

func TestStopFileEndsTheScanInTheMiddle(t *testing.T) {
	t.Parallel()
	stop := filepath.Join(t.TempDir(), mandate.DefaultStopFile)
	synctest.Test(t, func(t *testing.T) {
		watched, end, err := mandate.Guard{StopFile: stop}.Watch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		wait()
		if watched.Err() != nil {
			t.Fatalf("ended without a stop file: %v", context.Cause(watched))
		}
		write(t, stop, "")
		began := time.Now()
		<-watched.Done()
		cause := context.Cause(watched)
		if !errors.Is(cause, mandate.ErrStopped) || exit.Code(cause) != exit.Interrupted || !strings.Contains(cause.Error(), stop) {
			t.Errorf("cause %v, exit %d", cause, exit.Code(cause))
		}
		if took := time.Since(began); took > 250*time.Millisecond {
			t.Errorf("honoured after %v", took)
		}
	})
}

func TestStopFileThatIsThereAlreadyLetsNothingBegin(t *testing.T) {
	t.Parallel()
	stop := filepath.Join(t.TempDir(), "stop")
	if err := os.Symlink("nowhere", stop); err != nil { // whatever it is
		t.Fatal(err)
	}
	_, _, err := mandate.Guard{StopFile: stop}.Watch(t.Context())
	if !errors.Is(err, mandate.ErrStopped) || exit.Code(err) != exit.Interrupted {
		t.Errorf("got %v", err)
	}
}

// A stop file that cannot be looked for may be there.
func TestStopFileThatCannotBeLookedForStops(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	_, _, err := mandate.Guard{StopFile: filepath.Join(file, "stop")}.Watch(t.Context())
	if !errors.Is(err, mandate.ErrStopped) || !strings.Contains(err.Error(), "cannot be looked for") {
		t.Errorf("got %v", err)
	}
}

func TestGuardOfNothingWaitsForItsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		watched, end, err := mandate.Guard{}.Watch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		wait()
		end() // a goroutine that is left would fail the bubble
		if !errors.Is(context.Cause(watched), context.Canceled) {
			t.Errorf("cause %v", context.Cause(watched))
		}
	})
}

func TestOptOutIsHonouredInTheMiddle(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "opt-out.txt")
	write(t, path, "altro.test\n")
	address := netip.MustParseAddr("192.0.2.7")
	synctest.Test(t, func(t *testing.T) {
		list, err := mandate.ReadOptOut(path)
		if err != nil {
			t.Fatal(err)
		}
		watched, end, err := mandate.Guard{OptOut: list}.Watch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		wait()
		if list.Address(address) || list.Name("comune.example") {
			t.Fatal("left alone before it asked")
		}
		write(t, path, "altro.test\n192.0.2.0/28\ncomune.example\n")
		wait()
		if !list.Address(address) || !list.Name("comune.example") || watched.Err() != nil {
			t.Errorf("not left alone a second after; the scan: %v", context.Cause(watched))
		}
	})
}

// A list that can no longer be understood could name anybody: the scan stops,
// but not because somebody was seen writing.
func TestBrokenOptOutStops(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(t *testing.T, path string)
		want   string
	}{
		"bad-line": {func(t *testing.T, path string) { write(t, path, "altro.test\n192.0.2.1/28\n") }, ":2: 192.0.2.1/28 does not begin its network; write 192.0.2.0/28, or 192.0.2.1 for the one address"},
		"gone": {func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, "cannot be opened"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "opt-out.txt")
			write(t, path, "altro.test\n")
			synctest.Test(t, func(t *testing.T) {
				list, err := mandate.ReadOptOut(path)
				if err != nil {
					t.Fatal(err)
				}
				watched, end, err := mandate.Guard{OptOut: list}.Watch(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer end()
				test.change(t, path)
				<-time.After(250 * time.Millisecond) // one look
				if watched.Err() != nil {
					t.Errorf("stopped by a single look: %v", context.Cause(watched))
				}
				<-watched.Done()
				if cause := context.Cause(watched); !strings.Contains(cause.Error(), test.want) || exit.Code(cause) != exit.Usage {
					t.Errorf("cause %v", cause)
				}
				if !list.Name("altro.test") {
					t.Error("who asked before is no longer left alone")
				}
			})
		})
	}
}

func TestWhoAskedIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "opt-out.txt")
	write(t, path, "\ufeff# asked by letter\r\n\r\nComune.example # the whole of it\r\n*.altro.test\r\ncittà.example\r\n192.0.2.1\r\n198.51.100.0/24\r\n2001:db8::/32\r\n::ffff:203.0.113.9\r\n")
	list, err := mandate.ReadOptOut(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"comune.example": true, "servizi.comune.example.": true, "WWW.Comune.Example": true, "altro.test": true, "a.b.altro.test": true, "xn--citt-3na.example": true,
		"": false, "example": false, "miocomune.example": false, "comune.example.test": false,
	} {
		if got := list.Name(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
	for address, want := range map[string]bool{
		"192.0.2.1": true, "::ffff:192.0.2.1": true, "192.0.2.2": false, "198.51.100.255": true, "2001:db8::1": true, "2001:db8::1%eth0": true, "2001:db9::1": false, "203.0.113.9": true,
	} {
		if got := list.Address(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	networks := []string{}
	for _, network := range list.Networks() {
		networks = append(networks, network.String())
	}
	if diff := cmp.Diff([]string{"192.0.2.1/32", "198.51.100.0/24", "2001:db8::/32", "203.0.113.9/32"}, networks); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestNoListIsAnEmptyOne(t *testing.T) {
	t.Parallel()
	var none *mandate.OptOut
	if none.Name("comune.example") || none.Address(netip.MustParseAddr("192.0.2.1")) || none.Networks() != nil {
		t.Error("a list that is not there names somebody")
	}
}

func TestBadLinesOfAListAreNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"comune.example\nun comune\n": `:2: "un comune" is no name, address or network; write one a line, such as comune.example or 192.0.2.0/24`,
		"::ffff:192.0.2.0/120\n":      ":1: ::ffff:192.0.2.0/120: write the IPv4 network itself, such as 192.0.2.0/24",
		"192.0.2.0/33\n":              `:1: "192.0.2.0/33" is no name, address or network; write one a line, such as comune.example or 192.0.2.0/24`,
	} {
		path := filepath.Join(t.TempDir(), "opt-out.txt")
		write(t, path, text)
		_, err := mandate.ReadOptOut(path)
		if err == nil || err.Error() != path+want || exit.Code(err) != exit.Usage {
			t.Errorf("got  %v\nwant %s", err, path+want)
		}
	}
	path := filepath.Join(t.TempDir(), "long.txt")
	write(t, path, strings.Repeat("#", 4<<20+1))
	if _, err := mandate.ReadOptOut(path); err == nil || !strings.Contains(err.Error(), "longer than 4194304 bytes") {
		t.Errorf("got %v", err)
	}
}

// Many goroutines ask while the list changes; the race detector looks on.
func TestListIsAskedFromEverywhereAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "opt-out.txt")
	write(t, path, "altro.test\n")
	synctest.Test(t, func(t *testing.T) {
		list, err := mandate.ReadOptOut(path)
		if err != nil {
			t.Fatal(err)
		}
		_, end, err := mandate.Guard{OptOut: list}.Watch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		write(t, path, "altro.test\n192.0.2.7\n")
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for !list.Address(netip.MustParseAddr("192.0.2.7")) {
					if !list.Name("altro.test") {
						t.Error("who asked before is no longer left alone")
					}
					<-time.After(50 * time.Millisecond)
				}
			})
		}
		group.Wait()
	})
}
