package answers_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"campanile/cmd/internal/answers"
	"campanile/report/score/dma"
	"campanile/rules"
)

func TestTheExportHasAHundredAndOneColumns(t *testing.T) {
	t.Parallel()
	q := form(t)
	a := sample(q)
	a.Answers = dma.Answers{
		"1.10": {Done: true}, "2.1": {Planned: true}, "2.2": {Done: true}, "2.3": {Planned: true, Done: true}, "4.5": {Level: 5}, "4.6": {Level: 3},
		"8.4": {Done: true}, "9.5": {Done: true}, "11.4": {Level: 1}, "11.5": {Level: 2},
	}
	var b strings.Builder
	if err := answers.WriteDTA(&b, q, a); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(b.String(), "\ufeff")
	if !marked || !strings.HasPrefix(text, "time_point,maturity_assessment_date,enterprise_name_edih,fiscal_registration_number_vat,digitalisation_needs_are_identified_m2_1_1,") ||
		!strings.Contains(text, "\n\"T0\",\"03/04/2026\",\"'=Comune di Sant'Élia \"\"alto\"\"\",\"'-01234567890\",\"0\",") || !strings.HasSuffix(text, ",\"5\",\"10\"\n") {
		t.Errorf("%s", text)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 2 || len(rows[0]) != 101 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	got := map[string]string{}
	for i, name := range rows[0] {
		if value := rows[1][i]; i > 3 && value != "0" && value != "0|0" {
			got[name] = value
		}
	}
	want := map[string]string{
		"risks_of_digitalisation_m2_1_1": "1", "internal_operations_m2_1_2": "1|0", "external_operations_m2_1_2": "0|1", "policy_making_policy_m2_1_2": "1|1",
		"following_advanced_digital_technologies_m2_2_4__digital_identity_m2_2_4":       "10",
		"following_advanced_digital_technologies_m2_2_4__immersive_technologies_m2_2_4": "6",
		"cyber_threats_egularly_monitored_m2_4_8":                                       "1", "reuse_and_share_m2_9_5": "0|1",
		"green_digitalisation_2_likert__energy_consumption_m2_6_11": "5", "green_digitalisation_2_likert__recycling_reuse_m2_6_11": "10",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheExportRefusesWhatItCannotSay(t *testing.T) {
	t.Parallel()
	q := form(t)
	for stage, answer := range map[string]dma.Answer{"after the workshop": {}, "T1": {Level: 4}} {
		a := dma.Assessment{Stage: stage, Answers: dma.Answers{"8.2": answer}}
		var b strings.Builder
		err := answers.WriteDTA(&b, q, a)
		want := map[string]string{
			"after the workshop": `stage "after the workshop": the export knows only T0, T1, T2; give the answers one of them`,
			"T1":                 "item 8.2: level 4 is none of an item of type tick; they go from 0 to 0",
		}[stage]
		if fmt.Sprint(err) != want || b.Len() > 0 {
			t.Errorf("%v, want %s\n%s", err, want, b.String())
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAFullDiskIsSaid(t *testing.T) {
	t.Parallel()
	q := form(t)
	if err := answers.WriteDTA(full{}, q, sample(q)); fmt.Sprint(err) != "writing the export: no space left" {
		t.Errorf("%v", err)
	}
	if err := answers.WriteYAML(full{}, q, rules.Italian, sample(q)); fmt.Sprint(err) != "writing the form: no space left" {
		t.Errorf("%v", err)
	}
}
