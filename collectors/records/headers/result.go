package headers

// Test is one of the ten tests of the HTTP Observatory, by its name there.
type Test string

// The tests, in the order of the Observatory.
const (
	PolicyTest      Test = "content-security-policy"
	CookiesTest     Test = "cookies"
	SharingTest     Test = "cross-origin-resource-sharing"
	RedirectionTest Test = "redirection"
	ReferrerTest    Test = "referrer-policy"
	TransportTest   Test = "strict-transport-security"
	IntegrityTest   Test = "subresource-integrity"
	TypeTest        Test = "x-content-type-options"
	FramingTest     Test = "x-frame-options"
	ResourceTest    Test = "cross-origin-resource-policy"
)

// Tests lists every test.
func Tests() []Test {
	return []Test{
		PolicyTest, CookiesTest, SharingTest, RedirectionTest, ReferrerTest,
		TransportTest, IntegrityTest, TypeTest, FramingTest, ResourceTest,
	}
}

// Result is what a test of the Observatory says, by its code there. The empty
// Result says that the test could not be made.
type Result string

// The results of the tests. hsts-preloaded and redirection-all-redirects-preloaded
// are not among them: they need the list that browsers carry, which is not here.
const (
	PolicyNoUnsafeDefaultNone Result = "csp-implemented-with-no-unsafe-default-src-none"
	PolicyNoUnsafe            Result = "csp-implemented-with-no-unsafe"
	PolicyUnsafeStyle         Result = "csp-implemented-with-unsafe-inline-in-style-src-only"
	PolicyRepeatedReport      Result = "csp-implemented-but-duplicate-directives"
	PolicyInsecurePassive     Result = "csp-implemented-with-insecure-scheme-in-passive-content-only"
	PolicyUnsafeEval          Result = "csp-implemented-with-unsafe-eval"
	PolicyUnsafeInline        Result = "csp-implemented-with-unsafe-inline"
	PolicyInsecureScheme      Result = "csp-implemented-with-insecure-scheme"
	PolicyInvalid             Result = "csp-header-invalid"
	PolicyMissing             Result = "csp-not-implemented"
	PolicyReportOnly          Result = "csp-not-implemented-but-reporting-enabled"

	CookiesSecureSameSite           Result = "cookies-secure-with-httponly-sessions-and-samesite"
	CookiesSecure                   Result = "cookies-secure-with-httponly-sessions"
	CookiesNone                     Result = "cookies-not-found"
	CookiesInsecureOverHSTS         Result = "cookies-without-secure-flag-but-protected-by-hsts"
	CookiesInsecure                 Result = "cookies-without-secure-flag"
	CookiesSessionInsecureOverHSTS  Result = "cookies-session-without-secure-flag-but-protected-by-hsts"
	CookiesSameSiteInvalid          Result = "cookies-samesite-flag-invalid"
	CookiesForgeryTokenWithoutSite  Result = "cookies-anticsrf-without-samesite-flag"
	CookiesSessionReadableByScripts Result = "cookies-session-without-httponly-flag"
	CookiesSessionInsecure          Result = "cookies-session-without-secure-flag"

	SharingNone       Result = "cross-origin-resource-sharing-not-implemented"
	SharingPublic     Result = "cross-origin-resource-sharing-implemented-with-public-access"
	SharingRestricted Result = "cross-origin-resource-sharing-implemented-with-restricted-access"
	SharingUniversal  Result = "cross-origin-resource-sharing-implemented-with-universal-access"

	RedirectionToHTTPS      Result = "redirection-to-https"
	RedirectionNoHTTP       Result = "redirection-not-needed-no-http"
	RedirectionOffHost      Result = "redirection-off-host-from-http"
	RedirectionNotAtOnce    Result = "redirection-not-to-https-on-initial-redirection"
	RedirectionNotToHTTPS   Result = "redirection-not-to-https"
	RedirectionMissing      Result = "redirection-missing"
	RedirectionInvalidChain Result = "redirection-invalid-cert"

	ReferrerPrivate Result = "referrer-policy-private"
	ReferrerMissing Result = "referrer-policy-not-implemented"
	ReferrerUnsafe  Result = "referrer-policy-unsafe"
	ReferrerInvalid Result = "referrer-policy-header-invalid"

	TransportSixMonths    Result = "hsts-implemented-max-age-at-least-six-months"
	TransportShort        Result = "hsts-implemented-max-age-less-than-six-months"
	TransportMissing      Result = "hsts-not-implemented"
	TransportInvalid      Result = "hsts-header-invalid"
	TransportNoHTTPS      Result = "hsts-not-implemented-no-https"
	TransportInvalidChain Result = "hsts-invalid-cert"

	IntegrityEverywhere     Result = "sri-implemented-and-all-scripts-loaded-securely"
	IntegrityExternal       Result = "sri-implemented-and-external-scripts-loaded-securely"
	IntegrityNoHTML         Result = "sri-not-implemented-response-not-html"
	IntegrityNoScripts      Result = "sri-not-implemented-but-no-scripts-loaded"
	IntegrityOwnScripts     Result = "sri-not-implemented-but-all-scripts-loaded-from-secure-origin"
	IntegrityMissing        Result = "sri-not-implemented-but-external-scripts-loaded-securely"
	IntegrityInsecure       Result = "sri-implemented-but-external-scripts-not-loaded-securely"
	IntegrityMissingOnClear Result = "sri-not-implemented-and-external-scripts-not-loaded-securely"

	TypeNosniff Result = "x-content-type-options-nosniff"
	TypeMissing Result = "x-content-type-options-not-implemented"
	TypeInvalid Result = "x-content-type-options-header-invalid"

	FramingByPolicy  Result = "x-frame-options-implemented-via-csp"
	FramingByOptions Result = "x-frame-options-sameorigin-or-deny"
	FramingAllowFrom Result = "x-frame-options-allow-from-origin"
	FramingMissing   Result = "x-frame-options-not-implemented"
	FramingInvalid   Result = "x-frame-options-header-invalid"

	ResourceMissing     Result = "corp-not-implemented"
	ResourceSameOrigin  Result = "corp-implemented-with-same-origin"
	ResourceSameSite    Result = "corp-implemented-with-same-site"
	ResourceCrossOrigin Result = "corp-implemented-with-cross-origin"
	ResourceInvalid     Result = "corp-header-invalid"
)
