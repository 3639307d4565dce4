package declaration

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Date is a day as a page writes it, without a time. Day is 0 where only the
// month is known. The zero value is no date.
type Date struct{ Year, Month, Day int }

// DateOf is the day of a moment where the given zone is in force.
func DateOf(t time.Time, zone *time.Location) Date {
	year, month, day := t.In(zone).Date()
	return Date{year, int(month), day}
}

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String writes 2024-09-13, or 2024-09 where the day is not known.
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.Day == 0:
		return fmt.Sprintf("%04d-%02d", d.Year, d.Month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// ParseDate reads what String writes.
func ParseDate(text string) (Date, bool) {
	if d, err := time.Parse("2006-01-02", text); err == nil {
		return DateOf(d, time.UTC), true
	}
	if d, err := time.Parse("2006-01", text); err == nil {
		return Date{Year: d.Year(), Month: int(d.Month())}, true
	}
	return Date{}, false
}

// first and last are the days between which the date lies.
func (d Date) first() Date { return Date{d.Year, d.Month, max(d.Day, 1)} }

func (d Date) last() Date {
	if d.Day > 0 {
		return d
	}
	return Date{d.Year, d.Month, daysIn(d.Year, d.Month)}
}

func (d Date) before(other Date) bool {
	if d.Year != other.Year {
		return d.Year < other.Year
	}
	if d.Month != other.Month {
		return d.Month < other.Month
	}
	return d.Day < other.Day
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// The years that a declaration may bear: the first rules are of 2004.
const (
	firstYear = 2000
	lastYear  = 2099
)

func dateOf(year, month, day int) (Date, bool) {
	if year < firstYear || year > lastYear || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return Date{}, false
	}
	return Date{year, month, day}, true
}

// found is a date in a sentence: tokens from to before its end.
type found struct {
	date     Date
	from, to int
}

// datesIn finds the dates of a sentence, from left to right.
func datesIn(tokens []token) []found {
	var list []found
	for i := 0; i < len(tokens); {
		d, size := dateAt(tokens[i:])
		// 2.1.2.2024 is something else.
		within := i > 1 && !tokens[i].blank && strings.Contains("./-", tokens[i-1].text) && tokens[i-2].digits()
		if !d.IsZero() && !within {
			list = append(list, found{d, i, i + size})
		}
		i += max(1, size)
	}
	return list
}

// dateAt reads a date at the beginning, and gives how many tokens it has. A day
// that no calendar has gives its tokens and no date.
func dateAt(tokens []token) (Date, int) {
	if tokens[0].digits() {
		if d, size := figures(tokens); size > 0 {
			return d, size
		}
		return dayFirst(tokens)
	}
	if tokens[0].letters() && monthOf(tokens[0].text) > 0 {
		return monthFirst(tokens)
	}
	return Date{}, 0
}

// figures reads 13/09/2024, 13.9.2024, 13-09-2024, 2024-09-13 and 13/09/24.
func figures(tokens []token) (Date, int) {
	if len(tokens) < 5 || tokens[1].text != tokens[3].text || !tokens[2].digits() || !tokens[4].digits() {
		return Date{}, 0
	}
	sign := tokens[1].text
	if sign != "/" && sign != "." && sign != "-" {
		return Date{}, 0
	}
	if len(tokens) > 5 && tokens[5].text == sign && !tokens[5].blank && len(tokens) > 6 && tokens[6].digits() && !tokens[6].blank {
		return Date{}, 0 // 1.2.2020.4 is something else
	}
	a, b, c := number(tokens[0]), number(tokens[2]), number(tokens[4])
	switch {
	case len(tokens[0].text) == 4 && sign != ".":
		return sized(a, b, c, 5)
	case len(tokens[4].text) == 2 && len(tokens[0].text) == 2 && len(tokens[2].text) == 2 && sign == "/":
		c += 2000
	case len(tokens[4].text) != 4:
		return Date{}, 0 // 1.4.10 is a criterion
	}
	if b > 12 && a <= 12 {
		a, b = b, a // the month first, as in some English texts
	}
	return sized(c, b, a, 5)
}

func sized(year, month, day, size int) (Date, int) {
	d, _ := dateOf(year, month, day)
	return d, size
}

// number reads digits; what is too long for a date is no date.
func number(t token) int {
	if len(t.text) > 4 {
		return -1
	}
	n, err := strconv.Atoi(t.text)
	if err != nil {
		return -1
	}
	return n
}

// dayFirst reads «13 settembre 2024», «1er mars 2024», «1. März 2024» and «1 de
// marzo de 2024».
func dayFirst(tokens []token) (Date, int) {
	i := skip(tokens, 1, ".", "°", "er", "o", "a", "st", "nd", "rd", "th", "de", "di", "of", "the", "-", "/")
	if i >= len(tokens) || !tokens[i].letters() || len(tokens[0].text) > 2 {
		return Date{}, 0
	}
	month := monthOf(tokens[i].text)
	i = skip(tokens, i+1, ".", ",", "de", "del", "dell", "'", "-", "/")
	if month == 0 || i >= len(tokens) || len(tokens[i].text) != 4 {
		return Date{}, 0
	}
	return sized(number(tokens[i]), month, number(tokens[0]), i+1)
}

// monthFirst reads «September 13, 2024», and «settembre 2024», which has no day.
func monthFirst(tokens []token) (Date, int) {
	month := monthOf(tokens[0].text)
	i := skip(tokens, 1, ".", ",", "de", "del")
	if i >= len(tokens) || !tokens[i].digits() {
		return Date{}, 0
	}
	if year := number(tokens[i]); len(tokens[i].text) == 4 {
		if year < firstYear || year > lastYear {
			return Date{}, 0
		}
		return Date{year, month, 0}, i + 1
	}
	day := number(tokens[i])
	i = skip(tokens, i+1, "st", "nd", "rd", "th", ",", ".")
	if i >= len(tokens) || len(tokens[i].text) != 4 {
		return Date{}, 0
	}
	return sized(number(tokens[i]), month, day, i+1)
}

const maxSkipped = 3 // small words and signs between the parts of a date

func skip(tokens []token, i int, texts ...string) int {
	for range maxSkipped {
		if i >= len(tokens) || !slices.Contains(texts, tokens[i].text) {
			break
		}
		i++
	}
	return i
}

// monthOf knows the months of the five languages, folded, and their usual
// abbreviations.
func monthOf(word string) int {
	switch word {
	case "gennaio", "janvier", "january", "januar", "janner", "enero", "gen", "janv", "jan", "ene":
		return 1
	case "febbraio", "fevrier", "february", "februar", "feber", "febrero", "feb", "febb", "fevr", "fev":
		return 2
	case "marzo", "mars", "march", "marz", "maerz", "mar":
		return 3
	case "aprile", "avril", "april", "abril", "apr", "avr", "abr":
		return 4
	case "maggio", "mai", "may", "mayo", "mag":
		return 5
	case "giugno", "juin", "june", "juni", "junio", "giu", "jun":
		return 6
	case "luglio", "juillet", "july", "juli", "julio", "lug", "juil", "jul":
		return 7
	case "agosto", "aout", "august", "ago", "aug":
		return 8
	case "settembre", "septembre", "september", "septiembre", "setiembre", "sett", "set", "sept", "sep":
		return 9
	case "ottobre", "octobre", "october", "oktober", "octubre", "ott", "oct", "okt":
		return 10
	case "novembre", "november", "noviembre", "nov":
		return 11
	case "dicembre", "decembre", "december", "dezember", "diciembre", "dic", "dec", "dez":
		return 12
	}
	return 0
}
