package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"campanile/cmd/internal/archive"
	"campanile/cmd/internal/exit"
	"campanile/collectors/evidence"
)

// keeper holds the finished municipalities of one run, in the file and at hand.
type keeper struct {
	path    string
	file    *archive.File
	targets []evidence.Target
	done    map[string]*evidence.Bundle
}

// sameRun is how long an interrupted scan can be gone on with; what is older
// belongs to an earlier look.
const sameRun = 24 * time.Hour

// keeper opens the evidence file and takes over what an interrupted run of the
// same scan has finished. A run that is complete is not gone on with: the next
// one begins, and its evidence stands behind the first in the same file.
func (p *program) keeper(s *settings, targets []evidence.Target) (*keeper, error) {
	k := &keeper{path: s.evidence, targets: targets, done: map[string]*evidence.Bundle{}}
	given := k.path != ""
	if !given {
		k.path = p.ownPath(targets)
	}
	if k.path == "" {
		p.say("the evidence is not kept: there is no home folder; name a file with --evidence")
		return k, nil
	}
	earlier, err := archive.Done(k.path, s.sameScan(p.now()), s.skipInvalid)
	if err != nil {
		return nil, exit.Usagef("%s: %w; nothing in it was changed: check it with \"campanile judge\", go on without the bad lines with --skip-invalid, or name another file", k.path, err)
	}
	k.takeOver(earlier)
	if k.file, err = archive.Append(k.path); err != nil {
		if given {
			return nil, exit.Usagef("%w", err)
		}
		p.say("the evidence is not kept: %v; name a file with --evidence", err)
		k.path = ""
		return k, nil
	}
	switch n := len(k.done); {
	case n > 0:
		p.say("%s holds %d of %d municipalities already; going on with the others", k.path, n, len(targets))
	case !given:
		p.say("evidence: %s", k.path)
	}
	return k, nil
}

// sameScan recognises evidence of the same kind of scan, taken lately.
func (s *settings) sameScan(now time.Time) func(*evidence.Bundle) bool {
	return func(b *evidence.Bundle) bool {
		return string(b.Profile) == s.profile && slices.Equal(b.Families, s.families()) && now.Sub(b.Taken) < sameRun && !s.otherDepth(b)
	}
}

// otherDepth reports whether the evidence holds answers to more or to fewer
// questions than this scan puts to TLS servers. Of mail servers only the full
// list is kept apart.
func (s *settings) otherDepth(b *evidence.Bundle) bool {
	if slices.ContainsFunc(b.Endpoints, func(e evidence.Endpoint) bool { return e.Accepts.Depth != "" && e.Accepts.Depth != s.depth }) {
		return true
	}
	return slices.ContainsFunc(b.Mail.Exchanges, func(x evidence.Exchange) bool {
		return slices.ContainsFunc(x.Servers, func(m evidence.Server) bool {
			return len(m.Offers) > 0 && (m.Accepts.Depth == evidence.FullDepth) != (s.depth == evidence.FullDepth)
		})
	})
}

// takeOver keeps the municipalities that the last run has reached and others
// have not: those that were scanned more often than the rarest one.
func (k *keeper) takeOver(earlier map[string]archive.Earlier) {
	fewest := earlier[k.targets[0].Domain].Count
	for _, t := range k.targets {
		fewest = min(fewest, earlier[t.Domain].Count)
	}
	for _, t := range k.targets {
		if before := earlier[t.Domain]; before.Count > fewest {
			k.done[t.Domain] = before.Last
		}
	}
}

// ownPath is where evidence goes that nobody named a file for: the folder for
// state of the user, a file for each run; "" where there is no home.
func (p *program) ownPath(targets []evidence.Target) string {
	base := os.Getenv("XDG_STATE_HOME")
	if home, err := os.UserHomeDir(); base == "" && err == nil {
		base = filepath.Join(home, ".local", "state")
	}
	if base == "" {
		return ""
	}
	name := targets[0].Domain
	if len(targets) > 1 {
		name = fmt.Sprintf("%d-municipalities", len(targets))
	}
	folder := filepath.Join(base, "campanile")
	// Where the folder cannot be made, opening the file will say why.
	_ = os.MkdirAll(folder, 0o700)
	return filepath.Join(folder, p.now().UTC().Format("20060102T150405Z-")+name+".jsonl")
}

func (k *keeper) missing() []evidence.Target {
	return slices.DeleteFunc(slices.Clone(k.targets), func(t evidence.Target) bool { return k.done[t.Domain] != nil })
}

func (k *keeper) keep(b *evidence.Bundle) error {
	if k.file != nil {
		if err := k.file.Write(b); err != nil {
			return err
		}
	}
	k.done[b.Target.Domain] = b
	return nil
}

// bundles gives what is finished, in the order of the targets.
func (k *keeper) bundles() []*evidence.Bundle {
	var list []*evidence.Bundle
	for _, t := range k.targets {
		if b := k.done[t.Domain]; b != nil {
			list = append(list, b)
		}
	}
	return list
}

func (k *keeper) close() {
	if k.file != nil {
		_ = k.file.Close() // each bundle was written whole, and its error told
	}
}
