package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/projectdiscovery/fastdialer/fastdialer"
	"github.com/projectdiscovery/gologger"
	"github.com/projectdiscovery/gologger/levels"
	nuclei "github.com/projectdiscovery/nuclei/v3/lib"
	"github.com/projectdiscovery/nuclei/v3/pkg/templates"
	updateutils "github.com/projectdiscovery/utils/update"

	"campanile/cmd/campanile-nuclei/guard"
	"campanile/cmd/campanile-nuclei/message"
)

// silence is the transport of the engine's call home: it reaches nobody.
// DisableUpdateCheck alone does not stop that call.
type silence struct{}

var errCallHome = errors.New("this program does not call home")

// RoundTrip refuses the request.
func (silence) RoundTrip(*http.Request) (*http.Response, error) { return nil, errCallHome }

// start makes the engine, behind the guard, and loads exactly the templates of
// the job. The engine keeps its dialler and its client in package variables, so
// both are set before it is made, once in the life of this program.
func start(ctx context.Context, o message.Order, g *guard.Guard) (*nuclei.NucleiEngine, []*templates.Template, error) {
	updateutils.DefaultHttpClient.Transport = silence{}
	fastdialer.DefaultOptions = wayOut(g, time.Duration(o.Timeout)*time.Second)
	gologger.DefaultLogger.SetMaxLevel(levels.LevelFatal) // what failed is said in an answer
	engine, err := nuclei.NewNucleiEngineCtx(ctx,
		nuclei.WithLogger(gologger.DefaultLogger), // without one the first message is the last
		nuclei.DisableUpdateCheck(),
		nuclei.DisableTemplateCache(),
		nuclei.WithTemplatesOrWorkflows(nuclei.TemplateSources{Templates: []string{o.Folder}}),
		nuclei.WithTemplateFilters(nuclei.TemplateFilters{ExcludeProtocolTypes: "dns,ssl,headless,code,javascript,file,websocket,whois"}),
		nuclei.WithInteractshOptions(nuclei.InteractshOpts{NoInteractsh: true, CacheSize: 1}),
		nuclei.WithSandboxOptions(false, !o.AllowReserved),
		nuclei.WithResponseReadSize(o.MaxBody),
		nuclei.WithHeaders(o.Headers),
		nuclei.WithGlobalRateLimitCtx(ctx, 1000, time.Second), // the guard holds the pace, over every protocol
		nuclei.WithNetworkConfig(nuclei.NetworkConfig{Timeout: o.Timeout, DisableMaxHostErr: true, LeaveDefaultPorts: true}),
		settings,
	)
	if err != nil {
		return nil, nil, fmt.Errorf("the engine did not start: %w", err)
	}
	list, err := load(engine, o.Templates)
	if err == nil {
		err = wire(engine.Options().ExecutionId, g)
	}
	if err != nil {
		engine.Close()
		return nil, nil, err
	}
	return engine, list, nil
}

// wayOut is the only one that the engine has. The one resolver that is named
// answers nobody: every host of an order comes with its address.
func wayOut(g *guard.Guard, timeout time.Duration) fastdialer.Options {
	options := fastdialer.DefaultOptions
	options.BaseResolvers = []string{"127.0.0.1:1"}
	options.ResolversFile, options.HostsFile, options.EnableFallback = false, false, false
	options.MaxRetries = 1
	options.DisableZtlsFallback = true // with DISABLE_ZTLS_FALLBACK: a dial that failed is not tried again in another language
	options.OnValidateTarget = g.Name
	options.Dialer = &net.Dialer{Timeout: timeout, KeepAlive: -1, ControlContext: g.Socket}
	return options
}

// settings are those for which the library has no function.
func settings(engine *nuclei.NucleiEngine) error {
	o := engine.Options()
	o.NoInteractsh = true
	o.PublicTemplateDisableDownload = true
	o.OmitTemplate = true
	o.ScanStrategy = "template-spray" // a connection for each request: what is counted is what was sent
	o.FollowRedirects, o.FollowHostRedirects, o.MaxRedirects = false, false, 2
	// Templates that load side by side make the same client twice, and the pool,
	// from which wire takes them, keeps the last one alone.
	o.TemplateLoadingConcurrency = 1
	return nil
}

// load reads the templates. One that is wrong is left out by the engine without
// an error, so what loaded is held against what was ordered.
func load(engine *nuclei.NucleiEngine, ordered []string) ([]*templates.Template, error) {
	if err := engine.LoadAllTemplates(); err != nil {
		return nil, fmt.Errorf("the templates did not load: %w", err)
	}
	list := engine.GetTemplates()
	var loaded []string
	for _, t := range list {
		if why := unfit(t); why != "" {
			return nil, fmt.Errorf("template %s %s", t.ID, why)
		}
		loaded = append(loaded, t.ID)
	}
	slices.Sort(loaded)
	want := slices.Sorted(slices.Values(ordered))
	for _, id := range want {
		if !slices.Contains(loaded, id) {
			return nil, fmt.Errorf("template %s did not load", id)
		}
	}
	if len(loaded) != len(want) {
		return nil, fmt.Errorf("%d templates were ordered and %d loaded", len(want), len(loaded))
	}
	return list, nil
}

// unfit says why a template may not run here, whatever let it come so far.
func unfit(t *templates.Template) string {
	switch {
	case len(t.RequestsDNS)+len(t.RequestsFile)+len(t.RequestsHeadless)+len(t.RequestsSSL)+len(t.RequestsWebsocket)+
		len(t.RequestsWHOIS)+len(t.RequestsCode)+len(t.RequestsJavascript)+len(t.Workflows) > 0:
		return "asks more than HTTP and TCP"
	case t.Flow != "" || t.SelfContained:
		return "chooses by itself what to ask"
	case len(t.RequestsHTTP) > 0 && len(t.RequestsNetwork) > 0 || len(t.RequestsHTTP)+len(t.RequestsNetwork) != 1:
		return "has not exactly one request block"
	}
	for _, r := range t.RequestsHTTP {
		if r.Redirects || r.Race || r.Unsafe || r.Pipeline || r.SelfContained || r.GlobalMatchers || !r.DisableCookie || r.Body != "" ||
			len(r.Raw)+len(r.Payloads)+len(r.Fuzzing) > 0 || !slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, r.Method.String()) {
			return "does more than read"
		}
	}
	for _, r := range t.RequestsNetwork {
		if len(r.Inputs)+len(r.Payloads) > 0 {
			return "says something before it listens"
		}
	}
	return ""
}
