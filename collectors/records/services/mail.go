package services

import (
	"slices"
	"strings"
)

// recogniseFTP reads a greeting 220 (RFC 959 section 5.4) that names FTP: a mail
// server greets with the same number.
func recogniseFTP(said []byte) (Identity, bool) {
	line := first(said)
	if !reply(line, "220") || !greets(said, ftpWords()) || greets(said, []string{"SMTP"}) {
		return Identity{}, false
	}
	product, version := mentioned(string(said), [][2]string{
		{"vsFTPd ", "vsFTPd"},
		{"ProFTPD ", "ProFTPD"},
		{"Pure-FTPd", "Pure-FTPd"},
		{"FileZilla Server ", "FileZilla Server"},
		{"Microsoft FTP Service", "Microsoft FTP Service"},
		{"Serv-U FTP Server v", "Serv-U"},
		{"MikroTik FTP server (MikroTik ", "MikroTik"},
	})
	return named("ftp", product, version), true
}

func ftpWords() []string { return []string{"FTP", "FILEZILLA", "SERV-U"} }

// greets reports that the lines of the greeting hold one of the words.
func greets(said []byte, words []string) bool {
	text := strings.ToUpper(strings.Join(lines(said, 8), " "))
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}

// reply reports that a line is a reply with this code.
func reply(line, code string) bool {
	rest, ok := strings.CutPrefix(line, code)
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '-')
}

// mentioned looks for the words of products, and for the version behind them.
func mentioned(text string, words [][2]string) (product, version string) {
	for _, word := range words {
		_, rest, found := strings.Cut(text, word[0])
		if !found {
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool {
			return (r < '0' || r > '9') && (r < 'a' || r > 'z') && r != '.' && r != '-' && r != '+'
		})
		if end < 0 {
			end = len(rest)
		}
		if version = rest[:end]; version == "" || version[0] < '0' || version[0] > '9' {
			version = ""
		}
		return word[1], strings.TrimRight(version, ".-")
	}
	return "", ""
}

// recogniseSMTP reads a greeting 220, or 421 and 554 where mail is not taken from
// us (RFC 5321 section 4.2), that names SMTP.
func recogniseSMTP(said []byte) (Identity, bool) {
	line := first(said)
	if !reply(line, "220") && !reply(line, "554") && !reply(line, "421") || !greets(said, []string{"SMTP"}) {
		return Identity{}, false
	}
	product, version := mentioned(string(said), [][2]string{
		{"Postfix", "Postfix"}, {"Exim ", "Exim"}, {"Sendmail ", "Sendmail"}, {"Microsoft ESMTP MAIL Service", "Microsoft ESMTP"},
	})
	return named("smtp", product, version), true
}

// recogniseIMAP reads the greeting of RFC 9051 section 7.1.
func recogniseIMAP(said []byte) (Identity, bool) {
	line := first(said)
	known := slices.ContainsFunc([]string{"* OK", "* PREAUTH", "* BYE"}, func(s string) bool {
		return line == s || strings.HasPrefix(line, s+" ")
	})
	if !known {
		return Identity{}, false
	}
	product, _ := mentioned(line, mailProducts())
	return encryption(named("imap", product, ""), lines(said, 8), "STARTTLS"), true
}

// recognisePOP3 reads the greeting of RFC 1939 section 4: a positive reply with
// text behind it, as every server has.
func recognisePOP3(said []byte) (Identity, bool) {
	text, ok := strings.CutPrefix(first(said), "+OK ")
	if !ok || text == "" {
		return Identity{}, false
	}
	product, _ := mentioned(text, mailProducts())
	return named("pop3", product, ""), true
}

func mailProducts() [][2]string {
	return [][2]string{{"Dovecot", "Dovecot"}, {"Courier", "Courier"}, {"Cyrus", "Cyrus"}, {"Microsoft Exchange", "Microsoft Exchange"}}
}

// encryption notes whether one of the lines offers TLS; only a list of
// capabilities can say that none is.
func encryption(identity Identity, list []string, word string) Identity {
	listed := false
	for _, line := range list {
		fields := strings.Fields(strings.ToUpper(strings.NewReplacer("[", " ", "]", " ").Replace(line)))
		listed = listed || slices.Contains(fields, "CAPABILITY") || slices.Contains(fields, "CAPA")
		if slices.Contains(fields, "LOGINDISABLED") {
			identity = identity.with("login", "after-tls")
		}
		if slices.Contains(fields, word) {
			identity = identity.with("tls", "offered")
		}
	}
	if listed {
		identity = identity.with("tls", "none")
	}
	return identity
}
