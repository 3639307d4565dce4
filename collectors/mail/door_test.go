package mail

import (
	"bufio"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"campanile/collectors/evidence"
	"campanile/collectors/internal/dnstest"
	"campanile/collectors/network"
)

// A server that greets late each time is left alone after a while: dozens of
// visits would last for hours.
func TestDoorThatOpensSlowly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		session := inTime(t, dnstest.New(t), func(c net.Conn) {
			time.Sleep(15 * time.Second)
			_, _ = fmt.Fprint(c, "220 mx.comune.test ESMTP\r\n")
			for lines := bufio.NewScanner(c); lines.Scan(); {
				answer := "250-mx.comune.test\r\n250 STARTTLS\r\n"
				if strings.HasPrefix(lines.Text(), startTLS) {
					answer = "220 go ahead\r\n"
				}
				_, _ = fmt.Fprint(c, answer)
			}
		})
		d := &door{session: session, request: Request{Helo: "scanner.example"}, address: netip.MustParseAddr("192.0.2.25")}
		began := time.Now()
		for range 60 {
			conn, err := d.open(t.Context())
			if err == nil {
				_ = conn.Close()
				continue
			}
			if network.Problem(err) != string(evidence.Timeout) || time.Since(began) > doorTime+time.Minute {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
			return
		}
		t.Errorf("it was open for 60 visits, which took %v", time.Since(began))
	})
}
