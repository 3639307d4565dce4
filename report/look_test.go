package report

import (
	"os"
	"testing"

	"campanile/rules"
)

func TestLook(t *testing.T) {
	for _, l := range rules.Languages {
		WriteTerminal(os.Stdout, []Document{forgeable(t, l)}, TerminalOptions{Color: os.Getenv("C") != ""})
		WriteTerminal(os.Stdout, []Document{wellKept(t, l)}, TerminalOptions{})
		WriteTerminal(os.Stdout, []Document{forgeable(t, l), wellKept(t, l)}, TerminalOptions{})
	}
	WriteJSON(os.Stdout, forgeable(t, "it"))
}
