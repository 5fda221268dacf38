package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"teamsheet/internal/fault"
)

// Cost is what hashing one password takes (RFC 9106).
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// DefaultCost is the first choice of OWASP's Password Storage Cheat Sheet.
var DefaultCost = Cost{Memory: 19 << 10, Passes: 2, Threads: 1}

// mostMemory in KiB and mostPasses bound what a stored hash may ask for.
const (
	mostMemory = 1 << 20
	mostPasses = 64
)

const (
	saltLength = 16
	hashLength = 32
)

// Lengths of a password, in characters and in bytes. The shortest follows NIST
// SP 800-63B in spirit: length is what counts, not the kinds of characters. The
// longest only bounds the work.
const (
	ShortestPassword = 12
	longestPassword  = 1024
)

// HashPassword returns the hash to store, with its cost and salt in it, in the
// PHC string format: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func HashPassword(password string) (string, error) { return hashPassword(password, DefaultCost) }

// IsPassword reports whether a stored hash is the password's. For a command: nothing
// bounds how many hash at once, and an account without a hash is an error.
func IsPassword(stored, password string) (bool, error) {
	hash, err := parseHash(stored)
	if err != nil {
		return false, err
	}
	return hash.of(password), nil
}

func hashPassword(password string, cost Cost) (string, error) {
	salt := make([]byte, saltLength)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make salt: %w", err)
	}
	sum := cost.sum(password, salt, hashLength)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		cost.Memory, cost.Passes, cost.Threads, encode(salt), encode(sum)), nil
}

// sum hashes the NFC form: the same password typed on another keyboard may come
// in another form.
func (c Cost) sum(password string, salt []byte, length uint32) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, c.Passes, c.Memory, c.Threads, length)
}

func encode(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// storedHash is a hash as HashPassword wrote it.
type storedHash struct {
	cost      Cost
	salt, sum []byte
}

// of reports whether the hash is the password's.
func (h storedHash) of(password string) bool {
	sum := h.cost.sum(password, h.salt, uint32(len(h.sum))) // parseHash bounds the length
	return subtle.ConstantTimeCompare(sum, h.sum) == 1
}

var errHashFormat = errors.New("stored password hash has another format")

func parseHash(text string) (storedHash, error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" ||
		parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return storedHash{}, errHashFormat
	}
	cost, err := parseCost(parts[3])
	if err != nil {
		return storedHash{}, err
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(sum) < 16 || len(sum) > 64 {
		return storedHash{}, errHashFormat
	}
	return storedHash{cost: cost, salt: salt, sum: sum}, nil
}

func parseCost(text string) (Cost, error) {
	var c Cost
	if n, err := fmt.Sscanf(text, "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &c.Threads); err != nil || n != 3 {
		return Cost{}, errHashFormat
	}
	if c.Memory < 8 || c.Memory > mostMemory || c.Passes < 1 || c.Passes > mostPasses || c.Threads < 1 {
		return Cost{}, errHashFormat
	}
	return c, nil
}

// hasher hashes with a bound on how many do so at once.
type hasher struct {
	cost  Cost
	slots chan struct{}
	// decoy is the hash of a password that nobody has: checking it costs as much
	// as checking somebody's.
	decoy string
}

// hashWait is how long a sign-in waits for its turn to hash.
const hashWait = 10 * time.Second

func newHasher(cost Cost, atOnce int) (*hasher, error) {
	decoy, err := hashPassword(rand.Text(), cost)
	if err != nil {
		return nil, err
	}
	return &hasher{cost: cost, slots: make(chan struct{}, atOnce), decoy: decoy}, nil
}

// matches reports whether the password is the one of the stored hash; "" is the
// hash of an account without a password: the work is the same, the answer no.
func (h *hasher) matches(ctx context.Context, stored, password string) (bool, error) {
	known := stored != "" && len(password) <= longestPassword
	if !known {
		stored, password = h.decoy, ""
	}
	hash, err := parseHash(stored)
	if err != nil {
		return false, err
	}
	free, err := h.slot(ctx)
	if err != nil {
		return false, err
	}
	defer free()
	return hash.of(password) && known, nil
}

// hash makes the hash of a new password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	free, err := h.slot(ctx)
	if err != nil {
		return "", err
	}
	defer free()
	return hashPassword(password, h.cost)
}

// weaker reports whether a stored hash costs less than new ones.
func (h *hasher) weaker(stored string) bool {
	hash, err := parseHash(stored)
	return err == nil && (hash.cost.Memory < h.cost.Memory || hash.cost.Passes < h.cost.Passes)
}

func (h *hasher) slot(ctx context.Context) (free func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, fault.New(fault.Unavailable, "sign-in-busy",
			"Many people are signing in right now. Try again in a minute.")
	}
}

// CheckPassword says what is wrong with a new password, as a fault for people,
// or nil.
func CheckPassword(password, email string) error {
	password = norm.NFC.String(password)
	switch {
	case !utf8.ValidString(password), len(password) > longestPassword:
		return passwordFault("The password is too long. Choose one of at most %d characters.", longestPassword/4)
	case utf8.RuneCountInString(password) < ShortestPassword:
		return passwordFault("The password is too short. Choose one of at least %d characters.", ShortestPassword)
	case strings.EqualFold(password, email):
		return passwordFault("The password is your email address. Choose another one.")
	case distinct(password) < 5:
		return passwordFault("The password repeats the same few characters. Choose one with more different ones.")
	}
	return nil
}

func passwordFault(format string, args ...any) error {
	return fault.Newf(fault.Rejected, CodePasswordNotAllowed, format, args...)
}

func distinct(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}
