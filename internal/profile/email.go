package profile

import (
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// domainRules brings a domain into the form in which the DNS knows it (UTS 46,
// non-transitional: ß stays ß). Hyphens are judged by domainFault, which can say
// what is wrong with them.
var domainRules = idna.New(
	idna.MapForLookup(),
	idna.Transitional(false),
	idna.BidiRule(),
	idna.CheckHyphens(false),
	idna.VerifyDNSLength(true),
)

// EmailKey is the key by which emails are the same: domain lower-cased (IDNA, in
// its ASCII form), local part NFC and ASCII-lower-cased, nothing more: a full
// case folding would call ſ an s and so give one person another's mail. "" for
// "". Text that is no email gets a key too, by the same steps as far as they go.
func EmailKey(email string) string {
	if isASCII(email) {
		return strings.ToLower(email)
	}
	email = norm.NFC.String(email)
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return localKey(email)
	}
	return localKey(email[:at+1]) + domainKey(email[at+1:])
}

// localKey is the key of a local part: A to Z lower-cased. It is in NFC afterwards too: H with a macron below
// has no letter of its own there, h has.
func localKey(local string) string { return norm.NFC.String(asciiLower(local)) }

// longestDomain is more bytes than a domain can have in any script: the DNS has
// room for 253 ASCII characters. It is looked at first because the work of
// encoding grows with the square of the length.
const longestDomain = 1024

// domainKey is the ASCII form of a domain, or the domain by the rule of the local
// part where it has none.
func domainKey(domain string) string {
	if len(domain) > longestDomain {
		return localKey(domain)
	}
	ascii, err := domainRules.ToASCII(domain)
	if err != nil {
		return localKey(domain)
	}
	return ascii
}

// asciiLower lower-cases A to Z and leaves every other letter alone.
func asciiLower(text string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, text)
}
