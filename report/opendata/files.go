package opendata

import (
	"bytes"
	_ "embed" // the schema is part of the program
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"campanile/report"
	"campanile/report/sheet"
	"campanile/rules"
)

// The files of an export.
const (
	gradesFile     = "grades.csv"
	dutiesFile     = "duties.csv"
	maturityFile   = "maturity.csv"
	dictionaryFile = "dictionary.csv"
	dataFile       = "data.json"
	metadataFile   = "dcat.jsonld"
)

//go:embed schema/opendata-1.json
var schema []byte

// Schema gives the JSON Schema (draft 2020-12) of data.json.
func Schema() []byte { return slices.Clone(schema) }

// File is one file of an export.
type File struct {
	Name    string
	Media   string // its media type
	Title   string
	Content []byte
}

// Export makes the files: the tables and their dictionary as CSV, all of it as
// JSON, and the description for catalogues (DCAT-AP) as JSON-LD.
func Export(in Input) ([]File, error) {
	f := newFigures(in)
	grades, subjects, maturity, dictionary := f.grades(), f.subjects(), f.maturity(), f.dictionary()
	var files []File
	for _, table := range []struct {
		title string
		list  report.List
	}{
		{f.words.Say("opendata.file.grades"), f.gradeList(grades)},
		{f.words.Say("opendata.file.duties"), f.subjectList(subjects)},
		{f.words.Say("opendata.file.maturity"), maturityList(maturity)},
		{f.words.Say("opendata.file.dictionary"), dictionaryList(dictionary)},
	} {
		var out bytes.Buffer
		if err := sheet.WriteCSV(&out, table.list); err != nil {
			return nil, err
		}
		files = append(files, File{table.list.Name, "text/csv", table.title, out.Bytes()})
	}
	data, err := encoded(f.document(grades, subjects, maturity, dictionary))
	if err != nil {
		return nil, err
	}
	files = append(files, File{dataFile, "application/json", f.words.Say("opendata.file.data"), data})
	metadata, err := encoded(f.catalogue(files))
	if err != nil {
		return nil, err
	}
	return append(files, File{metadataFile, "application/ld+json", f.title(), metadata}), nil
}

func encoded(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("writing the open data: %w", err)
	}
	return out.Bytes(), nil
}

// document is data.json.
type document struct {
	Schema      int            `json:"schema"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	Language    rules.Language `json:"language"`
	Issued      string         `json:"issued"`
	Tool        tool           `json:"tool"`
	Publisher   string         `json:"publisher"`
	Licence     string         `json:"licence"`
	Least       int            `json:"least"`   // municipalities that every figure is about
	Waiting     int            `json:"waiting"` // municipalities that count once more of them can be counted together
	LeftOut     []string       `json:"left_out"`
	Subjects    []subject      `json:"subjects"`
	Grades      []GradeRow     `json:"grades"`
	Duties      []SubjectRow   `json:"duties"`
	Maturity    []MaturityRow  `json:"maturity"`
	Dictionary  []Field        `json:"dictionary"`
}

type tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Rules   string `json:"rules"`
}

type subject struct {
	ID   string                    `json:"id"`
	Kind string                    `json:"kind"`
	Name map[rules.Language]string `json:"name"`
}

func (f *figures) document(grades []GradeRow, subjects []SubjectRow, maturity []MaturityRow, dictionary []Field) document {
	d := document{
		Schema: 1, Title: f.title(), Description: f.about(), Language: f.Language, Issued: f.Issued.UTC().Format(time.RFC3339),
		Tool:      tool{"campanile", f.Tool.Version, f.Rules},
		Publisher: report.Plain(f.Publisher.Name), Licence: f.licence().Address, Least: Least, Waiting: f.waiting(),
		Subjects: []subject{}, Grades: grades, Duties: subjects, Maturity: maturity, Dictionary: dictionary,
	}
	for _, why := range Reasons {
		d.LeftOut = append(d.LeftOut, f.why(why))
	}
	for _, s := range f.Subjects {
		d.Subjects = append(d.Subjects, subject{s.ID, s.Kind, s.Name})
	}
	return d
}

// why says why some rules are in no figure. Which ones is in the program, and not in
// what is published.
func (f *figures) why(why Why) string {
	switch why {
	case Service:
		return f.words.Say("opendata.left-out.service")
	case Exposed:
		return f.words.Say("opendata.left-out.page")
	case Takeover:
		return f.words.Say("opendata.left-out.takeover")
	case Inside:
		return f.words.Say("opendata.left-out.inside")
	case Attack:
	}
	return f.words.Say("opendata.left-out.attack")
}

func (f *figures) title() string {
	return f.words.Say("opendata.title", "Territory", report.Plain(f.Territory))
}

func (f *figures) about() string {
	return f.words.Say("opendata.about", "Least", strconv.Itoa(Least))
}

func (f *figures) licence() Licence {
	if f.Licence.Address == "" {
		return attribution
	}
	return f.Licence
}

// columns are the names of a file's fields.
func (f *figures) columns(file string) []report.Column {
	var list []report.Column
	for _, field := range fieldsIn(f.words, f.Grades) {
		if field.file == file {
			list = append(list, report.Column{Name: field.name})
		}
	}
	return list
}

func (r Row) cells() []string {
	return []string{r.Date, r.Grouping, r.Group, r.Name, string(r.Status)}
}

func (f *figures) gradeList(rows []GradeRow) report.List {
	list := report.List{Name: gradesFile, Columns: f.columns(gradesFile)}
	for _, r := range rows {
		cells := append(r.cells(), whole(r.Municipalities))
		for _, grade := range f.Grades {
			if n, ok := r.Grades[grade]; ok {
				cells = append(cells, strconv.Itoa(n))
			} else {
				cells = append(cells, "")
			}
		}
		list.Rows = append(list.Rows, append(cells, whole(r.Ungraded)))
	}
	return list
}

func (f *figures) subjectList(rows []SubjectRow) report.List {
	list := report.List{Name: dutiesFile, Columns: f.columns(dutiesFile)}
	names := map[string]string{}
	for _, s := range f.Subjects {
		names[s.ID] = report.Plain(s.Name[f.Language])
	}
	for _, r := range rows {
		list.Rows = append(list.Rows, append(r.cells(), whole(r.Municipalities), r.Kind, r.Subject, names[r.Subject],
			whole(r.Met), whole(r.NotMet), whole(r.NotMeasured), whole(r.NotApplicable), decimal(r.ShareMet)))
	}
	return list
}

func maturityList(rows []MaturityRow) report.List {
	list := report.List{Name: maturityFile}
	for _, name := range []string{"date", "grouping", "group", "group_name", "status", "forms", "points"} {
		list.Columns = append(list.Columns, report.Column{Name: name})
	}
	for _, r := range rows {
		list.Rows = append(list.Rows, append(r.cells(), whole(r.Forms), decimal(r.Points)))
	}
	return list
}

func dictionaryList(fields []Field) report.List {
	list := report.List{Name: dictionaryFile, Columns: []report.Column{{Name: "file"}, {Name: "field"}, {Name: "type"}}}
	for _, l := range rules.Languages {
		list.Columns = append(list.Columns, report.Column{Name: "meaning_" + string(l)})
	}
	for _, f := range fields {
		cells := []string{f.File, f.Name, f.Type}
		for _, l := range rules.Languages {
			cells = append(cells, f.Meaning[l])
		}
		list.Rows = append(list.Rows, cells)
	}
	return list
}

func whole(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// decimal writes a number with a point, as the type in the dictionary says.
func decimal(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', 1, 64)
}
