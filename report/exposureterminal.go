package report

import (
	"strings"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// exposure says who permitted the look at the services, what was looked at, and
// what each address answers.
func (s *sheet) exposure(e *Exposure) error {
	if e == nil {
		return nil
	}
	w := s.words
	s.text.WriteString("\n")
	s.lines(0, bold, w.say("family.services"))
	for _, line := range append(append([]Line{}, e.Mandate...), e.Looked...) {
		s.lines(2, "", line.Name+w.say("colon")+" "+line.Text)
	}
	for _, host := range e.Hosts {
		s.text.WriteString("\n")
		s.lines(0, bold, host.Address)
		if len(host.Names) > 0 {
			s.lines(2, dim, w.list(host.Names))
		}
		if host.Note != "" {
			s.lines(2, "", host.Note)
		}
		if err := s.ports(host.Ports); err != nil {
			return err
		}
	}
	return nil
}

// ports draws the ports of one address. The port takes the room it needs; what
// answers there and what it states share the rest.
func (s *sheet) ports(list []PortView) error {
	if len(list) == 0 {
		return nil
	}
	w := s.words
	head := []string{w.say("column.port"), w.say("column.service"), w.say("column.program"), w.say("column.details")}
	port := twwidth.Width(head[0])
	for _, p := range list {
		port = max(port, twwidth.Width(p.Port))
	}
	rest := s.width - port - (len(head)-1)*len(gutter)
	service, program := rest*3/10, rest*3/10
	rows := make([][]string, len(list))
	for i, p := range list {
		facts := make([]string, len(p.Facts))
		for j, f := range p.Facts {
			facts[j] = s.cell(rest-service-program, "", f.Name+w.say("colon")+" "+f.Text)
		}
		rows[i] = []string{p.Port, s.cell(service, "", p.Service), s.cell(program, "", p.Program), strings.Join(facts, "\n")}
	}
	return s.table(head, rows, len(head))
}
