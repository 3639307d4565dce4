package checks_test

import "campanile/collectors/evidence"

// sawAll answers every question about what an endpoint accepts, as a full scan of a
// server that is well kept does, or of one that is neglected.
func sawAll(e evidence.Endpoint, neglected bool) evidence.Endpoint {
	wanted, unwanted := seen(), absent()
	leaf := &e.TLS.Certificates[0]
	leaf.Key, leaf.KeyBits, leaf.Signature = "RSA", 2048, "SHA256-RSA"
	e.TLS.Staple = evidence.Staple{Observation: absent()}
	if neglected {
		wanted, unwanted = absent(), seen()
		leaf.KeyBits, leaf.Signature, leaf.MustStaple = 1024, "SHA1-RSA", true
	}
	e.TLS.Revoked = evidence.Revocation{Observation: unwanted, Source: "crl", On: "2026-11-01"}
	e.Second = evidence.Handshake{Observation: absent()}
	for _, class := range evidence.WeakClasses {
		e.Accepts.Weak = append(e.Accepts.Weak, evidence.SuiteOffer{Observation: unwanted, Class: class})
	}
	a := &e.Accepts
	a.Depth = evidence.FullDepth
	a.PhaseOut = evidence.SuiteOffer{Observation: seen(), Class: "cbc"}
	a.Order = evidence.SuiteOrder{Observation: wanted, Server: evidence.Seen}
	a.DH = evidence.FiniteField{Observation: unwanted, Bits: 1024}
	a.Curve = evidence.GroupOffer{Observation: unwanted, Group: "secp192r1"}
	a.Signing = evidence.Signing{Observation: wanted, Scheme: "rsa_pkcs1_sha1"}
	a.PostQuantum = evidence.GroupOffer{Observation: wanted, Group: "X25519MLKEM768"}
	for _, each := range []*evidence.Observation{&a.SecureRenegotiation, &a.MasterSecret, &a.SuitesDone, &a.GroupsDone} {
		*each = wanted
	}
	for _, each := range []*evidence.Observation{&a.SHA1, &a.Compression, &a.Heartbeat, &a.Heartbleed, &a.ClientRenegotiation} {
		*each = unwanted
	}
	return e
}
