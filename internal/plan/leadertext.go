package plan

// leaderText is one text that stands in Team Leader cells.
type leaderText struct {
	text  hash128 // as an employee ID
	email hash128 // as an email
	// Who has the text today as their email (of the first of the texts that are the
	// same email) and as their employee ID.
	hasEmail, hasText uint32
	// After Resolve: who is meant, as number of the person + 1; two people: nobody.
	person, other uint32
}

// leaderTexts are the different texts of the Team Leader column.
type leaderTexts struct {
	list    list[leaderText]
	byText  *index[hash128]
	byEmail *index[hash128] // the first of those that are the same email
}

func newLeaderTexts() *leaderTexts {
	l := &leaderTexts{}
	l.byText = newIndex(slotOf, func(i uint32) hash128 { return l.list.at(i).text })
	l.byEmail = newIndex(slotOf, func(i uint32) hash128 { return l.list.at(i).email })
	return l
}

// number returns the number of a text, counted from 1; 0 for no text.
func (l *leaderTexts) number(h *hasher, text []byte) uint32 {
	if len(text) == 0 {
		return 0
	}
	hash := h.bytes(text)
	if i, known := l.byText.find(hash); known {
		return i + 1
	}
	entry, i := l.list.add()
	entry.text, entry.email = hash, h.emailBytes(text)
	l.byText.add(hash, i)
	l.byEmail.add(entry.email, i) // the first one stays
	return i + 1
}

func (l *leaderTexts) at(number uint32) *leaderText { return l.list.at(number - 1) }

// slotOf is where an index looks for a hash, which is random already.
func slotOf(h hash128) uint64 { return h.a }
