package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/mandate"
)

// mandateQuestion is what is held against a mandate.
type mandateQuestion struct {
	names  []string
	places []mandate.Place
}

// mandateAnswer is the JSON of "mandate check".
type mandateAnswer struct {
	File     string           `json:"file"`
	Digest   string           `json:"digest"`
	Body     string           `json:"body"`
	From     string           `json:"from"`
	Until    string           `json:"until"`
	Today    string           `json:"today"`
	DaysLeft int              `json:"days_left"`
	Allowed  bool             `json:"allowed"`
	Covered  []string         `json:"covered"`
	Refused  []mandateRefusal `json:"refused"`
}

// mandateRefusal is one thing that the mandate does not allow. The subject is
// empty where the whole mandate does not count.
type mandateRefusal struct {
	Reason  mandate.Reason `json:"reason"`
	Subject string         `json:"subject"`
	Message string         `json:"message"`
}

func (p *program) mandateCheck() *cobra.Command {
	format, shared := "terminal", []string(nil)
	cmd := &cobra.Command{
		Use:   "check FILE [NAME|ADDRESS...]",
		Short: "Does a mandate count today, and for these names and addresses?",
		Long: `Holds the days of a mandate against today, and names and addresses against what it
covers. Nobody is asked: whether others live at an address too is not looked up; say
so with --shared.

The exit code is 0 where all of it is allowed, and 2 where something is not, with
each reason and the next step.`,
		Example: `  campanile mandate check mandate.yaml
  campanile mandate check mandate.yaml comune.example 192.0.2.10
  campanile mandate check mandate.yaml --shared 198.51.100.80 --format json`,
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) == 0 {
				return noMandate()
			}
			return nil
		},
		ValidArgsFunction: aMandate,
		RunE: func(_ *cobra.Command, arguments []string) error {
			return p.checkMandate(arguments[0], arguments[1:], shared, format)
		},
	}
	cmd.Flags().StringSliceVar(&shared, "shared", nil, "`ADDR` at which others live too; it is checked as well; once for each")
	cmd.Flags().Var(oneOf(&format, "terminal", "json"), "format", "terminal or json")
	return cmd
}

func (p *program) checkMandate(path string, things, shared []string, format string) error {
	q, err := asked(things, shared)
	if err != nil {
		return err
	}
	m, err := mandate.Read(path)
	if err != nil {
		return err
	}
	now := p.now()
	refusals := m.Check(now, q.names, q.places)
	answer := answered(m, now, q, refusals)
	if format == "json" {
		err = writeIndented(p.stdout, answer)
	} else {
		_, err = p.stdout.WriteString(answer.inWords())
	}
	if err != nil {
		return written(err)
	}
	return mandate.Refused(refusals)
}

// asked tells names from addresses.
func asked(things, shared []string) (mandateQuestion, error) {
	var q mandateQuestion
	for _, text := range shared {
		address, err := netip.ParseAddr(text)
		if err != nil {
			return q, exit.Usagef("--shared %s: not an address; write it like 198.51.100.80", text)
		}
		q.add(mandate.Place{Address: address, Shared: true})
	}
	for _, text := range things {
		if address, err := netip.ParseAddr(text); err == nil {
			q.add(mandate.Place{Address: address})
			continue
		}
		if _, err := netip.ParsePrefix(text); err == nil {
			return q, exit.Usagef("%s is a network; give the addresses in it, one by one", text)
		}
		name, err := mailName(text)
		if err != nil {
			return q, err
		}
		if !slices.Contains(q.names, name) {
			q.names = append(q.names, name)
		}
	}
	return q, nil
}

// add takes each address once; as a shared one, where it was said that it is.
func (q *mandateQuestion) add(place mandate.Place) {
	place.Address = place.Address.Unmap()
	if !slices.ContainsFunc(q.places, func(known mandate.Place) bool { return known.Address == place.Address }) {
		q.places = append(q.places, place)
	}
}

func answered(m *mandate.Mandate, now time.Time, q mandateQuestion, refusals []mandate.Refusal) mandateAnswer {
	answer := mandateAnswer{
		File: m.File, Digest: m.Digest, Body: m.Body,
		From: m.From.Format(time.DateOnly), Until: m.Until.Format(time.DateOnly), Today: now.Format(time.DateOnly),
		DaysLeft: m.DaysLeft(now), Allowed: len(refusals) == 0, Covered: []string{}, Refused: []mandateRefusal{},
	}
	for _, refusal := range refusals {
		answer.Refused = append(answer.Refused, mandateRefusal{refusal.Reason, refusal.Subject, refusal.String()})
	}
	things := slices.Clone(q.names)
	for _, place := range q.places {
		things = append(things, place.Address.String())
	}
	for _, thing := range things {
		if !slices.ContainsFunc(refusals, func(r mandate.Refusal) bool { return r.Subject == thing }) {
			answer.Covered = append(answer.Covered, thing)
		}
	}
	return answer
}

// inWords tells what is allowed; what is not is told as the error.
func (a mandateAnswer) inWords() string {
	var text strings.Builder
	if !slices.ContainsFunc(a.Refused, func(r mandateRefusal) bool { return r.Subject == "" }) {
		days := fmt.Sprintf("%d days are left, today included", a.DaysLeft)
		if a.DaysLeft == 1 {
			days = "today is the last day"
		}
		fmt.Fprintf(&text, "%s: authorised from %s until %s; %s\n", a.File, a.From, a.Until, days)
	}
	for _, thing := range a.Covered {
		fmt.Fprintf(&text, "%s: covered\n", thing)
	}
	return printable(text.String())
}
