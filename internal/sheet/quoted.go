package sheet

// unclosedWindow is how many characters are looked ahead for the quote that
// closes a cell: the longest cell that Excel has.
const unclosedWindow = 32_767

// resume says from where reading goes on if a quote turns out not to be closed.
type resume uint8

const (
	// fromCell: from the cell's opening quote, which is then a character like any other.
	fromCell resume = iota
	// fromBreak: from the cell's first line break, where its row then ends.
	fromBreak
	// waiting: the window was passed without a line break; the first one will be fromBreak.
	waiting
	// nowhere: too late to go back, because the window was passed inside text that
	// does not look like rows.
	nowhere
)

// quoteScan is the look-out for a quote that is not closed. The source keeps the
// window from where reading would go on.
type quoteScan struct {
	resume resume
	from   int  // characters of the cell when the window began
	broken bool // a line break was seen in the window
	rows   bool // and after it a tab: what was swallowed looks like rows
	text   int  // fromBreak: the state there
	cell   cellState
	damage int
}

// readQuoted reads a cell that begins with a quote.
//
// It is closed by a quote with a tab, a line break or the end of the file after
// it. Where another character follows, where the file ends first, or where
// 32,767 characters go by that look like rows (a line break, and a tab after it),
// the quote counts as not closed: the cell is reported, its quote taken for a
// character, and the row ends at the end of the line where the cell starts.
// The decision hangs on nothing but the bytes that follow, so that it is the same
// however the file is read, and a byte is looked at twice at most.
func (t *tokenizer) readQuoted() (ending, error) {
	t.src.keep = t.src.pos
	defer func() { t.src.keep = -1 }()
	t.src.pos += 2
	scan := quoteScan{}
	for {
		t.run(quote)
		t.curb()
		if !t.src.more() {
			if err := t.inputEnd(); err != nil {
				return atFileEnd, err
			}
			return t.unclosed(&scan)
		}
		if t.passed(&scan) {
			return t.unclosed(&scan)
		}
		if t.src.unit() == quote {
			end, done, err := t.takeQuote(&scan)
			if done || err != nil {
				return end, err
			}
			continue
		}
		t.watch(&scan)
		if err := t.takeOther(); err != nil {
			return atFileEnd, err
		}
	}
}

// takeQuote takes a quote inside a quoted cell: one of a doubled pair, the
// closing one, or one that has no business there.
func (t *tokenizer) takeQuote(scan *quoteScan) (end ending, done bool, err error) {
	if t.src.ensure(4) && t.src.unitAt(2) == quote {
		t.text = append(t.text, quote)
		t.cell.chars++
		t.src.pos += 4
		return atTab, false, nil
	}
	t.src.pos += 2
	if !t.src.more() {
		return atFileEnd, true, t.inputEnd()
	}
	if end, ok := t.takeEnding(); ok {
		return end, true, nil
	}
	end, err = t.unclosed(scan)
	return end, true, err
}

// passed reports whether the window has gone by and the quote counts as not
// closed.
func (t *tokenizer) passed(scan *quoteScan) bool {
	if scan.resume > fromBreak || t.cell.chars-scan.from <= unclosedWindow {
		return false
	}
	if scan.rows {
		return true
	}
	if scan.broken {
		scan.resume = nowhere
	} else {
		scan.resume = waiting
	}
	t.src.keep = -1
	return false
}

// watch notes the line breaks and tabs inside a quoted cell.
func (t *tokenizer) watch(scan *quoteScan) {
	switch t.src.unit() {
	case '\t':
		scan.rows = scan.broken
	case '\r', '\n':
		scan.broken = true
		if scan.resume == waiting {
			scan.resume, scan.from = fromBreak, t.cell.chars
			scan.text, scan.cell, scan.damage = len(t.text), t.cell, len(t.row.Damage)
			t.src.keep = t.src.pos
		}
	}
}

// unclosed reports the cell and goes back as far as it can.
func (t *tokenizer) unclosed(scan *quoteScan) (ending, error) {
	switch scan.resume {
	case fromCell:
		t.src.pos = t.src.keep
		t.text = t.text[:t.cell.start]
		t.row.Damage = t.row.Damage[:t.cell.damage]
		t.cell = cellState{start: t.cell.start, damage: t.cell.damage}
	case fromBreak:
		t.src.pos = t.src.keep
		t.text = t.text[:scan.text]
		t.row.Damage = t.row.Damage[:scan.damage]
		t.cell = scan.cell
	}
	t.src.keep = -1
	t.addDamage(quoteNotClosed())
	return t.readLiteral()
}
