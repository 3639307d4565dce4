package dashboard

import (
	"context"
	"strings"
	"sync"
	"time"

	"campanile/cmd/internal/dashboard/geo"
	"campanile/cmd/internal/store"
)

// mapSetting is where the store keeps the map that the group has given.
const mapSetting = "geojson"

// mapWidth is the width of the sheet that a map is drawn on, in steps.
const mapWidth = 1000

// mapFresh is how long a drawing is used before it is asked whether the map or the
// inventory is another one now: the map of a nation is many megabytes. Grades are
// not kept so long.
const mapFresh = 5 * time.Minute

// atlas keeps the drawing of the map between two pages, and how the towns stand:
// reading the map of a nation takes longer than a page may.
type atlas struct {
	mutex   sync.Mutex
	looked  time.Time // when it was asked last whether the map is another one
	source  string
	drawn   *drawn
	problem error // why the map that was given cannot be drawn
	listed  int64 // the version of the store that the bodies of the shapes are from

	version int64 // of the store, for what follows
	towns   map[int64]store.Town
	failing map[string]int // by rule: how many towns fail it
}

// drawn is a map on its sheet, with whose shapes they are.
type drawn struct {
	geo.Drawing

	owners []owner
	bodies []int64 // of the shapes; 0: none is known
	known  []int64 // all standing bodies, by name
}

// owner is what a map says of whose a shape is.
type owner struct{ code, domain, name string }

// of gives the drawing of the map that the store keeps, nil where it keeps none, and
// what is wrong with that map.
func (a *atlas) of(ctx context.Context, s *store.Store, now time.Time) (*drawn, error, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if age := now.Sub(a.looked); !a.looked.IsZero() && age >= 0 && age < mapFresh {
		return a.drawn, a.problem, nil
	}
	version, err := s.Version(ctx)
	if err != nil {
		return nil, nil, err
	}
	source, err := s.Setting(ctx, mapSetting)
	if err != nil {
		return nil, nil, err
	}
	if source != a.source {
		a.source, a.drawn, a.problem, a.listed = source, nil, nil, -1
		if source != "" {
			a.drawn, a.problem = draw(source)
		}
	}
	if a.drawn != nil && a.listed != version {
		bodies, err := s.Bodies(ctx, store.Filter{})
		if err != nil {
			return nil, nil, err
		}
		a.drawn, a.listed = a.drawn.matched(bodies), version
	}
	a.looked = now
	return a.drawn, a.problem, nil
}

// standing gives how each town stands now. It is asked anew when the store has changed.
func (a *atlas) standing(ctx context.Context, s *store.Store) (map[int64]store.Town, error) {
	version, err := s.Version(ctx)
	if err != nil {
		return nil, err
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.renew(version)
	if a.towns != nil {
		return a.towns, nil
	}
	list, _, err := s.Towns(ctx, store.Filter{}, time.Time{}, store.Page{Order: store.ByName})
	if err != nil {
		return nil, err
	}
	a.towns = make(map[int64]store.Town, len(list))
	for _, town := range list {
		a.towns[town.ID] = town
	}
	return a.towns, nil
}

// fail counts the towns that fail a rule.
func (a *atlas) fail(ctx context.Context, s *store.Store, rule string) (int, error) {
	version, err := s.Version(ctx)
	if err != nil {
		return 0, err
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.renew(version)
	if n, known := a.failing[rule]; known {
		return n, nil
	}
	_, n, err := s.Towns(ctx, store.Filter{Rule: rule}, time.Time{}, store.Page{Limit: 1})
	if err == nil {
		a.failing[rule] = n
	}
	return n, err
}

// renew forgets what was asked of another state of the store.
func (a *atlas) renew(version int64) {
	if a.failing == nil || a.version != version {
		a.version, a.towns, a.failing = version, nil, map[string]int{}
	}
}

func draw(source string) (*drawn, error) {
	m, err := geo.Read([]byte(source))
	if err != nil {
		return nil, err
	}
	d := &drawn{Drawing: m.Draw(mapWidth), owners: make([]owner, len(m.Shapes))}
	for i, s := range m.Shapes {
		d.owners[i] = owner{s.Code, s.Domain, s.Name}
	}
	return d, nil
}

// matched gives the map with the body of each shape: by a code of a register, else
// by the domain, else by the name where only one body bears it. Each body has one
// shape.
func (d *drawn) matched(bodies []store.Body) *drawn {
	again := &drawn{Drawing: d.Drawing, owners: d.owners, bodies: make([]int64, len(d.owners))}
	codes, domains, names := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for _, b := range bodies {
		again.known = append(again.known, b.ID)
		domains[b.Domain] = b.ID
		for _, code := range []string{b.Code, b.Place, b.Cadastral} {
			if code = bare(code); code == "" {
				continue
			}
			// Who has its seat in a municipality has its statistical code, too.
			if _, taken := codes[code]; !taken || b.Municipality {
				codes[code] = b.ID
			}
		}
		name := called(b.Name)
		if _, taken := names[name]; taken {
			names[name] = 0
		} else {
			names[name] = b.ID
		}
	}
	for i, o := range d.owners {
		for _, id := range []int64{codes[bare(o.code)], domains[o.domain], names[called(o.name)]} {
			if id != 0 {
				again.bodies[i] = id
				break
			}
		}
	}
	return again
}

// bare is a code without what programs change in it: capitals, and the zeros before
// a number.
func bare(code string) string { return strings.TrimLeft(strings.ToLower(strings.TrimSpace(code)), "0") }

// called is a name without what stands before it in one register and not in another.
func called(name string) string {
	name = strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(name, "’", "'"))), " ")
	for _, before := range []string{"comune di ", "comune d'", "città di ", "commune de ", "commune d'", "mairie de ", "mairie d'", "ville de "} {
		if rest, ok := strings.CutPrefix(name, before); ok && rest != "" {
			return rest
		}
	}
	return name
}
