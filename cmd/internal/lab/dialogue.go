package lab

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
)

// dialogue is a server that says little: a few words to whoever comes, and one
// answer to each question that it knows. On all others it hangs up, as most
// servers do.
type dialogue struct {
	greeting  string
	replies   []retort
	otherwise string // to what it does not know; empty: it hangs up
}

// retort is what a server says to a question that holds some words.
type retort struct {
	holds, say string
	leaves     bool // it hangs up afterwards
}

// mostQuestions bounds what one visitor may ask.
const mostQuestions = 32

// speak is a wire. A question is what comes at once: the visitors of the lab send
// each in one piece.
func (d dialogue) speak(_ context.Context, conn net.Conn) {
	if !tell(conn, d.greeting) {
		return
	}
	question := make([]byte, 4096)
	for range mostQuestions {
		n, err := conn.Read(question)
		if err != nil {
			return
		}
		answer := d.answer(string(question[:n]))
		if !tell(conn, answer.say) || answer.leaves {
			return
		}
	}
}

func (d dialogue) answer(question string) retort {
	for _, r := range d.replies {
		if strings.Contains(question, r.holds) {
			return r
		}
	}
	return retort{say: d.otherwise, leaves: d.otherwise == ""}
}

// tell says something, if there is something to say.
func tell(conn net.Conn, words string) bool {
	if words == "" {
		return true
	}
	_, err := io.WriteString(conn, words)
	return err == nil
}

// panel is the web page on which a device asks for its login.
func panel(server, title string) dialogue {
	return dialogue{replies: []retort{response("GET ", "200 OK", "Server: "+server, "<!doctype html><title>"+title+"</title>")}}
}

// response is one answer of HTTP, to a request that holds some words.
func response(request, status, header, body string) retort {
	return retort{request, fmt.Sprintf("HTTP/1.1 %s\r\n%s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, header, len(body), body), true}
}
