package storetest_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"campanile/cmd/internal/store/storetest"
)

func TestEveryTestHasAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	first, second := storetest.Postgres(t), storetest.Postgres(t)
	for _, address := range []string{first, second} {
		connection, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close(t.Context())
		var version, user string
		if err := connection.QueryRow(t.Context(), "SELECT current_setting('server_version'), current_setting('data_directory')").Scan(&version, &user); err != nil {
			t.Fatal(err)
		}
		t.Log(version, user)
		if _, err := connection.Exec(t.Context(), "CREATE TABLE full_of_it (n BIGINT)"); err != nil {
			t.Errorf("it was not empty: %v", err)
		}
	}
}

func TestTheProgramDoesNotContainIt(t *testing.T) {
	t.Parallel()
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "campanile/cmd/campanile").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(list))
	if slices.Contains(packages, "campanile/cmd/internal/store/storetest") || !slices.Contains(packages, "campanile/cmd/campanile") {
		t.Errorf("among %d packages", len(packages))
	}
}
