package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"campanile/cmd/internal/store/parts"
)

// partRow is a packed part in its table.
type partRow struct {
	bun.BaseModel `bun:"table:parts"`

	Hash   []byte `bun:",pk"`
	Base   []byte
	Size   int64
	Packed []byte
}

// placed is a part and what it is called in a scan.
type placed struct {
	Name string
	partRow
}

// scanPartRow says which part a scan has under a name.
type scanPartRow struct {
	bun.BaseModel `bun:"table:scan_parts"`

	Scan int64  `bun:",pk"`
	Name string `bun:",pk"`
	Hash []byte
}

// keepParts keeps the parts of a scan. What the scan before has too is kept
// once, and what changed since leans on what that one has.
func keepParts(ctx context.Context, tx bun.Tx, scan, before int64, split []parts.Part) error {
	former, err := placedParts(ctx, tx, before)
	if err != nil {
		return err
	}
	rows, links := make([]partRow, len(split)), make([]scanPartRow, len(split))
	for i, p := range split {
		if rows[i], err = packed(ctx, tx, former[p.Name], p.Content); err != nil {
			return err
		}
		links[i] = scanPartRow{Scan: scan, Name: p.Name, Hash: rows[i].Hash}
	}
	if err := insertParts(ctx, tx, rows); err != nil {
		return err
	}
	_, err = tx.NewInsert().Model(&links).Exec(ctx)
	return err
}

// insertParts keeps those that are not there yet, in one order for everybody:
// two that write the same parts then cannot wait for one another for ever.
func insertParts(ctx context.Context, tx bun.Tx, rows []partRow) error {
	slices.SortFunc(rows, func(a, b partRow) int { return bytes.Compare(a.Hash, b.Hash) })
	rows = slices.CompactFunc(rows, func(a, b partRow) bool { return bytes.Equal(a.Hash, b.Hash) })
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (hash) DO NOTHING").Exec(ctx)
	return err
}

// packed packs a part. It leans on the part before, or on what that one leans
// on, never deeper, as long as that halves it.
func packed(ctx context.Context, db bun.IDB, before partRow, content []byte) (partRow, error) {
	sum := sha256.Sum256(content)
	row := partRow{Hash: sum[:], Size: int64(len(content))}
	if bytes.Equal(row.Hash, before.Hash) {
		return before, nil
	}
	var err error
	if row.Packed, err = parts.Pack(content, nil); err != nil || before.Hash == nil || before.Size > parts.MaxBase {
		return row, err
	}
	base, err := baseOf(ctx, db, before)
	if err != nil {
		return row, err
	}
	leaning, err := parts.Pack(content, base.content)
	if err == nil && len(leaning) <= len(row.Packed)/2 {
		row.Base, row.Packed = base.hash, leaning
	}
	return row, err
}

type base struct{ hash, content []byte }

// baseOf gives what a part leans on, or the part itself where it stands alone.
func baseOf(ctx context.Context, db bun.IDB, row partRow) (base, error) {
	if row.Base == nil {
		content, err := parts.Unpack(row.Packed, nil)
		return base{row.Hash, content}, err
	}
	var below partRow
	if err := db.NewSelect().Model(&below).Where("hash = ?", row.Base).Scan(ctx); err != nil {
		return base{}, err
	}
	content, err := parts.Unpack(below.Packed, nil)
	return base{below.Hash, content}, err
}

// unpacked gives the content of a part and makes sure that it is the one.
func unpacked(ctx context.Context, db bun.IDB, row partRow) ([]byte, error) {
	var below base
	var err error
	if row.Base != nil {
		if below, err = baseOf(ctx, db, row); err != nil {
			return nil, err
		}
	}
	content, err := parts.Unpack(row.Packed, below.content)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	if sum := sha256.Sum256(content); !bytes.Equal(sum[:], row.Hash) {
		return nil, fmt.Errorf("a part is not what was kept: %w", ErrDamaged)
	}
	return content, nil
}

// placedParts gives the packed parts of a scan by their names.
func placedParts(ctx context.Context, db bun.IDB, scan int64) (map[string]partRow, error) {
	var rows []placed
	err := db.NewRaw("SELECT s.name, p.hash, p.base, p.size, p.packed FROM scan_parts AS s JOIN parts AS p ON p.hash = s.hash WHERE s.scan = ?", scan).Scan(ctx, &rows)
	byName := make(map[string]partRow, len(rows))
	for _, row := range rows {
		byName[row.Name] = row.partRow
	}
	return byName, err
}

func loadParts(ctx context.Context, db bun.IDB, scan int64) ([]parts.Part, error) {
	rows, err := placedParts(ctx, db, scan)
	if err != nil {
		return nil, err
	}
	list := make([]parts.Part, 0, len(rows))
	for name, row := range rows {
		content, err := unpacked(ctx, db, row)
		if err != nil {
			return nil, fmt.Errorf("part %s: %w", name, err)
		}
		list = append(list, parts.Part{Name: name, Content: content})
	}
	return list, nil
}
