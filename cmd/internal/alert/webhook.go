package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// The headers of a webhook's request.
const (
	// IDHeader names the message: one that comes again has the same.
	IDHeader = "Campanile-Message"
	// SignatureHeader holds "sha256=" and the HMAC-SHA256 of the body, in hex.
	SignatureHeader = "Campanile-Signature"
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 4 << 10

// post brings a document to a webhook. A redirect is not followed: what is told is
// for the address in the file and for no other.
func (r Recipient) post(ctx context.Context, document []byte, id string, roots *x509.CertPool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.Webhook.String(), bytes.NewReader(document))
	if err != nil {
		return errors.New("the address of the webhook is none")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Campanile")
	request.Header.Set(IDHeader, id)
	if len(r.Secret) > 0 {
		request.Header.Set(SignatureHeader, Sign(r.Secret, document))
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
		DisableKeepAlives: true, TLSHandshakeTimeout: patience, ResponseHeaderTimeout: patience, MaxResponseHeaderBytes: 64 << 10,
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the address: it may hold a secret
	}
	if err != nil {
		return fmt.Errorf("the webhook: %w", err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer)) // the status says it all
	switch {
	case answer.StatusCode >= 200 && answer.StatusCode < 300:
		return nil
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		return fmt.Errorf("the webhook leads elsewhere (%d), where nothing is sent; write the address that it leads to", answer.StatusCode)
	}
	return fmt.Errorf("the webhook answered %d", answer.StatusCode)
}

// Sign gives the signature of a body, as the header has it.
func Sign(secret, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}
