package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/uptrace/bun"
)

// judgementRow says which list of verdicts a scan has under an edition of the
// rules.
type judgementRow struct {
	bun.BaseModel `bun:"table:judgements"`

	Scan  int64  `bun:",pk"`
	Rules string `bun:",pk"`
	Hash  []byte
}

// Judge keeps what an edition of the rules says of a scan that is kept, and
// makes it the judgement that counts for lists. Those of older rules stay: a
// change of the rules can be told from a change of the town.
func (s *Store) Judge(ctx context.Context, scan int64, j Judgement) error {
	return s.alter(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := judge(ctx, tx, scan, j)
		return err
	})
}

func judge(ctx context.Context, tx bun.Tx, scan int64, j Judgement) (*scanRow, error) {
	row, err := scanBy(ctx, tx, scan)
	if err != nil {
		return nil, err
	}
	if err := hold(ctx, tx, row.Body); err != nil {
		return nil, err
	}
	if row, err = scanBy(ctx, tx, scan); err != nil { // as whoever held the body left it
		return nil, err
	}
	if err := keepJudgement(ctx, tx, scan, *row, j); err != nil {
		return nil, err
	}
	row.weigh(j.Rules, j.Summary)
	if _, err := tx.NewUpdate().Model(row).WherePK().ExcludeColumn("id", "times").Exec(ctx); err != nil {
		return nil, err
	}
	newest, err := newestScan(ctx, tx, row.Body)
	if err == nil && newest.ID == scan {
		err = stand(ctx, tx, row)
	}
	if err != nil {
		return nil, err
	}
	return row, rebuild(ctx, tx, row.Body)
}

// keepJudgement keeps a list of verdicts. It leans on that of the scan before.
func keepJudgement(ctx context.Context, tx bun.Tx, scan int64, before scanRow, j Judgement) error {
	if j.Rules == "" {
		return fmt.Errorf("the judgement of scan %d does not say by which rules", scan)
	}
	content, err := json.Marshal(j.Verdicts)
	if err != nil {
		return err
	}
	former, err := judgementPart(ctx, tx, before.ID, before.Rules)
	if err != nil {
		return err
	}
	part, err := packed(ctx, tx, former, content)
	if err != nil {
		return err
	}
	if err := insertParts(ctx, tx, []partRow{part}); err != nil {
		return err
	}
	row := judgementRow{Scan: scan, Rules: clean(j.Rules), Hash: part.Hash}
	_, err = tx.NewInsert().Model(&row).On("CONFLICT (scan, rules) DO UPDATE").Set("hash = EXCLUDED.hash").Exec(ctx)
	return err
}

// judgementPart gives a packed list of verdicts, or the zero row.
func judgementPart(ctx context.Context, db bun.IDB, scan int64, rules string) (partRow, error) {
	var rows []partRow
	err := db.NewRaw("SELECT p.hash, p.base, p.size, p.packed FROM judgements AS j JOIN parts AS p ON p.hash = j.hash WHERE j.scan = ? AND j.rules = ?", scan, clean(rules)).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return partRow{}, err
	}
	return rows[0], nil
}

// Verdicts gives what an edition of the rules, by its digest, said of a scan;
// an empty digest means the judgement that counts.
func (s *Store) Verdicts(ctx context.Context, scan int64, rules string) ([]Verdict, error) {
	if rules == "" {
		row, err := scanBy(ctx, s.read, scan)
		if err != nil {
			return nil, err
		}
		rules = row.Rules
	}
	list, err := verdicts(ctx, s.read, scan, rules)
	return list, plainly(err)
}

func verdicts(ctx context.Context, db bun.IDB, scan int64, rules string) ([]Verdict, error) {
	row, err := judgementPart(ctx, db, scan, rules)
	if err != nil {
		return nil, err
	}
	if row.Hash == nil {
		return nil, fmt.Errorf("a judgement of scan %d by the rules %s: %w", scan, rules, ErrUnknown)
	}
	content, err := unpacked(ctx, db, row)
	if err != nil {
		return nil, fmt.Errorf("the verdicts of scan %d: %w", scan, err)
	}
	var list []Verdict
	if err := json.Unmarshal(content, &list); err != nil {
		return nil, fmt.Errorf("the verdicts of scan %d: %w (%w)", scan, ErrDamaged, err)
	}
	return list, nil
}

// Editions lists the digests of the rules by which a scan was judged.
func (s *Store) Editions(ctx context.Context, scan int64) ([]string, error) {
	var list []string
	err := s.read.NewRaw("SELECT rules FROM judgements WHERE scan = ? ORDER BY rules", scan).Scan(ctx, &list)
	return list, plainly(err)
}

// normal is a subject as checks.Finding.Key has it.
func normal(subject string) string {
	return clean(strings.TrimSuffix(strings.ToLower(subject), "."))
}
