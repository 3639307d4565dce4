package queue

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
)

// night is the hour that is meant where somebody says no more than "at night".
const night = 22

// ParseSchedule reads a schedule as people say it, in English, Italian or
// French: "weekly on Monday at 22:00", "monthly on day 1 at 02:00", "daily at
// 03:00", "ogni lunedì notte", "tous les mois le dernier jour à 22h30"; and after
// " where " the conditions of an inventory.Filter, with " and " between them.
func ParseSchedule(text string) (Schedule, error) {
	when, conditions, limited := strings.Cut(text, " where ")
	s := sentence{hour: -1}
	for _, word := range words(when) {
		if !s.hear(word) {
			return Schedule{}, exit.Usagef("schedule %q: %q is not understood; %s", text, word, howToSay)
		}
	}
	schedule, wrong := s.schedule()
	if wrong != "" {
		return Schedule{}, exit.Usagef("schedule %q: %s; %s", text, wrong, howToSay)
	}
	if !limited {
		return schedule, nil
	}
	for condition := range strings.SplitSeq(conditions, " and ") {
		schedule.where = append(schedule.where, strings.TrimSpace(condition))
	}
	var err error
	schedule.Filter, err = inventory.ParseFilter(schedule.where...)
	return schedule, err
}

const howToSay = `write it like "weekly on Monday at 22:00", "monthly on day 1 at 02:00" or "daily at 03:00"`

// words are those of a text, small and without accents.
func words(text string) []string {
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(text)))
	return strings.FieldsFunc(bare, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("'’,", r) })
}

// meanings of the words of a schedule. Those without one are heard and say
// nothing.
const (
	empty = iota
	hourNext
	everyDay
	everyWeek
	everyMonth
	dayWord // "day 1", but also "every day"
	atNight
	lastOne
	weekday // and the ones after it
)

func meaning(word string) (int, bool) {
	for _, known := range []struct {
		means int
		words string
	}{
		{empty, "on the in of each every ogni di il la le del dell della tutti tutte i gli chaque tous toutes les l du de"},
		{hourNext, "at alle ore all a vers"},
		{everyDay, "daily quotidiano quotidiana quotidianamente giornaliero quotidien quotidienne quotidiennement days giorni jours"},
		{everyWeek, "weekly week settimana settimanale settimanalmente semaine semaines hebdomadaire"},
		{everyMonth, "monthly month mese mesi mensile mensilmente mois mensuel mensuelle mensuellement"},
		{dayWord, "day giorno jour"},
		{atNight, "night nights notte nuit"},
		{lastOne, "last ultimo dernier"},
		{weekday + int(time.Sunday), "sunday sundays domenica domeniche dimanche dimanches"},
		{weekday + int(time.Monday), "monday mondays lunedi lundi lundis"},
		{weekday + int(time.Tuesday), "tuesday tuesdays martedi mardi mardis"},
		{weekday + int(time.Wednesday), "wednesday wednesdays mercoledi mercredi mercredis"},
		{weekday + int(time.Thursday), "thursday thursdays giovedi jeudi jeudis"},
		{weekday + int(time.Friday), "friday fridays venerdi vendredi vendredis"},
		{weekday + int(time.Saturday), "saturday saturdays sabato sabati samedi samedis"},
	} {
		if slices.Contains(strings.Fields(known.words), word) {
			return known.means, true
		}
	}
	return 0, false
}

// sentence is a schedule that is being heard.
type sentence struct {
	before int // the meaning of the word before

	often    []frequency
	weekdays []time.Weekday
	day      bool  // the word was said
	numbers  []int // of days in the month
	hour     int   // -1: none was said
	minute   int
	night    bool
	again    bool // a second hour was said
}

// hear takes a word in, and tells whether it was understood.
func (s *sentence) hear(word string) bool {
	means, ok := meaning(word)
	before := s.before
	s.before = means
	if !ok {
		return s.hearNumber(word, before)
	}
	switch means {
	case empty, hourNext:
	case everyDay:
		s.often = append(s.often, daily)
	case everyWeek:
		s.often = append(s.often, weekly)
	case everyMonth:
		s.often = append(s.often, monthly)
	case dayWord:
		s.day = true
	case atNight:
		s.night = true
	case lastOne:
		s.numbers = append(s.numbers, 31)
	default:
		s.weekdays = append(s.weekdays, time.Weekday(means-weekday))
	}
	return true
}

// hearNumber takes in the hour or the day of the month: 22:00, 22.30, 22h, at 22,
// 1, 1st, 1er.
func (s *sentence) hearNumber(word string, before int) bool {
	hour, minute, clock := strings.Cut(strings.NewReplacer(".", ":", "h", ":").Replace(word), ":")
	if digits := strings.TrimRight(word, "stndreo°º"); !clock && before != hourNext {
		number, err := strconv.Atoi(digits)
		s.numbers = append(s.numbers, number)
		return err == nil && number >= 1 && number <= 31
	}
	if minute == "" {
		minute = "00"
	}
	at, err := time.Parse("15:04", hour+":"+minute)
	s.again = s.again || s.hour >= 0
	s.hour, s.minute = at.Hour(), at.Minute()
	return err == nil
}

// schedule is what was heard, or what is wrong with it.
func (s *sentence) schedule() (Schedule, string) {
	often := s.frequency()
	result := Schedule{often: often, hour: s.hour, minute: s.minute}
	switch {
	case often == "":
		return result, "it does not say how often"
	case len(s.often) > 1 || len(s.weekdays) > 1 || len(s.numbers) > 1 || s.again:
		return result, "it says something twice"
	case often != weekly && len(s.weekdays) > 0, often != monthly && len(s.numbers) > 0:
		return result, "it says two things that do not fit"
	case often == weekly && len(s.weekdays) == 0:
		return result, "it does not say on which day of the week"
	case often == monthly && len(s.numbers) == 0:
		return result, "it does not say on which day of the month"
	case s.hour < 0 && !s.night:
		return result, "it does not say at what time"
	case s.hour < 0:
		result.hour = night
	}
	if often == weekly {
		result.day = s.weekdays[0]
	}
	if often == monthly {
		result.number = s.numbers[0]
	}
	return result, ""
}

// frequency is the one that was said, or follows from the day.
func (s *sentence) frequency() frequency {
	switch {
	case len(s.often) > 0:
		return s.often[0]
	case len(s.weekdays) > 0:
		return weekly
	case len(s.numbers) > 0:
		return monthly
	case s.day || s.night:
		return daily
	}
	return ""
}
