package templates

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// keys says what may stand in one place of a template, and why some of what may
// not stand there is refused.
type keys struct {
	place   string
	allowed []string
	reasons map[string]string
}

var (
	topKeys = keys{
		place:   "a template",
		allowed: []string{"id", "info", "http", "tcp"},
		reasons: map[string]string{
			"flow":           "flow is a program that chooses what to send",
			"code":           "code runs programs on this computer",
			"javascript":     "javascript runs scripts that reach the network past our limits",
			"headless":       "headless starts a browser",
			"file":           "file reads this computer's files",
			"workflows":      "workflows run other templates; give those themselves",
			"self-contained": "self-contained goes to addresses of its own choice",
			"dns":            "dns asks servers outside the mandate",
			"ssl":            "ssl is looked at by campanile itself",
			"websocket":      "websocket opens conversations",
			"whois":          "whois asks servers outside the mandate",
			"requests":       "requests is the old name; write http",
			"network":        "network is the old name; write tcp",
			"signature":      "signature signs requests with somebody's key",
			"variables":      "variables hide what is sent; write the value out",
			"constants":      "constants hide what is sent; write the value out",
		},
	}
	httpKeys = keys{
		place:   "http",
		allowed: []string{"method", "path", "headers", "matchers", "matchers-condition", "extractors", "host-redirects", "max-redirects", "max-size", "stop-at-first-match", "disable-cookie"},
		reasons: map[string]string{
			"raw":                  "raw sends what no browser would",
			"payloads":             "payloads try many values",
			"attack":               "attack tries many values",
			"fuzzing":              "fuzzing tries many values",
			"analyzer":             "analyzer tries many values",
			"pre-condition":        "pre-condition belongs to fuzzing",
			"race":                 "race sends many requests at once",
			"race_count":           "race_count sends many requests at once",
			"threads":              "threads sends many requests at once",
			"pipeline":             "pipeline sends many requests at once",
			"unsafe":               "unsafe sends what no browser would",
			"redirects":            "redirects follows to any host; write host-redirects",
			"body":                 "body writes to the server",
			"digest-username":      "digest-username tries a login",
			"digest-password":      "digest-password tries a login",
			"signature":            "signature signs requests with somebody's key",
			"self-contained":       "self-contained goes to addresses of its own choice",
			"skip-variables-check": "skip-variables-check sends what was not filled in",
			"global-matchers":      "global-matchers judges other templates' answers",
			"read-all":             "read-all reads without a bound",
			"cookie-reuse":         "cookie-reuse keeps a session",
		},
	}
	tcpKeys = keys{
		place:   "tcp",
		allowed: []string{"host", "read-size", "matchers", "matchers-condition", "extractors"},
		reasons: map[string]string{
			"inputs":   "inputs speaks before it listens; only a greeting may be read",
			"payloads": "payloads try many values",
			"attack":   "attack tries many values",
			"threads":  "threads sends many requests at once",
			"port":     "port is chosen by the scan, which knows what answers where",
			"read-all": "read-all reads without a bound",
		},
	}
	matcherKeys = keys{
		place:   "a matcher",
		allowed: []string{"type", "name", "part", "condition", "negative", "status", "words", "regex", "binary", "encoding", "case-insensitive"},
		reasons: map[string]string{
			"internal":  "internal hides a result",
			"dsl":       "dsl computes, and some of its functions ask name servers; write word or regex",
			"match-all": "match-all is for fuzzing",
		},
	}
	extractorKeys = keys{
		place:   "an extractor",
		allowed: []string{"type", "name", "part", "group", "regex", "internal", "case-insensitive"},
		reasons: map[string]string{
			"dsl":  "dsl computes; take the text out with regex",
			"kval": "kval takes out whole headers; take the text out with regex",
		},
	}
)

// forbidden refuses what is not on the lists, before the schema does: the
// schema's words would not say why.
func forbidden(tree map[string]any) error {
	if mentions(tree, "interactsh") {
		return refusal("interactsh makes the server call somebody else")
	}
	if err := topKeys.check(tree); err != nil {
		return err
	}
	return errors.Join(httpKeys.within(tree["http"]), tcpKeys.within(tree["tcp"]))
}

func (k keys) within(list any) error {
	for _, block := range objects(list) {
		if err := k.check(block); err != nil {
			return err
		}
		for _, m := range objects(block["matchers"]) {
			if err := matcherKeys.check(m); err != nil {
				return err
			}
		}
		for _, e := range objects(block["extractors"]) {
			if err := extractorKeys.check(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k keys) check(tree map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		if slices.Contains(k.allowed, key) {
			continue
		}
		if reason, ok := k.reasons[key]; ok {
			return refusal("%s", reason)
		}
		return refusal("%s is not among what %s may hold: %s", key, k.place, strings.Join(k.allowed, ", "))
	}
	return nil
}

// objects gives the objects in a list; what has another form is the schema's
// business.
func objects(value any) []map[string]any {
	list, _ := value.([]any)
	var found []map[string]any
	for _, item := range list {
		if object, ok := item.(map[string]any); ok {
			found = append(found, object)
		}
	}
	return found
}

// mentions reports a word in any text or key of the tree.
func mentions(value any, word string) bool {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			if mentions(key, word) || mentions(item, word) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return mentions(item, word) })
	case string:
		return strings.Contains(strings.ToLower(v), word)
	}
	return false
}
