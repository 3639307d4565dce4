package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"golang.org/x/text/unicode/norm"
)

// The roles of an account.
const (
	GroupRole = "group"        // sees the whole territory
	TownRole  = "municipality" // sees its own body
)

// Account is somebody who may log in.
type Account struct {
	Name     string // found in large and small letters alike
	Role     string // GroupRole or TownRole
	Body     int64  // of a municipality; 0: none
	Hash     string // of the password
	Language string
	Created  time.Time
	Disabled bool
}

// longestName bounds the name of an account, in letters.
const longestName = 100

// accountID is a name as it is looked for, whichever way it was typed.
func accountID(name string) string {
	return strings.ToLower(norm.NFKC.String(clean(strings.TrimSpace(name))))
}

// check says what is wrong with an account.
func (a Account) check() error {
	strange := func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) && r != ' ' }
	switch name := strings.TrimSpace(a.Name); {
	case name == "":
		return errors.New("an account needs a name")
	case utf8.RuneCountInString(name) > longestName || len(accountID(name)) > 4*longestName:
		return fmt.Errorf("the name of an account has at most %d letters; give a shorter one", longestName)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, strange):
		return fmt.Errorf("the name %q has characters that nobody can type; give another", name)
	case a.Role != GroupRole && a.Role != TownRole:
		return fmt.Errorf("the role %q is not known; write %s or %s", a.Role, GroupRole, TownRole)
	case a.Role == TownRole && a.Body == 0:
		return fmt.Errorf("the account %s of a municipality needs its municipality", name)
	case a.Role == GroupRole && a.Body != 0:
		return fmt.Errorf("the account %s sees the whole territory and belongs to no municipality", name)
	case a.Hash == "":
		return fmt.Errorf("the account %s needs a password", name)
	}
	return nil
}

type accountRow struct {
	bun.BaseModel `bun:"table:accounts"`

	ID       string `bun:",pk"`
	Name     string
	Role     string
	Body     int64
	Hash     string
	Language string
	Created  int64
	Disabled int64
}

func (r accountRow) account() Account {
	return Account{Name: r.Name, Role: r.Role, Body: r.Body, Hash: r.Hash, Language: r.Language, Created: moment(r.Created), Disabled: r.Disabled != 0}
}

// PutAccount keeps an account in place of the one of that name, which stays as
// old as it was. Whose password, role or municipality is another, or who is
// disabled, is logged out everywhere.
func (s *Store) PutAccount(ctx context.Context, a Account) error {
	if err := a.check(); err != nil {
		return err
	}
	row := accountRow{
		ID: accountID(a.Name), Name: strings.TrimSpace(a.Name), Role: a.Role, Body: a.Body, Hash: clean(a.Hash), Language: clean(a.Language),
		Created: seconds(a.Created),
	}
	if a.Disabled {
		row.Disabled = 1
	}
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		if row.Body != 0 {
			if err := hold(ctx, tx, row.Body); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE account IN
			(SELECT id FROM accounts WHERE id = ? AND (hash <> ? OR role <> ? OR body <> ? OR ? <> 0))`, row.ID, row.Hash, row.Role, row.Body, row.Disabled)
		if err != nil {
			return err
		}
		_, err = tx.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").
			Set("name = EXCLUDED.name").Set("role = EXCLUDED.role").Set("body = EXCLUDED.body").Set("hash = EXCLUDED.hash").
			Set("language = EXCLUDED.language").Set("disabled = EXCLUDED.disabled").Exec(ctx)
		return err
	})
}

// Account gives an account by its name.
func (s *Store) Account(ctx context.Context, name string) (Account, error) {
	var row accountRow
	if err := s.read.NewSelect().Model(&row).Where("id = ?", accountID(name)).Scan(ctx); err != nil {
		return Account{}, missing(err, "account %q", name)
	}
	return row.account(), nil
}

// Accounts lists all accounts by name.
func (s *Store) Accounts(ctx context.Context) ([]Account, error) {
	var rows []accountRow
	if err := s.read.NewSelect().Model(&rows).Order("id").Scan(ctx); err != nil {
		return nil, plainly(err)
	}
	list := make([]Account, len(rows))
	for i, r := range rows {
		list[i] = r.account()
	}
	return list, nil
}

// DropAccount removes an account and logs it out everywhere.
func (s *Store) DropAccount(ctx context.Context, name string) error {
	return s.change(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE account = ?", accountID(name)); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, "DELETE FROM accounts WHERE id = ?", accountID(name))
		return touched(result, err, "account %q", name)
	})
}
