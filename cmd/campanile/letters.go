package main

import (
	"fmt"
	"io"
	"path/filepath"

	"campanile/report"
	"campanile/report/paper"
)

// letters writes every letter to a supplier twice: as plain text, for a
// certified message, and for a word processor.
func (o *output) letters(towns []town) error {
	written := 0
	stems := stems(towns)
	for at, t := range towns {
		d := t[0]
		for i, l := range d.Letters {
			if err := o.letter(d, l, letterName(stems[at], d, i)); err != nil {
				return err
			}
			written++
		}
	}
	if written == 0 {
		o.program.say("no letter to write: nothing was found that a supplier has to mend")
	}
	return nil
}

func (o *output) letter(d report.Document, l report.Letter, name string) error {
	path := filepath.Join(o.settings.out, name)
	if err := putFile(path+".txt", func(w io.Writer) error { return report.WriteLetter(w, d, l) }); err != nil {
		return err
	}
	return putFile(path+".docx", func(w io.Writer) error { return paper.Letter(d, l).DOCX(w) })
}

// letterName is the name of a letter's files: whose it is, and to whom; a second
// letter to the same actor bears a number.
func letterName(stem string, d report.Document, i int) string {
	same := 1
	for _, earlier := range d.Letters[:i] {
		if earlier.Actor == d.Letters[i].Actor {
			same++
		}
	}
	name := stem + ".letter-" + string(d.Letters[i].Actor)
	if same > 1 {
		name += fmt.Sprintf("-%d", same)
	}
	return name
}
