package house_test

import "slices"

// room is one row of the plan: what the packages under Path may rely on.
type room struct {
	Path string // a package, or "x/..." for x and everything below
	// House lists the packages of this module that may be imported, as
	// patterns.
	House []string
	// Guests lists the modules of others that may be imported, by the start
	// of their path; "*" is any.
	Guests []string
	// NeverNear lists what may not be imported.
	NeverNear []string
	// NeverFar lists what may not be relied on at any depth.
	NeverFar []string
}

var (
	dialling   = []string{"net", "net/http", "os/exec", "crypto/tls"}
	impure     = []string{"net", "net/http", "os/exec", "crypto/x509"}
	everything = []string{
		"campanile/collectors/...", "campanile/checks", "campanile/rules", "campanile/report/...",
	}
	// desk is what the commands share and what knows nothing of them.
	desk = []string{
		"campanile/cmd/internal/archive", "campanile/cmd/internal/changes", "campanile/cmd/internal/config",
		"campanile/cmd/internal/day", "campanile/cmd/internal/exit", "campanile/cmd/internal/group", "campanile/cmd/internal/inventory", "campanile/cmd/internal/mandate",
		"campanile/cmd/internal/mistake",
	}
)

// plan is the table "Who may import whom" of the architecture. The first row
// that fits a package counts.
var plan = []room{
	{Path: "campanile/collectors/evidence", NeverFar: impure},
	{Path: "campanile/collectors/records", NeverFar: impure},
	{Path: "campanile/collectors/records/...", House: []string{"campanile/collectors/records/..."}, NeverFar: impure},
	{Path: "campanile/collectors/network", Guests: []string{"github.com/miekg/dns"}, NeverFar: []string{"os/exec"}},
	{
		// The mail collector looks at TLS after STARTTLS as the tls one does.
		Path:   "campanile/collectors/mail",
		House:  []string{"campanile/collectors/evidence", "campanile/collectors/records/...", "campanile/collectors/network", "campanile/collectors/dnssec", "campanile/collectors/internal/...", "campanile/collectors/tls"},
		Guests: []string{"*"}, NeverFar: []string{"os/exec"},
	},
	{
		Path:   "campanile/collectors/dns",
		House:  []string{"campanile/collectors/evidence", "campanile/collectors/records/...", "campanile/collectors/network", "campanile/collectors/dnssec", "campanile/collectors/internal/..."},
		Guests: []string{"*"}, NeverFar: []string{"os/exec"},
	},
	{
		Path:   "campanile/collectors/names",
		House:  []string{"campanile/collectors/evidence", "campanile/collectors/records/...", "campanile/collectors/network", "campanile/collectors/dnssec", "campanile/collectors/internal/..."},
		Guests: []string{"*"}, NeverFar: []string{"os/exec"},
	},
	{
		Path:   "campanile/collectors/...",
		House:  []string{"campanile/collectors/evidence", "campanile/collectors/records/...", "campanile/collectors/network", "campanile/collectors/internal/..."},
		Guests: []string{"*"}, NeverFar: []string{"os/exec"},
	},
	{Path: "campanile/rules", Guests: []string{"go.yaml.in/yaml/"}, NeverFar: dialling},
	{
		Path:      "campanile/checks",
		House:     []string{"campanile/collectors/evidence", "campanile/collectors/records/..."},
		NeverNear: []string{"os", "context", "log/slog"},
		NeverFar:  impure,
	},
	{
		// Scoring begins with the evidence, because checks.Judge does.
		Path:     "campanile/report/score",
		House:    []string{"campanile/collectors/evidence", "campanile/checks", "campanile/rules"},
		NeverFar: dialling,
	},
	{
		// Assessing is as pure as checking is.
		Path:      "campanile/report/guideline",
		House:     []string{"campanile/collectors/evidence", "campanile/collectors/records/...", "campanile/rules"},
		NeverNear: []string{"os", "context", "log/slog"},
		NeverFar:  dialling,
	},
	{
		// The published schemes judge headers as their authors do.
		Path:   "campanile/report/...",
		House:  []string{"campanile/collectors/evidence", "campanile/collectors/records/headers", "campanile/checks", "campanile/rules", "campanile/report/..."},
		Guests: []string{"*"}, NeverFar: dialling,
	},
	{Path: "campanile/cmd/internal/scan/...", House: slices.Concat(everything, desk, []string{"campanile/cmd/internal/scan/...", "campanile/cmd/internal/engine"}), Guests: []string{"*"}},
	{
		Path:   "campanile/cmd/internal/store/...",
		House:  slices.Concat(everything, desk, []string{"campanile/cmd/internal/scan", "campanile/cmd/internal/store/..."}),
		Guests: []string{"*"},
	},
	{
		// The chronicle stands between the store and those who judge and explain.
		Path:   "campanile/cmd/internal/chronicle/...",
		House:  slices.Concat(everything, desk, []string{"campanile/cmd/internal/store/...", "campanile/cmd/internal/chronicle/..."}),
		Guests: []string{"*"},
	},
	{
		Path:   "campanile/cmd/internal/alert/...",
		House:  slices.Concat(everything, desk, []string{"campanile/cmd/internal/store/...", "campanile/cmd/internal/alert/..."}),
		Guests: []string{"*"},
	},
	{
		Path:   "campanile/cmd/internal/queue/...",
		House:  slices.Concat(everything, desk, []string{"campanile/cmd/internal/scan", "campanile/cmd/internal/store/...", "campanile/cmd/internal/queue/..."}),
		Guests: []string{"*"},
	},
	{
		Path: "campanile/cmd/internal/dashboard/...",
		House: slices.Concat(everything, desk, []string{
			"campanile/cmd/internal/answers", "campanile/cmd/internal/browser", "campanile/cmd/internal/chronicle", "campanile/cmd/internal/queue",
			"campanile/cmd/internal/store/...", "campanile/cmd/internal/ticks", "campanile/cmd/internal/dashboard/...",
		}),
		Guests: []string{"*"},
	},
	{
		Path:   "campanile/cmd/internal/lab/...",
		House:  slices.Concat(everything, desk, []string{"campanile/cmd/internal/scan", "campanile/cmd/internal/lab/..."}),
		Guests: []string{"*"},
	},
	{Path: "campanile/cmd/internal/...", House: slices.Concat(everything, desk), Guests: []string{"*"}},
	{Path: "campanile/cmd/campanile/...", House: slices.Concat(everything, []string{"campanile/cmd/internal/..."}), Guests: []string{"*"}},
}
