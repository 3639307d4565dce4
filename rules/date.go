package rules

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// Date is a day in a rule file, written 2026-03-15.
type Date struct{ time.Time }

// UnmarshalYAML reads the day.
func (d *Date) UnmarshalYAML(node *yaml.Node) error {
	day, err := time.Parse(time.DateOnly, node.Value)
	if err != nil {
		return fmt.Errorf("line %d: %q is not a day such as 2026-03-15", node.Line, node.Value)
	}
	d.Time = day
	return nil
}
