package headers

// rating is what a result is worth on the scale of the Observatory.
type rating struct {
	test     Test
	modifier int
	pass     bool
}

// scale holds the scale of @mdn/mdn-http-observatory 1.4.8, version 4 of its
// algorithm. A test that passes may still cost points, and the other way round.
var scale = map[Result]rating{
	PolicyNoUnsafeDefaultNone: {PolicyTest, 10, true},
	PolicyNoUnsafe:            {PolicyTest, 5, true},
	PolicyUnsafeStyle:         {PolicyTest, 0, true},
	PolicyRepeatedReport:      {PolicyTest, 0, true},
	PolicyInsecurePassive:     {PolicyTest, -10, true},
	PolicyUnsafeEval:          {PolicyTest, -10, false},
	PolicyUnsafeInline:        {PolicyTest, -20, false},
	PolicyInsecureScheme:      {PolicyTest, -20, false},
	PolicyInvalid:             {PolicyTest, -25, false},
	PolicyMissing:             {PolicyTest, -25, false},
	PolicyReportOnly:          {PolicyTest, -25, false},

	CookiesSecureSameSite:           {CookiesTest, 5, true},
	CookiesSecure:                   {CookiesTest, 0, true},
	CookiesNone:                     {CookiesTest, 0, true},
	CookiesInsecureOverHSTS:         {CookiesTest, -5, false},
	CookiesInsecure:                 {CookiesTest, -20, false},
	CookiesSessionInsecureOverHSTS:  {CookiesTest, -10, false},
	CookiesSameSiteInvalid:          {CookiesTest, -20, false},
	CookiesForgeryTokenWithoutSite:  {CookiesTest, -20, false},
	CookiesSessionReadableByScripts: {CookiesTest, -30, false},
	CookiesSessionInsecure:          {CookiesTest, -40, false},

	SharingNone:       {SharingTest, 0, true},
	SharingPublic:     {SharingTest, 0, true},
	SharingRestricted: {SharingTest, 0, true},
	SharingUniversal:  {SharingTest, -50, false},

	RedirectionToHTTPS:      {RedirectionTest, 0, true},
	RedirectionNoHTTP:       {RedirectionTest, 0, true},
	RedirectionOffHost:      {RedirectionTest, -5, false},
	RedirectionNotAtOnce:    {RedirectionTest, -10, false},
	RedirectionNotToHTTPS:   {RedirectionTest, -20, false},
	RedirectionMissing:      {RedirectionTest, -20, false},
	RedirectionInvalidChain: {RedirectionTest, -20, false},

	ReferrerPrivate: {ReferrerTest, 5, true},
	ReferrerMissing: {ReferrerTest, 0, true},
	ReferrerUnsafe:  {ReferrerTest, -5, false},
	ReferrerInvalid: {ReferrerTest, -5, false},

	TransportSixMonths:    {TransportTest, 0, true},
	TransportShort:        {TransportTest, -10, false},
	TransportMissing:      {TransportTest, -20, false},
	TransportInvalid:      {TransportTest, -20, false},
	TransportNoHTTPS:      {TransportTest, -20, false},
	TransportInvalidChain: {TransportTest, -20, false},

	IntegrityEverywhere:     {IntegrityTest, 5, true},
	IntegrityExternal:       {IntegrityTest, 5, true},
	IntegrityNoHTML:         {IntegrityTest, 0, true},
	IntegrityNoScripts:      {IntegrityTest, 0, true},
	IntegrityOwnScripts:     {IntegrityTest, 0, true},
	IntegrityMissing:        {IntegrityTest, -5, false},
	IntegrityInsecure:       {IntegrityTest, -20, false},
	IntegrityMissingOnClear: {IntegrityTest, -50, false},

	TypeNosniff: {TypeTest, 0, true},
	TypeMissing: {TypeTest, -5, false},
	TypeInvalid: {TypeTest, -5, false},

	FramingByPolicy:  {FramingTest, 5, true},
	FramingByOptions: {FramingTest, 0, true},
	FramingAllowFrom: {FramingTest, 0, true},
	FramingMissing:   {FramingTest, -20, false},
	FramingInvalid:   {FramingTest, -20, false},

	ResourceMissing:     {ResourceTest, 0, true},
	ResourceSameOrigin:  {ResourceTest, 10, true},
	ResourceSameSite:    {ResourceTest, 10, true},
	ResourceCrossOrigin: {ResourceTest, 0, true},
	ResourceInvalid:     {ResourceTest, -5, false},
}

// Test gives the test that says it.
func (r Result) Test() Test { return scale[r].test }

// Modifier gives the points that it adds to the hundred, or takes from them.
func (r Result) Modifier() int { return scale[r].modifier }

// Passes reports whether the Observatory counts the test as passed.
func (r Result) Passes() bool { return scale[r].pass }

// Score adds up results as the Observatory does: a bonus counts only where the
// points lost leave an A.
func Score(results []Result) int {
	const hundred, enough = 100, 90
	lost, gained := 0, 0
	for _, r := range results {
		lost += min(r.Modifier(), 0)
		gained += max(r.Modifier(), 0)
	}
	score := hundred + lost
	if score >= enough {
		score += gained
	}
	return max(score, 0)
}

// Grade gives the letter of a score, from A+ to F.
func Grade(score int) string {
	for _, step := range []struct {
		least int
		grade string
	}{
		{100, "A+"},
		{90, "A"},
		{85, "A-"},
		{80, "B+"},
		{70, "B"},
		{65, "B-"},
		{60, "C+"},
		{50, "C"},
		{45, "C-"},
		{40, "D+"},
		{30, "D"},
		{25, "D-"},
	} {
		if score >= step.least {
			return step.grade
		}
	}
	return "F"
}
