package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"campanile/cmd/internal/exit"
	"campanile/cmd/internal/inventory"
)

// importing is one call of "territory import".
type importing struct {
	*ground
	from   string
	beside []string
	notes  string
	dry    bool
}

func (p *program) territoryImport() *cobra.Command {
	i := importing{ground: newGround(), from: string(inventory.Own)}
	var registers []string
	for _, r := range inventory.Registers() {
		registers = append(registers, string(r))
	}
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Bring in municipalities from a public register, or from a list of your own",
		Long: `Reads who belongs to the territory. --from says what the file is:

  ipa       Indice dei domicili digitali, file "enti" (CSV)
  ipa-txt   the same, older amministrazioni.txt
  istat     the Italian list of municipalities (CSV)
  annuaire  the French Annuaire de l'administration (JSON export)
  insee     the French list of communes (v_commune, CSV)
  own       a CSV of your own: domain, name, country, code, province, union,
            population and others; only the domain is needed. Italian
            and French titles do too: dominio or sito, comune, abitanti

Registers are dirty. Every row is taken as it stands, taken with a note of what was
mended, or refused with its line and the reason; the counts add up. A second import
renews what is known: a changed domain becomes a former one, a municipality that was
merged leaves its history to its successor, and one that the list no longer has stays.
Nothing is sent to anybody.`,
		Example: `  campanile territory import --from own valley.csv
  campanile territory import --from ipa enti.csv --beside istat:comuni.csv --where provincia=TO --where population<3000
  campanile territory import --from annuaire annuaire.json --where department=05 --notes notes.txt
  campanile territory import --from ipa enti.csv --dry-run`,
		Args: func(_ *cobra.Command, files []string) error {
			if len(files) != 1 {
				return exit.Usagef("give one list to import, such as valley.csv; --from says what it is")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, files []string) error { return p.importList(cmd.Context(), i, files[0]) },
	}
	f := cmd.Flags()
	i.kept(f)
	i.chosen(f)
	f.Var(oneOf(&i.from, registers...), "from", "what the file is: "+strings.Join(registers, ", "))
	f.StringArrayVar(&i.beside, "beside", nil, "another list that knows more of the same places, as `REGISTER:FILE`: population, region, mergers")
	f.StringVar(&i.notes, "notes", "", "`FILE` for every note; default: the first twenty on standard error")
	f.BoolVar(&i.dry, "dry-run", false, "say what would be imported, and keep nothing")
	i.configured(cmd)
	return cmd
}

func (p *program) importList(ctx context.Context, i importing, path string) error {
	filter, err := inventory.ParseFilter(i.where...)
	if err != nil {
		return err
	}
	suppliers, err := knownSuppliers()
	if err != nil {
		return err
	}
	origin := inventory.Origin{Register: inventory.Register(i.from), Name: path, Suppliers: suppliers}
	for _, text := range i.beside {
		register, file, ok := strings.Cut(text, ":")
		if !ok {
			return exit.Usagef("--beside %s: write the register before the file, as istat:comuni.csv", text)
		}
		other, err := readList(file, inventory.Origin{Register: inventory.Register(register), Name: file, Suppliers: suppliers}, inventory.Filter{})
		if err != nil {
			return err
		}
		origin.Beside = append(origin.Beside, other.Bodies...)
	}
	list, err := readList(path, origin, filter)
	if err != nil {
		return err
	}
	notes := list.Notes
	counts := fmt.Sprintf("%s: %d rows = %d taken as they stand, %d taken with a note, %d merged into others, %d refused, %d left out by --where",
		path, list.Read, list.Kept, list.Repaired, list.Merged, list.Refused, list.LeftOut)
	if i.dry {
		if err := p.tellNotes(i.notes, notes); err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "%s\nnothing was kept (--dry-run)\n", printable(counts))
		return written(err)
	}
	c, err := p.open(ctx, i.ground, true)
	if err != nil {
		return err
	}
	defer shut(c.Store)
	arrived, err := c.Import(ctx, list.Bodies, filter)
	if err != nil {
		return err
	}
	if err := p.tellNotes(i.notes, append(notes, arrived.Notes...)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s\n%s: %d new, %d known before, %d merged into others", printable(counts), printable(i.store), arrived.New, arrived.Known, arrived.Merged)
	if list.Without > 0 && err == nil {
		_, err = fmt.Fprintf(p.stdout, "; %d without a domain can be listed and not scanned", list.Without)
	}
	if len(arrived.Gone) > 0 && err == nil {
		_, err = fmt.Fprintf(p.stdout, "; %d are no longer in the list and stay", len(arrived.Gone))
	}
	if err == nil {
		_, err = fmt.Fprintln(p.stdout)
	}
	return written(err)
}

func readList(path string, origin inventory.Origin, filter inventory.Filter) (inventory.Imported, error) {
	file, err := os.Open(path)
	if err != nil {
		return inventory.Imported{}, exit.Usagef("the list cannot be opened: %w", err)
	}
	defer file.Close()
	list, err := inventory.Import(file, origin, filter)
	if err != nil {
		return list, exit.Usagef("%w", err)
	}
	return list, nil
}

// mostNotes are told on the terminal; all of them go to --notes.
const mostNotes = 20

func (p *program) tellNotes(path string, notes []inventory.Note) error {
	if path != "" {
		var text strings.Builder
		for _, note := range notes {
			fmt.Fprintln(&text, printable(note.String()))
		}
		if err := putFile(path, func(w io.Writer) error { _, err := io.WriteString(w, text.String()); return err }); err != nil {
			return exit.Usagef("the notes cannot be written: %w; name another file with --notes", err)
		}
		return nil
	}
	for _, note := range notes[:min(len(notes), mostNotes)] {
		p.say("%s", note)
	}
	if rest := len(notes) - mostNotes; rest > 0 {
		p.say("and %d more notes; --notes FILE keeps them all", rest)
	}
	return nil
}
