package report

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"campanile/rules"
)

//go:embed words/*.yaml
var messageFiles embed.FS

// messages reads the message files once: the program is built with them.
var messages = sync.OnceValue(func() *i18n.Bundle {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("yaml", yaml.Unmarshal)
	for _, each := range rules.Languages {
		for _, name := range messagesIn(each) {
			if _, err := bundle.LoadMessageFileFS(messageFiles, name); err != nil {
				panic(fmt.Sprintf("report: built with a broken message file: %v", err))
			}
		}
	}
	return bundle
})

// messagesIn lists the message files of a language: active for the documents,
// and one for each other place that speaks.
func messagesIn(l rules.Language) []string {
	names, err := fs.Glob(messageFiles, "words/*."+string(l)+".yaml")
	if err != nil || len(names) == 0 {
		panic(fmt.Sprintf("report: built without message files: %v", err))
	}
	return names
}

// words says the program's own sentences in one language.
type words struct {
	language  rules.Language
	localizer *i18n.Localizer
	printer   *message.Printer
}

func wordsIn(l rules.Language) words {
	return words{l, i18n.NewLocalizer(messages(), string(l)), message.NewPrinter(language.Make(string(l)))}
}

// say gives a message, with values for its placeholders as pairs of name and
// value. A message that is not there is a defect that a test would have found.
func (w words) say(id string, pairs ...string) string {
	return w.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data(pairs)})
}

// count gives a message in the plural form of n (CLDR); .Count is n as the
// language writes it.
func (w words) count(id string, n int, pairs ...string) string {
	values := data(pairs)
	values["Count"] = w.number(int64(n))
	return w.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: values, PluralCount: n})
}

// code gives the words for a code of the evidence, or the code itself where
// there are none: evidence files come from strangers too.
func (w words) code(group, code string) string {
	text, err := w.localizer.Localize(&i18n.LocalizeConfig{MessageID: group + "." + code})
	if err != nil {
		return clean(clip(code, maxInText))
	}
	return w.spaced(text)
}

func (w words) localize(c *i18n.LocalizeConfig) string {
	text, err := w.localizer.Localize(c)
	if err != nil {
		panic(fmt.Sprintf("report: message %s in %s: %v", c.MessageID, w.language, err))
	}
	return w.spaced(text)
}

func data(pairs []string) map[string]string {
	values := make(map[string]string, len(pairs)/2+1)
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return values
}

// number writes 12345 as the language does.
func (w words) number(n int64) string { return w.printer.Sprint(n) }

// date writes a day as the language does: 1° marzo, 1er mars, 1 March.
func (w words) date(t time.Time) string {
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = w.say("date.first")
	}
	return w.say("date.day", "Day", day, "Month", w.say("month."+strconv.Itoa(int(t.Month()))), "Year", strconv.Itoa(t.Year()))
}

// day writes a day given as 2026-11-21, and anything else as it is.
func (w words) day(text string) string {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return w.date(t)
}

// maxListed is how many things a sentence can list before nobody reads it.
const maxListed = 6

// list writes "a, b and c".
func (w words) list(items []string) string {
	if len(items) > maxListed {
		rest := w.count("list.more", len(items)-maxListed+1)
		items = append(append([]string{}, items[:maxListed-1]...), rest)
	}
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	last := len(items) - 1
	return w.say("list.and", "Head", strings.Join(items[:last], ", "), "Last", items[last])
}

// spaced keeps French punctuation on the line of its word.
func (w words) spaced(text string) string {
	if w.language != rules.French {
		return text
	}
	return frenchSpaces.Replace(text)
}

var frenchSpaces = strings.NewReplacer(" :", "\u00A0:", " ;", "\u00A0;", " ?", "\u00A0?", " !", "\u00A0!", " »", "\u00A0»", "« ", "«\u00A0")
