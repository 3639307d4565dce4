package records

import "strings"

// void notes a term that asks in vain: however many questions it puts, it is one
// void look-up (RFC 7208 section 4.6.4 counts terms).
func (w *spfWalk) void(step *SPFStep, at SPFPlace, name string) {
	if !step.Void {
		step.Void = true
		w.VoidAtMost++
		w.Voids = append(w.Voids, SPFVoid{at, name})
	}
}

// hosts adds a term that asks for addresses: "a", "mx" or "exists" (RFC 7208
// sections 5.3, 5.4 and 5.7).
func (w *spfWalk) hosts(step *SPFStep, at spfPlace) {
	if step.Macro {
		return
	}
	step.Target = spfName(step.Value)
	if step.Target == "" {
		step.Target = at.path[len(at.path)-1]
	}
	open := false
	switch step.Name {
	case "a":
		open = w.host(step, step.Target, at)
	case "mx":
		open = w.exchangers(step, at)
	case "exists":
		open = w.exists(step, at)
	}
	if open && !step.Void {
		w.VoidAtMost++
	}
}

// host adds the addresses of one host, and says whether it is open that the
// host has any.
func (w *spfWalk) host(step *SPFStep, name string, at spfPlace) (open bool) {
	four, six := w.ask(name, "A"), w.ask(name, "AAAA")
	found := w.admitAddresses(step, four.Records, at) + w.admitAddresses(step, six.Records, at)
	open = found == 0 && (!four.Known || !six.Known)
	if !four.Known {
		w.gap(SPFGap{at.of(step), name, "A", four.Problem, at.hides(step.Bits4), open})
	}
	if !six.Known {
		w.gap(SPFGap{at.of(step), name, "AAAA", six.Problem, 0, open})
	}
	if found == 0 && !open {
		w.void(step, at.of(step), name)
	}
	return open
}

// exchangers adds the hosts of MX records. There is no implicit MX here.
func (w *spfWalk) exchangers(step *SPFStep, at spfPlace) (open bool) {
	answer := w.ask(step.Target, "MX")
	switch {
	case !answer.Known:
		w.gap(SPFGap{at.of(step), step.Target, "MX", answer.Problem, MaxSPFExchangers * at.hides(step.Bits4), true})
		return true
	case len(answer.Records) == 0:
		w.void(step, at.of(step), step.Target)
	case len(answer.Records) > MaxSPFExchangers:
		// Section 4.6.4: permerror, so none of them may send.
		w.Crowded = append(w.Crowded, SPFCrowd{at.of(step), len(answer.Records)})
		return false
	}
	for _, record := range answer.Records {
		_, host, _ := strings.Cut(record, " ")
		if host = spfName(host); host != "" { // the null MX has none (RFC 7505)
			open = w.host(step, host, at) || open
		}
	}
	return open
}

// exists asks for A alone (section 5.7). Without a macro it means the same to
// everybody who sends: all of them or none.
func (w *spfWalk) exists(step *SPFStep, at spfPlace) (open bool) {
	answer := w.ask(step.Target, "A")
	switch {
	case !answer.Known:
		w.gap(SPFGap{at.of(step), step.Target, "A", answer.Problem, at.hides(0), true})
		return true
	case len(answer.Records) == 0:
		w.void(step, at.of(step), step.Target)
	case at.admits:
		w.admitEverybody(step, at)
	}
	return false
}
