package mandate

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"campanile/cmd/internal/inventory"
)

// field is one entry of the file, and one question to who makes it.
type field struct {
	key     string
	many    bool     // a list
	parts   []string // keys of each item, where it is not one text
	may     bool     // it may be left out
	missing string   // what to write, where it is left out
	ask     string   // the question
	take    func(m *Mandate, given []string) error
}

// fields lists the entries in the order in which they are written, asked and
// taken: a later one is held against the earlier.
var fields = []field{
	{key: "body", missing: "name the body that authorises", ask: "Name of the body, as on its letterhead", take: takeBody},
	{key: "domains", many: true, missing: "name at least one domain, such as comune.example", ask: "Its domains, in one line (names below them are covered)", take: takeDomain},
	{key: "addresses", many: true, missing: "name at least one address that is the body's alone, such as 192.0.2.10 or 192.0.2.16/28; whoever keeps its network knows them", ask: "Its own addresses, in one line, such as 192.0.2.10 or 192.0.2.16/28", take: takeAddress},
	{key: "shared_hosts", many: true, may: true, parts: []string{"address", "owner", "agreed"}, ask: "Shared servers whose keeper agreed, one a line as ADDRESS; KEEPER; WHO AGREED AND WHEN (empty: no more)", take: takeShared},
	{key: "authorised_by", missing: "name the person who authorises", ask: "Who authorises (name)", take: takeBy},
	{key: "role", missing: "give the office of the person who authorises, such as Sindaco or Maire", ask: "In which office", take: takeRole},
	{key: "from", missing: "give the first day, such as 2026-11-22", ask: "First day", take: takeFrom},
	{key: "until", missing: "give the last day, such as 2027-02-19", ask: "Last day", take: takeUntil},
	{key: "contact", missing: "say who carries it out, with the telephone or e-mail at which it is stopped", ask: "Who carries it out, with the telephone or e-mail at which it is stopped", take: takeContact},
	{key: "ssh_methods", may: true, ask: "May each SSH server be asked once which ways to log in it offers (as \"campanile\", without a password; its log shows it), yes or no", take: takeSSHMethods},
}

// keys are the names of the fields.
func keys() []string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = f.key
	}
	return list
}

// line takes a text that stands in one line of a letter. What writes from right
// to left or hides is refused with the control characters: a letter must read
// as it is signed.
func line(text string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", errors.New("empty; fill it in")
	case !utf8.ValidString(text):
		return "", errors.New("not UTF-8 text; save the file as UTF-8")
	case utf8.RuneCountInString(text) > maxText:
		return "", fmt.Errorf("longer than %d characters; shorten it", maxText)
	case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) && r != '\u00A0' && r != '\u202F' }):
		return "", errors.New("a line break or an invisible character in it; write it in one line, by hand")
	}
	return text, nil
}

func takeBody(m *Mandate, given []string) (err error) { m.Body, err = line(given[0]); return err }
func takeBy(m *Mandate, given []string) (err error)   { m.By, err = line(given[0]); return err }
func takeRole(m *Mandate, given []string) (err error) { m.Role, err = line(given[0]); return err }

// takeContact wants a way to reach whoever scans: a letter that promises to stop
// at once is worth nothing without.
func takeContact(m *Mandate, given []string) error {
	text, err := line(given[0])
	if err != nil {
		return err
	}
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	before, after, mailbox := strings.Cut(text, "@")
	if digits < 6 && (!mailbox || before == "" || !strings.Contains(after, ".")) {
		return fmt.Errorf("%q has neither an e-mail address nor a telephone number; add one at which the scan can be stopped", text)
	}
	m.Contact = text
	return nil
}

func takeDomain(m *Mandate, given []string) error {
	if rest, star := strings.CutPrefix(given[0], "*."); star {
		return fmt.Errorf("%q: write %s; every name below it is covered", given[0], rest)
	}
	name, err := inventory.Domain(given[0])
	if err != nil {
		return err
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return fmt.Errorf("%q is no domain; networks belong under addresses", given[0])
	}
	// What is taken must be what was signed: the address of a page would widen to
	// its whole domain.
	if strings.ContainsAny(given[0], "/:") || strings.HasPrefix(strings.ToLower(given[0]), "www.") {
		return fmt.Errorf("%q: write %s; every name below it is covered", given[0], name)
	}
	// Nobody may authorise a look at the names of all who registered below a
	// public suffix, such as to.it.
	if suffix, _ := publicsuffix.PublicSuffix(name); suffix == name {
		return fmt.Errorf("%s belongs to many; name the body's own domain, such as comune.%s", name, name)
	}
	if slices.Contains(m.Domains, name) {
		return fmt.Errorf("%s stands twice; leave one out", name)
	}
	m.Domains = append(m.Domains, name)
	return nil
}

func takeAddress(m *Mandate, given []string) error {
	network, err := networkOf(strings.TrimSpace(given[0]))
	if err != nil {
		return err
	}
	for _, known := range m.Addresses {
		if known.Overlaps(network) {
			return fmt.Errorf("%s stands twice: it overlaps %s; leave one out", short(network), short(known))
		}
	}
	m.Addresses = append(m.Addresses, network)
	return nil
}

func networkOf(text string) (netip.Prefix, error) {
	network, err := netip.ParsePrefix(text)
	if err != nil {
		address, err := addressOf(text)
		if err != nil {
			return netip.Prefix{}, err
		}
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	widest := narrowest6
	if network.Addr().Is4() {
		widest = narrowest4
	}
	switch {
	case network.Addr().Is4In6():
		return netip.Prefix{}, fmt.Errorf("%s: write the IPv4 network itself, such as 192.0.2.16/28", text)
	case network != network.Masked():
		return netip.Prefix{}, fmt.Errorf("%s does not begin its network; write %s for the network, or %s for the one address", text, network.Masked(), network.Addr())
	case network.Bits() < widest:
		return netip.Prefix{}, fmt.Errorf("%s is wider than a small body has (/%d); name the networks that are its own", text, widest)
	}
	return network, usable(network.Addr())
}

func addressOf(text string) (netip.Addr, error) {
	address, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%q is not an address such as 192.0.2.10 or 2001:db8::10; names belong under domains", text)
	}
	if address.Zone() != "" {
		return netip.Addr{}, fmt.Errorf("%q is an address of one cable only; give the public one", text)
	}
	return address.Unmap(), usable(address.Unmap())
}

// translated are the addresses that stand for an IPv4 one (RFC 6052 section 2.1):
// behind a short network of them lies the whole Internet.
func translated() netip.Prefix { return netip.MustParsePrefix("64:ff9b::/96") }

// usable refuses what is the address of no server. Private addresses are for the
// permission of the network to refuse: a mandate may be for an intranet.
func usable(address netip.Addr) error {
	if address.IsMulticast() || address.IsUnspecified() || address == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return fmt.Errorf("%s is not the address of a server; give the public one", address)
	}
	if translated().Contains(address) {
		return fmt.Errorf("%s stands for an IPv4 address; write that one", address)
	}
	return nil
}

// short writes the network of one address as that address.
func short(network netip.Prefix) string {
	if network.IsSingleIP() {
		return network.Addr().String()
	}
	return network.String()
}

func takeShared(m *Mandate, given []string) error {
	address, err := addressOf(strings.TrimSpace(given[0]))
	if err != nil {
		return err
	}
	host := SharedHost{Address: address}
	if host.Owner, err = line(given[1]); err != nil {
		return fmt.Errorf("owner: %w", err)
	}
	if host.Agreed, err = line(given[2]); err != nil {
		return fmt.Errorf("agreed: %w", err)
	}
	switch {
	case m.shares(address):
		return fmt.Errorf("%s stands twice; leave one out", address)
	case m.own(address):
		return fmt.Errorf("%s stands under addresses too, as the body's alone; leave it out there", address)
	}
	m.Shared = append(m.Shared, host)
	return nil
}

func takeFrom(m *Mandate, given []string) (err error) { m.From, err = day(given[0]); return err }

func takeUntil(m *Mandate, given []string) error {
	last, err := day(given[0])
	if err != nil {
		return err
	}
	longest := m.From.AddDate(maxYears, 0, 0)
	switch {
	case m.From.IsZero(): // its own mistake has been told
	case last.Before(m.From):
		return fmt.Errorf("%s is before the first day, %s; put them right", last.Format(time.DateOnly), m.From.Format(time.DateOnly))
	case last.After(longest):
		return fmt.Errorf("%s is more than a year after the first day; write %s at the latest, and ask for a new letter then", last.Format(time.DateOnly), longest.Format(time.DateOnly))
	}
	m.Until = last
	return nil
}

// takeSSHMethods takes the two words that YAML has for each answer, and no other:
// what is unclear is not allowed.
func takeSSHMethods(m *Mandate, given []string) error {
	switch text := strings.TrimSpace(given[0]); text {
	case "yes", "true":
		m.SSHMethods = true
	case "no", "false":
		m.SSHMethods = false
	default:
		return fmt.Errorf("%q is neither yes nor no; write yes only where whoever signs agrees to the question", text)
	}
	return nil
}

func day(text string) (time.Time, error) {
	at, err := time.Parse(time.DateOnly, strings.TrimSpace(text))
	if err != nil || at.Year() < 2000 {
		return time.Time{}, fmt.Errorf("%q is not a day such as 2026-11-22", text)
	}
	return at, nil
}
