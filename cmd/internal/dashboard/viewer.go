package dashboard

import (
	"context"
	"net/http"

	"campanile/cmd/internal/store"
	"campanile/rules"
)

// The roles. Whoever has none has not signed in.
const (
	groupRole = "group"
	townRole  = "municipality"
)

// viewer is who asks for a page.
type viewer struct {
	account  string // empty where nobody signs in
	role     string
	body     int64 // the municipality's own
	language rules.Language
	csrf     string // to be sent with every form
}

type viewerKey struct{}

// viewerOf gives who asks; the routes have found out before.
func (s *site) viewerOf(r *http.Request) viewer {
	v, _ := r.Context().Value(viewerKey{}).(viewer)
	return v
}

func withViewer(r *http.Request, v viewer) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), viewerKey{}, v))
}

// known reports whether somebody has signed in, or need not.
func (v viewer) known() bool { return v.role == groupRole || v.role == townRole && v.body > 0 }

// sees reports whether a body may be shown.
func (v viewer) sees(body int64) bool {
	return body > 0 && (v.role == groupRole || v.role == townRole && v.body == body)
}

// filter gives where every list begins: all for the group, its own body for a
// municipality, nothing for anybody else. Conditions are added to it; the bodies
// of it never come from the address.
func (v viewer) filter() store.Filter {
	switch {
	case v.role == groupRole:
		return store.Filter{}
	case v.role == townRole && v.body > 0:
		return store.Filter{Bodies: []int64{v.body}}
	}
	return store.Filter{Bodies: []int64{0}}
}

// Group reports whether the viewer sees all.
func (v viewer) Group() bool { return v.role == groupRole }

// Body is the municipality's own; 0 for the group.
func (v viewer) Body() int64 { return v.body }

// Account is the name signed in with; empty where nobody signs in.
func (v viewer) Account() string { return v.account }

// CSRF is what every form sends back in a field called csrf.
func (v viewer) CSRF() string { return v.csrf }

// Language is the one that the viewer reads.
func (v viewer) Language() rules.Language { return v.language }
