package dashboard

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"campanile/cmd/internal/exit"
)

// How passwords are hashed: argon2id (RFC 9106) with more than the least that
// OWASP asks for (19 MiB, 2 rounds, 1 lane). The parameters stand in each hash,
// so that they can grow.
const (
	hashMemory = 32 << 10 // KiB
	hashRounds = 3
	hashLanes  = 1
	hashSalt   = 16 // bytes
	hashLength = 32 // bytes
)

// How long a password is, in characters.
const (
	// LeastPassword is the length below which a password is refused.
	LeastPassword = 12
	mostPassword  = 128
)

// Bounds on what a hash that is kept may ask for: a damaged one must not take
// all the memory.
const (
	mostMemory = 256 << 10 // KiB
	mostRounds = 16
	mostLanes  = 8
)

// spelled is a password as it is hashed: the same however a keyboard composes
// its letters.
func spelled(password string) string { return norm.NFC.String(password) }

// HashPassword gives the hash to keep of a password, as a PHC string, or says
// why it is no password to choose.
func HashPassword(password string) (string, error) {
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return "", exit.Usagef("the password is not UTF-8 text; type it again")
	case n < LeastPassword:
		return "", exit.Usagef("the password has %d characters; take at least %d, such as four words that do not belong together", n, LeastPassword)
	case n > mostPassword:
		return "", exit.Usagef("the password has %d characters; take at most %d", n, mostPassword)
	case same(password):
		return "", exit.Usagef("the password repeats one character; take four words that do not belong together")
	}
	salt := make([]byte, hashSalt)
	_, _ = rand.Read(salt) // never fails, since Go 1.24
	h := hashed{hashMemory, hashRounds, hashLanes, salt, nil}
	h.sum = h.of(password, hashLength)
	return h.String(), nil
}

func same(password string) bool {
	first, _ := utf8.DecodeRuneInString(password)
	return strings.Trim(password, string(first)) == ""
}

// CheckPassword reports whether a password is the one of a hash. A hash that
// cannot be read fits no password.
func CheckPassword(hash, password string) bool {
	h, err := readHash(hash)
	if err != nil || len(password) > 4*mostPassword {
		return false
	}
	return subtle.ConstantTimeCompare(h.sum, h.of(password, uint32(len(h.sum)))) == 1
}

// dummyHash is checked for a name that nobody has, so that the time of an answer
// does not tell whether there is such an account. No password has it: what it is
// compared with is no sum of anything.
func dummyHash() string {
	return hashed{hashMemory, hashRounds, hashLanes, make([]byte, hashSalt), make([]byte, hashLength)}.String()
}

// errNoHash says that a text is no hash of ours.
var errNoHash = errors.New("not a hash of argon2id")

// hashed is a hash in its parts.
type hashed struct {
	memory, rounds uint32
	lanes          uint8
	salt, sum      []byte
}

func (h hashed) of(password string, length uint32) []byte {
	return argon2.IDKey([]byte(spelled(password)), h.salt, h.rounds, h.memory, h.lanes, length)
}

// String writes a hash as a PHC string.
func (h hashed) String() string {
	code := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.rounds, h.lanes, code.EncodeToString(h.salt), code.EncodeToString(h.sum))
}

func readHash(text string) (hashed, error) {
	fields := strings.Split(text, "$")
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" || fields[2] != "v="+strconv.Itoa(argon2.Version) {
		return hashed{}, errNoHash
	}
	numbers := map[string]uint64{}
	for part := range strings.SplitSeq(fields[3], ",") {
		name, value, _ := strings.Cut(part, "=")
		n, err := strconv.ParseUint(value, 10, 32)
		if err != nil {
			return hashed{}, errNoHash
		}
		numbers[name] = n
	}
	m, t, p := numbers["m"], numbers["t"], numbers["p"]
	if len(numbers) != 3 || m < 8*p || m > mostMemory || t < 1 || t > mostRounds || p < 1 || p > mostLanes {
		return hashed{}, errNoHash
	}
	salt, err := base64.RawStdEncoding.DecodeString(fields[4])
	if err != nil || len(salt) < 8 || len(salt) > 64 {
		return hashed{}, errNoHash
	}
	sum, err := base64.RawStdEncoding.DecodeString(fields[5])
	if err != nil || len(sum) < 16 || len(sum) > 64 {
		return hashed{}, errNoHash
	}
	return hashed{uint32(m), uint32(t), uint8(p), salt, sum}, nil
}
