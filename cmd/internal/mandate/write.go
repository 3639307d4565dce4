package mandate

import (
	"bytes"
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// preamble stands at the head of the file.
const preamble = `# Who authorised a look at which services, until when. It counts only together
# with the signed letter; keep both. "campanile mandate check FILE" says whether
# it counts today.
`

// file is the mandate in the order in which it is written.
type file struct {
	Body      string       `yaml:"body"`
	Domains   []string     `yaml:"domains"`
	Addresses []string     `yaml:"addresses"`
	Shared    []fileShared `yaml:"shared_hosts,omitempty"`
	By        string       `yaml:"authorised_by"`
	Role      string       `yaml:"role"`
	From      day8601      `yaml:"from"`
	Until     day8601      `yaml:"until"`
	Contact   string       `yaml:"contact"`
	SSH       spoken       `yaml:"ssh_methods,omitempty"`
}

type fileShared struct {
	Address string `yaml:"address"`
	Owner   string `yaml:"owner"`
	Agreed  string `yaml:"agreed"`
}

// day8601 is written without quotes, as people write it.
type day8601 time.Time

func (d day8601) MarshalYAML() (any, error) {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!timestamp", Value: time.Time(d).Format(time.DateOnly)}, nil
}

// spoken is a yes, written as people say it; a no is left out.
type spoken bool

func (s spoken) IsZero() bool { return !bool(s) }

func (s spoken) MarshalYAML() (any, error) {
	return &yaml.Node{Kind: yaml.ScalarNode, Value: "yes"}, nil
}

// YAML gives the mandate as a file that Parse reads. The same mandate gives the
// same bytes.
func (m *Mandate) YAML() ([]byte, error) {
	f := file{Body: m.Body, Domains: m.Domains, By: m.By, Role: m.Role, From: day8601(m.From), Until: day8601(m.Until), Contact: m.Contact, SSH: spoken(m.SSHMethods)}
	for _, network := range m.Addresses {
		f.Addresses = append(f.Addresses, short(network))
	}
	for _, host := range m.Shared {
		f.Shared = append(f.Shared, fileShared{host.Address.String(), host.Owner, host.Agreed})
	}
	var out bytes.Buffer
	out.WriteString(preamble)
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(f); err != nil {
		return nil, fmt.Errorf("writing the mandate: %w", err)
	}
	return out.Bytes(), nil
}
