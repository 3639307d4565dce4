package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"campanile/cmd/internal/store"
	"campanile/report/checklist"
	"campanile/report/score/dma"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("CAMPANILE_TEST_STORE"); path != "" {
		if err := writeForever(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if set := os.Getenv("CAMPANILE_TEST_SHARE"); set != "" {
		if err := visitForever(set); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeForever is the child that is killed: it keeps one scan after the other
// and says the number of each once it is kept.
func writeForever(path string) error {
	s, err := store.Open(context.Background(), path)
	if err != nil {
		return err
	}
	t := new(testing.T)
	for n := 0; ; n++ {
		b := bundle(t, "comune.montefinto.example", week(0).Add(time.Duration(n)*time.Minute))
		b.DNS.Lookups[0].Detail = strings.Repeat(fmt.Sprint(n), 20)
		number, err := s.Save(context.Background(), 1, 0, b, says(b.Target.Domain, "C", outcomes{"mail-spf-missing": fails}))
		if err != nil {
			return err
		}
		fmt.Println(number)
	}
}

func TestAKilledWriterLosesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "territory.db")
	before := open(t, path)
	body := put(t, before, town("montefinto", "c_x001"))[0]
	for round := range 3 {
		var said []string
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), "CAMPANILE_TEST_STORE="+path)
		output, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(output)
		for len(said) < 5+round && lines.Scan() {
			said = append(said, lines.Text())
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it kept between our count and its end
			said = append(said, lines.Text())
		}
		_ = child.Wait()
		if round == 0 && len(said) < 5 {
			t.Fatalf("the child kept %d scans", len(said))
		}
		survived(t, path, body, said)
	}
}

// survived makes sure that every scan that was said to be kept is there and
// whole, and that nothing is there by half.
func survived(t *testing.T, path string, body int64, said []string) {
	t.Helper()
	s := open(t, path)
	if err := s.Sound(t.Context()); err != nil {
		t.Error(err)
	}
	there := map[string]bool{}
	for _, scan := range got(s.Scans(t.Context(), body, time.Time{}, time.Time{}))(t) {
		there[fmt.Sprint(scan.ID)] = true
		if _, err := s.Evidence(t.Context(), scan.ID); err != nil {
			t.Error(err)
		}
		if list, err := s.Verdicts(t.Context(), scan.ID, ""); err != nil || len(list) != 3 {
			t.Errorf("scan %d: %d verdicts, %v", scan.ID, len(list), err)
		}
	}
	for _, number := range said {
		if !there[number] {
			t.Errorf("scan %s was said to be kept and is lost", number)
		}
	}
	if spans := got(s.Spans(t.Context(), store.Spans{}))(t); len(spans) != 1 {
		t.Errorf("spans %+v", spans)
	}
}

func TestAFullDiskSaysSoAndTheStoreOpens(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "territory.db")
	s := open(t, path)
	body := put(t, s, town("montefinto", "c_x001"))[0]
	kept := scan(t, s, body, week(0), "B", nil)
	if err := s.Limit(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
	var err error
	number := 0
	for ; err == nil && number < 200; number++ {
		b := bundle(t, "comune.montefinto.example", week(number+1))
		b.DNS.Lookups[0].Detail = fmt.Sprint(number)
		_, err = s.Save(t.Context(), body, 0, b, says(b.Target.Domain, "B", nil))
	}
	if !errors.Is(err, store.ErrFull) || !strings.Contains(err.Error(), "no room is left") {
		t.Fatalf("after %d scans: %v", number, err)
	}
	again := open(t, path)
	if err := again.Sound(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := again.Evidence(t.Context(), kept); err != nil {
		t.Error(err)
	}
	if all := got(again.Scans(t.Context(), body, time.Time{}, time.Time{}))(t); len(all) != number {
		t.Errorf("%d scans are there, %d were kept", len(all), number)
	}
	scan(t, again, body, week(300), "B", nil) // there is room again
}

func TestABackupUnderLoadGivesTheSameAnswers(t *testing.T) {
	t.Parallel()
	for engine, fresh := range engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			s := open(t, fresh(t))
			bodies := filled(t, s)
			folder := t.TempDir()
			ctx, stop := context.WithCancel(t.Context())
			var load errgroup.Group
			began := make(chan struct{})
			load.Go(func() error { return write(ctx, t, s, bodies[1], began) })
			<-began
			path := filepath.Join(folder, "backup.db")
			err := s.Backup(t.Context(), path)
			stop()
			if failed := load.Wait(); failed != nil {
				t.Error(failed)
			}
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the backup can be read by others: %v, %v", info.Mode(), err)
			}
			restored := open(t, fresh(t))
			if err := store.Copy(t.Context(), open(t, path), restored); err != nil {
				t.Fatal(err)
			}
			sameAnswers(t, s, restored, bodies[0])
			backup := open(t, path)
			if want, is := got(backup.Tables(t.Context()))(t), got(restored.Tables(t.Context()))(t); !cmp.Equal(want, is) {
				t.Errorf("rows (-backup +restored):\n%s", cmp.Diff(want, is))
			}
			for name, n := range got(restored.Tables(t.Context()))(t) {
				if n == 0 {
					t.Errorf("table %s is empty in the restored store", name)
				}
			}
			put(t, restored, town("nuovissimo", "c_x099")) // numbers go on where they were
			if err := s.Backup(t.Context(), path); err == nil || !strings.Contains(err.Error(), "already") {
				t.Errorf("over another backup: %v", err)
			}
			if err := store.Copy(t.Context(), s, restored); err == nil || !strings.Contains(err.Error(), "not empty") {
				t.Errorf("into a store in use: %v", err)
			}
			if left, _ := filepath.Glob(filepath.Join(folder, "*.part*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// filled makes a store in which no table is empty.
func filled(t *testing.T, s *store.Store) []int64 {
	t.Helper()
	bodies := put(t, s, town("montefinto", "c_x001"), town("vallefinta", "c_x002"))
	got(s.Begin(t.Context(), "prima", week(0), bodies))(t)
	for n := range 3 {
		scan(t, s, bodies[0], week(n), "C", outcomes{"mail-spf-missing": fails})
	}
	if err := s.Tick(t.Context(), bodies[0], func(c *checklist.Checklist) (*checklist.Checklist, error) {
		c.Entries = []checklist.Entry{{Rule: "mail-spf-missing", State: checklist.Accepted, Until: week(9), Because: "perché sì"}}
		c.Reviews = []checklist.Review{{On: week(1), By: "C. Legge"}}
		return c, nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Assess(t.Context(), bodies[0], dma.Assessment{Form: "dma-2023", Stage: "T0", Date: week(0)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Authorise(t.Context(), bodies[0], store.Mandate{Digest: "sha256:m", Until: week(9), File: []byte{0, 255}}); err != nil {
		t.Fatal(err)
	}
	recounted(t, s, bodies[0], week(3), story(2))
	peopled(t, s, bodies[0])
	return bodies
}

// write keeps scans until it is stopped; began is closed once the first is kept.
func write(ctx context.Context, t testing.TB, s *store.Store, body int64, began chan struct{}) error {
	for n := 0; ctx.Err() == nil; n++ {
		b := bundle(t, "comune.vallefinta.example", week(0).Add(time.Duration(n)*time.Minute))
		_, err := s.Save(ctx, body, 0, b, says(b.Target.Domain, "B", nil))
		if err != nil && ctx.Err() == nil {
			return err
		}
		if n == 0 {
			close(began)
		}
	}
	return nil
}

// sameAnswers asks two stores the same about a body that was not written to.
func sameAnswers(t *testing.T, want, is *store.Store, body int64) {
	t.Helper()
	of := store.Filter{Bodies: []int64{body}}
	answers := func(s *store.Store) []any {
		towns, _, err := s.Towns(t.Context(), of, time.Time{}, store.Page{})
		if err != nil {
			t.Fatal(err)
		}
		list := []any{
			towns, got(s.Body(t.Context(), body))(t), got(s.Spans(t.Context(), store.Spans{Of: of}))(t), got(s.Suppliers(t.Context(), of))(t),
			got(s.Stories(t.Context(), []int64{body}, time.Time{}))(t), got(s.Companies(t.Context(), of, "posta finta"))(t), got(s.Failing(t.Context(), of))(t),
			got(s.Checklist(t.Context(), body))(t), got(s.Assessments(t.Context(), body))(t), got(s.Mandates(t.Context(), body, time.Time{}))(t),
		}
		for _, scan := range got(s.Scans(t.Context(), body, time.Time{}, time.Time{}))(t) {
			list = append(list, scan, got(s.Evidence(t.Context(), scan.ID))(t), got(s.Verdicts(t.Context(), scan.ID, ""))(t))
		}
		return list
	}
	if diff := cmp.Diff(answers(want), answers(is)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "territory.db"))
	body := put(t, s, town("montefinto", "c_x001"))[0]
	number := scan(t, s, body, week(0), "B", nil)
	if err := s.Damage(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Evidence(t.Context(), number); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("evidence: %v", err)
	}
	if _, err := s.Verdicts(t.Context(), number, ""); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("verdicts: %v", err)
	}
}

func TestOpeningAStore(t *testing.T) {
	t.Parallel()
	for engine, fresh := range engines(t) {
		t.Run(engine+"/several-at-once", func(t *testing.T) {
			t.Parallel()
			address := fresh(t)
			var group errgroup.Group
			for range 4 {
				group.Go(func() error {
					s, err := store.Open(t.Context(), address)
					if err != nil {
						return err
					}
					return s.Close()
				})
			}
			if err := group.Wait(); err != nil {
				t.Error(err)
			}
		})
		t.Run(engine+"/made-by-a-newer-program", func(t *testing.T) {
			t.Parallel()
			address := fresh(t)
			open(t, address)
			applied := "1"
			if engine == "postgres" {
				applied = "true"
			}
			execute(t, address, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, "+applied+")")
			s, err := store.Open(t.Context(), address)
			if err == nil {
				s.Close()
				t.Fatal("it was opened")
			}
			if !strings.Contains(err.Error(), "newer campanile") {
				t.Error(err)
			}
		})
	}
	folder := t.TempDir()
	strange := filepath.Join(folder, "strange.db")
	if err := os.WriteFile(strange, []byte(strings.Repeat("this is no store ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for address, words := range map[string]string{
		"":                                       "needs a file",
		":memory:":                               "needs a file",
		strange:                                  "is no territory",
		filepath.Join(folder, "nowhere", "x.db"): "no such file",
		"postgres://tester:geheim@:notaport/":    "cannot be read",
		"postgres://tester:geheim@/x?host=" + folder + "/no": "opening the store",
	} {
		s, err := store.Open(t.Context(), address)
		if err == nil {
			s.Close()
			t.Errorf("%q was opened", address)
		} else if !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestAStoreIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "con spazio e 100%?#.db")
	s := open(t, path)
	put(t, s, town("montefinto", "c_x001"))
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
		if !strings.HasPrefix(file, path) {
			t.Errorf("%s is there, of %s", file, path)
		}
	}
}
