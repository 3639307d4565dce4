package tracker_test

import (
	"testing"

	"campanile/collectors/records/tracker"
)

// FuzzAddress: any address, twice the same; a name below a known host is known
// by the same name or a closer one.
func FuzzAddress(f *testing.F) {
	f.Add("https://www.googletagmanager.com/gtag/js?id=G-AB12CD34EF")
	f.Add("connect.facebook.net")
	f.Add("https://cdn.iubenda.com/cs/iubenda_cs.js")
	f.Add("....")
	f.Fuzz(func(t *testing.T, text string) {
		first, ok := tracker.Of(text)
		if again, still := tracker.Of(text); again != first || still != ok {
			t.Error("read twice")
		}
		if ok != (first.Name != "") {
			t.Errorf("%q is known as %q", text, first.Name)
		}
		if _, below := tracker.Of("a." + text); ok && !below {
			t.Errorf("a.%s is not known", text)
		}
		if tracker.GoogleFonts(text) && ok {
			t.Errorf("%q is a font and a tracker", text)
		}
		tracker.ConsentTool(text)
		tracker.GoogleAnalytics(text)
	})
}
