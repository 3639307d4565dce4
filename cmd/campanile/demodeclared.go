package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	form "campanile/cmd/internal/answers"
	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/lab"
	"campanile/report/score/dma"
	"campanile/rules"
)

// declared writes the forms that towns of the valley have filled in, into a
// folder of their own, so that they can be scored and compared too.
func (s *settings) declared(valley *lab.Lab, folder string) error {
	q, err := rules.EmbeddedQuestionnaire()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return exit.Usagef("the folder for the demo's forms cannot be made: %w; name another with --out", err)
	}
	for _, a := range valley.Declared(q) {
		if err := writeForm(filepath.Join(folder, a.Domain+".yaml"), q, s.language(), a); err != nil {
			return err
		}
	}
	s.answers = folder
	return nil
}

func writeForm(path string, q *rules.Questionnaire, language rules.Language, a dma.Assessment) error {
	file, err := os.Create(path)
	if err != nil {
		return exit.Usagef("the demo's form cannot be written: %w; name another folder with --out", err)
	}
	if err := errors.Join(form.WriteYAML(file, q, language, a), file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
