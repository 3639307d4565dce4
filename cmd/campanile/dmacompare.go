package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	form "campanile/cmd/internal/answers"
	"campanile/cmd/internal/exit"
	"campanile/report"
	"campanile/report/sheet"
	"campanile/rules"
)

// compareFormats are how a comparison can be written.
var compareFormats = []string{"terminal", "json", "csv", "html"}

// maxForms is how many filled forms one group can have: more than a country has
// municipalities in a region, and no endless folder.
const maxForms = 10_000

// comparing is one call of "dma compare".
type comparing struct {
	group, each       bool
	lang, format, out string
}

func (p *program) dmaCompare() *cobra.Command {
	c := comparing{lang: systemLanguage(), format: "terminal"}
	cmd := &cobra.Command{
		Use:   "compare FILE...",
		Short: "Two or more stages of one municipality, or the averages of a group",
		Long: `Reads filled forms, as "campanile dma score" does, and lays their scores side by side.

Forms of one municipality are compared stage by stage, in the order of their dates,
whatever the stages are called: T0, T1 or a name of your own. The JSON goes down to
the questions.

With --group, or for a folder of forms, it gives the averages of many municipalities
for each stage, with the lowest and the highest score, beside averages that another
group has published. Those are one group at one time, and never a norm. --each adds
a row for each municipality, by name: this is no ranking.

Every score comes from what people declared. No scan has a part in it.`,
		Example: `  campanile dma compare t0.yaml t1.xlsx
  campanile dma compare t0.yaml t1.yaml --format html --out progress.html
  campanile dma compare --group answers/ --lang it
  campanile dma compare answers/ --each --format csv --out valley.csv`,
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) == 0 {
				return exit.Usagef("nothing to compare; give the filled forms of one municipality, or a folder with those of a group")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, arguments []string) error { return p.compare(c, arguments) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&c.group, "group", false, "averages of many municipalities; a folder of forms means the same")
	flags.BoolVar(&c.each, "each", false, "a row for each municipality of a group too")
	flags.Var(oneOf(&c.lang, "it", "fr", "en"), "lang", "language: it, fr or en; default: from the environment")
	flags.Var(oneOf(&c.format, compareFormats...), "format", strings.Join(compareFormats, ", "))
	flags.StringVar(&c.out, "out", "", "`FILE`; default: standard output")
	return cmd
}

func (p *program) compare(c comparing, arguments []string) error {
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		return err
	}
	files, folder, err := p.formFiles(arguments)
	if err != nil {
		return err
	}
	c.group = c.group || folder
	if c.each && !c.group {
		return exit.Usagef("--each is for a group; add --group, or leave it out for the stages of one municipality")
	}
	forms, err := readForms(q, files)
	if err != nil {
		return err
	}
	var compared report.Comparison
	if c.group {
		compared, err = report.CompareGroup(q, forms, rules.Language(c.lang), c.each)
	} else {
		compared, err = report.CompareStages(q, forms, rules.Language(c.lang))
	}
	if err != nil {
		return exit.Usagef("%w", err)
	}
	lay := func(w io.Writer) error { return layComparison(w, c.format, compared) }
	if c.out != "" {
		return putFile(c.out, lay)
	}
	return written(lay(p.stdout))
}

func layComparison(w io.Writer, format string, c report.Comparison) error {
	switch format {
	case "json":
		return report.WriteComparisonJSON(w, c)
	case "csv":
		return sheet.WriteCSV(w, c.Sheet)
	case "html":
		return report.WriteComparisonHTML(w, c)
	}
	return report.WriteComparison(w, c)
}

// formFiles gives the files that were named, and those of the folders that were.
func (p *program) formFiles(arguments []string) (files []string, folder bool, err error) {
	for _, path := range arguments {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() { // what is not there is told when it is read
			files = append(files, path)
			continue
		}
		folder = true
		inside, others, err := formsIn(path)
		if err != nil {
			return nil, false, err
		}
		if len(others) > 0 {
			p.say("%s: left out, because answers are read from .yaml, .csv and .xlsx: %s", path, some(others))
		}
		files = append(files, inside...)
	}
	if len(files) > maxForms {
		return nil, false, exit.Usagef("%d forms are too many for one comparison; give at most %d", len(files), maxForms)
	}
	return files, folder, nil
}

// formsIn lists the forms of a folder by name, and what else it holds. What an
// editor or the system keeps for itself is passed over.
func formsIn(folder string) (forms, others []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, nil, exit.Usagef("the folder of forms cannot be read: %w", err)
	}
	for _, entry := range entries {
		name := entry.Name()
		switch ending := strings.ToLower(filepath.Ext(name)); {
		case strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$"):
		case entry.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".csv", ".xlsx"}, ending):
			others = append(others, name)
		default:
			forms = append(forms, filepath.Join(folder, name))
		}
	}
	if len(forms) == 0 {
		return nil, nil, exit.Usagef("%s: no filled form in it (.yaml, .csv or .xlsx); \"campanile dma template\" writes an empty one", folder)
	}
	return forms, others, nil
}

// readForms reads all forms, and tells what is wrong with any of them at once.
func readForms(q *rules.Questionnaire, files []string) ([]report.Filled, error) {
	var forms []report.Filled
	var problems []error
	for _, path := range files {
		a, err := form.Read(path, q)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		forms = append(forms, report.Filled{Name: path, Assessment: *a})
	}
	if len(problems) > 0 {
		return nil, exit.Usagef("%w", errors.Join(problems...))
	}
	return forms, nil
}
