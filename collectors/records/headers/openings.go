package headers

import "slices"

// Openings are what a set of policies leaves open. Something is open when every
// policy leaves it so; with no policy all of it is.
type Openings struct {
	InlineScripts bool // 'unsafe-inline' or data: that browsers obey, or no list of scripts at all
	AnyScripts    bool // scripts from every host
	AnyObjects    bool // plug-ins from every host
	Eval          bool // 'unsafe-eval' in scripts or styles
	Styles        bool // styles inline, from data: or from every host
	AnyBase       bool // a base element to every host, or no base-uri
	AnyForms      bool // forms to every host, or no form-action
	AnyFrames     bool // every host may show the page in its own, or no frame-ancestors
}

// Open says what the policies leave open. Those of meta elements come without
// frame-ancestors, as they do not count there.
func Open(policies []Policy) Openings {
	all := Openings{true, true, true, true, true, true, true, true}
	for _, p := range policies {
		o := p.open()
		all = Openings{
			InlineScripts: all.InlineScripts && o.InlineScripts,
			AnyScripts:    all.AnyScripts && o.AnyScripts,
			AnyObjects:    all.AnyObjects && o.AnyObjects,
			Eval:          all.Eval && o.Eval,
			Styles:        all.Styles && o.Styles,
			AnyBase:       all.AnyBase && o.AnyBase,
			AnyForms:      all.AnyForms && o.AnyForms,
			AnyFrames:     all.AnyFrames && o.AnyFrames,
		}
	}
	return all
}

func (p Policy) open() Openings {
	return Openings{
		InlineScripts: p.inlineScripts(),
		AnyScripts:    p.allows("script-src-elem", anyScript),
		AnyObjects:    p.allows("object-src", anyone),
		Eval:          p.allows("script-src", eval) || p.evalInStyles(),
		Styles:        p.allows("style-src-elem", inlineOrAnyone) || p.allows("style-src-attr", inline),
		AnyBase:       p.allows("base-uri", func(list []string) bool { return anyone(list) || holds(list, "data:") }),
		AnyForms:      p.allows("form-action", anyone),
		AnyFrames:     p.allows("frame-ancestors", anyone),
	}
}

// allows reports whether the list that governs a kind of content passes a test;
// where there is no list, everything is allowed.
func (p Policy) allows(name string, test func(sources []string) bool) bool {
	sources, found := p.Sources(name)
	return !found || test(sources)
}

// inlineScripts reports whether scripts written into the page run: elements,
// addresses of data: and attributes such as onclick.
func (p Policy) inlineScripts() bool {
	return p.allows("script-src-elem", func(list []string) bool {
		return inlineScript(list) || holds(list, "data:") && !holds(list, "'strict-dynamic'")
	}) || p.allows("script-src-attr", inlineScript)
}

// inlineScript: 'strict-dynamic' turns 'unsafe-inline' off for scripts (CSP Level
// 3 section 6.7.3.2).
func inlineScript(list []string) bool { return inline(list) && !holds(list, "'strict-dynamic'") }

// anyScript: 'strict-dynamic' turns hosts and schemes off (CSP Level 3 section
// 6.7.1.1).
func anyScript(list []string) bool { return anyone(list) && !holds(list, "'strict-dynamic'") }

// inline: 'unsafe-inline' counts only beside no nonce and no hash (CSP Level 3
// section 6.7.3.2).
func inline(list []string) bool {
	return holds(list, "'unsafe-inline'") && !slices.ContainsFunc(list, isNonceOrHash)
}

func anyone(list []string) bool { return slices.ContainsFunc(list, anywhere) }

func inlineOrAnyone(list []string) bool { return inline(list) || holds(list, "data:") || anyone(list) }

func eval(list []string) bool { return holds(list, "'unsafe-eval'") }

// evalInStyles reports whether styles are listed with 'unsafe-eval', which meant
// something in CSP Level 2; without a list there is nothing to it.
func (p Policy) evalInStyles() bool {
	list, _ := p.Sources("style-src")
	return eval(list)
}

// deadlocked reports whether a policy lets no script run at all because
// 'strict-dynamic' has no nonce or hash to begin from (CSP Level 3 section 8.2).
func (p Policy) deadlocked() bool {
	list, _ := p.Sources("script-src")
	return holds(list, "'strict-dynamic'") && !slices.ContainsFunc(list, isNonceOrHash)
}

// nothingByDefault reports whether a policy begins from nothing.
func (p Policy) nothingByDefault() bool {
	list, found := p.Values("default-src")
	return found && isNone(list)
}
