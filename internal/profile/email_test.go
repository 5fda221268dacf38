package profile

import (
	"strings"
	"testing"

	"teamsheet/internal/problem"
)

func TestEmailKey(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                          "",
		"ana@example.com":           "ana@example.com",
		"Ana.Silva@EXAMPLE.Com":     "ana.silva@example.com",
		"ÉANA@example.com":          "Éana@example.com", // only A to Z
		"a\u0308na@example.com":     "äna@example.com",
		"ana@BÜCHER.example":        "ana@xn--bcher-kva.example",
		"ana@bu\u0308cher.example":  "ana@xn--bcher-kva.example",
		"ana@xn--bcher-kva.example": "ana@xn--bcher-kva.example",
		"ana@XN--BCHER-KVA.example": "ana@xn--bcher-kva.example",
		"ana@straße.example":        "ana@xn--strae-oqa.example", // non-transitional: not strasse
		"用户@例子.公司":                  "用户@xn--fsqu00a.xn--55qx5d",
		"\u017fam@example.com":      "\u017fam@example.com", // ſ is not s
		"İ@example.com":             "İ@example.com",
		"ı@example.com":             "ı@example.com",
		"K@example.com":             "k@example.com",
		"\u212a@example.com":        "k@example.com", // the Kelvin sign is K in NFC, before any folding
		"ǅ@example.com":             "ǅ@example.com",
		"H\u0331@example.com":       "\u1e96@example.com",
		"A@B@Ü.de":                  "a@b@xn--tda.de",
		"No Email É":                "no email É",
		"Ä@exa_mple.ü":              "Ä@exa_mple.ü",
	}
	for email, want := range tests {
		if got := EmailKey(email); got != want {
			t.Errorf("EmailKey(%q) = %q, want %q", email, got, want)
		}
	}
}

func TestSetEmailAccepts(t *testing.T) {
	t.Parallel()
	for _, email := range []string{
		"ana@example.com", "Ana.Silva+team@sub.Example.co.uk", "o'neil@example.com", "a@b.cc", "_x-1!#$%&*/=?^`{|}~@example.com",
		"用户@例子.公司", "ana@bücher.example", "ana@xn--bcher-kva.example", "José.Ñandú@example.com", "नमस्ते@उदाहरण.भारत", "שרה@דוגמה.קום", "عائشة@مثال.السعودية",
		"ana@col·legi.cat", "ana@r3---sn.example.com", "😀@example.com", "ana@123.example.com",
		strings.Repeat("a", 64) + "@example.com", "ana@" + strings.Repeat("a", 63) + ".com",
	} {
		p := testProfile()
		if findings := Set(p, Email, email, testDirectory()); findings != nil || p.Email != email {
			t.Errorf("Set(%q): %v, email %q", email, findings, p.Email)
		}
	}
}

func TestSetEmailRefuses(t *testing.T) {
	t.Parallel()
	const whole = "Enter the whole email, such as name@example.com."
	const retype = "Take the character out, or type it again: word processors and spreadsheets replace plain characters by others."
	const domain, spelling = `What stands after the "@" cannot be a domain name.`, "Check the spelling of the domain."
	const dots, dotsFix = "The domain of this email begins or ends with a dot, or has two in a row.", "Take the extra dot out, as in name@example.com."
	const hyphen, hyphenFix = "A part of this email's domain begins or ends with a hyphen.", "Take that hyphen out."
	tests := []struct{ email, message, fix, suggestion string }{
		{"ana.example.com", `This email has no "@".`, whole, ""},
		{"ana＠example.com", "This email has the character ＠ (U+FF20, full-width commercial at), which an email cannot have there.", retype, "ana@example.com"},
		{"@example.com", `This email has nothing before the "@".`, whole, ""},
		{"ana@", `This email has nothing after the "@".`, whole, ""},
		{"ana@@example.com", `This email has more than one "@".`, `Keep the "@" between the name and the domain, as in name@example.com.`, ""},
		{"ana@example.com; rui@example.com", "This cell has more than one email.", "Keep one of them.", ""},
		{"ana@example.com rui@example.com", "This cell has more than one email.", "Keep one of them.", ""},
		{"ana@example,com", `This email has the character ",", which an email cannot have there.`, "Take the character out.", ""},
		{"ana@example.com;", `This email has the character ";", which an email cannot have there.`, "Take the character out.", "ana@example.com"},
		{"Ana Silva <ana@example.com>", "This cell has angle brackets around the email or in it.", "Enter the email alone, such as name@example.com.", "ana@example.com"},
		{"mailto:ana@example.com", `This email has the character ":", which an email cannot have there.`, "Take the character out.", "ana@example.com"},
		{"ana silva@example.com", "This email has a space in it.", "Take the space out.", "anasilva@example.com"},
		{"ana@\u00a0example.com", "This email has a space in it.", "Take the space out.", "ana@example.com"},
		{"\u201cana@example.com\u201d", "This email has the character “ (U+201C, left double quotation mark), which an email cannot have there.", retype, "ana@example.com"},
		{"o\u2019neil@example.com", "This email has the character ’ (U+2019, right single quotation mark), which an email cannot have there.", retype, "o'neil@example.com"},
		{"ana\u2013silva@example.com", "This email has the character – (U+2013, en dash), which an email cannot have there.", retype, "ana-silva@example.com"},
		{"ana\u200b@example.com", "This email has the character U+200B (zero-width space), which an email cannot have there.", retype, "ana@example.com"},
		{"ana@exam\u00adple.com", "This email has the character U+00AD (soft hyphen), which an email cannot have there.", retype, "ana@example.com"},
		{"ana@example。com", "This email has the character 。 (U+3002, ideographic full stop), which an email cannot have there.", retype, "ana@example.com"},
		{`"ana silva"@example.com`, "This email has a space in it.", "Take the space out.", "anasilva@example.com"},
		{`"ana"@example.com`, "This email has the character \" (double quotation mark), which an email cannot have there.", "Take the character out.", "ana@example.com"},
		{"ana(work)@example.com", `This email has the character "(", which an email cannot have there.`, "Take the character out.", ""},
		{"ana..silva@example.com", `This email has two dots in a row before the "@".`, "Take one of them out.", ""},
		{".ana@example.com", `The part of this email before the "@" begins or ends with a dot.`, "Take that dot out.", "ana@example.com"},
		{"ana.@example.com", `The part of this email before the "@" begins or ends with a dot.`, "Take that dot out.", ""},
		{strings.Repeat("a", 65) + "@example.com", `This email has more than 64 characters before the "@".`, "Check that the cell holds this email and nothing else.", ""},
		{"ana@example", `The domain of this email has no ending such as ".com".`, whole, ""},
		{"ana@127.0.0.1", "The domain of this email ends in a number.", `Enter a domain with an ending such as ".com".`, ""},
		{"ana@[127.0.0.1]", `This email has the character "[", which an email cannot have there.`, "Take the character out.", ""},
		{"ana@example.com.", dots, dotsFix, "ana@example.com"}, {"ana@example..com", dots, dotsFix, ""}, {"ana@.example.com", dots, dotsFix, ""},
		{"ana@-example.com", hyphen, hyphenFix, ""}, {"ana@example-.com", hyphen, hyphenFix, ""},
		{"ana@exa_mple.com", `This email has the character "_", which an email cannot have there.`, "Take the character out.", ""},
		{"ana@" + strings.Repeat("a", 64) + ".com", domain, spelling, ""},
		{"ana@xn--a.com", domain, spelling, ""},                          // no label comes out of this
		{"ana@" + strings.Repeat("ü", 60) + ".de", domain, spelling, ""}, // too long once encoded
		{"ana@\u0627a.com", domain, spelling, ""},                        // right-to-left and left-to-right in one label
		{"ana@e\u200dx.com", domain, spelling, ""},                       // a joiner with nothing to join
	}
	for _, test := range tests {
		want := Finding{problem.EmailInvalid, test.message, test.fix, nil}
		if test.suggestion != "" {
			want.Suggestions = []string{test.suggestion}
		}
		p := testProfile()
		diff(t, test.email, Set(p, Email, test.email, testDirectory()), []Finding{want})
		diff(t, test.email+": profile", p, testProfile())
	}
}

func FuzzEmailKey(f *testing.F) {
	for _, seed := range []string{"Ana@Example.com", "ä@Ü.de", "a@b@ſ.com", "ana@xn--a.com", "İ@İ.com", "ana@x\uff20y.com", "a@\u00df\u2024com", "@", "a@xn--é.ß"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, email string) {
		key := EmailKey(email)
		if again := EmailKey(key); again != key {
			t.Errorf("not stable: %q → %q → %q", email, key, again)
		}
		if upper := EmailKey(strings.ToUpper(email)); isASCII(email) && upper != key {
			t.Errorf("capital letters make a difference: %q → %q, %q", email, key, upper)
		}
		if (key == "") != (email == "") {
			t.Errorf("EmailKey(%q) = %q", email, key)
		}
	})
}
