package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"campanile/checks"
	"campanile/cmd/internal/store/parts"
	"campanile/collectors/evidence"
	"campanile/report/history"
	"campanile/rules"
)

// lookRow says what one scan found by one edition of the rules, as a history needs
// it. The content is a part: a town that does not change has it once.
type lookRow struct {
	bun.BaseModel `bun:"table:looks"`

	Scan    int64  `bun:",pk"`
	Edition string `bun:",pk"`
	Body    int64
	Taken   int64
	Hash    []byte
}

// lookDocument is the content of a look: all but its time and its edition.
type lookDocument struct {
	Resolver string           `json:"resolver,omitempty"`
	Profile  evidence.Profile `json:"profile,omitempty"`
	Left     []string         `json:"left,omitempty"`
	Verdicts []lookVerdict    `json:"verdicts"`
}

// lookVerdict is a history.Verdict in few letters: a town has hundreds.
type lookVerdict struct {
	Rule     string         `json:"r"`
	Family   string         `json:"f"`
	Subject  string         `json:"s"`
	Outcome  checks.Outcome `json:"o"`
	Severity rules.Severity `json:"v,omitempty"`
	Asleep   bool           `json:"a,omitempty"`
	Ends     string         `json:"e,omitempty"`
}

func documentOf(l history.Look) ([]byte, error) {
	d := lookDocument{Resolver: l.Resolver, Profile: l.Profile, Left: l.Left, Verdicts: make([]lookVerdict, len(l.Verdicts))}
	for i, v := range l.Verdicts {
		d.Verdicts[i] = lookVerdict(v)
	}
	return json.Marshal(d)
}

func (d lookDocument) look(taken time.Time, edition history.Edition) history.Look {
	l := history.Look{Taken: taken, Resolver: d.Resolver, Profile: d.Profile, Rules: edition, Left: d.Left, Verdicts: make([]history.Verdict, len(d.Verdicts))}
	for i, v := range d.Verdicts {
		l.Verdicts[i] = history.Verdict(v)
	}
	return l
}

// Edition gives an edition of the rules by its digest, with the time at which it was
// first used: the given one where it was not used before.
func (s *Store) Edition(ctx context.Context, digest string, at time.Time) (history.Edition, error) {
	e, err := s.edition(ctx, digest)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return e, plainly(err)
	}
	err = s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO editions (digest, since) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING", digest, seconds(at))
		return err
	})
	if err != nil {
		return e, err
	}
	e, err = s.edition(ctx, digest) // another worker may have been first
	return e, plainly(err)
}

func (s *Store) edition(ctx context.Context, digest string) (history.Edition, error) {
	var since int64
	err := s.read.NewRaw("SELECT since FROM editions WHERE digest = ?", digest).Scan(ctx, &since)
	return history.Edition{Digest: digest, Since: moment(since)}, err
}

// Unjudged lists the newest scans of bodies that an edition of the rules was not
// asked about, those of one body or, with 0, of all.
func (s *Store) Unjudged(ctx context.Context, edition string, body int64) ([]int64, error) {
	query := s.read.NewSelect().TableExpr("bodies AS b").Column("b.latest").Order("b.id").
		Where("b.latest <> 0 AND NOT EXISTS (SELECT 1 FROM looks AS l WHERE l.scan = b.latest AND l.edition = ?)", edition)
	if body != 0 {
		query.Where("b.id = ?", body)
	}
	var scans []int64
	err := query.Scan(ctx, &scans)
	return scans, plainly(err)
}

// keepLook keeps what a scan found. It leans on the look of the scan before.
func keepLook(ctx context.Context, tx bun.Tx, scan, body, before int64, l history.Look) error {
	content, err := documentOf(l)
	if err != nil {
		return err
	}
	var former []partRow
	err = tx.NewRaw(`SELECT p.hash, p.base, p.size, p.packed FROM looks AS l JOIN parts AS p ON p.hash = l.hash
		WHERE l.scan = ? ORDER BY l.edition LIMIT 1`, before).Scan(ctx, &former)
	if err != nil {
		return err
	}
	part, err := packed(ctx, tx, append(former, partRow{})[0], content)
	if err != nil {
		return err
	}
	if err := insertParts(ctx, tx, []partRow{part}); err != nil {
		return err
	}
	row := lookRow{Scan: scan, Edition: clean(l.Rules.Digest), Body: body, Taken: seconds(l.Taken), Hash: part.Hash}
	_, err = tx.NewInsert().Model(&row).On("CONFLICT (scan, edition) DO UPDATE").Set("hash = EXCLUDED.hash").Exec(ctx)
	return err
}

// keptLook is a look as it comes out of its tables.
type keptLook struct {
	Taken   int64
	Edition string
	Since   int64
	partRow
}

// looks gives all looks at a body, oldest first. What is the same in several is
// unpacked once.
func looks(ctx context.Context, tx bun.Tx, body int64) ([]history.Look, error) {
	var rows []keptLook
	err := tx.NewRaw(`SELECT l.taken, l.edition, e.since, p.hash, p.base, p.size, p.packed
		FROM looks AS l JOIN editions AS e ON e.digest = l.edition JOIN parts AS p ON p.hash = l.hash
		WHERE l.body = ? ORDER BY l.taken, l.scan, l.edition`, body).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	known, bases := map[string]lookDocument{}, map[string][]byte{}
	list := make([]history.Look, len(rows))
	for i, row := range rows {
		d, ok := known[string(row.Hash)]
		if !ok {
			if d, err = row.document(ctx, tx, bases); err != nil {
				return nil, fmt.Errorf("a look at body %d: %w", body, err)
			}
			known[string(row.Hash)] = d
		}
		list[i] = d.look(moment(row.Taken), history.Edition{Digest: row.Edition, Since: moment(row.Since)})
	}
	return list, nil
}

// document unpacks a look. Bases holds what earlier ones leaned on.
func (r keptLook) document(ctx context.Context, tx bun.Tx, bases map[string][]byte) (lookDocument, error) {
	var d lookDocument
	below := bases[string(r.Base)]
	if r.Base != nil && below == nil {
		b, err := baseOf(ctx, tx, r.partRow)
		if err != nil {
			return d, err
		}
		below, bases[string(r.Base)] = b.content, b.content
	}
	content, err := parts.Unpack(r.Packed, below)
	if err == nil {
		err = json.Unmarshal(content, &d)
	}
	if err != nil {
		return d, fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return d, nil
}
