package rules

import (
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"
)

// PublishedGroup are the averages that somebody has published for a group of
// municipalities. They are one group at one time, shown with their caption, and
// never a norm.
type PublishedGroup struct {
	ID         string              `yaml:"group"`
	Name       map[Language]string `yaml:"name"`
	Stage      string              `yaml:"stage"`
	Overall    float64             `yaml:"overall"`    // 0 to 100, as published
	Dimensions []float64           `yaml:"dimensions"` // the same, in the order of the form
	Link       string              `yaml:"link"`       // where it was published
	Read       Date                `yaml:"read"`
	Caption    map[Language]string `yaml:"caption"` // what it is, and what it is not
}

// referenceFile holds the published groups.
const referenceFile = "dma/reference.yaml"

// loadGroups reads the published groups, and lists what is wrong with them.
func loadGroups(fsys fs.FS, digest io.Writer) ([]PublishedGroup, []error) {
	var file struct {
		Groups []PublishedGroup `yaml:"groups"`
	}
	if err := decodeFile(fsys, referenceFile, digest, &file); err != nil {
		return nil, []error{err}
	}
	var problems []error
	add := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	taken := map[string]bool{}
	for i, g := range file.Groups {
		if g.ID == "" || taken[g.ID] {
			add("groups[%d].group: %q is empty or stands there twice", i, g.ID)
		}
		taken[g.ID] = true
		g.validate(add, fmt.Sprintf("groups[%d]", i))
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return file.Groups, named(referenceFile, problems)
}

func (g PublishedGroup) validate(add func(string, ...any), field string) {
	inEveryLanguage(add, field+".name", g.Name)
	inEveryLanguage(add, field+".caption", g.Caption)
	if strings.TrimSpace(g.Stage) == "" {
		add("%s.stage: missing", field)
	}
	if g.Read.IsZero() {
		add("%s.read: missing", field)
	}
	if !strings.HasPrefix(g.Link, "https://") {
		add("%s.link: %q does not begin with https://", field, g.Link)
	}
	if len(g.Dimensions) != dimensions {
		add("%s.dimensions: %d figures; the form has %d dimensions", field, len(g.Dimensions), dimensions)
		return
	}
	sum := 0.0
	for i, figure := range append(slices.Clone(g.Dimensions), g.Overall) {
		if figure < 0 || figure > 100 {
			add("%s: figure %d is %g; scores go from 0 to 100", field, i+1, figure)
		}
		if i < dimensions {
			sum += figure
		}
	}
	// The overall score is the mean of the dimensions, each rounded by its publisher.
	if mean := sum / dimensions; math.Abs(mean-g.Overall) > 1 {
		add("%s.overall: %g is not the mean of its dimensions, %.2f; one of the figures was copied wrong", field, g.Overall, mean)
	}
}
