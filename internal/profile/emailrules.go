package profile

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestLocal is RFC 5321 §4.5.3.1.1; longestLabel is RFC 1035 §2.3.4. Both are
// counted in characters here.
const (
	longestLocal = 64
	longestLabel = 63
)

// EmailFault is what is wrong with an email's form. Faults of a character hold
// that character, which is above every other fault.
type EmailFault rune

const (
	fineEmail EmailFault = -iota
	emailInBrackets
	emailList
	emailSpace
	emailNoAt
	emailManyAts
	emailNoLocal
	emailNoDomain
	emailLocalLong
	emailTwoDots
	emailLocalDot
	emailDomainDot
	emailHyphen
	emailNoEnding
	emailNumberEnding
	emailDomain
)

// badEmailCharacter is the fault of a character that an email cannot have.
func badEmailCharacter(r rune) EmailFault { return EmailFault(r) }

// checkEmail judges an email's form: RFC 5321's dot-string (no quotes, comments
// or address literals) with the letters of every script (RFC 6531), at a domain
// of at least two labels. It says nothing about whether mail arrives.
func checkEmail(text string) []Finding {
	fault := findEmailFault(text)
	if fault == fineEmail {
		return nil
	}
	return []Finding{EmailInvalid(fault, mendedEmail(text))}
}

// findEmailFault finds the first thing that is wrong: everything after it may be
// its doing.
func findEmailFault(text string) EmailFault {
	local, domain, found := strings.Cut(text, "@")
	switch {
	case strings.ContainsAny(text, "<>"):
		return emailInBrackets
	case strings.Count(text, "@") > 1 && strings.ContainsAny(text, ",; "):
		return emailList
	case strings.IndexFunc(text, unicode.IsSpace) >= 0:
		return emailSpace
	case !found:
		return noAtFault(text)
	case strings.Contains(domain, "@"):
		return emailManyAts
	case local == "":
		return emailNoLocal
	case domain == "":
		return emailNoDomain
	}
	return cmp.Or(localFault(local), domainFault(domain))
}

// noAtFault names the character that somebody took for an @.
func noAtFault(text string) EmailFault {
	if at := strings.IndexFunc(text, isLikeAt); at >= 0 {
		r, _ := utf8.DecodeRuneInString(text[at:])
		return badEmailCharacter(r)
	}
	return emailNoAt
}

// isLikeAt: the full-width and the small @.
func isLikeAt(r rune) bool { return r == '\uff20' || r == '\ufe6b' }

func localFault(local string) EmailFault {
	for _, r := range local {
		if !isLocalCharacter(r) {
			return badEmailCharacter(r)
		}
	}
	switch {
	case utf8.RuneCountInString(local) > longestLocal:
		return emailLocalLong
	case strings.Contains(local, ".."):
		return emailTwoDots
	case local[0] == '.', local[len(local)-1] == '.':
		return emailLocalDot
	}
	return fineEmail
}

// isLocalCharacter: RFC 5322's atext and dot, and outside ASCII letters, marks,
// numbers, symbols and the two joiners.
func isLocalCharacter(r rune) bool {
	if r < utf8.RuneSelf {
		return isASCIIAlphanumeric(r) || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", r)
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.So) || isJoiner(r)
}

// isJoiner: ZWNJ and ZWJ, which some scripts need inside words.
func isJoiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

func isASCIIAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

func domainFault(domain string) EmailFault {
	for _, r := range domain {
		if !isDomainCharacter(r) {
			return badEmailCharacter(r)
		}
	}
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if fault := labelFault(label); fault != fineEmail {
			return fault
		}
	}
	switch {
	case len(labels) < 2:
		return emailNoEnding
	case isDigits(labels[len(labels)-1]):
		return emailNumberEnding
	}
	if _, err := domainRules.ToASCII(domain); err != nil {
		return emailDomain
	}
	return fineEmail
}

func labelFault(label string) EmailFault {
	switch {
	case label == "":
		return emailDomainDot
	case label[0] == '-', label[len(label)-1] == '-':
		return emailHyphen
	case utf8.RuneCountInString(label) > longestLabel:
		return emailDomain
	}
	return fineEmail
}

// isDomainCharacter: letters, digits, hyphen and dot; outside ASCII whatever
// domainRules may let pass.
func isDomainCharacter(r rune) bool {
	if r < utf8.RuneSelf {
		return isASCIIAlphanumeric(r) || r == '-' || r == '.'
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.So) || isJoiner(r) || isLabelPunctuation(r)
}

// isLabelPunctuation: the marks inside words that RFC 5892 appendix A allows.
func isLabelPunctuation(r rune) bool {
	return strings.ContainsRune("\u00b7\u0375\u05f3\u05f4\u30fb", r)
}

// mendedEmail suggests the email that can be seen inside what was typed: without
// brackets and their name, mailto:, quotes, invisible characters, spaces and a
// last dot or comma; with a plain @ and plain dots. Only if it is then right.
func mendedEmail(text string) []string {
	if start, end := strings.IndexByte(text, '<'), strings.IndexByte(text, '>'); start >= 0 && start < end {
		text = text[start+1 : end]
	}
	text = strings.TrimPrefix(text, "mailto:")
	text = strings.Trim(strings.Map(plainCharacter, text), ".,;:'\"")
	if text == "" || findEmailFault(text) != fineEmail {
		return nil
	}
	return []string{text}
}

// plainCharacter replaces what word processors and keyboards put for a plain
// character, and drops what cannot be seen.
func plainCharacter(r rune) rune {
	switch r {
	case '\uff20', '\ufe6b':
		return '@'
	case '\u3002', '\uff0e', '\uff61':
		return '.'
	case '\u2019':
		return '\''
	case '\u2010', '\u2011', '\u2013':
		return '-'
	case '"', '\u2018', '\u201c', '\u201d', '\u201e':
		return -1
	}
	if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) && !isJoiner(r) {
		return -1
	}
	return r
}
