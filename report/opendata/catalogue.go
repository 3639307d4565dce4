package opendata

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"campanile/report"
	"campanile/rules"
)

// The lists of the Publications Office from which DCAT-AP 3.0 takes its values.
const authority = "http://publications.europa.eu/resource/authority/"

// vocabulary are the names that the description is written with: DCAT-AP 3.0, and
// the classes of DCAT-AP_IT, which an Italian catalogue wants beside them.
var vocabulary = map[string]any{
	"adms": "http://www.w3.org/ns/adms#", "dcat": "http://www.w3.org/ns/dcat#", "dcatapit": "http://dati.gov.it/onto/dcatapit#",
	"dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "locn": "http://www.w3.org/ns/locn#", "owl": "http://www.w3.org/2002/07/owl#",
	"spdx": "http://spdx.org/rdf/terms#", "vcard": "http://www.w3.org/2006/vcard/ns#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}

// thing is a node of the description.
type thing = map[string]any

// catalogue describes the files for catalogues.
func (f *figures) catalogue(files []File) thing {
	publisher, modified := f.publisher(), typed(f.Issued.UTC().Format(time.RFC3339), "dateTime")
	var distributions []thing
	for _, file := range files {
		distributions = append(distributions, f.distribution(file, modified))
	}
	dataset := thing{
		"@id": f.at("#dataset"), "@type": []string{"dcat:Dataset", "dcatapit:Dataset"},
		"dct:identifier": f.identifier(), "dct:title": f.said(f.title()), "dct:description": f.said(f.about()),
		"dct:publisher": publisher, "dct:rightsHolder": publisher, "dct:issued": modified, "dct:modified": modified,
		"dct:language": language(f.Language), "dct:accrualPeriodicity": ref(authority + "frequency/MONTHLY"),
		"dct:accessRights": ref(authority + "access-right/PUBLIC"), "dct:provenance": thing{"@type": "dct:ProvenanceStatement", "dct:description": f.said("Campanile " + f.Tool.Version + ", " + f.Rules)},
		"dct:spatial":     thing{"@type": []string{"dct:Location", "dcatapit:Location"}, "locn:geographicName": report.Plain(f.Territory)},
		"dcat:theme":      []thing{ref(authority + "data-theme/GOVE"), ref(authority + "data-theme/TECH")},
		"dcat:keyword":    f.keywords(),
		"owl:versionInfo": f.Issued.UTC().Format(time.DateOnly), "dcat:distribution": distributions,
	}
	if n := len(f.Months); n > 0 {
		dataset["dct:temporal"] = thing{
			"@type":          []string{"dct:PeriodOfTime", "dcatapit:PeriodOfTime"},
			"dcat:startDate": typed(firstOf(f.Months[0]).Format(time.DateOnly), "date"), "dcat:endDate": typed(f.Months[n-1].Format(time.DateOnly), "date"),
		}
	}
	if f.Publisher.Mail != "" {
		dataset["dcat:contactPoint"] = thing{
			"@type": []string{"vcard:Organization", "dcatapit:Organization"}, "vcard:fn": report.Plain(f.Publisher.Name), "vcard:hasEmail": ref("mailto:" + report.Plain(f.Publisher.Mail)),
		}
	}
	catalogue := thing{
		"@context": vocabulary, "@id": f.at("#catalogue"), "@type": []string{"dcat:Catalog", "dcatapit:Catalog"},
		"dct:title": f.said(f.title()), "dct:description": f.said(f.about()), "dct:publisher": publisher, "dct:issued": modified, "dct:modified": modified,
		"dct:language": language(f.Language), "dcat:themeTaxonomy": ref(authority + "data-theme"), "dct:license": f.license(), "dcat:dataset": []thing{dataset},
	}
	if f.Publisher.Homepage != "" {
		catalogue["foaf:homepage"] = ref(f.Publisher.Homepage)
	}
	return catalogue
}

// distribution describes one file.
func (f *figures) distribution(file File, modified thing) thing {
	sum := sha256.Sum256(file.Content)
	kind := map[string]string{"text/csv": "CSV", "application/json": "JSON"}[file.Media]
	d := thing{
		"@id": f.at("#" + file.Name), "@type": []string{"dcat:Distribution", "dcatapit:Distribution"},
		"dct:title": f.said(file.Title), "dct:description": f.said(file.Title), "dcat:accessURL": ref(f.at(file.Name)), "dcat:downloadURL": ref(f.at(file.Name)),
		"dct:format": ref(authority + "file-type/" + kind), "dcat:mediaType": ref("http://www.iana.org/assignments/media-types/" + file.Media),
		"dcat:byteSize": typed(strconv.Itoa(len(file.Content)), "nonNegativeInteger"), "dct:license": f.license(), "dct:issued": modified, "dct:modified": modified,
		"dct:language": language(f.Language),
		"spdx:checksum": thing{
			"@type": "spdx:Checksum", "spdx:algorithm": ref("http://spdx.org/rdf/terms#checksumAlgorithm_sha256"), "spdx:checksumValue": typed(hex.EncodeToString(sum[:]), "hexBinary"),
		},
	}
	if file.Name == dictionaryFile {
		var all []thing
		for _, l := range rules.Languages {
			all = append(all, language(l))
		}
		d["dct:language"] = all
	}
	return d
}

func (f *figures) publisher() thing {
	p := thing{"@id": f.at("#publisher"), "@type": []string{"foaf:Agent", "dcatapit:Agent"}, "foaf:name": report.Plain(f.Publisher.Name)}
	p["dct:identifier"] = report.Plain(f.Publisher.Name)
	if f.Publisher.Identifier != "" {
		p["dct:identifier"] = report.Plain(f.Publisher.Identifier)
	}
	if f.Publisher.Homepage != "" {
		p["foaf:homepage"] = ref(f.Publisher.Homepage)
	}
	return p
}

func (f *figures) license() thing {
	l := f.licence()
	return thing{
		"@id": l.Address, "@type": []string{"dct:LicenseDocument", "dcatapit:LicenseDocument"}, "foaf:name": l.Name, "owl:versionInfo": l.Version,
		"dct:type": ref("http://purl.org/adms/licencetype/" + kindOf(l)),
	}
}

// kindOf says what sort of licence it is; of one that the user names, nothing is
// known.
func kindOf(l Licence) string {
	if l == attribution {
		return "Attribution"
	}
	return "UnknownIPR"
}

// identifier names the data set: the same for each issue of a territory.
func (f *figures) identifier() string {
	return strings.Join(strings.Fields("campanile "+report.Plain(f.Territory)), "-")
}

// at is the address of a part or a file; beside this one where none is given.
func (f *figures) at(name string) string { return f.Address + name }

// said is a text with its language.
func (f *figures) said(text string) thing {
	return thing{"@value": text, "@language": string(f.Language)}
}

func (f *figures) keywords() []thing {
	var list []thing
	for word := range strings.SplitSeq(f.words.Say("opendata.keywords"), ", ") {
		list = append(list, f.said(word))
	}
	return list
}

func ref(address string) thing { return thing{"@id": address} }

func typed(value, kind string) thing { return thing{"@value": value, "@type": "xsd:" + kind} }

func language(l rules.Language) thing {
	return ref(authority + "language/" + map[rules.Language]string{rules.Italian: "ITA", rules.French: "FRA", rules.English: "ENG"}[l])
}

func firstOf(month time.Time) time.Time {
	return time.Date(month.Year(), month.Month(), 1, 0, 0, 0, 0, time.UTC)
}
