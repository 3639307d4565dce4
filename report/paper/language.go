package paper

import "campanile/report/office"

// speak names the language of every word of a part that is not in the language
// of the whole, for screen readers and spelling checkers.
func speak(blocks []office.Block, language string) {
	for i, block := range blocks {
		switch b := block.(type) {
		case office.Heading:
			tell(b.Text, language)
		case office.Paragraph:
			tell(b.Text, language)
		case office.List:
			for _, item := range b.Items {
				tell(item.Text, language)
				tellAll(item.More, language)
			}
		case office.Table:
			b.Language = language
			for _, cell := range b.Header {
				tellAll(cell, language)
			}
			for _, row := range b.Rows {
				for _, cell := range row {
					tellAll(cell, language)
				}
			}
			blocks[i] = b
		case office.Figure:
			b.Language = language
			blocks[i] = b
		}
	}
}

func tellAll(paragraphs []office.Paragraph, language string) {
	for _, p := range paragraphs {
		tell(p.Text, language)
	}
}

func tell(runs []office.Run, language string) {
	for i := range runs {
		if runs[i].Language == "" {
			runs[i].Language = language
		}
	}
}
