package report

import (
	"strings"
	"time"

	"campanile/collectors/evidence"
)

// What follows is for the writers that lay a Document out in packages of their
// own: the functions by which the page's templates speak.

// Number writes 12345 as the language does.
func (w Words) Number(n int64) string { return w.words.number(n) }

// List writes "a, b and c".
func (w Words) List(items []string) string { return w.words.list(items) }

// Date writes a day as the language does.
func (w Words) Date(t time.Time) string { return w.words.date(t) }

// Time writes a day and its hour as the language does.
func (w Words) Time(t time.Time) string {
	return w.words.say("date.time", "Date", w.words.date(t), "Time", t.Format("15:04"))
}

// Profile says what a profile of a scan is.
func (w Words) Profile(p evidence.Profile) string { return w.words.code("profile", string(p)) }

// PageOf are the words at the foot of a printed page, with {page} and {pages}
// where a word processor counts.
func (w Words) PageOf() string { return w.words.say("paper.page") }

// Contents is the heading of the list of headings.
func (w Words) Contents() string { return w.words.say("paper.contents") }

// HowOnPaper says how to use the list in a word processor.
func (w Words) HowOnPaper() string { return w.words.say("paper.how") }

// WrittenBy says whose work a document is.
func (w Words) WrittenBy() string { return w.words.say("paper.written") }

// LanguageName is the language's name for itself.
func (w Words) LanguageName() string { return w.words.say("language." + string(w.words.language)) }

// Clean says what a town without failures may be told: clean, partly, nothing.
func (d Document) Clean() string { return verdictless(d) }

// Piece is a part of a text: plain, or a command to copy letter by letter.
type Piece struct {
	Text    string
	Command bool
}

// Pieces finds the commands in a text.
func Pieces(text string) []Piece {
	var list []Piece
	for _, each := range pieces(text) {
		if each.Text != "" {
			list = append(list, Piece{Text: each.Text})
		}
		if len(each.Command) > 0 {
			list = append(list, Piece{Text: strings.Join(each.Command, " "), Command: true})
		}
	}
	return list
}
